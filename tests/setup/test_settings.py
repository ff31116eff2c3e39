"""A mistake in the settings is one clear sentence; what is merely doubtful is said."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url
from tests.factories.programs import ran

from ogpmonitor.cli import main
from ogpmonitor.settings import Settings, unknown_names

GOOD = {
    "OGPMONITOR_DATABASE_URL": "postgresql://owner@localhost/nowhere",
    "OGPMONITOR_SECRET_KEY": "not a secret, and long enough to be taken for one",
    "OGPMONITOR_SIGNING_KEY_FILE": "/nowhere/key.pem",
    "OGPMONITOR_FILES_URL": "file:///nowhere",
}
ONE_HOST = "has to end after the host or its port: the site answers at the root of a host"
FORGED = "postgresql://owner:open-sesame@localhost"  # pragma: allowlist secret


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BASE_URL", "ogp.example.org", "has to begin with https:// and a host, as in https://ogp.example.org"),
        ("BASE_URL", "ftp://ogp.example.org", "has to begin with https:// and a host, as in https://ogp.example.org"),
        ("BASE_URL", "https://example.org/ogp", ONE_HOST),
        ("BASE_URL", "https://me:you@example.org", ONE_HOST),  # pragma: allowlist secret
        ("SECRET_KEY", "short", "Value should have at least 32 items after validation, not 5"),
        ("SECRET_KEY", "a" * 64, "repeats a few characters; make one with: openssl rand -base64 48"),
        ("SECRET_KEY", "abc" * 32, "repeats a few characters; make one with: openssl rand -base64 48"),
        ("FILES_URL", "gs://bucket", "has to be a folder, file:///folder, or a bucket, s3://bucket/prefix"),
        ("FILES_URL", "/var/files", "has to be a folder, file:///folder, or a bucket, s3://bucket/prefix"),
        ("FILES_URL", "file://relative/folder", "has to be a folder, file:///folder, or a bucket, s3://bucket/prefix"),
        ("FILES_URL", "s3://", "has to be a folder, file:///folder, or a bucket, s3://bucket/prefix"),
        ("DATABASE_URL", "mysql://a@b/c", "has to name a PostgreSQL database, as in postgresql://user@host/database"),
        ("DATABASE_URL", FORGED, "has to name a PostgreSQL database, as in postgresql://user@host/database"),
        ("PUBLIC_DATABASE_URL", "localhost", "is not an address like postgresql://user@host/database"),
        ("LOG_LEVEL", "LOUD", "Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("LOG_FORMAT", "xml", "Input should be 'json' or 'text'"),
        ("SECURITY_CONTACT", "security@example.org", "has to begin with mailto: or https:"),
        ("METRICS_LISTEN", "9464", "has to be HOST:PORT, as in 127.0.0.1:9464"),
        ("METRICS_LISTEN", "0.0.0.0:99999", "has to be HOST:PORT, as in 127.0.0.1:9464"),
        ("DEMO", "perhaps", "Input should be a valid boolean, unable to interpret input"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_and_never_the_value(name: str, value: str, sentence: str) -> None:
    done = CliRunner().invoke(main, ["worker", "--health"], env={**GOOD, f"OGPMONITOR_{name}": value})

    assert done.exit_code == 1
    assert done.output.splitlines() == [
        f"OGPMONITOR_{name}: {sentence}",
        "docs/settings.md says what each setting means.",
    ]
    assert "open-sesame" not in done.output


def test_each_mistake_is_told_at_once() -> None:
    wrong = {**GOOD, "OGPMONITOR_BASE_URL": "x", "OGPMONITOR_FILES_URL": "x", "OGPMONITOR_LOG_LEVEL": "x"}

    done = CliRunner().invoke(main, ["worker"], env=wrong)

    assert [line.partition(":")[0] for line in done.output.splitlines()[:-1]] == [
        "OGPMONITOR_FILES_URL", "OGPMONITOR_BASE_URL", "OGPMONITOR_LOG_LEVEL",
    ]  # fmt: skip


def test_a_web_server_does_without_the_owner_where_both_doors_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    doors = {
        "OGPMONITOR_APP_DATABASE_URL": "postgresql://a@h/d",
        "OGPMONITOR_PUBLIC_DATABASE_URL": "postgresql://p@h/d",
    }
    for name, value in {**GOOD, **doors, "OGPMONITOR_DATABASE_URL": ""}.items():
        monkeypatch.setenv(name, value)

    settings = Settings()
    migrating = CliRunner().invoke(main, ["migrate"])

    assert (settings.app_url, settings.public_url) == tuple(doors.values())
    assert migrating.output == "OGPMONITOR_DATABASE_URL: is needed here, as a user who may create roles.\n"


def test_a_doors_password_follows_from_the_secret_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    without = Settings(app_database_url="postgresql://ogpmonitor_app@pooler:6432/d")
    given = Settings(app_database_url="postgresql://ogpmonitor_app:mine@pooler:6432/d")
    other = Settings(app_database_url="postgresql://somebody@pooler:6432/d")

    derived = make_url(Settings().app_url).password

    assert make_url(without.app_url) == make_url(f"postgresql+psycopg://ogpmonitor_app:{derived}@pooler:6432/d")
    assert (make_url(given.app_url).password, make_url(other.app_url).password) == ("mine", None)


@pytest.mark.parametrize("missing", ["APP", "PUBLIC"])
def test_one_door_alone_is_not_enough(missing: str) -> None:
    one = "PUBLIC" if missing == "APP" else "APP"
    doors = {**GOOD, "OGPMONITOR_DATABASE_URL": "", f"OGPMONITOR_{one}_DATABASE_URL": "postgresql://a@h/d"}

    done = CliRunner().invoke(main, ["worker"], env=doors)

    others = "OGPMONITOR_APP_DATABASE_URL and OGPMONITOR_PUBLIC_DATABASE_URL"
    assert done.output.splitlines()[0] == f"OGPMONITOR_DATABASE_URL: is needed, unless {others} are both given"


@pytest.mark.parametrize(
    ("changed", "doubts"),
    [
        ({"base_url": "https://ogp.example.org"}, 0),
        ({"base_url": "http://127.0.0.1:8000", "demo": True}, 0),
        ({"base_url": "http://ogp.internal:8000", "demo": True, "development": True}, 0),
        ({"base_url": "https://ogp.example.org", "demo": True}, 1),
        ({"base_url": "https://ogp.example.org", "development": True}, 1),
        ({"base_url": "https://ogp.example.org", "cookie_secure": False}, 1),
        ({"base_url": "http://ogp.example.org"}, 2),
    ],
)
def test_what_is_most_likely_a_mistake_is_doubted(
    changed: dict[str, object], doubts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)

    assert len(Settings(**changed).doubts) == doubts  # type: ignore[arg-type]


def test_a_closing_slash_of_the_address_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)

    assert Settings(base_url="https://ogp.example.org/").base_url == "https://ogp.example.org"


def test_a_secret_can_be_a_file_and_the_environment_goes_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("OGPMONITOR_SECRET_KEY")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "ogpmonitor_secret_key").write_text(f"{GOOD['OGPMONITOR_SECRET_KEY']}\n")
    (tmp_path / "ogpmonitor_files_url").write_text("file:///from/a/file")

    settings = Settings()

    assert settings.secret_key.get_secret_value() == GOOD["OGPMONITOR_SECRET_KEY"]
    assert settings.files_url == GOOD["OGPMONITOR_FILES_URL"]


def test_a_misspelt_variable_is_found() -> None:
    environment = {**GOOD, "OGPMONITOR_BASEURL": "x", "OGPMONITOR_TEST_HELM": "x", "PATH": "x"}

    assert unknown_names(environment) == ["OGPMONITOR_BASEURL"]


@pytest.mark.parametrize(("content", "sentence"), [
    (None, "cannot be read (No such file or directory)."),
    ("no key", "holds no unencrypted Ed25519 private key (PEM)."),
])  # fmt: skip
def test_the_server_does_not_start_without_its_signing_key(tmp_path: Path, content: str | None, sentence: str) -> None:
    key = tmp_path / "key.pem"
    if content is not None:
        key.write_text(content)

    done = ran("serve", environment={**GOOD, "OGPMONITOR_SIGNING_KEY_FILE": str(key), "PYTHONPATH": "src"})

    assert (done.returncode, done.stderr.strip()) == (
        1, f"OGPMONITOR_SIGNING_KEY_FILE: {key} {sentence}",
    )  # fmt: skip
