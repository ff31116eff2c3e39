"""The database is what the code says it is, and each role may do what it needs and nothing else."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from ogpmonitor.kit.db import APP_ROLE, OWNER_ROLE, PUBLIC_ROLE, Database
from ogpmonitor.kit.migrate import alembic_config, conninfo, upgrade

ROOT = Path(__file__).parents[2]
ROLES = [OWNER_ROLE, APP_ROLE, PUBLIC_ROLE]


def rows(url: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute(statement, values).fetchall()


def test_the_tables_are_those_of_the_models(database_url: str, secret: str) -> None:
    upgrade(database_url, secret=secret)  # a copied database lacks what was granted on its model

    command.check(alembic_config(database_url))


def test_there_is_one_head_and_it_is_written_down() -> None:
    heads = ScriptDirectory.from_config(alembic_config("postgresql://")).get_heads()

    assert heads == [(ROOT / ".current-alembic-head").read_text("utf-8").strip()]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_bypasses_anything(database_url: str, role: str) -> None:
    statement = """SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
                   FROM pg_roles WHERE rolname = %s"""

    assert rows(database_url, statement, role) == [(False,)]


@pytest.mark.parametrize("role", [APP_ROLE, PUBLIC_ROLE])
def test_roles_that_serve_people_own_nothing_and_are_nobody_else(database_url: str, role: str) -> None:
    owned = "SELECT relname FROM pg_class WHERE relowner = %s::regrole"
    schemas = "SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole"
    functions = "SELECT proname FROM pg_proc WHERE proowner = %s::regrole"
    member = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"

    assert [rows(database_url, statement, role) for statement in (owned, schemas, functions, member)] == [
        [],
        [],
        [],
        [],
    ]


@pytest.mark.parametrize("role", [APP_ROLE, PUBLIC_ROLE])
def test_roles_that_serve_people_make_nothing(database_url: str, role: str) -> None:
    statement = "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')"

    assert rows(database_url, statement, role) == []


TABLES = """SELECT schemaname || '.' || tablename FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""


async def test_the_public_role_reads_what_is_published_and_nothing_else(database: Database, database_url: str) -> None:
    """Every table is tried."""
    readable = set()
    tables = [row[0] for row in rows(database_url, TABLES)]
    for table in tables:
        try:
            async with database.register_session() as session:
                await session.execute(text(f"SELECT 1 FROM {table} LIMIT 1"))
        except ProgrammingError as error:
            assert "permission denied" in str(error)  # noqa: PT017  the others are let through
        else:
            readable.add(table)

    assert readable == {table for table in tables if table.split(".")[0] in ("register", "facts")}
    assert {table.split(".")[0] for table in tables} >= {"workbench", "platform", "jobs"}


def test_the_public_role_writes_nowhere(database_url: str) -> None:
    statement = """SELECT table_schema, table_name, privilege_type FROM information_schema.role_table_grants
                   WHERE grantee = %s AND privilege_type <> 'SELECT'"""

    assert rows(database_url, statement, PUBLIC_ROLE) == []


def test_nobody_holds_the_right_to_change_the_register(database_url: str) -> None:
    """Beside the owner, whom a trigger refuses."""
    statement = """SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants
                   WHERE table_schema = 'register' AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
                     AND grantee <> %s"""

    assert rows(database_url, statement, OWNER_ROLE) == []


def test_every_function_that_acts_for_its_owner_names_its_schemas(database_url: str) -> None:
    """A SECURITY DEFINER function without a search path of its own can be made to call somebody else's."""
    statement = """SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text NOT IN
                   ('pg_catalog', 'information_schema')
                   AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%%search_path=%%', false)"""

    assert rows(database_url, statement) == []
