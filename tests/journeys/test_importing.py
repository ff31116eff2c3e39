"""A coordinator brings a spreadsheet in: ten mistakes first, then without; looks at it, says yes, and takes it back."""

import pytest
from tests.factories.sheets import a_sheet, ten_errors
from tests.journeys.traveller import Traveller

IMPORTS = "renca/workbench/imports/"
GOOD = a_sheet(
    [{"code": "X1", "title_es": "Parques para todos", "title_en": "Parks for all", "starts_on": "2026"}],
    [{"commitment": "X1", "code": "M1", "title_es": "Plantar mil árboles", "due_on": "30-06-2026"}],
)
WORDS = {
    "es": {"errors": "errores: no se escribió nada", "apply": "Crear 2 y cambiar 0", "done": "Se aplicó",
           "undo": "Deshacer esta importación", "undone": "Se deshizo"},
    "en": {"errors": "errors: nothing was written", "apply": "Create 2 and change 0", "done": "It was applied",
           "undo": "Undo this import", "undone": "It was undone"},
}  # fmt: skip


async def send(traveller: Traveller, content: bytes) -> None:
    await traveller.open(IMPORTS)
    await traveller.page.select_option("#plan", "en-cocreacion")
    file = {"name": "plan.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    await traveller.page.set_input_files("#file", [file])  # type: ignore[list-item]  # a payload, as its documentation says
    await traveller.page.locator('form:has(#file) button[type="submit"]').click()
    await traveller.page.wait_for_load_state()


@pytest.mark.parametrize(("lang", "width", "javascript"), [("es", 1280, True), ("en", 360, False)])
async def test_a_spreadsheet_comes_in(travellers: Traveller.Maker, lang: str, width: int, *, javascript: bool) -> None:
    words = WORDS[lang]
    coordinator = await travellers(lang, width=width, javascript=javascript)
    await coordinator.enter("renca-coordinator")
    await coordinator.open(IMPORTS)
    await coordinator.look("imports")

    await send(coordinator, ten_errors())
    assert words["errors"] in await coordinator.words()
    assert await coordinator.page.locator('input[name="state"]').count() == 0
    await coordinator.look("import-errors")

    await send(coordinator, GOOD)
    await coordinator.look("import-preview")
    await coordinator.page.get_by_role("button", name=words["apply"]).click()
    await coordinator.page.wait_for_load_state()
    assert words["done"] in await coordinator.words()

    await coordinator.page.fill("#words", "Era otra versión.")
    await coordinator.page.get_by_role("button", name=words["undo"]).click()
    await coordinator.page.wait_for_load_state()
    assert words["undone"] in await coordinator.words()
    await coordinator.look("import-undone")
