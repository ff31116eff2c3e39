"""Writing a first plan: one commitment with one milestone, and nothing that stops it from being submitted."""

import re

from tests.factories.newcomers import SLUG
from tests.journeys.traveller import Traveller

HOME = f"{SLUG}/workbench/"
PLAN = f"{HOME}plans/2026-2028/"
TITLE = "Primer plan de gobierno abierto de Lo Espejo"
UNIT = "Dirección de Participación"
SAVED = re.compile(r"done=saved")


async def save(writer: Traveller) -> None:
    """What stands in the form is kept."""
    await writer.page.click("form[data-keep] button.button--primary")
    await writer.page.wait_for_url(SAVED)


async def left(writer: Traveller) -> str:
    """What the first page says is left to do."""
    await writer.open(HOME)
    return " ".join((await writer.page.locator("#onboarding").text_content() or "").split())


async def write_the_plan(writer: Traveller) -> None:
    """From the list of what is left to do to a plan that may be submitted."""
    page = writer.page
    await page.click("#onboarding a[href$='/workbench/plans/']")
    await page.fill("#title", TITLE)
    await page.select_option("#language", "es")
    await page.fill("#starts_on", "marzo de 2026")
    await page.fill("#ends_on", "12-2028")
    await page.click("form[data-keep] button.button--primary")
    await page.wait_for_url(re.compile(r"/2026-2028/\?done=begun"))
    await writer.open(f"{PLAN}coordination/")
    await page.fill("#EC09", "El comité del foro de la sociedad civil.")
    await save(writer)
    await writer.open(f"{PLAN}endorsements/")
    await page.fill("#endorsements", "Presidenta")
    await page.fill("#endorsements_organisation-1", "Unión Comunal de Juntas de Vecinos")
    await save(writer)
    await writer.open(f"{PLAN}commitments/new/")
    await page.fill("#title", "Presupuesto participativo barrial")
    await page.fill("#starts_on", "2026")
    await page.fill("#ends_on", "2028")
    await save(writer)
    await writer.open(f"{PLAN}commitments/C1/milestones/new/")
    await page.fill("#title", "Publicar las reglas")
    await page.fill("#expected_output", "Un acta firmada y publicada.")
    await page.fill("#due_on", "jun 2027")
    await page.fill("#responsible_unit", UNIT)
    await save(writer)
