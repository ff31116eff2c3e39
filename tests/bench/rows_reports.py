"""The end-of-term report as PDF."""

import asyncio
import logging
from collections.abc import Iterator

from tests.bench.deployment import Deployment, deployment
from tests.bench.harness import Pair, at_most, row, seconds

from ogpmonitor.kit.db import Database
from ogpmonitor.reports import render
from ogpmonitor.reports.jobs import press_of
from ogpmonitor.reports.printing import Sheet, draw
from ogpmonitor.reports.queries import read_source
from ogpmonitor.tenants.directory import TenantDirectory


@row("end-of-term PDF", floor="WeasyPrint on the finished HTML", goal=at_most(1.2), unit="s", rounds=3)
def end_of_term_pdf() -> Iterator[Pair]:
    """Measured: composing, a process of its own, tags, attachment. Floor: the library, loaded already, here."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    with deployment() as deployed:
        sheet = asyncio.run(_composed(deployed))
        yield Pair(lambda: seconds(lambda: asyncio.run(_drawn(deployed))), lambda: seconds(lambda: _bare(sheet)))


async def _composed(deployed: Deployment) -> Sheet:
    database = Database(deployed.settings.app_url, deployed.settings.public_url, pool_size=1)
    try:
        async with database.register_session() as session:
            source = await read_source(session, "penalolen", "2021-2024")
        tenant = await TenantDirectory(database).get("penalolen")
        return press_of(deployed.settings).composer.compose(source, tenant, "es")
    finally:
        await database.close()


async def _drawn(deployed: Deployment) -> bytes:
    return await draw(await _composed(deployed), deployed.settings)


def _bare(sheet: Sheet) -> bytes:
    import weasyprint  # noqa: PLC0415  only this row needs it

    fetcher = render._fetcher(dict(sheet.files))  # noqa: SLF001  the same files, and nothing from elsewhere
    pdf: bytes = weasyprint.HTML(string=sheet.html, base_url=render.SCHEME, url_fetcher=fetcher).write_pdf()
    return pdf
