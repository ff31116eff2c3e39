"""A monitoring body: proposed by the government, confirmed by OGP, invited by mail, and heard in public."""

import re

from tests.factories.entering import a_person, a_role
from tests.factories.installed import Installation, html_of, link_in
from tests.journeys.assessing import FOUND, answer_everything, publish, review
from tests.journeys.correspondence import INVITATION, accept, look_at_letter, press, sign_in, use
from tests.journeys.traveller import Traveller

UNIT, STAFF = "ana@penalolen.example", "sam@ogp.example"
FIRST, SECOND = "mara@universidad.example", "leo@universidad.example"
BODY = "Universidad de Prueba"
DESK = "penalolen/workbench/assessments/"


async def propose(unit: Traveller) -> None:
    """The coordination names a body and its two people."""
    page = unit.page
    await unit.open("penalolen/workbench/monitoring/")
    await page.fill("#body", BODY)
    await page.fill("#mandate", "Evalúa el plan; la eligió el foro.")
    await page.fill("#starts_on", "2026-01-01")
    await page.fill("#people", f"Mara Díaz {FIRST}\nLeo Paz {SECOND}")
    await page.click("form[data-keep='mandate-new'] button.button--primary")
    await page.wait_for_url(re.compile(r"done=proposed"))
    await unit.look("arrives-proposed")


async def confirm(staff: Traveller) -> None:
    """OGP's staff confirm it."""
    await staff.open("desk/mandates/")
    article = staff.page.locator("article.asked", has_text=BODY)
    assert FIRST in (await article.text_content() or "")
    await article.locator('form[action$="/confirm/"] button').click()
    await staff.page.wait_for_url(re.compile(r"done=confirmed"))
    await staff.look("arrives-confirmed")


async def reply(unit: Traveller, link: str) -> None:
    """The government says what it thinks, and that it has said everything."""
    await open_page(unit, link)
    await unit.page.fill("#q-EOC1-1-reply", "Creemos que se cumplió por completo.")
    await press(unit, 'main form button[value="hand_in"]')
    await unit.look("arrives-replied")


async def open_page(traveller: Traveller, link: str) -> None:
    """The page that a letter leads to."""
    answer = await traveller.page.goto(link)
    assert answer is not None
    assert answer.status == 200, link


async def test_a_body_from_its_proposal_to_its_first_assessment(house: Installation, guests: Traveller.Maker) -> None:
    settings = house.settings
    await a_role(settings, await a_person(settings, "Ana Rojas", email=UNIT), "penalolen", "coordinator")
    await a_person(settings, "Sam Lee", email=STAFF, platform_role="ogp_staff")
    async with house.running():
        unit, staff, mara = await guests("es", width=360), await guests("en"), await guests("es")
        await sign_in(unit, house, UNIT)
        await sign_in(staff, house, STAFF)
        await propose(unit)
        await confirm(staff)

        await accept(mara, house, FIRST)
        assert re.search(r"/workbench/assessments/$", mara.page.url)
        await mara.look("arrives-monitor")
        leo = await guests("en", javascript=False, width=360)
        await use(leo, link_in(await house.letter(SECOND, INVITATION["es"])))
        assert (await leo.open(DESK)).status == 200
        await mara.open("account/")
        await press(mara, 'form[action$="/sign-out/"] button')
        await sign_in(mara, house, FIRST)

        await mara.open(DESK)
        await mara.begin("end-of-commitment", "C3")
        form = mara.page.url
        await answer_everything(mara)
        await review(mara)
        await press(mara, 'form[action$="/send/"] button')
        await mara.look("arrives-sent")
        sent = await house.letter(UNIT, "Se le envió una evaluación")
        await look_at_letter(await guests("es", width=360), html_of(sent), "sent-for-comment")
        await reply(unit, link_in(sent))
        await mara.page.goto(form)
        await publish(mara)
        citizen = await guests("en", javascript=False, width=360)
        await citizen.open("penalolen/plans/2021-2024/assessments/end-of-commitment:C3/")
        assert FOUND in await citizen.words()
        assert "Creemos que se cumplió por completo." in await citizen.words()
        await citizen.look("arrives-published")
