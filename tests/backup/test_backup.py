"""A deployment kept in a folder and brought back on another server: the same rows, policies, proofs and pages."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from pydantic import SecretStr
from tests.factories.site import running_site

from ogpmonitor.backup import restoring, taking
from ogpmonitor.backup.manifest import BackupRefused, Manifest
from ogpmonitor.backup.snapshot import snapshot, state_of
from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.kit.storage import Storage, blob_name
from ogpmonitor.register.log import new_signing_key_pem
from ogpmonitor.settings import Settings
from ogpmonitor.verifying import Asked, verify_house

PAGES = (
    "/es/",
    "/en/penalolen/",
    "/es/penalolen/plans/2021-2024/",
    "/en/penalolen/plans/2021-2024/commitments/C2/",
    "/en/penalolen/plans/2021-2024/editions/",
    "/en/penalolen/plans/2021-2024/reports/end-of-term.json",
    "/en/compare/",
)
KEEPER = "keeper"


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    """A finished backup of the demo, whose files are this test's own."""
    taking.back_up(settings, tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Another machine's server, where nothing of ours was ever installed."""
    with Embedded(tmp_path_factory.mktemp("other"), fast=True) as server:
        with psycopg.connect(server.url(), autocommit=True) as superuser:
            superuser.execute(f"CREATE ROLE {KEEPER} LOGIN CREATEROLE BYPASSRLS PASSWORD 'keeper-of-a-test'")
        yield server


@pytest.fixture
def elsewhere(other_server: Embedded, settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An empty database on the other server, another secret, another folder, and a user who is no superuser."""
    with psycopg.connect(other_server.url(), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE restored OWNER {KEEPER}")
    host = quote(str(other_server.socket_folder), safe="")
    yield with_other(
        settings,
        {
            "database_url": f"postgresql://{KEEPER}:keeper-of-a-test@/restored?host={host}",  # pragma: allowlist secret
            "secret_key": SecretStr("another secret, as long as one has to be"),
            "files_url": f"file://{tmp_path}/files-elsewhere",
        },
    )
    with psycopg.connect(other_server.url(), autocommit=True) as superuser:
        superuser.execute("DROP DATABASE restored WITH (FORCE)")


def with_other(settings: Settings, told: dict[str, object]) -> Settings:
    """Other settings made anew: a copy would keep the addresses that were derived already."""
    return Settings.model_validate(settings.model_dump() | told)


async def pages_of(settings: Settings) -> dict[str, bytes]:
    async with running_site(settings) as site:
        answers = {path: await site.client.get(path) for path in PAGES}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(PAGES, 200)
    return {path: answer.content for path, answer in answers.items()}


def state(settings: Settings) -> object:
    with snapshot(settings.database_url) as connection:
        return state_of(connection)


def test_restoring_elsewhere_gives_the_same_deployment(settings: Settings, backup: Path, elsewhere: Settings) -> None:
    restored = restoring.restore(elsewhere, backup)

    assert restored.holds, restored.lines
    assert restored.lines[-1].startswith("Restored: ")
    assert state(elsewhere) == state(settings)


async def test_pages_and_proofs_are_the_same_byte_for_byte(
    settings: Settings, backup: Path, elsewhere: Settings, in_thread: Callable[..., object]
) -> None:
    await in_thread(restoring.restore, elsewhere, backup)

    assert await pages_of(elsewhere) == await pages_of(settings)
    assert await verify_house(elsewhere, Asked(files=True)) == await verify_house(settings, Asked(files=True))


def test_a_restored_deployment_can_be_kept_again(backup: Path, elsewhere: Settings, tmp_path: Path) -> None:
    restoring.restore(elsewhere, backup)

    again = taking.back_up(elsewhere, tmp_path / "again")

    assert again.state == manifest_of(backup).state
    assert [part for part in again.parts if part.name.startswith("files/")] == [
        part for part in manifest_of(backup).parts if part.name.startswith("files/")
    ]


def test_no_role_that_serves_people_sees_more_than_before(backup: Path, elsewhere: Settings) -> None:
    restoring.restore(elsewhere, backup)

    with psycopg.connect(conninfo(elsewhere.app_url)) as app:
        seen = app.execute("SELECT count(*) FROM workbench.plans").fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM register.documents")

    assert manifest_of(backup).state.rows["workbench.plans"] > 0
    assert seen == (0,)


def test_restoring_refuses_a_database_that_holds_something(settings: Settings, backup: Path) -> None:
    before = state(settings)

    with pytest.raises(BackupRefused, match="is not empty"):
        restoring.restore(settings, backup)

    assert state(settings) == before


def cut_short(folder: Path) -> None:
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])


def one_byte_of_the_dump(folder: Path) -> None:
    content = bytearray((folder / "database.dump").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "database.dump").write_bytes(content)


def one_byte_of_a_file(folder: Path) -> None:
    path = next(path for path in sorted((folder / "files" / "files").rglob("*")) if path.is_file())
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def a_file_gone(folder: Path) -> None:
    next(path for path in sorted((folder / "files" / "files").rglob("*")) if path.is_file()).unlink()


def fewer_rows_in_the_manifest(folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_bytes())
    told["state"]["rows"]["workbench.plans"] = 0
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")


def never_finished(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    "harm",
    [cut_short, one_byte_of_the_dump, one_byte_of_a_file, a_file_gone, fewer_rows_in_the_manifest, never_finished],
)
def test_a_harmed_backup_is_refused_before_anything_is_written(
    backup: Path, elsewhere: Settings, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(backup)

    with pytest.raises(BackupRefused):
        restoring.restore(elsewhere, backup)

    with psycopg.connect(conninfo(elsewhere.database_url)) as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'register'").fetchone() == (0,)
    assert not (tmp_path / "files-elsewhere").exists()


def test_a_backup_signed_by_a_key_nobody_knows_is_refused(backup: Path, elsewhere: Settings, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(new_signing_key_pem())
    stranger = with_other(elsewhere, {"signing_key_file": tmp_path / "other.pem"})

    with pytest.raises(BackupRefused, match="not this deployment's"):
        restoring.restore(stranger, backup)


def test_secrets_are_left_out_unless_asked_for(settings: Settings, backup: Path, tmp_path: Path) -> None:
    taking.back_up(settings, tmp_path / "with keys", with_keys=True)

    secrets = [settings.signing_key_file.read_bytes(), settings.secret_key.get_secret_value().encode()]
    kept = [path.read_bytes() for path in backup.rglob("*") if path.is_file()]
    kept_with_keys = [path.read_bytes() for path in (tmp_path / "with keys" / "keys").iterdir()]
    assert [secret for secret in secrets if any(secret in content for content in kept)] == []
    assert sorted(kept_with_keys) == sorted(secrets)


def test_a_user_who_sees_only_a_part_keeps_nothing(settings: Settings, tmp_path: Path) -> None:
    bound = settings.model_copy(update={"database_url": settings.app_url})

    with pytest.raises(BackupRefused, match="BYPASSRLS"):
        taking.back_up(bound, tmp_path / "backup")

    assert not (tmp_path / "backup" / "manifest.json").exists()


async def test_a_file_that_is_missing_is_named(
    settings: Settings, tmp_path: Path, in_thread: Callable[..., Manifest]
) -> None:
    files = Storage.at(settings.files_url)
    alone = settings.model_copy(update={"files_url": f"file://{tmp_path}/files"})
    names = await files.names()
    lost, wrong, *others = [name for name in names if name.startswith("files/")]
    for name in others:
        await Storage.at(alone.files_url).put(name, await files.get(name))
    await Storage.at(alone.files_url).put(wrong, b"something else")

    manifest = await in_thread(taking.back_up, alone, tmp_path / "backup")

    assert manifest.damaged == (lost, wrong)


def test_a_folder_in_use_is_left_alone(settings: Settings, backup: Path) -> None:
    with pytest.raises(BackupRefused, match="is not empty"):
        taking.back_up(settings, backup)


def manifest_of(backup: Path) -> Manifest:
    return Manifest.model_validate_json((backup / "manifest.json").read_bytes())


def test_every_file_of_the_backup_stands_in_its_manifest(backup: Path) -> None:
    found = {str(path.relative_to(backup)) for path in backup.rglob("*") if path.is_file()}

    parts = manifest_of(backup).parts
    contents = [part for part in parts if part.name.startswith("files/files/")]
    assert found == {part.name for part in parts} | {"manifest.json", "manifest.signature.json"}
    assert [part.name for part in contents] == [f"files/{blob_name(part.sha256)}" for part in contents]
    assert contents


def test_a_backup_can_be_restored_beside_on_the_same_server(
    settings: Settings, backup: Path, empty_database_url: str, tmp_path: Path
) -> None:
    beside = with_other(settings, {"database_url": empty_database_url, "files_url": f"file://{tmp_path}/files-beside"})

    restored = restoring.restore(beside, backup)

    assert restored.holds, restored.lines
    assert state(beside) == state(settings)
