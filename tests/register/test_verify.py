"""Whatever is changed behind the register's back is found, and the row that was changed is named."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.factories.cast import Cast
from tests.factories.register import tampered, tampering

from ogpmonitor.kit.db import APP_ROLE, OWNER_ROLE, PUBLIC_ROLE, Database
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.kit.storage import Storage, blob_name
from ogpmonitor.register import queries
from ogpmonitor.register.facts import facts_of
from ogpmonitor.register.log import SigningKey, checkpoint_text, new_signing_key_pem, read_signing_key
from ogpmonitor.register.models import Checkpoint, EvidenceReceipt
from ogpmonitor.register.service import Address, append_edition
from ogpmonitor.register.verify import Finding, Verdict, report_lines, verify_register
from ogpmonitor.settings import Settings

REGISTER = {
    "register.documents": ("sha256", "kind", "body", "tenant_id"),
    "register.editions": (
        "sha256", "jurisdiction", "plan", "number", "voice", "is_baseline", "published_at", "body", "tenant_id",
    ),
    "register.edition_entries": ("edition_sha256", "kind", "code", "position", "document_sha256", "tenant_id"),
    "register.log_entries": ("sequence", "kind", "subject_sha256", "at", "previous_hash", "hash", "tenant_id"),
    "register.checkpoints": ("sequence", "head_hash", "at", "key_id", "public_key", "signature", "tenant_id"),
    "register.evidence_receipts": (
        "edition_sha256", "evidence_id", "sha256", "kind", "file_name", "media_type", "size_bytes", "restricted",
        "tenant_id",
    ),
    "facts.plans": (
        "jurisdiction", "plan", "edition_sha256", "edition_number", "editions_published_at", "reported_at", "status",
        "title_en", "title_es", "starts_on", "ends_on", "search", "demo", "tenant_id",
    ),
    "facts.commitments": (
        "jurisdiction", "plan", "code", "position", "title_en", "title_es", "declared_status", "fulfilled",
        "added", "set_aside", "completion", "best_degree", "assessed_at", "search", "demo", "rating_demo", "tenant_id",
    ),
    "facts.milestones": (
        "jurisdiction", "plan", "commitment", "code", "progress", "added", "set_aside", "due_on", "completed_on",
        "reported_at", "demo", "tenant_id",
    ),
}  # fmt: skip
EVERY_COLUMN = [(table, column) for table, columns in REGISTER.items() for column in columns]
# The order of writing claims nothing; changes of keys, of which the demo has none, are harmed in tests/setup.
KEY_CHANGE = ("id", "sequence", "head_hash", "at", "former_key", "new_key", "signature", "former_signature")
KEPT_APART = {("register.checkpoints", "id"), *(("register.key_changes", column) for column in KEY_CHANGE)}
# One value of each type turned into its smallest neighbour.
CHANGED = {
    "text": "left({0}, -1) || chr(CASE WHEN ascii(right({0}, 1)) = 97 THEN 98 ELSE 97 END)",
    "bytea": "set_byte({0}, 10, get_byte({0}, 10) # 1)",
    "boolean": "NOT {0}",
    "integer": "{0} + 1000",
    "bigint": "{0} + 1000",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "date": "{0} + 1",
    "uuid": "gen_random_uuid()",
}


NEVER_GIVEN = {"assessed_at", "best_degree", "completion", "fulfilled", "set_aside"}  # while the demo rates nothing


async def verdict_of(database: Database, **options: Any) -> Verdict:
    async with database.register_session() as session:
        return await verify_register(session, **options)


async def test_the_list_above_names_every_column(settings: Settings) -> None:
    statement = """SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns
                   WHERE table_schema IN ('register', 'facts') AND table_name <> 'jurisdictions'"""
    async with tampering(settings) as connection:
        found = set(await (await connection.execute(statement)).fetchall())

    assert found - KEPT_APART == set(EVERY_COLUMN)


async def test_the_register_as_published_holds(database: Database, settings: Settings, key: SigningKey) -> None:
    verdict = await verdict_of(
        database, trusted_keys=frozenset({key.public_key}), storage=Storage.at(settings.files_url)
    )

    assert verdict.findings == ()
    assert verdict.files > 0
    assert report_lines(verdict)[-1] == "All of it holds."


EDITION = (
    "(SELECT jurisdiction || '/' || plan || ' ' || number FROM register.editions e WHERE e.sha256 = edition_sha256)"
)
NAMES = {
    "register.documents": "sha256",
    "register.editions": "jurisdiction || '/' || plan || ' ' || number",
    "register.edition_entries": f"coalesce({EDITION}, edition_sha256) || ' ' || kind || ' ' || code",
    "register.log_entries": "sequence::text",
    "register.checkpoints": "sequence::text",
    "register.evidence_receipts": f"coalesce({EDITION}, edition_sha256) || ' ' || evidence_id",
    "facts.plans": "jurisdiction || '/' || plan",
    "facts.commitments": "jurisdiction || '/' || plan || ' ' || code",
    "facts.milestones": "jurisdiction || '/' || plan || ' ' || commitment || ' ' || code",
}


async def change_one(session: AsyncSession, table: str, column: str) -> set[str] | None:
    """One row that has a value there gets another one; the names it had and has. None where no row has a value."""
    typed = text(
        "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attname = :c"
    )
    kind = await session.scalar(typed, {"t": table, "c": column})
    row = (
        await session.execute(
            text(
                f"SELECT ctid::text, {NAMES[table]} FROM {table} WHERE {column} IS NOT NULL ORDER BY ctid DESC LIMIT 1"
            )
        )
    ).one_or_none()
    if row is None:
        return None
    changed = CHANGED[kind].format(column)
    statement = text(f"UPDATE {table} SET {column} = {changed} WHERE ctid = CAST(:at AS tid) RETURNING {NAMES[table]}")
    return {row[1], await session.scalar(statement, {"at": row[0]})}


@pytest.mark.parametrize("table", REGISTER)
async def test_one_changed_value_in_any_column_is_found_and_its_row_named(settings: Settings, table: str) -> None:
    unseen = []
    for column in REGISTER[table]:
        async with tampered(settings) as session:
            names = await change_one(session, table, column)
            verdict = await verify_register(session)
            if names is None:
                assert column in NEVER_GIVEN
            elif not any(finding.table == table and finding.row in names for finding in verdict.findings):
                unseen.append((column, names, [str(finding) for finding in verdict.findings]))

    assert unseen == []


@pytest.mark.parametrize("table", REGISTER)
async def test_a_row_taken_away_is_found(settings: Settings, table: str) -> None:
    async with tampered(settings) as session:
        await session.execute(text(f"DELETE FROM {table} WHERE ctid = (SELECT max(ctid) FROM {table})"))

        verdict = await verify_register(session)

    assert verdict.findings != ()


OTHER = CHANGED["text"]
COPIED = {  # which columns a further row needs another value in
    "register.documents": {"sha256": OTHER},
    "register.editions": {"sha256": OTHER, "number": "{0} + 1000"},
    "register.edition_entries": {"code": OTHER},
    "register.log_entries": {"sequence": "{0} + 1", "hash": OTHER},
    "register.evidence_receipts": {"evidence_id": "gen_random_uuid()"},
    "facts.plans": {"plan": OTHER},
    "facts.commitments": {"code": OTHER},
    "facts.milestones": {"commitment": OTHER},
}


@pytest.mark.parametrize("table", COPIED)
async def test_a_row_too_many_is_found(settings: Settings, table: str) -> None:
    """All but signed heads: a second copy of one claims nothing new."""
    values = ", ".join(COPIED[table].get(column, "{0}").format(column) for column in REGISTER[table])
    first = REGISTER[table][0]
    last = f"(SELECT max(ctid) FROM {table} t WHERE t.{first} = (SELECT max({first}) FROM {table}))"
    columns = ", ".join(REGISTER[table])
    async with tampered(settings) as session:
        await session.execute(text(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE ctid = {last}"))

        verdict = await verify_register(session)

    assert any(finding.table == table for finding in verdict.findings)


async def newest_head(session: AsyncSession) -> Checkpoint:
    """What somebody who kept the last report knows."""
    return (await session.scalars(select(Checkpoint).order_by(Checkpoint.sequence.desc()).limit(1))).one()


async def test_the_end_of_the_log_cut_off_is_found_by_a_head_known_from_elsewhere(
    settings: Settings, database: Database
) -> None:
    """Rows removed with everything about them leave no gap; a report that somebody kept does."""
    async with database.register_session() as session:
        known = await newest_head(session)
    async with tampered(settings) as session:
        last = (known.sequence, await session.scalar(text("SELECT max(published_at) FROM register.editions")))
        edition = await session.scalar(
            text("SELECT subject_sha256 FROM register.log_entries WHERE sequence = :n"), {"n": last[0]}
        )
        before = await session.scalar(
            text("SELECT max(sequence) FROM register.checkpoints WHERE sequence < :n"), {"n": last[0]}
        )
        for statement in (
            "DELETE FROM register.log_entries WHERE sequence > :n",
            "DELETE FROM register.checkpoints WHERE sequence > :n",
        ):
            await session.execute(text(statement), {"n": before})
        address = (
            await session.execute(
                text("DELETE FROM register.editions WHERE sha256 = :e RETURNING jurisdiction, plan"), {"e": edition}
            )
        ).one()
        await session.execute(text("DELETE FROM register.edition_entries WHERE edition_sha256 = :e"), {"e": edition})
        await session.execute(text("DELETE FROM register.evidence_receipts WHERE edition_sha256 = :e"), {"e": edition})
        await session.execute(
            text(
                "DELETE FROM register.documents d WHERE NOT EXISTS"
                " (SELECT 1 FROM register.edition_entries e WHERE e.document_sha256 = d.sha256)"
            )
        )
        await rewrite_facts(session, address)

        silent = await verify_register(session)
        told = await verify_register(session, known=(known.sequence, known.head_hash))

    assert [str(finding) for finding in silent.findings] == []
    assert told.findings == (
        Finding("register.log_entries", str(known.sequence), "It is not the head that is known from elsewhere."),
    )


async def rewrite_facts(session: AsyncSession, address: Any) -> None:
    """The facts say what the edition says that is now the newest, as a careful forger would see to."""
    owner = await session.scalar(
        text("SELECT tenant_id FROM facts.plans WHERE jurisdiction = :j"), {"j": address.jurisdiction}
    )
    await session.execute(text("SELECT set_config('ogp.tenant_id', :o, true)"), {"o": str(owner)})
    for table in ("plans", "commitments", "milestones"):
        await session.execute(
            text(f"DELETE FROM facts.{table} WHERE jurisdiction = :j AND plan = :p"),
            {"j": address.jurisdiction, "p": address.plan},
        )
    edition = await queries.latest_edition(session, address.jurisdiction, address.plan)
    if edition is not None:
        published = await queries.get_published(session, edition)
        session.add_all(facts_of(edition, published.documents.values()).rows)
        await session.flush()


async def test_a_head_known_from_elsewhere_that_holds_says_nothing(database: Database) -> None:
    async with database.register_session() as session:
        known = await newest_head(session)

    assert (await verdict_of(database, known=(known.sequence, known.head_hash))).holds


async def test_a_log_signed_anew_with_another_key_is_found_by_who_knows_the_key(
    settings: Settings, key: SigningKey
) -> None:
    """Whoever owns the database can sign it all again; not with the key that others know."""
    forger = read_signing_key(write_key(settings.signing_key_file.with_name("forger.pem")))
    async with tampered(settings) as session:
        for checkpoint in (await session.scalars(select(Checkpoint))).all():
            signed = checkpoint_text(sequence=checkpoint.sequence, head_hash=checkpoint.head_hash, at=checkpoint.at)
            checkpoint.public_key, checkpoint.key_id = forger.public_key, forger.key_id
            checkpoint.signature = forger.sign(signed)
        await session.flush()

        trusting = await verify_register(session)
        knowing = await verify_register(session, trusted_keys=frozenset({key.public_key}))

    assert trusting.holds
    assert {finding.reason for finding in knowing.findings} == {
        "It is signed by a key that this register does not use."
    }
    assert report_lines(knowing)[-1] == f"{len(knowing.findings)} do not hold."


def write_key(path: Path) -> Path:
    path.write_bytes(new_signing_key_pem())
    return path


async def test_a_file_changed_or_lost_in_storage_is_named(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    storage = Storage.at(f"file://{tmp_path}")
    real = Storage.at(settings.files_url)
    async with database.register_session() as session:
        names = sorted(set(await session.scalars(select(EvidenceReceipt.sha256).where(EvidenceReceipt.kind == "file"))))
    for name in names[:-1]:
        await storage.put(blob_name(name), await real.get(blob_name(name)) + (b"!" if name == names[0] else b""))

    verdict = await verdict_of(database, storage=storage)

    assert set(verdict.findings) == {
        Finding("files", names[0], "Its bytes do not give its name."),
        Finding("files", names[-1], "It is missing."),
    }


@pytest.mark.parametrize("table", [table for table in REGISTER if table.startswith("register.")])
@pytest.mark.parametrize("role", [APP_ROLE, PUBLIC_ROLE, OWNER_ROLE, None])
@pytest.mark.parametrize("verb", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_nobody_may_change_the_register(
    settings: Settings, cast: Cast, table: str, role: str | None, verb: str
) -> None:
    """Roles by right or by trigger; a superuser (None) by trigger, until it turns triggers off."""
    async with await psycopg.AsyncConnection.connect(conninfo(settings.database_url)) as connection:
        await connection.execute("SELECT set_config('ogp.tenant_id', %s, false)", [str(cast.tenant_ids["penalolen"])])
        await connection.execute("SELECT set_config('ogp.actor_id', %s, false)", [str(cast.coordinator.id)])
        if role:
            await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        before = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()
        refused = ""
        try:
            async with connection.transaction():
                done = await connection.execute(verb.format(table))
        except psycopg.errors.InsufficientPrivilege as error:
            refused = str(error)
        after = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()

    assert before == after
    assert before[0] > 0
    assert refused or done.rowcount == 0


async def test_what_was_changed_behind_its_back_is_not_published_again(
    settings: Settings, cast: Cast, key: SigningKey
) -> None:
    """Carrying a changed document over to the next edition would give it a name, as if it had been published."""
    async with tampering(settings) as connection:
        await connection.execute(
            "UPDATE register.documents SET body = convert_to(replace(convert_from(body, 'UTF8'), 'C3', 'C4'), 'UTF8')"
            " WHERE sha256 IN (SELECT document_sha256 FROM register.edition_entries WHERE code = 'C3')"
        )
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        published = await queries.published_plan(session, "penalolen", "2021-2024")
        changed = published.commitment("CLPLN0002").model_copy(update={"number": "99"})
        address = Address("penalolen", "2021-2024")

        with pytest.raises(Conflict) as refused:
            await append_edition(session, address, [changed], voice="government", key=key)

        assert refused.value.code == "register.damaged"


async def test_what_the_database_answers_in_another_zone_gives_the_same_hashes(settings: Settings) -> None:
    async with tampered(settings) as session:
        await session.execute(text("SET LOCAL TIME ZONE 'America/Santiago'"))

        verdict = await verify_register(session)

    assert [str(finding) for finding in verdict.findings] == []
