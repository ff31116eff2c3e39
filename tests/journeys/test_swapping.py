"""Where htmx is there, parts of a page are exchanged without losing one's place."""

import re

import pytest
from tests.journeys.traveller import Traveller

from ogpmonitor.kit.static import STATIC


@pytest.mark.skipif(not (STATIC / "vendor/htmx.min.js").exists(), reason="htmx was not fetched")
async def test_sorting_keeps_the_page_and_the_focus(travellers: Traveller.Maker) -> None:
    staff = await travellers("es")
    await staff.open("compare/")
    await staff.page.evaluate("window.sameDocument = true")
    by_commitments = staff.page.locator("thead a[href*='sort=commitments']")
    first = await staff.page.locator("tbody tr th").first.inner_text()

    await by_commitments.focus()
    await staff.page.keyboard.press("Enter")
    await staff.page.wait_for_url(re.compile("sort=commitments"))
    await staff.page.wait_for_function("document.querySelector('th[aria-sort] a[href*=commitments]')")

    assert await staff.page.evaluate("window.sameDocument === true"), "the document was not loaded anew"
    assert await staff.page.evaluate("document.activeElement.closest('th') !== null"), "the focus stays"
    assert await staff.page.locator("tbody tr th").first.inner_text() != first
    await staff.look("compare-sorted")
