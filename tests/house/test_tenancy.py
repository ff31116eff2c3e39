"""Nobody sees another tenant's rows: not by a forgotten filter, not without a tenant, not by any sequence of steps."""

import ast
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import ForeignKeyConstraint, Table, text
from tests.factories.cast import Cast
from tests.factories.register import tampering

import ogpmonitor
from ogpmonitor.kit.db import Base, Database, TenantOwned
from ogpmonitor.kit.migrate import conninfo, import_models
from ogpmonitor.settings import Settings

import_models()
SOURCE = Path(ogpmonitor.__file__).parent
OWNED: dict[str, Table] = {
    str(mapper.local_table): mapper.local_table  # type: ignore[misc]  # every one of ours is a Table
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, TenantOwned)
}
SEALED = sorted(name for name, table in OWNED.items() if table.schema in ("workbench", "platform"))
OPEN = sorted(set(OWNED) - set(SEALED))  # published: everyone may read, only the own tenant writes
READ = [name for name in SEALED if name != "platform.past_roles"]  # which only the database itself reads
TENANT = "tenant_id"
# A row with one value of each type, for a table that the demo leaves empty.
SOME_ROW = """
    INSERT INTO {name} SELECT (jsonb_populate_record(NULL::{name}, (
        SELECT jsonb_object_agg(attname, CASE format_type(atttypid, NULL)
            WHEN 'uuid' THEN to_jsonb(gen_random_uuid()) WHEN 'boolean' THEN 'false' WHEN 'integer' THEN '1'
            WHEN 'jsonb' THEN '{{}}' WHEN 'uuid[]' THEN '[]' WHEN 'date' THEN to_jsonb(current_date)
            WHEN 'timestamp with time zone' THEN to_jsonb(now()) ELSE to_jsonb(gen_random_uuid()::text) END)
        FROM pg_attribute WHERE attrelid = CAST(%(table)s AS regclass) AND attnum > 0 AND NOT attisdropped
    ) || jsonb_build_object('tenant_id', %(owner)s::text))).*"""
# What is read only with what it belongs to, or by whom it belongs to.
HANG_TOGETHER = (
    """UPDATE workbench.second_reviews r SET assessment_id = a.id FROM workbench.assessments a
       WHERE a.tenant_id = r.tenant_id""",
    """UPDATE workbench.second_answers s SET review_id = r.id FROM workbench.second_reviews r
       WHERE r.tenant_id = s.tenant_id""",
    """UPDATE workbench.notices n SET person_id = m.person_id FROM platform.memberships m
       WHERE m.tenant_id = n.tenant_id AND m.role = 'coordinator'""",
)


@asynccontextmanager
async def superuser(settings: Settings) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(conninfo(settings.database_url)) as connection:
        yield connection


def test_the_tables_are_known() -> None:
    assert {"workbench.plans", "workbench.assessments", "platform.memberships"} <= set(SEALED)
    assert {"register.documents", "facts.plans"} <= set(OPEN)


def test_every_table_of_the_workbench_belongs_to_tenants() -> None:
    assert [
        name for name, table in Base.metadata.tables.items() if table.schema == "workbench" and name not in OWNED
    ] == []


async def test_every_tenant_owned_table_is_sealed_for_everyone(settings: Settings) -> None:
    statement = """
        SELECT c.oid::regclass::text, c.relrowsecurity, c.relforcerowsecurity,
               array(SELECT polname::text FROM pg_policy p WHERE p.polrelid = c.oid)
        FROM pg_class c WHERE c.oid = %s::regclass"""
    async with superuser(settings) as connection:
        found = [await (await connection.execute(statement, [name])).fetchone() for name in sorted(OWNED)]

    assert [row[0] for row in found if row[1:3] != (True, True)] == []
    assert [row[0] for row in found if "tenant_isolation" not in row[3]] == []


def test_foreign_keys_between_sealed_tables_lead_with_the_tenant() -> None:
    """The check of a foreign key ignores policies: without the tenant it would tell whether another's row exists."""
    keys = [
        key
        for name in SEALED
        for key in OWNED[name].constraints
        if isinstance(key, ForeignKeyConstraint) and str(key.referred_table) in OWNED
    ]

    assert len(keys) >= 6
    assert [str(key.name) for key in keys if next(iter(key.columns)).name != TENANT] == []


def test_only_the_plumbing_touches_the_column() -> None:
    """Outside kit/ nothing reads the attribute, sets it or writes SQL about it; tables name it in their keys."""
    touched = []
    for path in sorted(SOURCE.rglob("*.py")):
        if "kit" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_attribute = isinstance(node, ast.Attribute) and node.attr == TENANT and not _is_self(node.value)
            is_text = isinstance(node, ast.Constant) and TENANT in str(node.value) and path.name != "models.py"
            if is_attribute or is_text:
                touched.append(f"{path.relative_to(SOURCE)}:{node.lineno}")

    assert touched == []


def _is_self(node: ast.expr) -> bool:
    """A class of ours may keep the id of the tenant it works in."""
    return isinstance(node, ast.Name) and node.id == "self"


async def two_tenants_everywhere(settings: Settings, cast: Cast) -> None:
    """Every sealed table holds rows of Peñalolén and of Maipú, copied across where the demo left one without."""
    mine, theirs = cast.tenant_ids["penalolen"], cast.tenant_ids["maipu"]
    async with tampering(settings) as connection:
        for name in SEALED:
            if not await (await connection.execute(f"SELECT 1 FROM {name} LIMIT 1")).fetchone():
                for owner in (mine, theirs):
                    await connection.execute(SOME_ROW.format(name=name), {"table": name, "owner": owner})
            await connection.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            for owner in (mine, theirs):
                await connection.execute(
                    f"""INSERT INTO {name} SELECT (jsonb_populate_record(t, to_jsonb(t) || jsonb_build_object(
                            'tenant_id', %(owner)s::text, 'id', gen_random_uuid(), 'evidence_id', gen_random_uuid(),
                            'token_sha256', gen_random_uuid(), 'key_sha256', gen_random_uuid()))).*
                        FROM {name} t WHERE NOT EXISTS (SELECT 1 FROM {name} o WHERE o.tenant_id = %(owner)s)
                        LIMIT 1""",
                    {"owner": owner},
                )
            await connection.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        for statement in HANG_TOGETHER:
            await connection.execute(statement)


async def owners_seen(database: Database, tenant: Any, actor: Any, name: str) -> dict[Any, int]:
    async with database.tenant_session(tenant, actor) as session:
        rows = await session.execute(text(f"SELECT {TENANT}, count(*) FROM {name} GROUP BY 1"))
        return {row[0]: row[1] for row in rows}


async def test_without_a_tenant_every_sealed_table_is_empty(settings: Settings, database: Database, cast: Cast) -> None:
    await two_tenants_everywhere(settings, cast)
    async with superuser(settings) as connection:
        for name in SEALED:
            owners = await (await connection.execute(f"SELECT DISTINCT {TENANT} FROM {name}")).fetchall()
            assert len(owners) >= 2, name

    people = (cast.citizen, cast.coordinator, cast.contact, cast.monitor, cast.neighbour, cast.operator, cast.ogp_staff)
    seen = {
        (name, person.name): await owners_seen(database, None, person.id, name)
        for name in READ
        for person in people
        if name != "platform.memberships"  # one's own memberships say where one belongs
    }

    # Proposals of monitoring bodies are the platform's people's to confirm, and they see who reads along where.
    # Everyone knows the mandates one has.
    staff = {
        (name, one.name)
        for name in ("platform.mandates", "platform.support_accesses")
        for one in (cast.operator, cast.ogp_staff)
    }
    own = {("platform.mandates", cast.monitor.name)}
    assert {key for key, owners in seen.items() if owners} <= staff | own
    assert set(seen["platform.mandates", cast.monitor.name]) <= {cast.tenant_ids["penalolen"]}
    assert await owners_seen(database, None, None, "platform.memberships") == {}


async def test_in_a_tenant_nobody_sees_another_tenants_row(settings: Settings, database: Database, cast: Cast) -> None:
    await two_tenants_everywhere(settings, cast)
    mine = cast.tenant_ids["penalolen"]
    people = (cast.citizen, cast.coordinator, cast.contact, cast.monitor, cast.operator, cast.ogp_staff)

    seen = {
        (name, person.name): await owners_seen(database, mine, person.id, name) for name in READ for person in people
    }

    assert {key: owners for key, owners in seen.items() if set(owners) - {mine}} == {}
    assert {name for (name, person), owners in seen.items() if owners} == set(READ)


@pytest.mark.parametrize("person", ["neighbour", "neighbour_monitor", "operator", "ogp_staff", "citizen"])
async def test_who_does_not_belong_sees_nothing_of_a_workbench(
    settings: Settings, database: Database, cast: Cast, person: str
) -> None:
    await two_tenants_everywhere(settings, cast)
    tables = [name for name in SEALED if name.startswith("workbench.")]

    seen = {
        name: await owners_seen(database, cast.tenant_ids["penalolen"], getattr(cast, person).id, name)
        for name in tables
    }

    assert {name: owners for name, owners in seen.items() if owners} == {}


async def test_nobody_writes_a_row_of_another_tenant(database: Database, cast: Cast) -> None:
    """Also what everyone may read is written by its own tenant only."""
    refused = []
    for name in sorted(OWNED):
        with pytest.raises(Exception, match=r"row-level security|permission denied") as error:
            async with database.tenant_session(cast.tenant_ids["penalolen"], cast.coordinator.id) as session:
                await session.execute(
                    text(f"""INSERT INTO {name} OVERRIDING SYSTEM VALUE
                             SELECT (jsonb_populate_record(NULL::{name}, jsonb_build_object(
                                'tenant_id', '{cast.tenant_ids["maipu"]}'))).*""")
                )
        refused.append(str(error.value))

    assert len(refused) == len(OWNED)
