"""`ogpmonitor ...` from a terminal."""

import os
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from tests.factories.programs import ran as in_a_process

from ogpmonitor.accounts.service import token_hash
from ogpmonitor.cli import main
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.settings import ROOT


def ran(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


@pytest.fixture
def deployment(empty_database_url: str, secret: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a deployment whose database is empty."""
    return {
        "OGPMONITOR_DATABASE_URL": empty_database_url,
        "OGPMONITOR_SECRET_KEY": secret,
        "OGPMONITOR_SIGNING_KEY_FILE": str(tmp_path / "signing_key.pem"),
        "OGPMONITOR_FILES_URL": f"file://{tmp_path}",
    }


def test_tenants_check_names_file_key_and_reason(tmp_path: Path) -> None:
    (tmp_path / "somewhere").mkdir()
    (tmp_path / "somewhere" / "tenant.toml").write_text('slug = "somewhere"')

    done = ran("tenants", "check", "--folder", str(tmp_path))

    assert done.exit_code == 1
    assert "somewhere/tenant.toml: name: is missing" in done.output


def test_tenants_check_finds_nothing_wrong_with_ours() -> None:
    done = ran("tenants", "check")

    assert done.exit_code == 0
    assert done.output.endswith("no problem: maipu, penalolen, renca, santiago.\n")


def test_tenants_list_names_each() -> None:
    assert [line.split()[0] for line in ran("tenants", "list").output.splitlines()] == [
        "maipu", "penalolen", "renca", "santiago",
    ]  # fmt: skip


def test_migrate_sync_and_verify_an_empty_database(deployment: dict[str, str]) -> None:
    migrated = ran("migrate", environment=deployment)
    first = ran("tenants", "sync", environment=deployment)
    second = ran("tenants", "sync", environment=deployment)
    verified = ran("verify", environment=deployment)

    assert migrated.output.startswith("The database is at revision ")
    assert [line.split(": ")[1] for line in first.output.splitlines()] == ["written; new plans"] * 4
    assert [line.split(": ")[1] for line in second.output.splitlines()] == ["unchanged"] * 4
    assert verified.output.endswith("All of it holds.\n")


def test_the_first_operator_is_invited_from_a_terminal(deployment: dict[str, str]) -> None:
    """And once more, when the link was lost: the newer link takes the older one's place."""
    ran("migrate", environment=deployment)
    base = {"OGPMONITOR_BASE_URL": "https://ogp.example"}

    words = ("operators", "invite", "Ana@x.cl", "--name", "Ana")
    environment = {**os.environ, **deployment, **base, "PYTHONPATH": str(ROOT / "src")}
    done = [in_a_process(*words, environment=environment) for _ in "ab"]  # which knows no table but those it asks for

    with psycopg.connect(conninfo(deployment["OGPMONITOR_DATABASE_URL"])) as connection:
        statement = "SELECT email, role, token_sha256 FROM platform.invitations WHERE withdrawn_at IS NULL"
        kept = connection.execute(statement).fetchall()
    assert [one.returncode for one in done] == [0, 0]
    link = done[1].stdout.splitlines()[0]
    assert link.startswith("https://ogp.example/es/invitations/")
    assert kept == [("ana@x.cl", "operator", token_hash(link.rstrip("/").rpartition("/")[2]))]


def test_missing_settings_are_named() -> None:
    done = ran("migrate", environment={"OGPMONITOR_DATABASE_URL": "", "OGPMONITOR_SECRET_KEY": "short"})

    assert done.exit_code == 1
    assert "OGPMONITOR_SIGNING_KEY_FILE: Field required" in done.output
    assert "OGPMONITOR_SECRET_KEY: Value should have at least 32 items" in done.output


def test_database_that_cannot_be_reached_is_one_sentence(deployment: dict[str, str], tmp_path: Path) -> None:
    away = {**deployment, "OGPMONITOR_DATABASE_URL": f"postgresql://someone@/nowhere?host={tmp_path}"}

    done = ran("migrate", environment=away)

    assert done.exit_code == 1
    assert done.output.startswith("The database cannot be reached: ")
    assert len(done.output.splitlines()) == 1
