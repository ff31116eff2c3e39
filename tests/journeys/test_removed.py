"""Whoever is removed is out with the next request, in every browser and at every web server, and loses no text."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser
from tests.factories.entering import a_person, a_role
from tests.factories.installed import Installation
from tests.journeys.correspondence import sign_in
from tests.journeys.traveller import Traveller

COORDINATOR, READER = "ana@penalolen.example", "bruno@penalolen.example"
MONITOR, COLLEAGUE = "mara@universidad.example", "leo@universidad.example"
PEOPLE = "penalolen/workbench/people/"
DESK = "penalolen/workbench/assessments/"
TYPED = "Se instalaron los sensores y falta calibrarlos."


async def at_both(house: Installation, browser: Browser, screenshots: Path, email: str) -> Sequence[Traveller]:
    """The same person signed in twice: at each web server in a browser of its own."""
    found = []
    for web, lang, width in zip(house.webs, ("es", "en"), (1280, 360), strict=True):
        one = await Traveller.maker(browser, web, screenshots)(lang, width=width)
        await sign_in(one, house, email)
        found.append(one)
    return found


async def remove(remover: Traveller, name: str, *, by_body: bool = False) -> None:
    """`name` is removed on the page of people."""
    page = remover.page
    await remover.open(PEOPLE)
    if by_body:
        row = page.locator("main tbody tr", has_text=name)
        await row.locator("summary").click()
        await row.locator('input[name="reason"]').fill("Dejó el ente")
        await row.locator('form[action$="/dismiss/"] button').click()
    else:
        await page.click(f'main tbody a:has-text("{name}")')
        await page.fill("#reason", "Cambió de trabajo")
        await page.click('form[action$="/remove/"] button')
    await page.wait_for_url(re.compile(r"done=removed"))
    await remover.look("removed-done")


async def is_out(here: Traveller, there: Traveller, form: str, path: str) -> None:
    """What was being typed `here`, in the field `form`, comes back refused; `there` nothing opens any more."""
    await here.page.locator(form).evaluate("field => { field.form.noValidate = true; field.form.requestSubmit(); }")
    await here.page.wait_for_selector(".error-page")
    assert TYPED in await here.words()
    await here.look("removed-typed")
    assert (await there.open(path)).status == 401
    await there.look("removed-refused")


async def test_the_coordination_removes_somebody(
    house: Installation, guests: Traveller.Maker, browser: Browser, screenshots: Path
) -> None:
    for name, email in (("Ana Rojas", COORDINATOR), ("Bruno Vidal", READER)):
        await a_role(house.settings, await a_person(house.settings, name, email=email), "penalolen", "coordinator")
    async with house.running():
        ana = await guests("es")
        await sign_in(ana, house, COORDINATOR)
        here, there = await at_both(house, browser, screenshots, READER)
        await here.open("penalolen/workbench/")
        await here.page.click('main a[href*="/milestones/"]:has-text("Informar") >> nth=0')
        await here.page.check("#progress-ongoing")
        await here.page.fill("#text", TYPED)
        if await here.page.locator("#late_reason").count():
            await here.page.fill("#late_reason", "Faltó personal.")

        await remove(ana, "Bruno Vidal")
        await is_out(here, there, "#text", "penalolen/workbench/")
        await sign_in(there, house, READER)
        await there.look("removed-back")
        assert "have no role here" in await there.words()
        assert (await there.open("penalolen/workbench/")).status == 404


async def test_a_body_removes_one_of_its_own(
    house: Installation, guests: Traveller.Maker, browser: Browser, screenshots: Path
) -> None:
    for name, email in (("Mara Díaz", MONITOR), ("Leo Paz", COLLEAGUE)):
        await a_role(house.settings, await a_person(house.settings, name, email=email), "penalolen", "monitor")
    async with house.running():
        mara = await guests("es", width=360)
        await sign_in(mara, house, MONITOR)
        here, there = await at_both(house, browser, screenshots, COLLEAGUE)
        await here.open(DESK)
        await here.begin("end-of-commitment", "C3")
        await here.page.fill("#q-EOC1-1-explanation", TYPED)

        await remove(mara, "Leo Paz", by_body=True)
        await is_out(here, there, "#q-EOC1-1-explanation", DESK)
        await sign_in(there, house, COLLEAGUE)
        assert (await there.open(DESK)).status == 404
