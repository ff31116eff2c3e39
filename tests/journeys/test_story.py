"""The whole story, once in each language: report, publish, assess, publish, compare, print, verify."""

import asyncio
import re
from pathlib import Path

import pytest
from tests.journeys.traveller import Traveller

PLAN = "penalolen/plans/2021-2024/"
COMMITMENT = f"{PLAN}commitments/CLPLN0002/"
WORKBENCH = "penalolen/workbench/"
DONE = "El tablero funciona con sus cuatro indicadores y se actualiza cada trimestre."
WHY_LATE = "El cambio de proveedor tomó cuatro meses más que lo previsto."
FOUND = "Cinco de los seis hitos están hechos y se pueden comprobar."
LESSON = "Conviene asegurar los datos antes de prometer un tablero."
CSV = b"indicador;trimestre;valor\nresiduos;2024-3;118\n"


async def report_a_milestone(unit: Traveller) -> None:
    """M5 is completed late, with a reason, a link and a file."""
    page = unit.page
    await (
        page.locator('a[href*="/workbench/milestones/"]').filter(has_text=re.compile(r"Informar|Report")).nth(2).click()
    )
    assert "CLPLN0002" in await page.inner_text("main")
    await unit.look("milestone")
    await page.check("#progress-completed")
    await page.fill("#text", DONE)
    await page.fill("#completed_on", "2024-12-20")
    await page.fill("#late_reason", WHY_LATE)
    await page.fill("#link_url", "https://example.org/tablero")
    await page.fill("#link_title", "Tablero público de indicadores")
    await page.set_input_files("#file_1", {"name": "Indicadores 2024.csv", "mimeType": "text/csv", "buffer": CSV})
    await page.fill("#file_title_1", "Datos del tercer trimestre")
    await page.click("form[enctype] button.button--primary")
    await page.wait_for_url(re.compile(r"/workbench/"))
    await unit.look("workbench-saved")


async def fill_in_the_assessment(monitor: Traveller) -> None:
    """Everything the form asks of CLPLN0002, save the evidence of the first verdict."""
    page = monitor.page
    await page.check("#q-EOC1-1-substantial")
    await page.fill("#q-EOC1-1-explanation", FOUND)
    await page.fill("#q-EOC1-2-value", "Ayudó la mesa ambiental; demoró la contratación.")
    await page.check("#q-EOC1-3-planned_most")
    await page.fill("#q-EOC1-3-explanation", "Cinco hitos siguieron el plan.")
    for question in ("2-1-1", "2-1-3", "2-1-4"):
        await page.check(f"#q-EOC{question}-not_applicable")
    await page.check("#q-EOC2-1-2-applies")
    await page.fill("#q-EOC2-1-2-explanation", "La mesa ambiental revisa los proyectos antes de votarse.")
    await page.locator('details:has(input[name="cite:EOC2.1.2"]) > summary').click()
    await page.locator('input[name="cite:EOC2.1.2"]').first.check()
    await page.locator('input[name="value:EOC2.1.2D"][value="marginal"]').check()
    await page.locator('input[name="value:EOC2.2"]').nth(1).check()
    await page.fill("#q-EOC2-2-explanation", "El problema sigue, pero hay herramientas para medirlo.")
    await page.fill("#q-EOC3-1-value", LESSON)


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_story_of_one_commitment(travellers: Traveller.Maker, lang: str, tmp_path: Path) -> None:
    citizen = await travellers(lang)
    await citizen.open("")
    await citizen.look("home")
    for slug in ("maipu", "penalolen", "renca", "santiago"):
        assert await citizen.page.locator(f'main a[href="/{lang}/{slug}/"]').count() >= 1

    await the_unit_publishes(await travellers(lang), citizen)
    await the_monitor_publishes(await travellers(lang), citizen)

    await citizen.open(COMMITMENT)
    seen = await citizen.words()
    assert DONE in seen
    assert FOUND in seen
    await citizen.look("commitment-both-voices")
    await citizen.open(f"{PLAN}editions/")
    await citizen.look("history")
    await the_staff_compares(await travellers(lang))
    await print_and_verify(citizen, tmp_path)


async def the_unit_publishes(unit: Traveller, citizen: Traveller) -> None:
    """A report is private until it is published, and public at once then."""
    await unit.enter("penalolen-coordinator")
    await unit.look("workbench")
    await report_a_milestone(unit)
    await citizen.open(COMMITMENT)
    assert DONE not in await citizen.words(), "what is not published may not be seen"

    await unit.open(f"{WORKBENCH}publish/")
    await unit.look("publish-preview")
    assert "Indicadores-2024.csv" in await unit.words()
    await unit.page.click("main form button.button--primary")
    await unit.page.wait_for_url(re.compile(r"/plans/2021-2024/"))
    await unit.look("published")

    await citizen.open(COMMITMENT)
    seen = await citizen.words()
    assert DONE in seen
    assert WHY_LATE in seen
    await citizen.look("commitment-reported")


async def the_monitor_publishes(monitor: Traveller, citizen: Traveller) -> None:
    """A verdict without evidence is not published; a draft is nobody else's; the published one is everyone's."""
    await monitor.enter("penalolen-monitor")
    await monitor.look("assessments")
    await monitor.begin("end-of-commitment", "CLPLN0002")
    await monitor.look("assessment-form")
    await fill_in_the_assessment(monitor)
    await monitor.page.click('button[name="then"]')
    await monitor.page.wait_for_url(re.compile(r"/publish"))
    await monitor.look("assessment-missing-evidence")
    await monitor.page.locator(".notice--problem a").first.click()
    await monitor.page.locator('details:has(input[name="cite:EOC1.1"])').evaluate("each => each.open = true")
    await monitor.page.locator('input[name="cite:EOC1.1"]').first.check()
    await monitor.page.click('button[name="then"]')
    await monitor.page.wait_for_url(re.compile(r"/publish"))
    await monitor.look("assessment-review")
    await citizen.open(COMMITMENT)
    assert FOUND not in await citizen.words(), "a draft may not be seen"
    await monitor.page.click("main form button.button--primary")
    await monitor.page.wait_for_load_state()


async def the_staff_compares(staff: Traveller) -> None:
    """OGP's staff see every jurisdiction in one table."""
    await staff.enter("ogp-staff")
    await staff.look("desk")
    await staff.page.click('main a[href$="/desk/assessments/"]')
    await staff.page.click('main nav a[href*="status=late"]')
    assert await staff.page.locator("main tbody .state--late").count() >= 1
    await staff.look("desk-assessments")
    await staff.open("compare/")
    assert await staff.page.locator("main tbody tr").count() >= 4
    await staff.look("compare")


async def print_and_verify(citizen: Traveller, folder: Path) -> None:
    """The report as PDF says what was published, and its fingerprint is found in the register."""
    await citizen.open(f"{PLAN}reports/end-of-term.html")
    await citizen.look("report")
    answer = await citizen.page.request.get(
        f"{citizen.address}/{citizen.lang}/{PLAN}reports/end-of-term.pdf", timeout=90_000
    )
    assert answer.status == 200
    pdf = folder / "report.pdf"
    pdf.write_bytes(await answer.body())
    reader = await asyncio.create_subprocess_exec("pdftotext", pdf, "-", stdout=asyncio.subprocess.PIPE)
    text = (await reader.communicate())[0].decode()
    printed = re.sub(r"\s+", "", text)
    assert re.sub(r"\s+", "", FOUND) in printed
    fingerprint = re.search(r"/verify/([0-9a-f]{64})", printed)
    assert fingerprint, "the report names its fingerprint"

    await citizen.open("verify/")
    await citizen.look("verify")
    await citizen.page.locator('main input[name="q"]').fill(fingerprint[1])
    await citizen.page.locator('main input[name="q"]').press("Enter")
    await citizen.page.wait_for_url(re.compile(fingerprint[1]))
    await citizen.look("verified")
    assert "Peñalolén" in await citizen.words()
    assert await citizen.page.locator(".notice--problem").count() == 0
