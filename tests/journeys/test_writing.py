"""A plan of two commitments is written from nothing, without a spreadsheet on the side."""

import re

import pytest
from tests.journeys.traveller import Traveller

PLANS = "penalolen/workbench/plans/"
ROOT = f"{PLANS}2026-2028/"
COMMITMENTS = (
    ("Presupuesto participativo barrial", "Las vecinas y los vecinos no deciden en qué se invierte en su barrio."),
    ("Mapa abierto de reclamos", "Nadie sabe qué pasa con un reclamo después de ingresarlo."),
)
STEPS = ("Publicar las reglas", "Rendir cuenta en una asamblea")
SAVED = re.compile(r"done=saved")


async def save(writer: Traveller) -> None:
    """The form is accepted, and the plan says so."""
    await writer.page.click("form[data-keep] button.button--primary")
    await writer.page.wait_for_url(SAVED)


async def begin_a_plan(writer: Traveller) -> None:
    """A title and two years are enough."""
    await writer.open(PLANS)
    await writer.look("plans")
    page = writer.page
    await page.fill("#title", "Segundo plan de gobierno abierto de Peñalolén")
    await page.select_option("#language", "es")
    await page.fill("#starts_on", "marzo de 2026")
    await page.fill("#ends_on", "12-2028")
    await page.click("form[data-keep] button.button--primary")
    await page.wait_for_url(re.compile(r"/2026-2028/\?done=begun"))
    await writer.look("plan-begun")


async def answer_the_plans_questions(writer: Traveller) -> None:
    """The vision with light formatting, who leads, and who endorses."""
    page = writer.page
    await writer.open(f"{ROOT}vision/")
    await page.fill("#SV01", "Que **cada decisión** se pueda seguir:\n\n- en el barrio\n- en línea")
    await save(writer)
    await writer.open(f"{ROOT}coordination/")
    await page.fill("#EC01", "Secretaría Comunal de Planificación")
    await page.fill("#EC07", "siete")
    await page.click("form[data-keep] button.button--primary")
    assert await page.locator("#EC07-error").count() == 1
    assert await page.input_value("#EC01") == "Secretaría Comunal de Planificación"
    await writer.look("coordination-refused")
    await page.fill("#EC07", "7")
    await page.fill("#EC09", "El comité del foro de la sociedad civil.")
    await save(writer)
    await writer.open(f"{ROOT}endorsements/")
    await page.fill("#endorsements", "Presidenta")
    await page.fill("#endorsements_organisation-1", "Unión Comunal de Juntas de Vecinos")
    await save(writer)


async def write_a_commitment(writer: Traveller, number: int, title: str, problem: str) -> None:
    """One promise with two steps."""
    page = writer.page
    await writer.open(f"{ROOT}commitments/new/")
    await page.fill("#title", title)
    await page.fill("#problem", problem)
    await page.fill("#starts_on", "2026")
    await page.fill("#ends_on", "2028")
    await page.check("#values-civic_participation")
    await page.fill("#institutions", "Municipalidad de Peñalolén")
    await page.select_option('select[name="institutions_role"] >> nth=0', "lead")
    if number == 1:
        await writer.look("commitment-new")
    await save(writer)
    for step in STEPS:
        await writer.open(f"{ROOT}commitments/C{number}/milestones/new/")
        await page.fill("#title", step)
        await page.fill("#expected_output", "Un acta firmada y publicada.")
        await page.fill("#due_on", "jun 2027")
        await page.fill("#responsible_unit", "Dirección de Participación")
        if number == 1:
            await page.fill("#contact_name", "Encargada de participación")
        await save(writer)


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_plan_is_written_from_nothing(travellers: Traveller.Maker, lang: str) -> None:
    writer = await travellers(lang, width=1280 if lang == "es" else 360, javascript=lang == "es")
    await writer.enter("penalolen-coordinator")
    await begin_a_plan(writer)
    await answer_the_plans_questions(writer)
    for number, (title, problem) in enumerate(COMMITMENTS, start=1):
        await write_a_commitment(writer, number, title, problem)

    await writer.open(f"{ROOT}commitments/C2/milestones/M1/?text=en")
    await writer.page.fill("#title", "Publish the rules")
    await writer.look("milestone-translated")
    await save(writer)
    up = writer.page.locator("#commitment-C2 > form button[value=up]")
    await up.focus()
    await writer.page.keyboard.press("Enter")
    await writer.page.wait_for_url(re.compile(r"done=saved#commitment-C2"))

    await writer.look("plan-written")
    seen = await writer.words()
    assert [seen.count(title) for title, _ in COMMITMENTS] == [1, 1]
    assert seen.index(COMMITMENTS[1][0]) < seen.index(COMMITMENTS[0][0])
    assert await writer.page.locator(f'a[href$="{ROOT}checks/"]').count() == 1  # where it goes on: check and submit
