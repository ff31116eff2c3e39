"""Files by the hash of their bytes: one door to a local folder or an S3-compatible store."""

import hashlib
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from ogpmonitor.kit.errors import NotFound, Unavailable
from ogpmonitor.kit.i18n import msgid

NOT_KEPT = msgid("The file could not be kept: the place for files is full or away. Nothing of what you sent was saved.")
log = structlog.get_logger()

PROBE = "health/probe"


class Storage:
    """A store of blobs that are written once under a name and never changed."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str) -> "Storage":
        """The store at file:///folder (made when missing) or s3://bucket/prefix (credentials from the environment)."""
        if url.startswith("file://"):
            folder = Path(url.removeprefix("file://"))
            folder.mkdir(parents=True, exist_ok=True)
            return cls(LocalStore(prefix=folder))
        return cls(from_url(url))

    async def put(self, name: str, content: bytes) -> None:
        """`content` is kept under `name`; writing it again changes nothing.

        Raises:
            Unavailable: the store is full or away; nothing is kept under `name` that was not there before.
        """
        try:
            await obstore.put_async(self._store, name, content)
        except BaseError as error:
            log.error("storage.not_kept", name=name, reason=str(error).splitlines()[0])  # noqa: TRY400  the reason says it all
            raise Unavailable("storage.not_kept", NOT_KEPT) from error

    async def get(self, name: str) -> bytes:
        """What is kept under `name`.

        Raises:
            NotFound: nothing is.
        """
        try:
            result = await obstore.get_async(self._store, name)
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound("file.not_found") from error
        return bytes(await result.bytes_async())

    async def names(self) -> list[str]:
        """The name of everything that is kept, in order."""
        found = obstore.list(self._store)
        return sorted([str(one["path"]) async for batch in found for one in batch])

    async def has(self, name: str) -> bool:
        """Whether something is kept under `name`."""
        try:
            await obstore.head_async(self._store, name)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def try_out(self) -> None:
        """The store takes a few bytes and gives the same back; they are always the same, under one name.

        Raises:
            OSError: it gave something else back. What the store itself raises is passed on.
        """
        await self.put(PROBE, PROBE.encode())
        if await self.get(PROBE) != PROBE.encode():
            raise OSError("the store gave other bytes back than it was given")

    async def delete_probe(self) -> None:
        """What `try_out` wrote is gone. What the store itself raises is passed on."""
        await obstore.delete_async(self._store, PROBE)


def blob_name(sha256: str) -> str:
    """Where a file with this hash is kept: spread over folders by its first digits."""
    return f"files/{sha256[:2]}/{sha256}"


def sha256_of(content: bytes) -> str:
    """The SHA-256 of `content`, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
