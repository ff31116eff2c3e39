"""Nothing typed is lost: the tab closes, the connection goes, the session ends, somebody else is faster."""

import re

import pytest
from playwright.async_api import Page
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.drafts import a_draft
from tests.factories.plans import LATE, address_of, milestone_of
from tests.journeys.traveller import Traveller

from ogpmonitor.kit.db import owner_session
from ogpmonitor.settings import Settings

TYPED = "Se instalaron los sensores y se publicó el tablero."
THEIRS = "Se firmó el contrato."
WHY = "La licitación se repitió."
SAVE = "main form[data-keep] button.button--primary"
STATE = "document.querySelector('[data-save-state]').textContent"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('ogpmonitor:')).length"


async def until(page: Page, expression: str, wanted: str) -> None:
    """Return once `expression` begins with `wanted`; the pages allow no script to be made from text while they wait."""
    for _ in range(100):
        if str(await page.evaluate(expression)).startswith(wanted):
            return
        await page.wait_for_timeout(100)
    pytest.fail(f"{expression} is {await page.evaluate(expression)!r}")


async def at_the_form(traveller: Traveller, address: str, persona: str = "penalolen-coordinator") -> None:
    """Signed in, and before the form."""
    await traveller.enter(persona)
    await traveller.page.goto(f"{traveller.address}{address}")


async def type_it(traveller: Traveller, words: str = TYPED) -> None:
    """The words stand in the form, and a moment later in the browser."""
    await traveller.page.check("#progress-ongoing")
    await traveller.page.fill("#text", words)
    await traveller.page.fill("#late_reason", WHY)
    await until(traveller.page, KEPT, "1")


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_a_closed_tab_loses_nothing(travellers: Traveller.Maker, cast: Cast, lang: str) -> None:
    writer, address = await travellers(lang), await address_of(cast, LATE, lang)
    await at_the_form(writer, address)
    before = await writer.page.input_value("#text")
    await type_it(writer)
    await writer.page.close()

    writer.page = await writer.page.context.new_page()
    await writer.page.goto(f"{writer.address}{address}")
    assert await writer.page.input_value("#text") == before, "nothing is filled in by itself"
    notice = writer.page.locator("form[data-keep] > .notice").first
    assert ("que no se guardó" if lang == "es" else "that was not saved") in await notice.inner_text()
    await writer.look("kept-offered")
    await writer.page.set_viewport_size({"width": 360, "height": 800})
    await writer.look("kept-offered-phone")
    await notice.get_by_role("button", name=re.compile("Recuperar lo que|Recover what")).click()
    assert await writer.page.input_value("#text") == TYPED
    await writer.page.click(SAVE)
    await writer.page.wait_for_url(re.compile("saved=report"))
    assert await writer.page.evaluate(KEPT) == 0

    await writer.page.goto(f"{writer.address}{address}")
    assert await writer.page.locator("form[data-keep] > .notice").count() == 0
    assert await writer.page.input_value("#text") == TYPED


async def test_a_form_that_comes_back_stays_kept_until_it_is_discarded(travellers: Traveller.Maker, cast: Cast) -> None:
    writer, address = await travellers("es"), await address_of(cast, LATE)
    await at_the_form(writer, address)
    await type_it(writer)
    await writer.page.fill("#late_reason", "")
    await writer.page.click(SAVE)
    await writer.page.wait_for_selector(".notice--problem")

    assert await writer.page.input_value("#text") == TYPED
    assert await writer.page.evaluate(KEPT) == 1, "it was not accepted, so it stays in the browser"
    await writer.page.goto(f"{writer.address}{address}")
    await writer.page.get_by_role("button", name="Descartar").click()
    assert await writer.page.evaluate(KEPT) == 0
    assert await writer.page.locator("form[data-keep] > .notice").count() == 0


async def test_the_next_person_at_the_browser_finds_nothing(travellers: Traveller.Maker, cast: Cast) -> None:
    writer, address = await travellers("es"), await address_of(cast, LATE)
    await at_the_form(writer, address)
    await type_it(writer)
    await writer.page.context.clear_cookies()
    await at_the_form(writer, address, "penalolen-contact")
    assert await writer.page.locator("form[data-keep] > .notice").count() == 0

    asked: list[str] = []
    await writer.page.context.clear_cookies()
    await at_the_form(writer, address)
    assert await writer.page.locator("form[data-keep] > .notice").count() == 1

    async def agree(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]  # Playwright's dialog
        await dialog.accept()  # type: ignore[attr-defined]  # as above

    writer.page.on("dialog", agree)
    await writer.page.click('form[action$="/sign-out/"] button')
    await writer.page.wait_for_url(re.compile("/es/$"))
    assert asked == ["Parte de lo que escribió no está guardado. Si sale, se borra de este navegador."]
    assert await writer.page.evaluate(KEPT) == 0


async def test_a_lost_connection_loses_nothing(travellers: Traveller.Maker, cast: Cast) -> None:
    writer, address = await travellers("es"), await address_of(cast, LATE)
    await at_the_form(writer, address)
    await type_it(writer)
    await writer.page.context.set_offline(True)
    await writer.page.click(SAVE)
    await until(writer.page, STATE, "Sin conexión")
    assert await writer.page.input_value("#text") == TYPED

    await writer.page.context.set_offline(False)
    await writer.page.click(SAVE)
    await writer.page.wait_for_url(re.compile("saved=report"))
    assert await writer.page.evaluate(KEPT) == 0


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_session_that_ends_loses_nothing(
    travellers: Traveller.Maker, cast: Cast, settings: Settings, javascript: bool
) -> None:
    writer, address = await travellers("es", javascript=javascript), await address_of(cast, LATE)
    await at_the_form(writer, address)
    await writer.page.fill("#text", TYPED)
    await writer.page.fill("#late_reason", WHY)
    async with owner_session(settings.database_url) as session:
        await session.execute(text("UPDATE platform.sign_ins SET revoked_at = now()"))
    await writer.page.click(SAVE)
    await writer.page.wait_for_selector("#returned")
    name = "session-ended" + ("" if javascript else "-plain")
    await writer.look(name)
    await writer.page.set_viewport_size({"width": 360, "height": 800})
    await writer.look(f"{name}-phone")

    async with writer.page.context.expect_page() as opened:
        await writer.page.get_by_role("link", name="Ingrese en una ventana nueva").click()
    door = await opened.value
    await (
        door.locator('button[value="penalolen-coordinator"]')
        .or_(door.locator('form:has(input[value="penalolen-coordinator"]) button'))
        .first.click()
    )
    await door.wait_for_url(re.compile(address))
    await writer.page.get_by_role("button", name="Enviar de nuevo").click()
    await writer.page.wait_for_url(re.compile("saved=report"))
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert ((await milestone_of(session, LATE)).progress_text or {})["es"] == TYPED


async def test_two_people_write_the_same_and_the_second_chooses(travellers: Traveller.Maker, cast: Cast) -> None:
    first, second, address = await travellers("es"), await travellers("es"), await address_of(cast, LATE)
    await at_the_form(second, address)
    await type_it(second)
    await at_the_form(first, address)
    await type_it(first, THEIRS)
    await first.page.click(SAVE)
    await first.page.wait_for_url(re.compile("saved=report"))

    await second.page.goto(f"{second.address}{address}")
    assert "se guardó después" in await second.page.locator("form[data-keep] > .notice").inner_text()
    await second.page.get_by_role("button", name=re.compile("Recuperar lo que")).click()
    await second.page.click(SAVE)
    await second.page.wait_for_selector('input[name="take_text"]')
    told = await second.words()
    assert TYPED in told
    assert THEIRS in told
    await second.look("two-texts")
    await second.page.check('input[name="take_text"][value="theirs"]')
    await second.page.click(SAVE)
    await second.page.wait_for_url(re.compile("saved=report"))
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert ((await milestone_of(session, LATE)).progress_text or {})["es"] == THEIRS


async def test_what_is_being_written_saves_itself(travellers: Traveller.Maker, cast: Cast, settings: Settings) -> None:
    async with cast.at("penalolen", cast.coordinator) as session:
        session.add(a_draft(slug="2027-2028"))
    writer = await travellers("es")
    await at_the_form(writer, "/es/penalolen/workbench/plans/2027-2028/commitments/C1/")
    text_of = writer.page.locator("form[data-autosave] textarea").first
    await text_of.fill(TYPED)
    await until(writer.page, STATE, "Guardado a las")
    assert await writer.page.evaluate(KEPT) == 0
    await writer.look("saved-by-itself")
    await writer.page.reload()
    assert await text_of.input_value() == TYPED

    await writer.page.context.set_offline(True)
    await text_of.fill(THEIRS)
    await until(writer.page, STATE, "Sin conexión. Queda en este navegador y se guardará")
    assert await writer.page.evaluate(KEPT) == 1
    await writer.page.context.set_offline(False)
    await until(writer.page, STATE, "Guardado a las")

    async with owner_session(settings.database_url) as owner:
        await owner.execute(text("UPDATE platform.sign_ins SET revoked_at = now()"))
    await text_of.fill(WHY)
    await until(writer.page, STATE, "Su sesión terminó")
    here, writer.page = writer.page, await writer.page.context.new_page()
    await writer.enter("penalolen-coordinator")
    writer.page = here
    await writer.page.evaluate("dispatchEvent(new Event('focus'))")
    await until(writer.page, STATE, "Guardado a las")
    await writer.page.reload()
    assert await text_of.input_value() == WHY
    assert await writer.page.locator("form[data-keep] > .notice").count() == 0
