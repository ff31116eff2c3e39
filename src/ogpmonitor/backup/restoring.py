"""`ogpmonitor restore`: a backup becomes a deployment again, and is compared with what it was."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory

from ogpmonitor.backup import programs
from ogpmonitor.backup.manifest import BackupRefused, Manifest, State, check_parts, read_manifest
from ogpmonitor.backup.snapshot import snapshot, state_of
from ogpmonitor.backup.taking import FILES
from ogpmonitor.kit.migrate import alembic_config, conninfo, ensure_roles, upgrade
from ogpmonitor.kit.storage import Storage
from ogpmonitor.register.log import read_signing_key
from ogpmonitor.register.verify import report_lines, verify_register
from ogpmonitor.settings import Settings

_RELATIONS = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 LIMIT 1
"""


@dataclass(frozen=True)
class Restored:
    """What to say, and whether what stands there now is what was kept."""

    lines: list[str]
    holds: bool


def restore(settings: Settings, folder: Path, *, keys: Iterable[str] = ()) -> Restored:
    """The empty database and the store of files hold what the backup in `folder` does, and are compared with it.

    Everything is checked before anything is written. Files come first, since one that nothing speaks of does no harm;
    the database follows in one transaction. So after a failure the same command can be given again. A backup of an
    earlier release is brought to this one's schema afterwards. `keys` are public keys (base64) that may have signed the
    backup besides the deployment's own.

    Raises:
        BackupRefused: the database holds something, or the backup is incomplete, changed, newer than this program or
            from a newer PostgreSQL. Nothing was written.
    """
    own = read_signing_key(settings.signing_key_file).public_key
    manifest = read_manifest(folder, {own, *keys})
    check_parts(folder, manifest)
    server_major = _check_target(settings, manifest)
    _check_release(settings, manifest)
    asyncio.run(_put_files(Storage.at(settings.files_url), folder, manifest))
    secret = settings.secret_key.get_secret_value()
    ensure_roles(settings.database_url, secret=secret)
    programs.restore(settings.database_url, folder / "database.dump", server_major=server_major)
    with snapshot(settings.database_url) as connection:
        differences = compared(manifest.state, state_of(connection))
    upgrade(settings.database_url, secret=secret)
    return asyncio.run(_verified(settings, manifest, differences, {own, *keys}))


def compared(before: State, after: State) -> list[str]:
    """What is not as it was: the schema, the log's head, how many rows, and what guards them."""
    found = []
    if before.revision != after.revision:
        found.append(f"The schema is {after.revision} and was {before.revision}.")
    if before.head != after.head:
        found.append("The log has another newest signed head.")
    for name in sorted(before.rows.keys() | after.rows.keys()):
        was, now = before.rows.get(name), after.rows.get(name)
        if was != now:
            found.append(f"{name} has {now} rows and had {was}.")
    guarded = sorted(before.sealed.keys() | after.sealed.keys())
    unlike = [name for name in guarded if before.sealed.get(name) != after.sealed.get(name)]
    return [*found, *(f"{name} is not guarded by the same policies." for name in unlike)]


def _check_target(settings: Settings, manifest: Manifest) -> int:
    with psycopg.connect(conninfo(settings.database_url)) as connection:
        found = connection.execute(_RELATIONS).fetchone()
        if found is not None:
            raise BackupRefused(
                f"The database {connection.info.dbname} is not empty (it has {found[0]}). Restore into a new one."
            )
        major = connection.info.server_version // 10000
    if major < manifest.server_major:
        raise BackupRefused(
            f"The backup is of PostgreSQL {manifest.server_major}, and this server is {major}: take a newer one."
        )
    return major


def _check_release(settings: Settings, manifest: Manifest) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(settings.database_url)).walk_revisions()
    if manifest.state.revision not in {script.revision for script in scripts}:
        raise BackupRefused(
            f"The backup is at revision {manifest.state.revision}, made by release {manifest.release}, which is newer "
            "than this program."
        )


async def _put_files(storage: Storage, folder: Path, manifest: Manifest) -> None:
    for part in manifest.parts:
        if part.name.startswith(f"{FILES}/"):
            content = await asyncio.to_thread((folder / part.name).read_bytes)
            await storage.put(part.name.removeprefix(f"{FILES}/"), content)


async def _verified(settings: Settings, manifest: Manifest, differences: list[str], trusted: set[str]) -> Restored:
    """The register recomputed from its bytes, as the role that serves people sees it."""
    head = manifest.state.head
    async with settings.database(pool_size=1) as database, database.register_session() as session:
        verdict = await verify_register(
            session,
            trusted_keys=frozenset(trusted),
            known=(head.sequence, head.head_hash) if head else None,
            storage=Storage.at(settings.files_url),
        )
    lines = [*differences, *report_lines(verdict)]
    if differences or not verdict.holds:
        return Restored([*lines, "It was restored, but what stands there is not what was published."], holds=False)
    rows = sum(manifest.state.rows.values())
    at = f"{head.sequence}:{head.head_hash}" if head else "nothing published"
    return Restored(
        [*lines, f"Restored: {rows} rows, every file and the signed head {at} are as they were."], holds=True
    )
