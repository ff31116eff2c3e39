"""Reports over HTTP, as far as the drawing itself does not matter."""

import asyncio

from tests.factories.site import Site

from ogpmonitor.reports.composing import Composer
from ogpmonitor.reports.service import Press

PDF = "/es/penalolen/plans/2021-2024/reports/end-of-term.pdf"


async def test_who_waits_for_the_press_keeps_no_connection_from_others(site: Site) -> None:
    state, settings = site.state, site.state.settings
    composer = Composer(state.templates, state.static, settings.templates_folder, "http://nowhere.example")
    state["press"] = press = Press(state.storage, composer, settings)
    pool = state.database.public_engine.sync_engine.pool

    async with press._drawing:  # noqa: SLF001  somebody else's report is being drawn
        waiting = asyncio.create_task(site.client.get(PDF))
        for _ in range(200):
            if press._drawing._waiters:  # noqa: SLF001  nothing else tells that it waits
                break
            await asyncio.sleep(0.02)
        is_waiting, taken = bool(press._drawing._waiters), pool.checkedout()  # noqa: SLF001  as above
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert (is_waiting, taken) == (True, 0)
