"""Finished reports: looked up where they are kept, drawn once where they are not."""

import asyncio
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.storage import Storage
from ogpmonitor.reports.composing import Composer
from ogpmonitor.reports.endofterm import Source
from ogpmonitor.reports.printing import Limits, draw
from ogpmonitor.tenants.directory import KnownTenant


@dataclass
class Press:
    """Draws reports for one process: one at a time, and each edition and language once."""

    storage: Storage
    composer: Composer
    limits: Limits
    _drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def pdf(self, source: Source, tenant: KnownTenant, lang: str) -> bytes:
        """The report of `source` in `lang` as PDF. Who comes while it is being drawn waits for that very drawing.

        Raises:
            Unavailable: it cannot be drawn here, or took too much.
        """
        name = self.name(source, tenant, lang)
        found = await self._kept(name)
        if found is not None:
            return found
        async with self._locks.setdefault(name, asyncio.Lock()):
            found = await self._kept(name)
            if found is not None:
                return found
            async with self._drawing:
                drawn = await draw(self.composer.compose(source, tenant, lang), self.limits)
            await self.storage.put(name, drawn)
            return drawn

    def name(self, source: Source, tenant: KnownTenant, lang: str) -> str:
        """Where a report is kept: by its edition, its language, and what else decides its bytes."""
        return f"reports/{source.published.edition.sha256}/{lang}-{self.composer.version(tenant)}.pdf"

    async def _kept(self, name: str) -> bytes | None:
        try:
            return await self.storage.get(name)
        except NotFound:
            return None
