"""A new jurisdiction, from `tenants new` to its first published plan; and what the platform's desk shows meanwhile."""

import re
from pathlib import Path

from tests.factories.newcomers import NAME, SLUG, a_member, a_newcomer
from tests.journeys.traveller import Traveller

from ogpmonitor.accounts.models import Role
from ogpmonitor.settings import Settings

HOME = f"{SLUG}/workbench/"
ROOT = f"{HOME}plans/2026-2028/"
SAVED = re.compile(r"done=saved")
TITLE = "Primer plan de gobierno abierto de Lo Espejo"


async def save(writer: Traveller) -> None:
    await writer.page.click("form[data-keep] button.button--primary")
    await writer.page.wait_for_url(SAVED)


async def left(writer: Traveller) -> str:
    """What the first page says is left to do."""
    await writer.open(HOME)
    return " ".join((await writer.page.locator("#onboarding").text_content() or "").split())


async def write_the_plan(writer: Traveller) -> None:
    page = writer.page
    await page.click("#onboarding a[href$='/workbench/plans/']")
    await page.fill("#title", TITLE)
    await page.select_option("#language", "es")
    await page.fill("#starts_on", "marzo de 2026")
    await page.fill("#ends_on", "12-2028")
    await page.click("form[data-keep] button.button--primary")
    await page.wait_for_url(re.compile(r"/2026-2028/\?done=begun"))
    await writer.open(f"{ROOT}coordination/")
    await page.fill("#EC09", "El comité del foro de la sociedad civil.")
    await save(writer)
    await writer.open(f"{ROOT}endorsements/")
    await page.fill("#endorsements", "Presidenta")
    await page.fill("#endorsements_organisation-1", "Unión Comunal de Juntas de Vecinos")
    await save(writer)
    await writer.open(f"{ROOT}commitments/new/")
    await page.fill("#title", "Presupuesto participativo barrial")
    await page.fill("#starts_on", "2026")
    await page.fill("#ends_on", "2028")
    await save(writer)
    await writer.open(f"{ROOT}commitments/C1/milestones/new/")
    await page.fill("#title", "Publicar las reglas")
    await page.fill("#expected_output", "Un acta firmada y publicada.")
    await page.fill("#due_on", "jun 2027")
    await page.fill("#responsible_unit", "Dirección de Participación")
    await save(writer)


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
    await a_member(settings, tenant, Role.CONTACT, unit="Dirección de Participación")
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
