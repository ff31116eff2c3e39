"""A new signing key: what the former one signed stays valid, and nobody signs with it any more."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.documents import publish_as_government, said, the_published_plan
from tests.factories.register import an_export
from tests.factories.site import running_site

from ogpmonitor.backup.restoring import restore
from ogpmonitor.backup.taking import back_up
from ogpmonitor.kit.db import Database, owner_session
from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.kit.errors import Conflict, Unavailable
from ogpmonitor.kit.migrate import conninfo, upgrade
from ogpmonitor.register.log import SigningKey, read_signing_key
from ogpmonitor.rotating import list_keys, new_key, rotate
from ogpmonitor.settings import Settings
from ogpmonitor.verifying import Asked, verify_house


@pytest.fixture
def new(settings: Settings, tmp_path: Path) -> Settings:
    """The deployment with a new key, which nobody has told the log of yet."""
    new_key(tmp_path / "new.pem")
    return settings.model_copy(update={"signing_key_file": tmp_path / "new.pem"})


async def publish(cast: Cast, settings: Settings, title: str) -> None:
    changed = (await the_published_plan(cast)).model_copy(update={"title": said(title)})
    await publish_as_government(cast, read_signing_key(settings.signing_key_file), [changed])


async def lines(settings: Settings, **asked: object) -> Sequence[str]:
    return (await verify_house(settings, Asked(**asked))).lines  # type: ignore[arg-type]  # what a test asks


async def test_both_keys_hold_each_in_its_time(settings: Settings, new: Settings, cast: Cast) -> None:
    await publish(cast, settings, "Antes")

    await rotate(settings, new.signing_key_file, is_lost=False)
    await publish(cast, new, "Después")

    assert (await lines(new))[-1] == "All of it holds."
    assert [line.split()[0] for line in await list_keys(new)] == [
        read_signing_key(one.signing_key_file).public_key for one in (new, settings)
    ]


async def test_the_former_key_alone_does_not_vouch_for_what_came_after(
    settings: Settings, new: Settings, cast: Cast
) -> None:
    await rotate(settings, new.signing_key_file, is_lost=False)
    await publish(cast, new, "Después")

    found = await lines(settings)

    assert any("It is signed by a key that this register does not use." in line for line in found)


async def test_a_process_that_was_not_restarted_publishes_nothing(
    settings: Settings, new: Settings, cast: Cast
) -> None:
    await rotate(settings, new.signing_key_file, is_lost=False)

    with pytest.raises(Unavailable, match=r"log\.other_key"):
        await publish(cast, settings, "Con la clave anterior")

    assert (await lines(new))[-1] == "All of it holds."


async def test_the_database_refuses_the_former_key_too(settings: Settings, new: Settings, key: SigningKey) -> None:
    await rotate(settings, new.signing_key_file, is_lost=False)

    with (
        psycopg.connect(conninfo(settings.database_url)) as superuser,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="another key"),
    ):
        superuser.execute(
            "INSERT INTO register.checkpoints (tenant_id, sequence, head_hash, at, key_id, public_key, signature) "
            "SELECT tenant_id, sequence, head_hash, at, key_id, %s, signature FROM register.checkpoints LIMIT 1",
            [key.public_key],
        )


async def test_a_head_signed_by_the_former_key_after_its_time_is_found(
    settings: Settings, new: Settings, cast: Cast
) -> None:
    await rotate(settings, new.signing_key_file, is_lost=False)
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("CREATE TEMPORARY TABLE hidden AS SELECT * FROM register.key_changes")
        superuser.execute("DELETE FROM register.key_changes")
        superuser.execute("ALTER TABLE register.checkpoints DISABLE TRIGGER check_key")
        await publish(cast, settings, "Con la clave anterior")
        superuser.execute("INSERT INTO register.key_changes OVERRIDING SYSTEM VALUE SELECT * FROM hidden")

    assert any("a key that was not the one in use then" in line for line in await lines(new))


@pytest.mark.parametrize(
    "harm",
    [
        "sequence = sequence + 1",
        "head_hash = repeat('0', 64)",
        "at = at + interval '1 microsecond'",
        "former_key = 'AAAA'",
        "new_key = 'AAAA'",
        "signature = 'AAAA'",
        "former_signature = 'AAAA'",
    ],
)
async def test_a_changed_statement_is_found(settings: Settings, new: Settings, harm: str) -> None:
    await rotate(settings, new.signing_key_file, is_lost=False)
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(f"UPDATE register.key_changes SET {harm}".encode())

    assert any(line.startswith("register.key_changes ") for line in await lines(new))


async def test_a_lost_key_is_followed_without_its_word(settings: Settings, new: Settings, cast: Cast) -> None:
    await rotate(settings, new.signing_key_file, is_lost=True)
    await publish(cast, new, "Sin la anterior")

    assert (await lines(new))[-1] == "All of it holds."


async def test_only_the_present_key_hands_over(settings: Settings, new: Settings, tmp_path: Path) -> None:
    new_key(tmp_path / "third.pem")
    await rotate(settings, new.signing_key_file, is_lost=False)

    with pytest.raises(Conflict, match=r"keys\.not_present"):
        await rotate(settings, tmp_path / "third.pem", is_lost=False)
    with pytest.raises(Conflict, match=r"keys\.known"):
        await rotate(new, settings.signing_key_file, is_lost=False)


async def test_pages_verify_what_either_key_signed(
    settings: Settings, new: Settings, cast: Cast, database: Database
) -> None:
    before = await an_export(database)
    await rotate(settings, new.signing_key_file, is_lost=False)
    await publish(cast, new, "Después")

    async with running_site(new) as site:
        told = (await site.client.get("/en/verify/keys.json")).json()
        old = await site.client.post("/en/verify/", files={"file": ("old.json", before, "application/json")})
        now = await site.client.post(
            "/en/verify/", files={"file": ("new.json", await an_export(database), "application/json")}
        )

    assert [(one["public_key"], one["last"] is None) for one in told["keys"]] == [
        (read_signing_key(new.signing_key_file).public_key, True),
        (read_signing_key(settings.signing_key_file).public_key, False),
    ]
    assert [page.status_code for page in (old, now)] == [200, 200]
    assert ["does not use" in page.text or "in use then" in page.text for page in (old, now)] == [False, False]


async def test_a_new_secret_needs_no_more_than_migrate_and_a_restart(settings: Settings, tmp_path: Path) -> None:
    """What was not restarted yet has the connections that it holds; where it wants one more, it says 503, never 500."""
    await asyncio.to_thread(back_up, settings, tmp_path / "backup")
    with Embedded(tmp_path / "server", fast=True) as server:  # roles belong to a whole server: one of its own
        before = settings.model_copy(
            update={"database_url": server.create_database("renewed"), "files_url": f"file://{tmp_path}/files"}
        )
        await asyncio.to_thread(restore, before, tmp_path / "backup")
        told = before.model_dump() | {"secret_key": SecretStr("another secret, as long as one has to be")}
        after = Settings.model_validate(told)
        async with running_site(before) as running:
            client = await running.sign_in("penalolen-coordinator")
            await asyncio.to_thread(upgrade, after.database_url, secret=after.secret_key.get_secret_value())
            meanwhile = [await client.get("/es/penalolen/workbench/") for _ in range(5)]
            async with running_site(after) as restarted:
                visitor = restarted.visitor()
                for name, value in client.cookies.items():
                    visitor.cookies.set(name, value)
                again = await visitor.get("/es/penalolen/workbench/")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(conninfo(before.app_url)).close()

    assert {answer.status_code for answer in meanwhile} <= {200, 503}
    assert again.status_code == 200


async def test_no_role_that_serves_people_changes_keys(settings: Settings) -> None:
    with (
        psycopg.connect(conninfo(settings.app_url)) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(
            "INSERT INTO register.key_changes (sequence, head_hash, at, former_key, new_key, signature) "
            "VALUES (1, 'a', now(), 'b', 'c', 'd')"
        )


async def test_a_change_of_keys_stays(settings: Settings, new: Settings) -> None:
    await rotate(settings, new.signing_key_file, is_lost=False)

    with pytest.raises(Exception, match="only ever inserted"):
        async with owner_session(settings.database_url) as session:
            await session.execute(text("DELETE FROM register.key_changes"))
