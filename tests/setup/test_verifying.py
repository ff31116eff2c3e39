"""`ogpmonitor verify`: what it says of a register and of a file."""

import psycopg

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.register.export import export_edition
from ogpmonitor.register.queries import published_plan
from ogpmonitor.settings import Settings
from ogpmonitor.verifying import Asked, verify_file, verify_house


async def an_export(database: Database) -> bytes:
    async with database.register_session() as session:
        return export_edition(await published_plan(session, "penalolen", "2021-2024"))


async def test_a_whole_register_holds_with_its_files(settings: Settings) -> None:
    outcome = await verify_house(settings, Asked(files=True))

    assert outcome.holds
    assert outcome.lines[-1] == "All of it holds."


async def test_a_row_changed_behind_its_back_is_named(settings: Settings) -> None:
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        changed = superuser.execute(
            "UPDATE register.documents SET body = replace(body::text, 'a', 'b')::bytea "
            "WHERE sha256 = (SELECT min(sha256) FROM register.documents WHERE kind = 'commitment') "
            "RETURNING sha256"
        ).fetchone()

    outcome = await verify_house(settings, Asked())

    assert changed is not None
    assert not outcome.holds
    assert any(changed[0] in line for line in outcome.lines)


async def test_a_key_nobody_trusts_is_found(settings: Settings) -> None:
    outcome = await verify_house(settings, Asked(keys=frozenset({"A" * 43 + "="})))

    assert not outcome.holds


async def test_an_exported_edition_holds_by_itself(database: Database) -> None:
    outcome = await verify_file(await an_export(database), Asked())

    assert outcome.holds


async def test_an_export_with_one_word_changed_does_not_hold(database: Database) -> None:
    export = (await an_export(database)).replace(b"Construyendo", b"Construyenda", 1)

    outcome = await verify_file(export, Asked())

    assert not outcome.holds
    assert any(line.startswith("FAILS  documents") for line in outcome.lines)


async def test_a_file_of_another_kind_is_said_to_be_one() -> None:
    outcome = await verify_file(b"hola", Asked())

    assert (outcome.lines, outcome.holds) == (["The file carries no exported edition."], False)
