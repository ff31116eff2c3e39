"""What a database says of itself in one instant: how many rows, how they are guarded, where the log stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from ogpmonitor.backup.manifest import BackupRefused, Head, Sealed, State
from ogpmonitor.kit.migrate import OUR_SCHEMAS, conninfo

SCHEMAS = tuple(sorted({*OUR_SCHEMAS, "jobs"}))
_TABLES = """
SELECT n.nspname || '.' || c.relname, n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity,
    encode(sha256(convert_to(coalesce((
        SELECT string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive,
            (SELECT string_agg(r.rolname, ',' ORDER BY r.rolname) FROM pg_roles r WHERE r.oid = ANY (p.polroles)),
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), E'\n' ORDER BY p.polname)
        FROM pg_policy p WHERE p.polrelid = c.oid), ''), 'UTF8')), 'hex')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p') ORDER BY 1
"""
# The bytes that rows speak of; a link's hash is of its address and names no file.
_FILES = """
SELECT sha256 FROM register.evidence_receipts WHERE kind = 'file'
UNION SELECT sha256 FROM workbench.evidence WHERE kind = 'file'
UNION SELECT preview_sha256 FROM workbench.evidence WHERE preview_sha256 IS NOT NULL
UNION SELECT file_sha256 FROM workbench.imports ORDER BY 1
"""
Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def snapshot(owner_url: str) -> Iterator[Connection]:
    """One instant of the database, read-only, in which every row of every tenant can be seen.

    Raises:
        BackupRefused: the user of `owner_url` is bound by row policies and would see only a part.
    """
    with psycopg.connect(conninfo(owner_url)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL row_security = off")  # whoever may not see all is refused, never shown less
        found = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if found.fetchone() != (True,):
            raise BackupRefused(
                f"The user {connection.info.user} of OGPMONITOR_DATABASE_URL sees only the rows that policies show it. "
                "A backup needs a superuser or a user with BYPASSRLS."
            )
        yield connection


def state_of(connection: Connection) -> State:
    """What the snapshot holds. Counts every row: seconds for millions of them."""
    revision = connection.execute("SELECT version_num FROM platform.schema_revisions").fetchone()
    tables = connection.execute(_TABLES, [list(SCHEMAS)]).fetchall()
    rows = {name: _count(connection, schema, table) for name, schema, table, *_ in tables}
    sealed = {
        name: Sealed(is_enabled=enabled, is_forced=forced, policies_sha256=policies)
        for name, _, _, enabled, forced, policies in tables
        if enabled or forced
    }
    return State(revision=revision[0] if revision else "", head=_head(connection), rows=rows, sealed=sealed)


def files_spoken_of(connection: Connection) -> frozenset[str]:
    """The SHA-256 of every file that a row of the snapshot names."""
    return frozenset(row[0] for row in connection.execute(_FILES))


def _count(connection: Connection, schema: str, table: str) -> int:
    counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))).fetchone()
    return int(counted[0]) if counted else 0


def _head(connection: Connection) -> Head | None:
    found = connection.execute(
        "SELECT sequence, head_hash, public_key FROM register.checkpoints ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return Head(sequence=found[0], head_hash=found[1], public_key=found[2]) if found else None
