"""Translating a plan over HTTP: what is older than its original, and what a translation leaves as it was."""

import httpx
from tests.factories.cast import Cast
from tests.factories.forms import fill_in, form_in
from tests.factories.writing import at, the_plan


async def test_a_translation_is_marked_when_its_original_changes(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("vision/"), SV01="Una gestión abierta.")
    empty = (await writer.get(at("vision/?text=en"))).text
    await fill_in(writer, at("vision/?text=en"), SV01="An open administration.")
    fresh = (await writer.get(at("vision/?text=en"))).text
    await fill_in(writer, at("vision/"), SV01="Una gestión muy abierta.")
    old = (await writer.get(at("vision/?text=en"))).text
    hub = (await writer.get(at())).text

    assert "Una gestión abierta." in empty  # beside the field that translates it
    mark = "traducción anterior al original"
    assert (mark in fresh, mark in old) == (False, True)
    assert "Una gestión muy abierta." in old
    assert "una más antigua que el original" in hub
    assert "Más antiguo que este texto: English" in (await writer.get(at("vision/"))).text

    await fill_in(writer, at("vision/?text=en"), still="SV01")
    assert mark not in (await writer.get(at("vision/?text=en"))).text
    assert (await the_plan(cast)).content["answers"]["SV01"] == {
        "source": "es", "es": "Una gestión muy abierta.", "en": "An open administration."
    }  # fmt: skip


async def test_a_translation_changes_texts_and_nothing_else(writer: httpx.AsyncClient, cast: Cast) -> None:
    page = form_in(await writer.get(at("commitments/C1/?text=en")))[1]
    await fill_in(writer, at("commitments/C1/?text=en"), title="Neighbours' board", starts_on="2030", code="X")
    commitment = (await the_plan(cast)).commitments[0]

    assert "starts_on" not in page
    assert commitment.title == {"source": "es", "es": "Mesa vecinal", "en": "Neighbours' board"}
    assert (commitment.starts_on, commitment.code) == (None, "C1")


async def test_rows_keep_their_translations_when_one_is_taken_out(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("coordination/"), EC05=["Junta", "Liceo", "Club"])
    await fill_in(writer, at("coordination/?text=en"), EC05=["Board", "School", "Club (sports)"])
    await fill_in(writer, at("coordination/"), EC05=["Junta", "", "Club"])

    assert (await the_plan(cast)).content["answers"]["EC05"] == [
        {"source": "es", "es": "Junta", "en": "Board"},
        {"source": "es", "es": "Club", "en": "Club (sports)"},
    ]
