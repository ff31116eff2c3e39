"""Without JavaScript, on a phone, by keyboard: what must work everywhere."""

import re

from tests.journeys.traveller import Traveller

WORKBENCH = "penalolen/workbench/"
DONE = "La consulta terminó y el plan se envió al concejo."


async def test_milestone_is_reported_without_javascript_on_a_phone(travellers: Traveller.Maker) -> None:
    contact = await travellers("es", javascript=False, width=360)
    await contact.enter("penalolen-contact")
    await contact.look("phone-workbench")
    await contact.page.locator('a[href*="/workbench/milestones/"]').filter(has_text="Informar").first.click()
    await contact.look("phone-milestone")

    await contact.page.check("#progress-completed")
    await contact.page.fill("#text", DONE)
    await contact.page.click("form[enctype] button.button--primary")

    assert await contact.page.input_value("#text") == DONE, "what was typed is kept"
    assert await contact.page.locator("#completed_on").get_attribute("aria-invalid") == "true"
    await contact.look("phone-milestone-refused")
    await contact.page.fill("#completed_on", "2024-11-15")
    await contact.page.fill("#late_reason", "El concejo postergó la votación.")
    await contact.page.click("form[enctype] button.button--primary")
    await contact.page.wait_for_url(re.compile(r"/workbench/"))
    assert "Enviado" in await contact.page.inner_text("main"), "it waits for the open government unit"


async def test_milestone_is_reported_by_keyboard(travellers: Traveller.Maker) -> None:
    unit = await travellers("es")
    await unit.enter("penalolen-coordinator")
    await unit.page.locator('a[href*="/workbench/milestones/"]').filter(has_text="Informar").first.focus()
    await unit.page.keyboard.press("Enter")
    await unit.page.wait_for_url(re.compile(r"/milestones/"))

    await unit.page.locator("#text").focus()
    await unit.page.keyboard.press("ControlOrMeta+a")
    await unit.page.keyboard.type("Veinte de los veinticinco trámites funcionan.")
    while not await unit.page.locator("form[enctype] button.button--primary").evaluate(
        "each => each === document.activeElement"
    ):
        await unit.page.keyboard.press("Tab")
    await unit.page.keyboard.press("Enter")

    await unit.page.wait_for_url(re.compile(r"/workbench/(\?.*)?$"))
    assert "Guardado" in await unit.page.inner_text("main")


async def test_public_pages_fit_a_phone(travellers: Traveller.Maker) -> None:
    phone = await travellers("es", width=320)

    for name, path in (
        ("home", ""), ("jurisdiction", "santiago/"), ("cocreation", "renca/"), ("plan", "penalolen/plans/2021-2024/"),
        ("commitment", "maipu/plans/2023-2024/commitments/C1/"), ("compare", "compare/"), ("verify", "verify/"),
        ("editions", "penalolen/plans/2021-2024/editions/"), ("edition", "penalolen/plans/2021-2024/editions/3/"),
        ("about", "about/"), ("method", "about/method/"), ("method-case", "about/method/cases/CL0026/"),
        ("search", "?q=transparencia"), ("sign-in", "sign-in/"),
    ):  # fmt: skip
        assert (await phone.open(path)).status == 200, path
        await phone.look(f"phone-{name}")


async def test_the_board_of_assessments_fits_a_phone(travellers: Traveller.Maker) -> None:
    staff = await travellers("es", width=320)
    await staff.enter("ogp-staff")

    assert (await staff.open("desk/assessments/")).status == 200
    await staff.look("phone-desk-assessments")
