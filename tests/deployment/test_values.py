"""Values that are nonsense are refused before anything is sent to a cluster, each with where and why."""

import pytest
from tests.deployment.conftest import Helm


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ("replicas=3", "additional properties 'replicas' not allowed"),
        ("web.replica=3", "at '/web': additional properties 'replica' not allowed"),
        ("web.replicas=0", "at '/web/replicas': minimum: got 0, want 1"),
        ("web.replicas=many", "at '/web/replicas': got string, want integer"),
        ("settings.OGPMONITOR_BASEURL=x", "at '/settings': additional properties 'OGPMONITOR_BASEURL' not allowed"),
        ("settings.OGPMONITOR_DEMO=true", "at '/settings': additional properties 'OGPMONITOR_DEMO' not allowed"),
        ("settings.OGPMONITOR_SECRET_KEY=abc", "additional properties 'OGPMONITOR_SECRET_KEY' not allowed"),
        ("settings.OGPMONITOR_BASE_URL=http://ogp.example.org", "at '/settings/OGPMONITOR_BASE_URL'"),
        ("settings.OGPMONITOR_BASE_URL=https://example.org/ogp", "at '/settings/OGPMONITOR_BASE_URL'"),
        ("settings.OGPMONITOR_LOG_LEVEL=LOUD", "at '/settings/OGPMONITOR_LOG_LEVEL': value must be one of"),
        (
            "settings.OGPMONITOR_APP_DATABASE_URL=postgresql://ogpmonitor_app:word@host/db",  # pragma: allowlist secret
            "at '/settings/OGPMONITOR_APP_DATABASE_URL'",
        ),
        (
            "settings.OGPMONITOR_POOLER_URL=postgresql://a:word@host:6432/db",  # pragma: allowlist secret
            "at '/settings/OGPMONITOR_POOLER_URL'",
        ),
        ("settings.OGPMONITOR_TRUSTED_PROXIES=everybody", "at '/settings/OGPMONITOR_TRUSTED_PROXIES'"),
        ("settings.OGPMONITOR_PROXY_HEADER=x-real-ip", "at '/settings/OGPMONITOR_PROXY_HEADER': value must be one of"),
        ("settings.OGPMONITOR_LIMITS_FACTOR=-1", "at '/settings/OGPMONITOR_LIMITS_FACTOR': minimum: got -1, want 0"),
        ("settings.OGPMONITOR_KEEP_SIGN_INS_DAYS=7", "at '/settings/OGPMONITOR_KEEP_SIGN_INS_DAYS': minimum"),
        ("settings.OGPMONITOR_SMTP_URL=smtp://host", "additional properties 'OGPMONITOR_SMTP_URL' not allowed"),
        ("signIn.clientSecrets[0].owner=Renca", "at '/signIn/clientSecrets/0'"),
        ("database.existingSecret=", "at '/database/existingSecret'"),
        ("database.password=abc", "at '/database': additional properties 'password' not allowed"),
        ("image.tag=latest", "at '/image/tag'"),
        ("image.repository=", "at '/image/repository'"),
        ("image.digest=abc", "at '/image/digest'"),
        ("files.volume.accessMode=ReadOnlyMany", "at '/files/volume/accessMode': value must be one of"),
        ("files.volume.size=big", "at '/files/volume/size'"),
        ("files.bucket.url=gs://bucket", "at '/files/bucket/url'"),
        ("ingress.ownHosts[0].host=renca", "at '/ingress/ownHosts/0'"),
        ("metrics.port=80", "at '/metrics/port': minimum: got 80, want 1,024"),
        ("networkPolicy.databaseTo[0].cidr=10.0.0.0", "at '/networkPolicy/databaseTo/0'"),
        ("tenants.items[0].key=a,tenants.items[0].path=../etc/passwd", "at '/tenants/items/0/path'"),
    ],
)
def test_a_value_that_is_none_is_refused(helm: Helm, values: str, where: str) -> None:
    done = helm("template", "ogp", ".", "--values", "examples/small.yaml", "--set", values)

    assert done.returncode != 0
    assert where in done.stderr


@pytest.mark.parametrize(
    ("example", "values", "sentence"),
    [
        ("small", "files.bucket.url=s3://bucket", "files: choose one, files.bucket.url or files.volume.enabled."),
        (
            "small",
            "files.volume.enabled=false",
            "files: choose one, files.bucket.url (s3://bucket/prefix) or",
        ),
        ("small", "web.replicas=2", "ReadWriteOnce is for one web server and one worker"),
        ("small", "worker.replicas=2", "ReadWriteOnce is for one web server and one worker"),
        ("small", "autoscaling.enabled=true", "ReadWriteOnce is for one web server and one worker"),
        ("small", "tenants.existingConfigMap=a", "tenants.items: say where each key of the ConfigMap belongs"),
        ("large", "tenants.existingConfigMap=a", "tenants: choose one"),
        ("standard", "autoscaling.maxReplicas=1", "autoscaling.maxReplicas is less than autoscaling.minReplicas."),
        ("standard", "metrics.serviceMonitor.enabled=true", "asks for figures that metrics.enabled does not tell"),
        ("standard", "networkPolicy.enabled=true", "networkPolicy.databaseTo: say where the database is"),
        ("large", "networkPolicy.filesTo=null", "networkPolicy.filesTo: say where the bucket is."),
        ("large", "networkPolicy.mailTo=null", "networkPolicy.mailTo: say where the mail server is."),
        (
            "small",
            "settings.OGPMONITOR_MAIL_FROM=",
            "settings.OGPMONITOR_MAIL_FROM has to say whom mail comes from",
        ),
        ("small", "settings.OGPMONITOR_TRUSTED_PROXIES=", "name the network of the ingress controller's pods"),
        ("large", "networkPolicy.ingressFrom=null", "networkPolicy.ingressFrom: say who may ask the web server"),
    ],
)
def test_values_that_do_not_go_together_are_refused_in_one_sentence(
    helm: Helm, example: str, values: str, sentence: str
) -> None:
    done = helm("template", "ogp", ".", "--values", f"examples/{example}.yaml", "--set", values)

    assert done.returncode != 0
    assert sentence in done.stderr


def test_nothing_is_guessed(helm: Helm) -> None:
    """Without values each thing that is needed is named."""
    done = helm("template", "ogp", ".")

    needed = ("/image/repository", "/settings/OGPMONITOR_BASE_URL", "/database", "/secretKey", "/signingKey")
    assert done.returncode != 0
    assert [name for name in needed if name not in done.stderr] == []
