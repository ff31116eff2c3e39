"""What `doctor` asks the database: whether it is the right one, and whether each role can do only what it should."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import make_url

from ogpmonitor.health import queries
from ogpmonitor.health.checking_house import House
from ogpmonitor.health.finding import Finding, doubtful, fails, holds
from ogpmonitor.kit.db import APP_ROLE, PUBLIC_ROLE, Base, TenantOwned
from ogpmonitor.kit.migrate import OUR_SCHEMAS, import_models, known_revisions

OLDEST, NEWEST = 15, 18
DOUBTFUL_SECONDS, WRONG_SECONDS = 2.0, 30.0
LONG_WAIT_SECONDS = 3600.0
MIGRATE = "run: ogpmonitor migrate"
_MAY = """SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles
          WHERE rolname = current_user"""
_OWNS = """SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole
           AND relnamespace::regnamespace::text = ANY(%s)"""
WHICH = """SELECT current_setting('server_version_num')::int / 10000, version(),
            concat_ws('/', oid, datname, pg_postmaster_start_time()) FROM pg_database
            WHERE datname = current_database()"""
_BECOMES = "SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole"
_SEES = "SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) AND has_schema_privilege(oid, 'USAGE') ORDER BY 1"
_CHANGES = """SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = 'register'
              AND has_table_privilege(schemaname || '.' || tablename, %s) ORDER BY 1"""
_SEALED = """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND c.relforcerowsecurity"""


async def check_database(house: House) -> list[Finding]:
    """The database answers at each address, all of them are one database, and it is one of ours."""
    found, names = [], set()
    for role, url in _doors(house):
        try:
            told = await rows(url, WHICH)
        except psycopg.OperationalError as error:
            found.append(fails("database", f"{role}: {first_line(error)}", f"see whether {_variable(role)} is right."))
            continue
        major, version, name = told[0]
        names.add(name)
        if OLDEST <= major <= NEWEST:
            found.append(holds("database", f"{role} reaches {version.split(' on ')[0]}."))
        else:
            found.append(fails("database", f"{version.split(' on ')[0]}.", f"use PostgreSQL {OLDEST} to {NEWEST}."))
    if len(names) > 1:
        to_do = "name the same database in all of OGPMONITOR_…DATABASE_URL."
        found.append(fails("database", f"The addresses lead to {len(names)} different databases.", to_do))
    return found


async def check_roles(house: House) -> list[Finding]:
    """The roles that serve people are those they should be, own nothing, and become nobody else."""
    found = []
    for role, url in ((APP_ROLE, house.settings.app_url), (PUBLIC_ROLE, house.settings.public_url)):
        faults = []
        if (await rows(url, "SELECT current_user"))[0][0] != role:
            faults.append("signs in under another name")
        if (await rows(url, _MAY))[0][0]:
            faults.append("may do more than a role should that serves people")
        if (await rows(url, _OWNS, sorted(OUR_SCHEMAS)))[0][0]:
            faults.append("owns tables")
        if (await rows(url, _BECOMES))[0][0]:
            faults.append("is a member of another role")
        faults += await _rights_too_many(role, url)
        found.append(
            fails("roles", f"{role} {', '.join(faults)}.", f"take that from it (ALTER ROLE, REVOKE), then {MIGRATE}")
            if faults
            else holds("roles", f"{role} can do what it should and owns nothing.")
        )
    return found


async def _rights_too_many(role: str, url: str) -> list[str]:
    faults = []
    if role == PUBLIC_ROLE:
        seen = await rows(url, _SEES, ["workbench", "platform", "jobs"])
        faults += [f"sees the schema {name}" for (name,) in seen]
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        changed = await rows(url, _CHANGES, right)
        faults += [f"may {right} {name}" for (name,) in changed]
    return faults


async def check_schema(house: House) -> list[Finding]:
    """The schema is that of this release."""
    known = known_revisions()
    exists = await rows(house.settings.app_url, "SELECT to_regclass('platform.schema_revisions')")
    if exists[0][0] is None:
        return [fails("schema", "There is none yet.", MIGRATE)]
    revision = (await rows(house.settings.app_url, queries.REVISION))[0][0]
    if revision == known[0]:
        return [holds("schema", f"at revision {revision}, this release's.")]
    if revision in known:
        return [fails("schema", f"at revision {revision}; this release wants {known[0]}.", MIGRATE)]
    return [doubtful("schema", f"at revision {revision}, newer than this release.", "take the newer release soon.")]


async def check_rows_are_sealed(house: House) -> list[Finding]:
    """Row policies bind everyone, the owner too, on each table whose rows belong to a tenant."""
    import_models()
    wanted = {
        f"{mapper.local_table.schema}.{mapper.local_table.name}"  # type: ignore[attr-defined]  # every one is a table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantOwned)
    }
    sealed = {name for (name,) in await rows(house.settings.app_url, _SEALED)}
    if open_tables := sorted(wanted - sealed):
        seen = f"Row policies do not bind everyone on {', '.join(open_tables)}."
        to_do = "ALTER TABLE … ENABLE and FORCE ROW LEVEL SECURITY, and find out who did it."
        return [fails("row security", seen, to_do)]
    return [holds("row security", f"forced on all {len(wanted)} tables of tenants.")]


async def check_clocks(house: House) -> list[Finding]:
    """This machine and the database agree what time it is."""
    before = datetime.now(UTC)
    there = (await rows(house.settings.app_url, "SELECT clock_timestamp()"))[0][0]
    after = datetime.now(UTC)
    skew = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    seen = f"this machine and the database differ by {skew:.1f} seconds."
    to_do = "set both by the same time service (NTP)."
    if skew > WRONG_SECONDS:
        return [fails("clocks", seen, to_do)]
    return [doubtful("clocks", seen, to_do) if skew > DOUBTFUL_SECONDS else holds("clocks", seen)]


async def check_queue(house: House) -> list[Finding]:
    """A worker lives, nothing waits for long, nothing failed."""
    url = house.settings.app_url
    workers, waited = (await rows(url, queries.LIVING_WORKERS))[0][0], (await rows(url, queries.LONGEST_WAIT))[0][0]
    failed = sum(count for _, state, count in await rows(url, queries.JOBS_BY_STATE) if state == "failed")
    found = [
        holds("queue", f"workers alive: {workers}.")
        if workers
        else doubtful("queue", "No worker is alive.", "start one: ogpmonitor worker")
    ]
    if waited > LONG_WAIT_SECONDS:
        found.append(doubtful("queue", f"A job has waited for {waited / 3600:.0f} hours.", "look at the worker's log."))
    if failed:
        found.append(doubtful("queue", f"failed jobs: {failed}.", "look for them in the worker's log (job_error)."))
    return found


def _doors(house: House) -> Sequence[tuple[str, str]]:
    owner = [("owner", house.settings.database_url)] if house.settings.database_url else []
    return [*owner, (APP_ROLE, house.settings.direct_app_url), (PUBLIC_ROLE, house.settings.direct_public_url)]


def _variable(role: str) -> str:
    names = {"owner": "OGPMONITOR_DATABASE_URL", APP_ROLE: "OGPMONITOR_APP_DATABASE_URL"}
    return f"{names.get(role, 'OGPMONITOR_PUBLIC_DATABASE_URL')} (or OGPMONITOR_SECRET_KEY, then ogpmonitor migrate)"


async def rows(url: str, statement: str, *values: Any) -> list[Any]:
    """What the database at `url` answers, in a transaction of its own."""
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(conninfo, connect_timeout=5, autocommit=True) as connection:
        cursor = await connection.execute(statement.encode(), values or None)
        return await cursor.fetchall()


def first_line(error: Exception) -> str:
    """The one line of an error that fits into a finding."""
    return (str(error).splitlines() or ["no answer"])[0]
