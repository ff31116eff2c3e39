"""`ogpmonitor keys`: which keys have signed the log, and a new one in the place of the present."""

import asyncio
import os
from pathlib import Path

from ogpmonitor.kit.db import owner_session
from ogpmonitor.register.keys import change_key, changes_of, present_key, shown_keys
from ogpmonitor.register.log import new_signing_key_pem, read_signing_key
from ogpmonitor.register.service import LOG_LOCK
from ogpmonitor.settings import Settings


def new_key(path: Path) -> str:
    """A fresh private key lies in `path`, readable by its owner only; returns its public key.

    Raises:
        FileExistsError: something lies there already.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(new_signing_key_pem())
    return read_signing_key(path).public_key


async def list_keys(settings: Settings) -> list[str]:
    """A line for every key that has signed the log, the present one first."""
    async with settings.database(pool_size=1) as database, database.register_session() as session:
        present, changes = await present_key(session), await changes_of(session)
    own = read_signing_key(settings.signing_key_file).public_key
    if present is None:
        return [f"{own}  has signed nothing yet"]
    lines = [
        f"{one.public_key}  {one.key_id}  entries {one.first} to {'now' if one.last is None else one.last}"
        for one in shown_keys(present, changes)
    ]
    if own != present:
        lines.append(f"OGPMONITOR_SIGNING_KEY_FILE holds another key ({own}): nothing can be published with it.")
    return lines


async def rotate(settings: Settings, new: Path, *, is_lost: bool) -> list[str]:
    """From now on only the key in the file `new` signs; says what remains to be done.

    Raises:
        Conflict: see `register.keys.change_key`.
    """
    former = None if is_lost else await asyncio.to_thread(read_signing_key, settings.signing_key_file)
    key = await asyncio.to_thread(read_signing_key, new)
    async with owner_session(settings.database_url) as session:
        change = await change_key(session, key, former, lock=LOG_LOCK)
        until, former_key = change.sequence, change.former_key
    then = "Until then pages are served and drafts are kept, and publishing is refused with a sentence that says why."
    return [
        f"{former_key} signed the log until entry {until}; what it signed stays valid.",
        f"{key.public_key} signs from now on.",
        f"Now put {new} in the place of OGPMONITOR_SIGNING_KEY_FILE and restart web server and worker.",
        then,
    ]
