"""`ogpmonitor backup`: the database as it was in one instant, then every file, then the proof."""

import asyncio
import os
import shutil
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from ogpmonitor.backup import programs
from ogpmonitor.backup.manifest import DUMP, BackupRefused, Kept, Manifest, kept, write_manifest
from ogpmonitor.backup.snapshot import SCHEMAS, files_spoken_of, snapshot, state_of
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.migrate import current_revision
from ogpmonitor.kit.storage import Storage, blob_name
from ogpmonitor.register.log import read_signing_key
from ogpmonitor.settings import Settings

FILES, KEYS = "files", "keys"


def back_up(settings: Settings, folder: Path, *, with_keys: bool = False) -> Manifest:
    """`folder` holds a finished backup; one that was broken off has no manifest and is refused when restoring.

    Files are copied after the database's snapshot was taken: they are named by their bytes and never deleted, so
    whatever the snapshot speaks of is there. Secrets are left out unless `with_keys`. The service goes on meanwhile.

    Raises:
        BackupRefused: the folder is in use, the database's user sees only a part, or pg_dump failed.
    """
    if current_revision(settings.database_url) is None:
        raise BackupRefused("The database is empty: there is nothing to keep.")
    _make_folder(folder)
    key = read_signing_key(settings.signing_key_file)
    with snapshot(settings.database_url) as connection:
        exported = connection.execute("SELECT pg_export_snapshot()").fetchone()
        programs.dump(settings.database_url, folder / DUMP, snapshot=str((exported or [""])[0]), schemas=SCHEMAS)
        state, wanted = state_of(connection), files_spoken_of(connection)
        server_major = connection.info.server_version // 10000
    files = asyncio.run(_copy_files(Storage.at(settings.files_url), folder))
    parts = [kept(folder, DUMP), *files]
    if with_keys:
        parts += _copy_keys(settings, folder)
    manifest = Manifest(
        schema="ogpmonitor/backup/1",
        release=version("ogpmonitor"),
        made_at=utc_now().replace(microsecond=0),
        server_major=server_major,
        state=state,
        parts=tuple(parts),
        damaged=_damaged(wanted, files),
    )
    write_manifest(folder, manifest, key)
    return manifest


def told(manifest: Manifest, folder: Path) -> list[str]:
    """What a finished backup says on a terminal; the last line is the outcome."""
    rows, files = sum(manifest.state.rows.values()), [one for one in manifest.parts if one.name.startswith(f"{FILES}/")]
    size = sum(part.size_bytes for part in manifest.parts)
    head = manifest.state.head
    tables, schema = len(manifest.state.rows), manifest.state.revision
    lines = [
        f"{rows} rows in {tables} tables, {len(files)} files, {size} bytes, schema {schema}.",
        f"Newest signed head: {head.sequence}:{head.head_hash}." if head else "Nothing was published yet.",
    ]
    if not any(one.name.startswith(f"{KEYS}/") for one in manifest.parts):
        lines.append(
            "Not in it, and to be kept elsewhere: the signing key (OGPMONITOR_SIGNING_KEY_FILE), without which nothing "
            "can be published under the same name. OGPMONITOR_SECRET_KEY may be a new one."
        )
    lines += [f"Missing or damaged before this backup: {name}" for name in manifest.damaged]
    return [*lines, f"The backup in {folder} is complete{' but for what is named above' if manifest.damaged else ''}."]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BackupRefused(f"{folder} is not empty; name a new folder for each backup.")
    except OSError as error:
        raise BackupRefused(f"{folder} cannot be written to ({error.strerror}).") from error


async def _copy_files(storage: Storage, folder: Path) -> list[Kept]:
    copied = []
    for name in await storage.names():
        target = folder / FILES / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await asyncio.to_thread(_write_surely, target, await storage.get(name))
        copied.append(await asyncio.to_thread(kept, folder, f"{FILES}/{name}"))
    return copied


def _write_surely(target: Path, content: bytes) -> None:
    """The bytes have reached the disk, not only the system's memory."""
    with target.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _copy_keys(settings: Settings, folder: Path) -> list[Kept]:
    (folder / KEYS).mkdir(mode=0o700)
    shutil.copyfile(settings.signing_key_file, folder / KEYS / "signing_key.pem")
    (folder / KEYS / "secret_key").write_text(settings.secret_key.get_secret_value(), encoding="utf-8")
    for path in (folder / KEYS).iterdir():
        path.chmod(0o600)
    return [kept(folder, f"{KEYS}/{name}") for name in ("secret_key", "signing_key.pem")]


def _damaged(wanted: Iterable[str], files: Iterable[Kept]) -> tuple[str, ...]:
    """The files that rows speak of and that are not there, and those whose bytes do not give their name."""
    by_name = {one.name.removeprefix(f"{FILES}/"): one.sha256 for one in files}
    named = {name: sha256 for name, sha256 in by_name.items() if name == blob_name(name.rpartition("/")[2])}
    wrong = {name for name, sha256 in named.items() if blob_name(sha256) != name}
    return tuple(sorted(wrong | ({blob_name(sha256) for sha256 in wanted} - by_name.keys())))
