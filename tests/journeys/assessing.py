"""Filling in an assessment's form, and publishing it."""

import re

from playwright.async_api import Locator
from tests.journeys.traveller import Traveller

FOUND = "La meta se entiende y se puede comprobar."


async def answer_everything(monitor: Traveller) -> None:
    """The first choice of every question that shows, with a reason and a link wherever one is asked for.

    A choice may open more questions, so this goes on until none is left.
    """
    blocks = monitor.page.locator('.desk__form .asked[id^="q-"]')
    for index in range(await blocks.count()):
        block = blocks.nth(index)
        if await block.is_visible():
            await _answer(block)


async def _answer(block: Locator) -> None:
    name = (await block.get_attribute("id") or "").removeprefix("q-")
    own = block.locator(f'[name="{await _field(block)}"]').first
    if await own.get_attribute("type") in {"radio", "checkbox"}:
        await own.check()
    else:
        await own.fill(f"Respuesta a {name}.")
    why = block.page.locator(f"#q-{name}-explanation")
    if await why.count():
        await why.fill(FOUND)
    backing = block.page.locator(f"#q-{name}-evidence")
    if await backing.count():
        await backing.evaluate("each => each.open = true")
        await block.page.fill(f"#q-{name}-link", "https://example.org/acta")
        await block.page.fill(f"#q-{name}-link-title", "Acta del foro")


async def _field(block: Locator) -> str:
    """The name of the field that holds the block's own answer, not that of a question inside it."""
    return await block.locator('[name^="value:"]').first.get_attribute("name") or ""


async def review(monitor: Traveller) -> None:
    await monitor.page.click('button[name="then"]')
    await monitor.page.wait_for_url(re.compile(r"/publish"))


async def publish(monitor: Traveller) -> None:
    """What is shown is published, in the presence of no problem."""
    assert await monitor.page.locator(".notice--problem").count() == 0, await monitor.words()
    await monitor.page.click('form[action$="/publish/"] button')
    await monitor.page.wait_for_url(re.compile(r"published=1"))
