"""Several monitors at one draft, beside the answers: notes, who signs, and what became of earlier recommendations."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.factories.assessments import PENALOLEN, a_draft, a_filled_draft, whole_answers
from tests.factories.cast import Cast
from tests.factories.forms import form_in
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.assessments import publishing, queries, service
from ogpmonitor.assessments.declaring import NO_CONFLICT, declare
from ogpmonitor.register.log import SigningKey

ROOT = "/es/penalolen/workbench/assessments/"
HERS, HIS = "Lo que escribió ella.", "Lo que escribió él."
EARLIER = "6f0f3c2e-9d0b-4c4e-8a55-0e3f0d9c1a99"
STATE, WORDS = f"follow_state:{EARLIER}", f"follow_words:{EARLIER}"


@pytest.fixture
async def draft(cast: Cast, key: SigningKey) -> UUID:
    """A draft that follows up what a published assessment recommended."""
    recommended = {"id": EARLIER, "text": "Publicar el presupuesto.", "addressee": "Municipalidad", "commitment": None}
    async with cast.at(PENALOLEN, cast.monitor) as session:
        before = await a_draft(session, cast.monitor, commitment=None, form="end-of-term")
        sheet = await queries.get_sheet(session, PENALOLEN, before.id)
        more, answers = service.More([recommended]), whole_answers(sheet)
        await service.save_draft(
            session, sheet, answers, version=before.version, evaluator="Ente", by=cast.monitor, more=more
        )
        sheet = await queries.get_sheet(session, PENALOLEN, before.id)
        await publishing.publish(session, sheet, version=sheet.assessment.version, key=key, by=cast.monitor)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        name = (await a_filled_draft(session, cast.monitor)).assessment.id
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, name)
        await declare(session, sheet.assessment, NO_CONFLICT, by=cast.second_monitor)
    return name


@pytest.fixture
async def her(site: Site) -> httpx.AsyncClient:
    return await site.sign_in("penalolen-monitor")


@pytest.fixture
async def him(site: Site) -> httpx.AsyncClient:
    return await site.sign_in("penalolen-monitor-2")


async def kept(cast: Cast, draft: UUID) -> queries.Sheet:
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        return await queries.get_sheet(session, PENALOLEN, draft)


async def shown(client: httpx.AsyncClient, draft: UUID) -> dict[str, Any]:
    """What the page would send, unchanged."""
    _, sent = form_in(await client.get(f"{ROOT}{draft}/"))
    return sent


async def send(client: httpx.AsyncClient, draft: UUID, sent: Mapping[str, Any], **headers: str) -> httpx.Response:
    return await client.post(f"{ROOT}{draft}/", data=dict(sent), headers=headers)


def told(sheet: queries.Sheet) -> dict[str, Any]:
    """What is kept beside the answers."""
    notes = {f"note:{key}": row.words for key, row in sheet.dossier.notes.items()}
    followed = {one["recommendation"]: (one["state"], one["words"]) for one in sheet.assessment.follow_ups}
    return {"evaluator": sheet.assessment.evaluator, **notes, **followed}


async def test_what_only_one_changed_is_kept(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID
) -> None:
    her_page, his_page = await shown(her, draft), await shown(him, draft)

    first = await send(her, draft, {**her_page, "evaluator": "Otro ente", STATE: "partly", "note:EOC1.1": HERS})
    second = await send(him, draft, {**his_page, STATE: "", "note:EOC1.2": HIS})

    assert (first.status_code, second.status_code) == (303, 303)
    assert told(await kept(cast, draft)) == {
        "evaluator": "Otro ente", "note:EOC1.1": HERS, "note:EOC1.2": HIS, EARLIER: ("partly", ""),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["evaluator", "note:EOC1.1", WORDS])
async def test_of_what_both_changed_the_second_sees_both_and_decides(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID, name: str
) -> None:
    her_page, his_page = await shown(her, draft), await shown(him, draft)
    assert (await send(her, draft, {**her_page, STATE: "partly", name: HERS})).status_code == 303

    conflict = await send(him, draft, {**his_page, STATE: "partly", name: HIS})
    _, again = form_in(conflict)
    decided = await send(him, draft, again)

    assert conflict.status_code == 409
    assert HERS in said(conflict.text)
    assert again[name] == HIS
    assert decided.status_code == 303
    assert HIS in str(told(await kept(cast, draft)))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({STATE: ""}, "Elija qué pasó con ella."),
        ({STATE: "nonsense"}, "Elija una de las opciones."),
        ({WORDS: "a" * 2001}, "Es demasiado largo."),
        ({"note:EOC1.1": "a" * 5001}, "Es demasiado largo."),
        ({"evaluator": "a" * 201}, "Es demasiado largo."),
    ],
)
async def test_what_cannot_be_kept_comes_back_with_all_that_was_typed(
    her: httpx.AsyncClient, cast: Cast, draft: UUID, wrong: dict[str, str], message: str
) -> None:
    before = told(await kept(cast, draft))
    typed = {**await shown(her, draft), STATE: "partly", WORDS: HERS, "note:EOC1.2": HIS, **wrong}

    answer = await send(her, draft, typed)

    assert answer.status_code == 422
    assert message in said(answer.text)
    _, again = form_in(answer)
    names = [name for name in (STATE, WORDS, "note:EOC1.1", "note:EOC1.2") if typed[name] != "nonsense"]
    assert {name: again.get(name, "") for name in names} == {name: typed[name] for name in names}
    assert told(await kept(cast, draft)) == before


async def test_a_form_that_saves_by_itself_learns_the_marks_of_what_it_shows(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID
) -> None:
    page = await shown(her, draft)
    first = await send(her, draft, {**page, STATE: "partly", "note:EOC1.1": HERS}, **{"X-Autosave": "yes"})
    seen = {f"seen:{name}": mark for name, mark in first.json()["seen"].items()}
    version = first.json()["version"]
    await send(him, draft, {**await shown(him, draft), "note:EOC1.2": HIS})

    later = {**page, **seen, "version": version, STATE: "followed", "note:EOC1.1": f"{HERS} Y más."}
    second = await send(her, draft, later, **{"X-Autosave": "yes"})

    assert (first.status_code, second.status_code) == (200, 200)
    assert {"seen:note:EOC1.1", f"seen:follow:{EARLIER}", "seen:evaluator"} <= set(seen)
    assert told(await kept(cast, draft))["note:EOC1.1"] == f"{HERS} Y más."
    assert told(await kept(cast, draft))["note:EOC1.2"] == HIS
