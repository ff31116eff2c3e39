"""What the chart makes of its examples, read as Kubernetes will read it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner
from tests.deployment.conftest import CHART, CONSOLE, EXAMPLES, Helm, Object, Rendered, environment, taken

from ogpmonitor.cli import main
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.sign_in import SECRET_PREFIX, secret_variable

SECRET_VALUES = {
    "OGPMONITOR_DATABASE_URL": "postgresql://owner:word@host/database",  # pragma: allowlist secret
    "OGPMONITOR_SECRET_KEY": "not a secret, and long enough to be taken for one",
    "OGPMONITOR_SMTP_URL": "smtp://user:word@mail.example.org:587",  # pragma: allowlist secret
}
SECRETS = {
    "OGPMONITOR_DATABASE_URL", "OGPMONITOR_SECRET_KEY", "OGPMONITOR_SMTP_URL", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
}  # fmt: skip
GIVEN_BY_THE_CHART = {
    "database_url", "files_url", "metrics_listen", "secret_key", "signing_key_file", "smtp_url", "tenants_folder",
    "worker_heartbeat_file",
}  # fmt: skip
NOT_FOR_AN_INSTALLATION = {"demo", "development", "cookie_secure", "templates_folder"}
NEWEST, OLDEST = "1.37", "1.30"
Render = Callable[..., Rendered]


def matches(labels: Mapping[str, str], selector: Mapping[str, str]) -> bool:
    return selector.items() <= labels.items()


@pytest.mark.parametrize("example", EXAMPLES)
def test_lint_finds_nothing(helm: Helm, example: str) -> None:
    done = helm("lint", "--strict", ".", "--values", f"examples/{example}.yaml")

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_each_object_is_one_of_kubernetes(release: Rendered, version: str) -> None:
    known = [each for each in release.objects if not each["apiVersion"].startswith("monitoring.coreos.com/")]
    assert known

    for each in known:
        kubernetes_validate.validate(each, version, strict=True)


def test_an_object_that_is_wrong_would_be_found(release: Rendered) -> None:
    """Or the test above would say nothing."""
    wrong = json.loads(json.dumps(release.one("Deployment", "-web")))
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


def test_the_objects_are_those_one_expects(render: Render) -> None:
    small = ["Deployment", "Deployment", "Ingress", "Job", "PersistentVolumeClaim", "Service", "ServiceAccount"]
    standard = [
        "Deployment", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job", "PodDisruptionBudget", "Service",
        "ServiceAccount",
    ]  # fmt: skip
    large = [*standard, *["NetworkPolicy"] * 3, *["Service"] * 2, "ServiceMonitor"]

    kinds = {example: sorted(each["kind"] for each in render(example).objects) for example in EXAMPLES}

    assert kinds == {"small": small, "standard": standard, "large": sorted(large)}


def test_no_value_of_a_secret_is_rendered(release: Rendered) -> None:
    assert release.all("Secret") == []
    for container in release.containers:
        given = environment(container)
        for name in {name for name in given if name in SECRETS or name.startswith(SECRET_PREFIX)}:
            assert set(given[name]) == {"name", "valueFrom"}
            assert set(given[name]["valueFrom"]) == {"secretKeyRef"}


def test_each_variable_is_a_setting_of_the_program(release: Rendered) -> None:
    settings = {f"OGPMONITOR_{name.upper()}" for name in Settings.model_fields}

    for container in release.containers:
        ours = {name for name in environment(container) if name.startswith("OGPMONITOR_")}
        assert ours
        assert {name for name in ours - settings if not name.startswith(SECRET_PREFIX)} == set()


def test_the_program_takes_its_settings(release: Rendered) -> None:
    for container in release.containers:
        given = {name: str(each.get("value", SECRET_VALUES.get(name))) for name, each in environment(container).items()}

        assert taken(given).base_url == "https://ogp.example.org"


def test_each_setting_can_be_given_or_is_left_out_on_purpose() -> None:
    """A new setting: put it into `values.schema.json`, or say above who gives it."""
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    offered = {name.removeprefix("OGPMONITOR_").lower() for name in schema["properties"]["settings"]["properties"]}

    assert offered | GIVEN_BY_THE_CHART | NOT_FOR_AN_INSTALLATION == set(Settings.model_fields)
    assert offered & (GIVEN_BY_THE_CHART | NOT_FOR_AN_INSTALLATION) == set()


def test_each_container_runs_a_command_of_the_program_with_options_it_has(release: Rendered) -> None:
    for words in [container["args"] for container in release.containers if "command" not in container]:
        done = CliRunner().invoke(main, [*(word for word in words if word.isalpha()), "--help"])

        assert done.exit_code == 0, words
        assert [word for word in words if word.startswith("--") and word not in done.output] == []


def test_pods_run_as_nobody_in_particular_and_can_write_nothing(release: Rendered) -> None:
    for pod in release.pods:
        security = pod["spec"]["securityContext"]
        assert (security["runAsNonRoot"], security["runAsUser"]) == (True, 10001)
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod["spec"])
    for container in release.containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "privileged": False,
            "capabilities": {"drop": ["ALL"]},
        }


def test_what_is_mounted_is_there_and_only_some_of_it_can_be_written(release: Rendered) -> None:
    for pod in release.pods:
        volumes = {each["name"] for each in pod["spec"]["volumes"]}
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            mounts = {each["name"]: each for each in container["volumeMounts"]}
            assert set(mounts) == volumes
            assert {name for name, mount in mounts.items() if not mount.get("readOnly")} <= {
                "tmp", "files", "backups",
            }  # fmt: skip


def test_resources_are_limited_and_asked_for(release: Rendered) -> None:
    for container in release.containers:
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]


def test_selectors_find_their_pods_and_no_others(release: Rendered) -> None:
    pods = {pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod["metadata"]["labels"] for pod in release.pods}
    assert set(pods) - {"console"} == {"web", "worker", "migration"}

    for each in release.objects:
        selector = each.get("spec", {}).get("podSelector") or each.get("spec", {}).get("selector") or {}
        wanted = selector.get("matchLabels", selector)
        if wanted and each["kind"] != "ServiceMonitor":
            component = wanted["app.kubernetes.io/component"]
            assert [name for name, labels in pods.items() if matches(labels, wanted)] == [component]


def test_the_schema_is_brought_up_before_anything_else(release: Rendered) -> None:
    job = release.one("Job", "-migration")
    pod = job["spec"]["template"]["spec"]

    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert [each["args"] for each in [*pod["initContainers"], *pod["containers"]]] == [["migrate"], ["tenants", "sync"]]
    assert pod["serviceAccountName"] == "default"  # the release's own is made after it


def test_the_migration_gets_no_more_secrets_than_it_needs(release: Rendered) -> None:
    (job,) = release.all("Job")
    pod = job["spec"]["template"]["spec"]

    for container in [*pod["initContainers"], *pod["containers"]]:
        assert set(environment(container)) & SECRETS == {"OGPMONITOR_DATABASE_URL", "OGPMONITOR_SECRET_KEY"}
    assert not any("secret" in volume for volume in pod["volumes"])


@pytest.mark.parametrize(("example", "knows"), [("small", True), ("standard", False), ("large", False)])
def test_who_serves_knows_the_owner_only_where_no_doors_are_named(render: Render, example: str, knows: bool) -> None:
    release = render(example)

    for deployment in release.all("Deployment"):
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        assert ("OGPMONITOR_DATABASE_URL" in environment(container)) is knows


def test_probes_ask_what_the_program_answers(release: Rendered) -> None:
    (web,) = release.one("Deployment", "-web")["spec"]["template"]["spec"]["containers"]
    (worker,) = release.one("Deployment", "-worker")["spec"]["template"]["spec"]["containers"]

    assert {kind: web[kind]["httpGet"]["path"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")} == {
        "startupProbe": "/health/live", "livenessProbe": "/health/live", "readinessProbe": "/health/ready",
    }  # fmt: skip
    assert worker["livenessProbe"]["exec"]["command"] == ["ogpmonitor", "worker", "--health"]
    assert environment(worker)["OGPMONITOR_WORKER_HEARTBEAT_FILE"]["value"].startswith("/tmp/")  # noqa: S108  in the pod


def test_there_is_time_to_finish(release: Rendered) -> None:
    for name in ("-web", "-worker"):
        pod = release.one("Deployment", name)["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        grace = int(container["args"][container["args"].index("--grace") + 1])
        before = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)

        assert pod["terminationGracePeriodSeconds"] > grace + before


def test_a_volume_of_one_node_is_shared_on_that_node(render: Render) -> None:
    release = render("small")
    worker = release.one("Deployment", "-worker")["spec"]

    assert [each["spec"]["strategy"]["type"] for each in release.all("Deployment")] == ["Recreate", "Recreate"]
    (near,) = worker["template"]["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    web = release.one("Deployment", "-web")["spec"]["template"]["metadata"]["labels"]
    assert matches(web, near["labelSelector"]["matchLabels"])
    claim = release.one("PersistentVolumeClaim")
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert {"claimName": claim["metadata"]["name"]} in [
        volume.get("persistentVolumeClaim") for volume in worker["template"]["spec"]["volumes"]
    ]


def test_the_autoscaler_decides_how_many(render: Render) -> None:
    release = render("standard")
    web = release.one("Deployment", "-web")

    assert "replicas" not in web["spec"]
    assert release.one("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"] == web["metadata"]["name"]


@pytest.mark.parametrize(
    ("example", "hosts"),
    [
        ("small", ["ogp.example.org"]),
        ("standard", ["ogp.example.org", "*.ogp.example.org"]),
        ("large", ["ogp.example.org", "abierto.renca.example", "gobiernoabierto.penalolen.example"]),
    ],
)
def test_each_host_leads_to_the_web_servers_over_tls(render: Render, example: str, hosts: list[str]) -> None:
    release = render(example)
    ingress = release.one("Ingress")["spec"]

    assert [rule["host"] for rule in ingress["rules"]] == hosts
    assert [host for tls in ingress["tls"] for host in tls["hosts"]] == hosts
    assert all(tls["secretName"] for tls in ingress["tls"])
    services = {each["metadata"]["name"]: each for each in release.all("Service")}
    for rule in ingress["rules"]:
        (path,) = rule["http"]["paths"]
        backend = path["backend"]["service"]
        ports = services[backend["name"]]["spec"]["ports"]
        assert backend["port"]["name"] in {port["name"] for port in ports}


def test_the_service_monitor_finds_figures_of_both(render: Render) -> None:
    release = render("large")
    monitor = release.one("ServiceMonitor")["spec"]
    wanted = monitor["selector"]["matchLabels"]
    found = [each for each in release.all("Service") if matches(each["metadata"]["labels"], wanted)]

    names = [each["metadata"]["name"] for each in found]
    assert names == ["ogp-ogpmonitor-web-metrics", "ogp-ogpmonitor-worker-metrics"]
    for service in found:
        (port,) = service["spec"]["ports"]
        (pod,) = [each for each in release.pods if matches(each["metadata"]["labels"], service["spec"]["selector"])]
        (container,) = pod["spec"]["containers"]
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        assert port["name"] == monitor["endpoints"][0]["port"]
        assert environment(container)["OGPMONITOR_METRICS_LISTEN"]["value"] == f"0.0.0.0:{ports[port['targetPort']]}"


def test_figures_are_on_no_port_that_the_ingress_finds(render: Render) -> None:
    service = render("large").one("Service", "ogp-ogpmonitor")

    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]


def allowed(policy: Object, way: str) -> Iterator[tuple[str, list[Any]]]:
    """Whom a policy lets through, and on which ports."""
    for rule in policy["spec"][way] or []:
        yield json.dumps(rule["from" if way == "ingress" else "to"]), [port["port"] for port in rule["ports"]]


def test_pods_talk_to_nobody_they_need_not(render: Render) -> None:
    release = render("large", *CONSOLE)
    seen = {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: {
            way: [ports for _, ports in allowed(each, way)] for way in ("ingress", "egress")
        }
        for each in release.all("NetworkPolicy")
    }

    dns, database, bucket, mail, providers, links = [53, 53], [5432, 6432], [443], [587], [443], [80, 443]
    assert seen == {
        "web": {"ingress": [["http"], ["metrics"]], "egress": [dns, database, bucket, providers]},
        "worker": {"ingress": [["metrics"]], "egress": [dns, database, bucket, mail, providers, links]},
        "migration": {"ingress": [], "egress": [dns, database]},
        "console": {"ingress": [], "egress": [dns, database, bucket]},
    }
    assert all(set(each["spec"]["policyTypes"]) == {"Ingress", "Egress"} for each in release.all("NetworkPolicy"))


def test_links_are_asked_of_no_private_network(render: Render) -> None:
    worker = render("large").one("NetworkPolicy", "-worker")
    (links,) = [to for to, ports in allowed(worker, "egress") if ports == [80, 443]]

    (peer,) = json.loads(links)
    assert {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"} <= set(peer["ipBlock"]["except"])


def test_links_that_are_not_asked_need_no_way_out(render: Render) -> None:
    worker = render("large", "--set", "settings.OGPMONITOR_CHECK_LINKS=false").one("NetworkPolicy", "-worker")

    assert [80, 443] not in [ports for _, ports in allowed(worker, "egress")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_UPLOAD_BYTES", "104857600"), ("LIMITS_FACTOR", "0"), ("LIMITS_FACTOR", "2.5"), ("EMAIL_LINKS", "false")],
)
def test_values_stay_as_they_were_written(render: Render, name: str, value: str) -> None:
    release = render("small", "--set-json", f"settings.OGPMONITOR_{name}={value}")
    (web,) = release.one("Deployment", "-web")["spec"]["template"]["spec"]["containers"]

    assert environment(web)[f"OGPMONITOR_{name}"]["value"] == value


def test_each_provider_has_its_secret_where_the_program_looks_for_it(render: Render) -> None:
    given = "owner=lo-espejo,signIn.clientSecrets[0].provider=work-2,signIn.clientSecrets[0].existingSecret=s"
    release = render("small", "--set", f"signIn.clientSecrets[0].{given},signIn.clientSecrets[0].key=k")

    for name in ("-web", "-worker"):
        (container,) = release.one("Deployment", name)["spec"]["template"]["spec"]["containers"]
        variable = environment(container)[secret_variable("lo-espejo", "work-2")]
        assert variable["valueFrom"] == {"secretKeyRef": {"name": "s", "key": "k"}}
    (migration,) = release.one("Job")["spec"]["template"]["spec"]["containers"]
    assert [name for name in environment(migration) if name.startswith(SECRET_PREFIX)] == []


def test_the_console_does_nothing_by_itself_and_knows_the_owner(render: Render) -> None:
    assert not [each for each in render("large").all("Deployment") if each["metadata"]["name"].endswith("-console")]
    deployment = render("large", *CONSOLE).one("Deployment", "-console")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    assert container["command"] == ["sleep", "infinity"]
    assert "ports" not in container
    assert {"OGPMONITOR_DATABASE_URL", "OGPMONITOR_SIGNING_KEY_FILE"} <= set(environment(container))
    assert {"name": "backups", "mountPath": "/backups"} in container["volumeMounts"]
    near = render("small", *CONSOLE).one("Deployment", "-console")["spec"]["template"]["spec"]["affinity"]
    assert "podAffinity" in near  # the volume with the files is on one node


def test_jurisdictions_come_from_a_config_map(render: Render) -> None:
    items = (
        "tenants.items[0].key=renca-tenant", "tenants.items[0].path=renca/tenant.toml", "tenants.items[1].key=platform",
        "tenants.items[1].path=platform.toml",
    )  # fmt: skip
    release = render("small", "--set", ",".join(("tenants.existingConfigMap=ours", *items)))

    for container in release.containers:
        assert environment(container)["OGPMONITOR_TENANTS_FOLDER"]["value"] == "/etc/ogpmonitor/tenants"
    for pod in release.pods:
        (volume,) = [each for each in pod["spec"]["volumes"] if each["name"] == "tenants"]
        assert volume["configMap"]["name"] == "ours"
        assert [each["path"] for each in volume["configMap"]["items"]] == ["renca/tenant.toml", "platform.toml"]


def test_every_value_is_explained_where_it_stands() -> None:
    """Beside it, or in the line above; parts of Kubernetes' own speak for themselves."""
    kubernetes = {"cidr", "except", "limits", "requests"}
    lines = (CHART / "values.yaml").read_text("utf-8").splitlines()
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if re.match(r" *[A-Za-z]+:", line) and "#" not in line and not before.lstrip().startswith("#")
    ]

    assert [line for line in bare if line.split(":")[0].strip() not in kubernetes] == []


def test_the_chart_is_of_the_programs_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    project = (CHART.parents[1] / "pyproject.toml").read_text("utf-8")

    assert f'version = "{chart["appVersion"]}"' in project
