"""Whether this process can serve: asked every few seconds by whoever sends it requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.health.queries import REVISION
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.migrate import known_revisions
from ogpmonitor.kit.storage import Storage

KEPT_SECONDS = 5.0
FILES_KEPT_SECONDS = 30.0  # a store counts its writes
PATIENCE_SECONDS = 4.0
log = structlog.get_logger()


@dataclass
class _Kept:
    words: str = ""
    until: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Readiness:
    """What stands in the way of serving, by part; looked at again at most every few seconds."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database, self._storage = database, storage
        self._revisions = known_revisions()
        self._kept: dict[str, _Kept] = {}

    async def missing(self) -> list[str]:
        """The parts that are away, each with a word why; empty when this process can serve.

        A schema newer than this release is no obstacle: a release's migrations leave the one before it working, so
        that one after the other can be replaced.
        """
        looks: dict[str, tuple[float, Callable[[], Awaitable[str]]]] = {
            "database": (KEPT_SECONDS, self._look_at_database),
            "files": (FILES_KEPT_SECONDS, self._look_at_files),
        }
        found = await asyncio.gather(*(self._kept_or_looked(name, *look) for name, look in looks.items()))
        return [f"{name}: {words}" for name, words in zip(looks, found, strict=True) if words]

    async def _kept_or_looked(self, name: str, seconds: float, look: Callable[[], Awaitable[str]]) -> str:
        kept = self._kept.setdefault(name, _Kept())
        async with kept.lock:
            if kept.until < time.monotonic():
                try:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        kept.words = await look()
                except Exception as error:  # noqa: BLE001  whatever it is, this process cannot serve
                    kept.words = "away"
                    log.warning("health.not_ready", part=name, reason=f"{type(error).__name__}: {error}")
                # What is away may be back at any moment.
                kept.until = time.monotonic() + (min(seconds, KEPT_SECONDS) if kept.words else seconds)
        return kept.words

    async def _look_at_database(self) -> str:
        async with self._database.register_session() as register:
            await register.execute(text("SELECT count(*) FROM register.jurisdictions"))
        async with self._database.tenant_session(None, read_only=True) as session:
            return await self._look_at_schema(session)

    async def _look_at_schema(self, session: AsyncSession) -> str:
        revision = await session.scalar(text(REVISION))
        older = revision in self._revisions and revision != self._revisions[0]
        return "older than this release; run: ogpmonitor migrate" if older or revision is None else ""

    async def _look_at_files(self) -> str:
        await self._storage.try_out()
        return ""
