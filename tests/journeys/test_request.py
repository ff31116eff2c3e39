"""A contact reports by a link: it opens once, in one browser, and dies when it is withdrawn."""

import re

import pytest
from tests.journeys.traveller import Traveller

UNIT = "Dirección de Medio Ambiente"
DESK = "penalolen/workbench/requests/"


async def make_a_link(coordinator: Traveller) -> str:
    """The coordinator asks the unit's contact; where the link leads, below the language."""
    page = coordinator.page
    await coordinator.open(f"{DESK}new/")
    await page.select_option("#unit", UNIT)
    await page.locator("main form").first.locator("button").click()
    await page.wait_for_selector("#name")
    await page.locator('input[name="milestones"]').first.check()
    await page.fill("#name", "Ana Soto")
    await page.fill("#email", "ana@example.org")
    await coordinator.look("request-new")
    await page.click("form[data-keep] button.button--primary")
    await page.wait_for_selector(".reminder__link")
    await coordinator.look("request-made")
    return (await page.inner_text(".reminder__link")).split("/", 4)[4].strip()


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_contact_reports_by_link(travellers: Traveller.Maker, lang: str) -> None:
    coordinator = await travellers(lang)
    await coordinator.enter("penalolen-coordinator")
    link = await make_a_link(coordinator)

    contact = await travellers(lang, width=360)
    await contact.open(link)
    await contact.look("link")
    await contact.page.click("main form button")
    await contact.page.wait_for_url(re.compile(r"/milestones/$"))
    await contact.look("request-answers")
    await contact.page.locator("main a.button--primary").click()
    await contact.page.wait_for_selector("#nothing_new")
    await contact.look("request-answer")
    await contact.page.fill("#text", "Escrito en el bus.")
    await contact.page.wait_for_timeout(1500)
    await contact.page.reload()
    await contact.page.get_by_role("button", name=re.compile("Recuperar lo que|Recover what")).click()
    assert await contact.page.input_value("#text") == "Escrito en el bus."
    await contact.look("request-kept")
    await contact.page.reload()
    await contact.page.check("#nothing_new")
    await contact.page.click("form[enctype] button.button--primary")
    await contact.page.wait_for_url(re.compile(r"/thanks/$"))
    await contact.look("request-thanks")

    other = await travellers(lang)
    answer = await other.open(link)
    assert answer.status == 410
    await other.look("request-gone")

    await coordinator.open(DESK)
    await coordinator.page.locator("main table tbody a", has_text="Ana Soto").first.click()
    await coordinator.page.wait_for_selector("button.button--danger")
    await coordinator.page.click("button.button--danger")
    await coordinator.page.wait_for_url(re.compile(r"done=revoked"))
    assert (await contact.open(f"{link}milestones/")).status == 410
