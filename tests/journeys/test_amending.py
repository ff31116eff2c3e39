"""From the last check of a plan to the public log of its changes."""

import re

from tests.factories.cast import Cast
from tests.factories.drafts import a_commitment, a_draft, a_milestone
from tests.journeys.traveller import Traveller

from ogpmonitor.demo.people import personas

PLAN = "renca/plans/2026-2027/"
DESK = "renca/workbench/plans/2026-2027/"
WHY = "La licitación quedó desierta y hay que llamar de nuevo."


async def test_a_plan_is_checked_submitted_and_changed_in_public(travellers: Traveller.Maker, cast: Cast) -> None:
    author = next(one.actor for one in personas(("renca",)) if one.key == "renca-coordinator")
    async with cast.at("renca", author) as session:
        session.add(a_draft(commitments=[a_commitment(milestones=[a_milestone(), a_milestone("M2", due_on=None)])]))
    coordinator = await travellers("es")
    await coordinator.enter("renca-coordinator")

    await mend_and_submit(coordinator)
    await amend_and_publish(coordinator)

    for lang, width, words in (
        ("es", 1280, ("30 jun 2026", "30 nov 2026", "Compras y licitaciones", "0 de 2", "de los 2 originales")),
        ("en", 360, ("30 Jun 2026", "30 Nov 2026", "Procurement", "0 of 2", "of the original 2")),
    ):
        citizen = await travellers(lang, width=width)
        await citizen.open(f"{PLAN}changes/")
        await citizen.look(f"changes-{width}")
        seen = await citizen.words()
        assert [one for one in (*words, WHY) if one not in seen] == []


async def mend_and_submit(coordinator: Traveller) -> None:
    """A milestone without a date keeps the plan back; its finding leads to the field; then it is submitted."""
    page = coordinator.page
    await coordinator.open(f"{DESK}submit/")
    await coordinator.look("submit-errors")
    assert "1 error impide entregar el plan" in await coordinator.words()
    await page.locator('a[href$="milestones/M2/#due_on"]').click()
    await page.fill("#due_on", "30-09-2026")
    await page.locator("form[data-keep] button.button--primary").click()
    await page.wait_for_url(re.compile(r"/plans/2026-2027/\?"))

    await coordinator.open(f"{DESK}checks/")
    await coordinator.look("checks-met")
    await coordinator.open(f"{DESK}submit/")
    await page.check("#approved")
    await coordinator.look("submit")
    await page.get_by_role("button", name="Entregar y publicar el plan").click()
    await page.wait_for_url(re.compile(r"/editions/1/"))
    assert "línea base" in await coordinator.words()


async def amend_and_publish(coordinator: Traveller) -> None:
    """The date of a milestone is changed with its reason, seen beside the old one first."""
    page = coordinator.page
    await coordinator.open(f"{DESK}amendments/change/?commitment=C1&milestone=M1")
    await page.fill("#due_on", "30-11-2026")
    await page.select_option("#reason", "procurement")
    await page.fill("#words", WHY)
    await page.locator('button[value="preview"]').click()
    await page.wait_for_selector("#preview")
    await coordinator.look("amend-preview")
    await page.locator('button[value="save"]').click()
    await page.wait_for_url(re.compile(r"saved=yes"))
    await coordinator.look("amendments")
    await coordinator.open("renca/workbench/publish/?plan=2026-2027")
    await page.locator("main form button.button--primary").click()
    await page.wait_for_url(re.compile(r"/editions/2/"))
