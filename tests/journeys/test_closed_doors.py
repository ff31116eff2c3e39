"""Pages that refuse help whoever stands before them."""

import pytest
from tests.journeys.traveller import Traveller


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_refusals_help(travellers: Traveller.Maker, lang: str) -> None:
    stranger, monitor, neighbour = await travellers(lang), await travellers(lang), await travellers(lang)
    await monitor.enter("penalolen-monitor")
    await neighbour.enter("maipu-coordinator")

    for who, name, path, status in (
        (stranger, "stranger", "penalolen/workbench/", 401),
        (stranger, "nowhere", "nowhere/", 404),
        (stranger, "no-such-plan", "penalolen/plans/1999/", 404),
        (monitor, "monitor-publishing", "penalolen/workbench/publish/", 403),
        (neighbour, "neighbour", "penalolen/workbench/", 404),
    ):
        assert (await who.open(path)).status == status, name
        await who.look(f"refused-{name}")
        assert await who.page.locator("main a").count() >= 1, "a way on"
