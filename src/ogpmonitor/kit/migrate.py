"""Brings a database to the schema of this code, or says in one sentence why it cannot."""

import importlib
import importlib.util
import pkgutil
import time
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import make_url

import ogpmonitor
from ogpmonitor.kit.db import APP_ROLE, OWNER_ROLE, PUBLIC_ROLE, role_password

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
OUR_SCHEMAS = frozenset({"platform", "workbench", "register", "facts"})
# Roles belong to the whole server, and two databases prepared at once trip over each other: whoever does tries again.
ROLE_ATTEMPTS = 5


class DatabaseNewerThanCode(Exception):  # noqa: N818  it reads as the fact it states
    """The database was migrated by a later release than this one."""


def import_models() -> None:
    """Have every room's tables known to the registry of tables."""
    for module in pkgutil.iter_modules(ogpmonitor.__path__):
        if module.ispkg and _has_models(module.name):
            importlib.import_module(f"ogpmonitor.{module.name}.models")


def _has_models(room: str) -> bool:
    return importlib.util.find_spec(f"ogpmonitor.{room}.models") is not None


def alembic_config(owner_url: str = "postgresql://") -> Config:
    """The configuration of the migration tool, made here so that no ini file holds an address."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s")
    config.attributes["url"] = make_url(owner_url).set(drivername="postgresql+psycopg")
    return config


def upgrade(owner_url: str, *, secret: str) -> None:
    """The roles exist and the schema is this code's; running it again changes nothing.

    Raises:
        DatabaseNewerThanCode: a later release has migrated this database.
    """
    config = alembic_config(owner_url)
    _refuse_newer(owner_url)
    ensure_roles(owner_url, secret=secret)
    command.upgrade(config, "head")


def conninfo(owner_url: str) -> str:
    """`owner_url` in the form libpq reads."""
    return make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)


def current_revision(owner_url: str) -> str | None:
    """The revision the database stands at, or None when it is empty."""
    with psycopg.connect(conninfo(owner_url)) as connection:
        found = connection.execute("SELECT to_regclass('platform.schema_revisions')").fetchone()
        if found is None or found[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM platform.schema_revisions").fetchone()
        return str(row[0]) if row else None


def known_revisions() -> tuple[str, ...]:
    """The revisions of this code, the newest first. Needs no database."""
    return tuple(script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def _refuse_newer(owner_url: str) -> None:
    current = current_revision(owner_url)
    if current is not None and current not in known_revisions():
        raise DatabaseNewerThanCode(
            f"The database is at revision {current}, which is newer than this version of ogpmonitor."
        )


def ensure_roles(owner_url: str, *, secret: str) -> None:
    """The owner's, the application's and the public role exist, with passwords that follow from `secret`."""
    for attempt in range(1, ROLE_ATTEMPTS + 1):
        try:
            _ensure_roles(owner_url, secret)
        except (psycopg.errors.InternalError_, psycopg.errors.UniqueViolation):
            if attempt == ROLE_ATTEMPTS:
                raise
            time.sleep(0.1 * attempt)
        else:
            return


def _ensure_roles(owner_url: str, secret: str) -> None:
    with psycopg.connect(conninfo(owner_url), autocommit=True) as connection:
        for role in (OWNER_ROLE, APP_ROLE, PUBLIC_ROLE):
            _ensure_role(connection, role, secret)
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER_ROLE)))
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, sql.Identifier(OWNER_ROLE)))


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]], role: str, secret: str) -> None:
    name, login = sql.Identifier(role), sql.SQL("NOLOGIN" if role == OWNER_ROLE else "LOGIN")
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} {} NOSUPERUSER NOBYPASSRLS").format(name, login))
    if role != OWNER_ROLE:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(role_password(secret, role))))
