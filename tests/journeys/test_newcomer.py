"""A new jurisdiction, from `tenants new` to its first published plan; and what the platform's desk shows meanwhile."""

import re
from pathlib import Path

from tests.factories.newcomers import NAME, SLUG, a_member, a_newcomer
from tests.journeys.first_plan import HOME, TITLE, UNIT, left, write_the_plan
from tests.journeys.traveller import Traveller

from ogpmonitor.accounts.models import Role
from ogpmonitor.settings import Settings


async def propose_a_body(writer: Traveller) -> None:
    page = writer.page
    await writer.open(f"{HOME}monitoring/")
    await page.fill("#body", "Universidad de Prueba (demo)")
    await page.fill("#mandate", "Evalúa el plan; la eligió el foro.")
    await page.fill("#starts_on", "2026-12-01")
    await page.fill("#people", "Ana Soto ana@universidad.example")
    await page.click("form[data-keep='mandate-new'] button.button--primary")
    await page.wait_for_url(re.compile("done=proposed"))


async def test_a_new_jurisdiction_comes_to_its_first_published_plan(
    settings: Settings, tmp_path: Path, travellers: Traveller.Maker
) -> None:
    tenant = await a_newcomer(settings, tmp_path / "tenants")
    await a_member(settings, tenant, Role.COORDINATOR, persona=f"{SLUG}-coordinator")
    await a_member(settings, tenant, Role.CONTACT, unit=UNIT)
    writer, operator = await travellers("es", width=360), await travellers("es", width=360)
    await operator.enter("operator")
    await operator.open("desk/jurisdictions/")
    await operator.look("desk-jurisdictions")
    assert NAME in await operator.words()
    await writer.enter(f"{SLUG}-coordinator")
    first = await left(writer)
    assert "2 de 8 pasos están hechos" in first
    await writer.look("onboarding-first")

    await write_the_plan(writer)
    await propose_a_body(writer)
    assert "7 de 8 pasos están hechos" in await left(writer)
    await writer.look("onboarding-last")
    await operator.open(f"desk/jurisdictions/{SLUG}/")
    await operator.look("desk-jurisdiction")
    assert TITLE not in await operator.words()
    await writer.page.click("#onboarding a[href$='/submit/']")
    await writer.page.check("#approved")
    await writer.page.check("#warnings")
    await writer.page.click("form[data-keep^='submit-'] button.button--primary")
    await writer.page.wait_for_load_state()

    await writer.open(HOME)
    assert await writer.page.locator("#onboarding").count() == 0
    citizen = await travellers("es", width=360)
    await citizen.open(f"{SLUG}/")
    await citizen.look("newcomer-public")
    assert TITLE in await citizen.words()


async def test_the_desk_on_a_phone(travellers: Traveller.Maker) -> None:
    """Support is begun, seen by the coordinator and ended; a jurisdiction is suspended and says so in public."""
    operator, coordinator = await travellers("es", width=360), await travellers("en", width=360)
    await operator.enter("operator")
    await coordinator.enter("penalolen-coordinator")
    for path, name in (("", "desk"), ("desk/jobs/", "desk-jobs"), ("desk/record/", "desk-record")):
        await operator.open(path or "desk/")
        await operator.look(name)
    page = operator.page
    await operator.open("desk/jurisdictions/penalolen/")
    await page.fill("#support-reason", "Pidieron ayuda con la planilla")
    await page.fill("#hours", "2")
    await page.click("form[action$='/support/'] button.button--primary")
    await page.wait_for_url(re.compile(r"/penalolen/workbench/"))
    await operator.look("support-reading")

    await coordinator.open("penalolen/workbench/support/")
    await coordinator.look("support-seen")
    await coordinator.page.click("form[action$='/end/'] button")
    await coordinator.page.wait_for_url(re.compile("done=ended"))
    await coordinator.look("support-ended")
    answer = await operator.open("penalolen/workbench/")
    assert answer.status == 404
    await operator.open("desk/jurisdictions/penalolen/")
    await page.check("#state-suspended")
    await page.fill("#reason", "Se tomaron sus cuentas")
    await page.click("form[action$='/state/'] button.button--danger")
    await page.wait_for_url(re.compile("done=suspended"))
    await operator.look("desk-suspended")

    await coordinator.open("penalolen/workbench/")
    await coordinator.look("suspended-workbench")
    citizen = await travellers("es", width=360)
    for _ in range(100):
        await citizen.open("penalolen/")
        if await citizen.page.get_by_text("Suspendida desde el").count():
            break
    await citizen.look("suspended-public")
    assert await citizen.page.get_by_text("Se tomaron sus cuentas").count() == 1
