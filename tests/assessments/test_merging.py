"""Several monitors at one draft: nothing is lost, and nobody is asked about what only one changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.factories.assessments import PENALOLEN, a_filled_draft, full_answers
from tests.factories.cast import Cast
from tests.factories.forms import form_in
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.assessments import queries
from ogpmonitor.assessments.declaring import NO_CONFLICT, declare
from ogpmonitor.assessments.queries import Sheet

ROOT = "/es/penalolen/workbench/assessments/"
BY_ITSELF = {"X-Autosave": "yes"}
HERS, HIS = "Lo que escribió ella.", "Lo que escribió él."


@pytest.fixture
async def draft(cast: Cast) -> UUID:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        return (await a_filled_draft(session, cast.monitor)).assessment.id


@pytest.fixture
async def her(site: Site) -> httpx.AsyncClient:
    return await site.sign_in("penalolen-monitor")


@pytest.fixture
async def him(site: Site, cast: Cast, draft: UUID) -> httpx.AsyncClient:
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        await declare(session, sheet.assessment, NO_CONFLICT, by=cast.second_monitor)
    return await site.sign_in("penalolen-monitor-2")


async def kept(cast: Cast, draft: UUID) -> Sheet:
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        return await queries.get_sheet(session, PENALOLEN, draft)


async def shown(client: httpx.AsyncClient, draft: UUID) -> dict[str, Any]:
    """What the page would send, unchanged."""
    _, sent = form_in(await client.get(f"{ROOT}{draft}/"))
    return sent


async def send(client: httpx.AsyncClient, draft: UUID, sent: Mapping[str, Any], **headers: str) -> httpx.Response:
    return await client.post(f"{ROOT}{draft}/", data=dict(sent), headers=headers)


async def test_each_at_another_question_both_are_kept(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID
) -> None:
    her_page, his_page = await shown(her, draft), await shown(him, draft)

    first = await send(her, draft, {**her_page, "value:EOC1.2": HERS})
    second = await send(him, draft, {**his_page, "value:EOC3.1": HIS})

    after = (await kept(cast, draft)).answers
    assert (first.status_code, second.status_code) == (303, 303)
    assert (after["EOC1.2"].value, after["EOC3.1"].value) == (HERS, HIS)
    assert {key: one for key, one in after.items() if key not in {"EOC1.2", "EOC3.1"}} == {
        key: one for key, one in full_answers(await kept(cast, draft)).items() if key not in {"EOC1.2", "EOC3.1"}
    }


async def test_both_at_the_same_question_the_second_sees_both_and_decides(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID
) -> None:
    her_page, his_page = await shown(her, draft), await shown(him, draft)
    await send(her, draft, {**her_page, "value:EOC3.1": HERS})

    conflict = await send(him, draft, {**his_page, "value:EOC3.1": HIS})
    _, again = form_in(conflict)
    decided = await send(him, draft, again)

    assert conflict.status_code == 409
    assert HERS in said(conflict.text)
    assert again["value:EOC3.1"] == HIS
    assert decided.status_code == 303
    assert (await kept(cast, draft)).answers["EOC3.1"].value == HIS


async def test_a_page_that_saves_by_itself_neither_overwrites_nor_is_in_its_own_way(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID
) -> None:
    """Her page stays open while he writes: what it still shows of his question must not undo his words later."""
    page = await shown(her, draft)
    page |= {"value:EOC1.2": HERS}
    told = (await send(her, draft, page, **BY_ITSELF)).json()
    page |= {"version": told["version"], **{f"seen:{name}": mark for name, mark in told["seen"].items()}}
    await send(him, draft, {**await shown(him, draft), "value:EOC3.1": HIS})

    for words in ("Más.", "Más y más."):
        page |= {"value:EOC1.2": words}
        answer = await send(her, draft, page, **BY_ITSELF)
        assert answer.status_code == 200
        told = answer.json()
        page |= {"version": told["version"], **{f"seen:{name}": mark for name, mark in told["seen"].items()}}

    after = (await kept(cast, draft)).answers
    assert (after["EOC1.2"].value, after["EOC3.1"].value) == ("Más y más.", HIS)
    mine = {**page, "value:EOC3.1": HERS}
    assert (await send(her, draft, mine, **BY_ITSELF)).status_code == 409


async def test_recommendations_of_both_are_kept_and_one_that_both_changed_is_shown_twice(
    her: httpx.AsyncClient, him: httpx.AsyncClient, cast: Cast, draft: UUID
) -> None:
    her_page, his_page = await shown(her, draft), await shown(him, draft)
    await send(her, draft, recommending(her_page, 0, HERS))
    both = await send(him, draft, recommending(his_page, 0, HIS))
    texts = [one["text"] for one in (await kept(cast, draft)).assessment.recommendations]
    her_page, his_page = await shown(her, draft), await shown(him, draft)
    await send(her, draft, recommending(her_page, 0, "Ella lo cambió."))
    conflict = await send(him, draft, recommending(his_page, 0, "Él lo cambió."))

    assert both.status_code == 303
    assert texts == [HIS, HERS]
    assert conflict.status_code == 409
    assert "Ella lo cambió." in said(conflict.text)
    assert "Él lo cambió." in conflict.text


def recommending(page: Mapping[str, Any], place: int, words: str) -> dict[str, Any]:
    texts, to = list(page["recommendation_text"]), list(page["recommendation_addressee"])
    texts[place], to[place] = words, "Municipalidad"
    return {**page, "recommendation_text": texts, "recommendation_addressee": to}


async def test_what_may_lead_to_a_person_is_refused_beside_the_field(her: httpx.AsyncClient, draft: UUID) -> None:
    page = await shown(her, draft)
    for words in ("Entrevista con ana@example.org", "Entrevista, +56 9 8765 4321", "RUN 12.345.678-5"):
        answer = await send(her, draft, {**page, "references:EOC1.3": words})

        assert answer.status_code == 422
        assert "No incluya correos electrónicos, teléfonos ni RUN." in said(answer.text)
        assert words in answer.text
    fine = await send(her, draft, {**page, "references:EOC1.3": "Entrevista con una vecina, octubre de 2024."})
    assert fine.status_code == 303


async def test_private_notes_stay_in_the_workbench(
    her: httpx.AsyncClient, him: httpx.AsyncClient, site: Site, draft: UUID
) -> None:
    page = await shown(her, draft)
    note = "Preguntar otra vez a la unidad."

    await send(her, draft, {**page, "note:EOC1.1": note})

    assert note in said((await him.get(f"{ROOT}{draft}/")).text)
    assert note not in (await her.get(f"{ROOT}{draft}/publish/")).text
    await her.post(f"{ROOT}{draft}/publish/", data={"version": "3"})
    public = await site.client.get("/es/penalolen/plans/2021-2024/assessments/end-of-commitment:CLPLN0002/")
    assert public.status_code == 200
    assert note not in public.text


async def test_who_takes_no_part_changes_nothing_there(him: httpx.AsyncClient, cast: Cast, draft: UUID) -> None:
    before = (await kept(cast, draft)).answers
    page = await shown(him, draft)
    without = await him.post(f"{ROOT}{draft}/recuse/", data={"commitment": "CLPLN0002", "reason": ""})
    endless = await him.post(f"{ROOT}{draft}/recuse/", data={"commitment": "CLPLN0002", "reason": "a" * 2001})
    done = await him.post(f"{ROOT}{draft}/recuse/", data={"commitment": "CLPLN0002", "reason": "Trabajé ahí."})

    sent = await send(him, draft, {**page, "value:EOC3.1": HIS})

    assert (without.status_code, endless.status_code, done.status_code) == (422, 422, 303)
    assert sent.status_code in {303, 409}
    assert (await kept(cast, draft)).answers == before
    assert "Usted se abstuvo en esto." in said((await him.get(f"{ROOT}{draft}/")).text)


async def test_without_a_declaration_nobody_writes(site: Site, cast: Cast, draft: UUID) -> None:
    client = await site.sign_in("penalolen-monitor-2")
    asked = await client.get(f"{ROOT}{draft}/")
    empty = await client.post(f"{ROOT}{draft}/declare/", data={})
    vague = await client.post(f"{ROOT}{draft}/declare/", data={"conflict": "yes", "statement": " "})
    told = await client.post(f"{ROOT}{draft}/declare/", data={"conflict": "yes", "statement": "Fui su consultora."})

    assert "¿Tiene algún conflicto de interés?" in said(asked.text)
    assert (empty.status_code, vague.status_code, told.status_code) == (422, 422, 303)
    declared = (await kept(cast, draft)).dossier.declarations
    assert [one.statement for one in declared if one.has_conflict] == ["Fui su consultora."]
