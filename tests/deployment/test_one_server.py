"""`deploy/`: what runs the program on one server, read as the engine, systemd and the shell will read it."""

import configparser
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.deployment.conftest import DEPLOY, taken

from ogpmonitor.settings import ROOT, Settings

SECRETS = {
    "ogpmonitor_database_url": "postgresql://owner:word@host/database",  # pragma: allowlist secret
    "ogpmonitor_secret_key": "not a secret, and long enough to be taken for one",
    "ogpmonitor_smtp_url": "",  # as it is made: nothing is sent
}
OUR_SERVICES = ("console", "migrate", "tenants", "web", "worker")
KNOW_THE_OWNER = {"console", "migrate", "tenants"}
UNITS = ("migrate", "web", "worker")
MOST_EXPOSED = 15  # of 100; systemd calls everything up to 20 "OK"
# What the image needs, and what a checkout of somebody who works on it holds besides.
NEEDED = (
    "migrations/env.py",
    "src/ogpmonitor/cli/__init__.py",
    "templates/layouts/page.html",
    "tenants/renca/tenant.toml",
)
FORBIDDEN = (
    ".env", ".git/config", ".demo/secret_key", ".venv/bin/python", "deploy/secrets/signing_key.pem",
    "src/ogpmonitor/__pycache__", "src/ogpmonitor/static/vendor", "tests/conftest.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file, with its variables filled in as a person would."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    filled = re.sub(r"\$\{OGP_HOST[^}]*\}", "ogp.example.org", text)
    loaded: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{[A-Z_]+:-\}", "", filled))
    return loaded


def with_secrets(environment: Mapping[str, str], names: list[str], folder: Path, monkeypatch: Any) -> Settings:
    """The settings of a process that finds these secrets as files."""
    for name in names:
        (folder / name).write_text(SECRETS.get(name, "a file"))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return taken(environment)


def test_compose_is_what_its_specification_allows(compose: dict[str, Any]) -> None:
    schema = os.environ.get("OGPMONITOR_TEST_COMPOSE_SCHEMA")
    if not schema:
        pytest.skip("OGPMONITOR_TEST_COMPOSE_SCHEMA names no schema; .ci/run fetches it where Go is installed")

    jsonschema.validate(compose, json.loads(Path(schema).read_text("utf-8")))


@pytest.mark.parametrize("name", OUR_SERVICES)
def test_each_service_starts_with_what_compose_gives_it(
    compose: dict[str, Any], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = compose["services"][name]

    environment = {key: str(value) for key, value in service["environment"].items() if value}
    settings = with_secrets(environment, service["secrets"], tmp_path, monkeypatch)

    assert settings.base_url == "https://ogp.example.org"
    assert bool(settings.database_url) is (name in KNOW_THE_OWNER)
    assert settings.mail_from == ""


def test_services_can_gain_and_write_nothing(compose: dict[str, Any]) -> None:
    for name in OUR_SERVICES:
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001")
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "ports" not in service


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["services"]["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}


def test_what_compose_names_is_there(compose: dict[str, Any]) -> None:
    used = {secret for service in compose["services"].values() for secret in service.get("secrets", [])}
    volumes = {
        volume.partition(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    }

    assert used == set(compose["secrets"])
    assert {volume for volume in volumes if not volume.startswith(".")} == set(compose["volumes"])
    assert [each for each in volumes if each.startswith(".") and not (DEPLOY / each).exists()] == ["./backups"]


def test_only_the_proxys_network_is_believed(compose: dict[str, Any]) -> None:
    (subnet,) = compose["networks"]["outside"]["ipam"]["config"]

    assert compose["services"]["proxy"]["networks"] == ["outside"]
    for name in OUR_SERVICES:
        assert compose["services"][name]["environment"]["OGPMONITOR_TRUSTED_PROXIES"] == subnet["subnet"]


def test_the_console_does_nothing_by_itself(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "profiles" in service] == ["console"]
    assert set(compose["services"]["console"]["secrets"]) == set(compose["secrets"]) - {"database_password"}


def test_nobody_is_answered_before_the_schema_is_there(compose: dict[str, Any]) -> None:
    waits = {name: service.get("depends_on", {}) for name, service in compose["services"].items()}

    done, healthy = {"condition": "service_completed_successfully"}, {"condition": "service_healthy"}
    assert waits == {
        "database": {}, "migrate": {"database": healthy}, "tenants": {"migrate": done}, "web": {"tenants": done},
        "worker": {"tenants": done}, "proxy": {"web": healthy}, "console": {"database": healthy},
    }  # fmt: skip


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_compose_waits_longer_than_the_program(compose: dict[str, Any]) -> None:
    worker = compose["services"]["worker"]

    assert seconds(worker["stop_grace_period"]) > int(worker["command"][-1])
    assert seconds(compose["services"]["web"]["stop_grace_period"]) > 25  # what `serve` grants by itself


def test_secrets_are_made_once_and_fit(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    script = [str(DEPLOY / "secrets.sh"), str(folder), str(os.getuid())]

    subprocess.run(script, check=True, capture_output=True)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    subprocess.run(script, check=True, capture_output=True)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert set(first) == set(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["secrets"])
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    assert isinstance(load_pem_private_key(first["signing_key.pem"], None), Ed25519PrivateKey)
    environment = {name.upper(): content.decode().strip() for name, content in first.items() if "ogpmonitor" in name}
    settings = taken({**environment, "OGPMONITOR_SIGNING_KEY_FILE": "/x", "OGPMONITOR_FILES_URL": "file:///x"})
    assert settings.smtp_url is None  # an empty file says nothing
    assert first["database_password"].decode().strip() in settings.database_url


def unit(name: str) -> dict[str, list[str]]:
    """What the service's section says, each key with all its values."""
    said: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / f"ogpmonitor-{name}.service").read_text("utf-8").splitlines():
        key, is_said, value = line.partition("=")
        if is_said and not line.startswith("#"):
            said.setdefault(key, []).append(value)
    return said


@pytest.mark.parametrize("name", UNITS)
def test_each_unit_starts_with_what_systemd_gives_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = unit(name)
    example = configparser.ConfigParser(delimiters="=", interpolation=None)
    example.optionxform = str  # type: ignore[assignment,method-assign]
    example.read_string("[all]\n" + (DEPLOY / "systemd" / "environment.example").read_text("utf-8"))
    own = dict(each.split("=", 1) for each in said["Environment"])

    settings = with_secrets(
        {**own, **example["all"]}, [each.partition(":")[0] for each in said["LoadCredential"]], tmp_path, monkeypatch
    )

    assert settings.base_url == "https://ogp.example.org"
    assert bool(settings.database_url) is (name == "migrate")
    assert settings.smtp_url is None
    assert said["EnvironmentFile"][0] == "/etc/ogpmonitor/environment"
    assert ("-/etc/ogpmonitor/sign_in" in said["EnvironmentFile"]) is (name != "migrate")


@pytest.fixture
def outside_pytests_folder() -> Iterator[Path]:
    """A folder that anyone may enter; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_the_console_runs_as_the_services_user_with_the_owners_address(
    tmp_path: Path, outside_pytests_folder: Path
) -> None:
    files = {
        "database_url": SECRETS["ogpmonitor_database_url"],
        "secret_key": SECRETS["ogpmonitor_secret_key"],
        "smtp_url": "",
        "signing_key.pem": "a key",
        "environment": (DEPLOY / "systemd" / "environment.example").read_text("utf-8"),
        "sign_in": "OGPMONITOR_CLIENT_SECRET__PLATFORM__STAFF=a-word\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600)
    script = outside_pytests_folder / "program"
    script.write_text(
        '#!/bin/sh\nid -un; echo "$*"; cat "$CREDENTIALS_DIRECTORY"/*; env; ls -d "$CREDENTIALS_DIRECTORY"\n'
    )
    script.chmod(0o755)
    own = {"OGPMONITOR_ETC": str(tmp_path), "OGPMONITOR_USER": "nobody", "OGPMONITOR_PROGRAM": str(script)}

    done = subprocess.run(
        [str(DEPLOY / "systemd" / "console"), "operators", "invite"],
        check=True, env={"PATH": os.environ["PATH"], **own}, capture_output=True, text=True,
    )  # fmt: skip

    lines = done.stdout.splitlines()
    assert lines[:2] == ["nobody", "operators invite"]
    assert SECRETS["ogpmonitor_database_url"] in done.stdout
    assert "OGPMONITOR_CLIENT_SECRET__PLATFORM__STAFF=a-word" in lines
    assert "OGPMONITOR_MAIL_FROM=OGP Monitor <no-reply@example.org>" in lines
    assert not [line for line in lines if line.startswith(("OGPMONITOR_ETC", "OGPMONITOR_USER", "OGPMONITOR_PROGRAM"))]
    assert not Path(lines[-1]).exists()


@pytest.mark.parametrize("name", ["web", "worker"])
def test_systemd_waits_longer_than_the_program(name: str) -> None:
    said = unit(name)

    assert int(said["TimeoutStopSec"][0]) > int(said["ExecStart"][0].split("--grace ")[1])


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units, with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there (on Debian: apt install systemd)")
    program = shutil.which("true")
    paths = []
    for name in UNITS:
        text = (DEPLOY / "systemd" / f"ogpmonitor-{name}.service").read_text("utf-8")
        path = tmp_path / f"ogpmonitor-{name}.service"
        path.write_text(text.replace("/opt/ogpmonitor/.venv/bin/ogpmonitor", str(program)))
        paths.append(str(path))
    return paths


def test_systemd_understands_the_units(units: list[str]) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units],
        check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_finds_the_units_little_exposed(units: list[str]) -> None:
    for path in units:
        command = ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", path]
        done = subprocess.run(command, check=False, capture_output=True, text=True)

        assert done.returncode == 0, done.stdout.splitlines()[-1]


def ignored(path: str, rules: list[str]) -> bool:
    """Whether the engine leaves `path` out; the last rule that speaks of it decides."""
    left_out = False
    for rule in rules:
        pattern, keeps = rule.removeprefix("!"), rule.startswith("!")
        anywhere = pattern.removeprefix("**/")
        if (
            pattern == "*"
            or f"{path}/".startswith(f"{pattern}/")
            or (anywhere != pattern and anywhere in path.split("/"))
        ):
            left_out = not keeps
    return left_out


def test_the_image_is_made_of_what_it_needs_and_holds_no_secret() -> None:
    text = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8")
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert [path for path in NEEDED if ignored(path, rules)] == []
    assert [path for path in FORBIDDEN if not ignored(path, rules)] == []
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert names
    assert [name for name in names if not (ROOT / name).exists() or ignored(name, rules)] == []


def test_the_image_names_no_index_and_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")

    assert re.findall(r"https?://(?!127\.0\.0\.1)\S+|index-url|registry=", text) == []
    assert [line for line in text.splitlines() if line.startswith("USER")] == ["USER 10001:10001"]
    assert text.rindex("USER 10001") < text.index("ENTRYPOINT")
