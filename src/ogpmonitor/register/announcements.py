"""Hearing in every process that something was published: PostgreSQL's NOTIFY, after commit."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog

from ogpmonitor.register.service import EDITION_PUBLISHED

RETRY_SECONDS = 1.0
log = structlog.get_logger()


class Announcements:
    """Listens until cancelled. `listener` hears a jurisdiction's slug, or None when something may have been missed."""

    def __init__(self, conninfo: str, listener: Callable[[str | None], None], channels: tuple[str, ...] = ()) -> None:
        self._conninfo, self._listener = conninfo, listener
        self._channels = (EDITION_PUBLISHED, *channels)
        self.is_listening = False

    async def run(self) -> None:
        """Listen, and listen again after the connection broke."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                log.warning("announcements.lost", reason=str(error))
            finally:
                self.is_listening = False
                self._listener(None)
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            for channel in self._channels:
                await connection.execute(f"LISTEN {channel}".encode())
            self.is_listening = True
            self._listener(None)
            async for notice in connection.notifies():
                self._listener(notice.payload.partition("/")[0] if notice.channel == EDITION_PUBLISHED else None)
