"""A contact reports, the coordinator returns it with a note, the contact corrects it, the coordinator publishes."""

import pytest
from tests.factories.cast import Cast
from tests.factories.plans import OWN_UNIT, milestone_of
from tests.journeys.traveller import Traveller

DESK = "penalolen/workbench/"
WORDS = {
    "es": {"sent": "Enviado. La unidad de gobierno abierto lo lee", "send": "Enviar el informe",
           "read": "CLPLN0002 · M6",
           "back": "Devolverlo con la nota", "correct": "Por favor corrija su informe", "accept": "Aceptar el informe",
           "publish": "Publicar"},
    "en": {"sent": "Sent. The open government unit reads it", "send": "Send the report", "read": "CLPLN0002 · M6",
           "back": "Return it with the note", "correct": "Please correct your report", "accept": "Accept the report",
           "publish": "Publish"},
}  # fmt: skip


async def report(contact: Traveller, milestone: str, text: str) -> None:
    await contact.open(f"{DESK}milestones/{milestone}/")
    await contact.page.check("#progress-ongoing")
    await contact.page.fill("#text", text)
    await contact.page.fill("#late_reason", "Faltó personal.")
    await contact.page.get_by_role("button", name=WORDS[contact.lang]["send"]).click()
    await contact.page.wait_for_load_state()
    assert WORDS[contact.lang]["sent"] in await contact.words()


@pytest.mark.parametrize(("lang", "width"), [("es", 1280), ("en", 360)])
async def test_a_report_goes_to_and_fro(travellers: Traveller.Maker, cast: Cast, lang: str, width: int) -> None:
    words = WORDS[lang]
    contact, coordinator = await travellers(lang, width=width), await travellers(lang, width=width)
    await contact.enter("penalolen-contact")
    await coordinator.enter("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = str((await milestone_of(session, OWN_UNIT)).id)

    await report(contact, milestone, "Se hizo algo.")
    await coordinator.open(f"{DESK}periods/")
    await coordinator.look("periods")
    await coordinator.page.get_by_role("link", name=words["read"]).click()
    await coordinator.look("report-review")
    await coordinator.page.fill("#note", "Diga cuántos talleres fueron.")
    await coordinator.page.get_by_role("button", name=words["back"]).click()
    await coordinator.page.wait_for_load_state()

    await contact.open(f"{DESK}milestones/{milestone}/")
    assert words["correct"] in await contact.words()
    assert "Diga cuántos talleres fueron." in await contact.words()
    await contact.look("report-returned")
    await report(contact, milestone, "Se hicieron cuatro talleres.")

    await coordinator.open(f"{DESK}periods/")
    await coordinator.page.get_by_role("link", name=words["read"]).click()
    await coordinator.page.get_by_role("button", name=words["accept"]).click()
    await coordinator.page.wait_for_load_state()
    await coordinator.open(f"{DESK}publish/")
    await coordinator.page.locator('main form button[type="submit"]', has_text=words["publish"]).click()
    await coordinator.page.wait_for_load_state()

    await contact.open("penalolen/plans/2021-2024/commitments/CLPLN0002/")
    assert "Se hicieron cuatro talleres." in await contact.words()
    assert "Se hizo algo." not in await contact.words()


async def test_periods_are_prepared_filled_in_and_closed(travellers: Traveller.Maker) -> None:
    coordinator = await travellers("es")
    await coordinator.enter("penalolen-coordinator")
    await coordinator.open(f"{DESK}periods/")
    await coordinator.page.get_by_role("button", name="Preparar los períodos de este plan").click()
    await coordinator.page.wait_for_load_state()
    await coordinator.look("periods-prepared")
    await coordinator.page.locator("main tbody th a").first.click()
    await coordinator.look("period")

    await coordinator.page.get_by_role("link", name="Informar muchos en una página").click()
    await coordinator.look("grid")
    await coordinator.page.go_back()
    await coordinator.page.get_by_role("button", name="Cerrar el período").click()
    await coordinator.page.wait_for_load_state()
    assert "ya no recibe nada" in await coordinator.words()
    await coordinator.page.fill("#reason", "Faltó un informe.")
    await coordinator.page.get_by_role("button", name="Reabrir el período").click()
    await coordinator.page.wait_for_load_state()
    assert "El período recibe informes de nuevo." in await coordinator.words()
