"""`/workbench/assessments` over HTTP, by role and in both languages."""

import re
from html import unescape
from uuid import UUID

import httpx
import pytest
from tests.factories.assessments import (
    PENALOLEN,
    a_draft,
    a_filled_draft,
    a_published_assessment,
    a_sent_assessment,
    full_answers,
)
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.site import Site

from ogpmonitor.assessments import publishing, queries
from ogpmonitor.assessments.schemas import Given, anchor
from ogpmonitor.register.log import SigningKey

LIST = "/es/penalolen/workbench/assessments/"
OTHERS = {
    "penalolen-coordinator": 403,
    "penalolen-contact": 403,
    "maipu-coordinator": 404,
    "maipu-monitor": 404,
    "ogp-staff": 404,
    "operator": 404,
}


@pytest.fixture
async def monitor(site: Site) -> httpx.AsyncClient:
    return await site.sign_in("penalolen-monitor")


@pytest.fixture
async def draft(cast: Cast) -> UUID:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        return (await a_filled_draft(session, cast.monitor)).assessment.id


async def kept(cast: Cast, draft: UUID) -> queries.Sheet:
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        return await queries.get_sheet(session, PENALOLEN, draft)


def words(answer: httpx.Response) -> str:
    """The text of a page, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def fields(answers: dict[str, Given], **more: str) -> dict[str, str | list[str]]:
    """What a browser sends for these answers, ticks included."""
    sent: dict[str, str | list[str]] = {"evaluator": "Ente", **more}
    for key, given in answers.items():
        sent |= {f"value:{key}": given.value.split() or "", f"explanation:{key}": given.explanation}
        sent[f"references:{key}"] = given.references
        sent[f"cite:{key}"] = [f"{one.kind}:{one.url or one.evidence_id}" for one in given.citations]
    return sent


@pytest.mark.parametrize(("persona", "status"), OTHERS.items())
async def test_every_address_is_closed_to_everyone_but_the_monitor(
    site: Site, cast: Cast, draft: UUID, persona: str, status: int
) -> None:
    client = await site.sign_in(persona)
    here = f"{LIST}{draft}/"

    got = [(await client.get(path)).status_code for path in (LIST, here, f"{here}publish/")]
    sent = [
        (await client.post(path, data={"version": "2", "form": "inception", "plan": "2021-2024"})).status_code
        for path in (LIST, here, f"{here}discard/", f"{here}publish/")
    ]

    assert {*got, *sent} == {status}
    assert (await kept(cast, draft)).assessment.version == 2


async def test_a_stranger_is_asked_to_sign_in(site: Site, draft: UUID) -> None:
    answers = [await site.client.get(path) for path in (LIST, f"{LIST}{draft}/", f"{LIST}{draft}/publish/")]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_the_monitor_of_another_tenant_does_not_find_it_at_home(site: Site, draft: UUID) -> None:
    client = await site.sign_in("maipu-monitor")

    answer = await client.get(f"/es/maipu/workbench/assessments/{draft}/")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("lang", "told"),
    [("es", ("sin comenzar", "Comenzar", "30 oct 2024")), ("en", ("not begun", "Begin", "30 Oct 2024"))],
)
async def test_the_list_names_every_commitment_with_its_state_and_date(
    monitor: httpx.AsyncClient, lang: str, told: tuple[str, ...]
) -> None:
    answer = await monitor.get(f"/{lang}/penalolen/workbench/assessments/")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert all(code in words(answer) for code in ("CLPLN0002 ·", "C2 ·", "C3 ·", *told))


async def test_a_plan_being_co_created_cannot_be_assessed(site: Site) -> None:
    client = await site.sign_in("renca-monitor")

    answer = await client.get("/es/renca/workbench/assessments/")
    refused = await client.post(
        "/es/renca/workbench/assessments/", data={"form": "inception", "plan": "en-cocreacion", "conflict": "no"}
    )

    assert "todavía se está cocreando" in words(answer)
    assert "Comenzar" not in words(answer)
    assert refused.status_code == 409


async def test_starting_leads_to_the_form_and_again_to_the_same(monitor: httpx.AsyncClient) -> None:
    wish = {"form": "end-of-commitment", "plan": "2021-2024", "commitment": "C3", "conflict": "no"}

    first, second = await monitor.post(LIST, data=wish), await monitor.post(LIST, data=wish)
    form = await monitor.get(first.headers["location"])

    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    assert form.status_code == 200
    assert "Evaluación de fin de compromiso" in words(form)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"form": "nonsense", "plan": "2021-2024"},
        {"form": "end-of-commitment", "plan": "2021-2024"},
        {"form": "end-of-commitment", "plan": "2021-2024", "commitment": "C99"},
        {"form": "inception", "plan": "1999"},
        {"form": "inception", "plan": "2021-2024", "commitment": "C3"},
    ],
)
async def test_starting_what_is_not_there_is_not_found(monitor: httpx.AsyncClient, wish: dict[str, str]) -> None:
    assert (await monitor.post(LIST, data={**wish, "conflict": "no"})).status_code == 404


@pytest.mark.parametrize("form", ["end-of-commitment", "inception", "end-of-term"])
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_every_form_is_shown_from_its_data(cast: Cast, monitor: httpx.AsyncClient, form: str, lang: str) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        commitment = "CLPLN0002" if form == "end-of-commitment" else None
        begun = await a_draft(session, cast.monitor, form=form, commitment=commitment)
        sheet = await queries.get_sheet(session, PENALOLEN, begun.id)

    answer = await monitor.get(f"/{lang}/penalolen/workbench/assessments/{begun.id}/")
    shown = words(answer)

    assert answer.status_code == 200
    for asking in sheet.form.askings(sheet.asked_of):
        assert asking.question.text.in_(lang) in shown
        assert f'id="{anchor(asking.key)}"' in answer.text
        scale = sheet.form.scale_of(asking.question)
        for option in scale.options if scale else ():
            assert f'name="value:{asking.key}" value="{option.code}"' in answer.text
            assert (option.help.in_(lang) if option.help else "") in shown


async def test_the_form_stands_beside_the_commitment_as_it_stood(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID
) -> None:
    sheet = await kept(cast, draft)
    answer = await monitor.get(f"{LIST}{draft}/")

    assert f"Cómo estaba en la edición {sheet.published.edition.number}" in words(answer)
    assert "Mesa ambiental comunal constituida" in words(answer)
    assert "Solo si la respuesta fue Sí" in words(answer)
    assert "9 de 10 respondidas" in words(answer) or "10 de 10 respondidas" in words(answer)


async def test_saving_keeps_everything_and_says_so(cast: Cast, monitor: httpx.AsyncClient, draft: UUID) -> None:
    sheet = await kept(cast, draft)
    answers = full_answers(sheet, **{"EOC3.1": Given("Otra lección.")})

    answer = await monitor.post(f"{LIST}{draft}/", data=fields(answers, version="2"))
    after = await kept(cast, draft)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}{draft}/?saved=1")
    assert (after.answers, after.assessment.version) == (answers, 3)
    assert "Borrador guardado" in words(await monitor.get(answer.headers["location"]))


async def test_saving_takes_a_link_and_files_and_lets_them_go(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID
) -> None:
    link = {"link_url:EOC1.3": "https://example.org/informe", "link_title:EOC1.3": "Informe"}
    data = fields(full_answers(), version="2", **link)
    files = [("file:EOC1.3", ("Acta nº 1.txt", b"acta", "text/html")), ("file:EOC1.3", ("b.csv", b"a,b\n", "x/y"))]

    answer = await monitor.post(f"{LIST}{draft}/", data=data, files=files)
    cited = (await kept(cast, draft)).answers["EOC1.3"].citations
    data = fields((await kept(cast, draft)).answers, version="3") | {"cite:EOC1.3": []}
    await monitor.post(f"{LIST}{draft}/", data=data)
    left = (await kept(cast, draft)).answers["EOC1.3"].citations

    assert answer.status_code == 303
    assert [(one.kind, one.title, one.media_type) for one in cited] == [
        ("link", "Informe", None),
        ("file", "Acta nº 1.txt", "text/plain"),
        ("file", "b.csv", "text/csv"),
    ]
    assert left == ()


async def test_wrong_input_is_shown_beside_the_field_with_everything_typed(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID
) -> None:
    before = await kept(cast, draft)
    wrong = {
        "value:EOC1.1": "splendid",
        "link_url:EOC1.3": "javascript:alert(1)",
        "value:EOC3.1": "<b>Lo que escribí</b>",
    }
    data = fields(full_answers(), version="2") | wrong
    files = [("file:EOC1.1", ("x.html", b"<!doctype html><script>1</script>", "text/html"))]

    answer = await monitor.post(f"{LIST}{draft}/", data=data, files=files)

    assert answer.status_code == 422
    assert "&lt;b&gt;Lo que escribí&lt;/b&gt;" in answer.text
    assert 'value="javascript:alert(1)"' in answer.text
    for key, part in (("EOC1.1", ""), ("EOC1.1", "file"), ("EOC1.3", "link")):
        assert f'href="#{anchor(key, part)}"' in answer.text
        assert f'id="{anchor(key, part)}"' in answer.text
    assert (await kept(cast, draft)).answers == before.answers


async def test_more_than_three_files_are_refused(monitor: httpx.AsyncClient, draft: UUID) -> None:
    files = [("file:EOC1.3", (f"{number}.txt", b"x", "text/plain")) for number in range(4)]

    answer = await monitor.post(f"{LIST}{draft}/", data=fields(full_answers(), version="2"), files=files)

    assert answer.status_code == 422
    assert "A lo más tres archivos" in words(answer)


async def test_the_second_writer_sees_both_and_loses_nothing(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID
) -> None:
    theirs = full_answers(**{"EOC3.1": Given("Lo que guardó la otra persona.")})
    mine = full_answers(**{"EOC3.1": Given("Lo que escribí yo.")})
    await monitor.post(f"{LIST}{draft}/", data=fields(theirs, version="2"))

    conflict = await monitor.post(f"{LIST}{draft}/", data=fields(mine, version="2"))
    shown = words(conflict)
    resolved = await monitor.post(f"{LIST}{draft}/", data=fields(mine, version="3"))

    assert conflict.status_code == 409
    assert "Lo que guardó la otra persona." in shown
    assert "Lo que escribí yo." in shown
    assert 'name="version" value="3"' in conflict.text
    assert resolved.status_code == 303
    assert (await kept(cast, draft)).answers["EOC3.1"] == Given("Lo que escribí yo.")


async def test_review_lists_what_is_missing_with_a_way_to_each_field(cast: Cast, monitor: httpx.AsyncClient) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        answers = full_answers() | {"EOC1.1": Given("complete", "Todo."), "EOC2.2": Given("yes")}
        sheet = await a_filled_draft(session, cast.monitor, answers)
    here = f"{LIST}{sheet.assessment.id}/"

    review, refused = await monitor.get(f"{here}publish/"), await monitor.post(f"{here}publish/", data={"version": "2"})
    form = await monitor.get(here)

    assert (review.status_code, refused.status_code) == (200, 422)
    for key, part in (("EOC1.1", "evidence"), ("EOC2.2", "explanation")):
        assert f'href="{here}#{anchor(key, part)}"' in review.text
        assert f'id="{anchor(key, part)}"' in form.text
    assert "Publicar esta evaluación" not in words(review)
    assert "Faltan 2 cosas antes de publicar" in words(refused)


async def test_review_shows_exactly_what_publishing_makes_public(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID
) -> None:
    sheet = await kept(cast, draft)
    review = words(await monitor.get(f"{LIST}{draft}/publish/"))
    document = publishing.document_of(sheet, at=sheet.assessment.updated_at)

    for answer in document.answers:
        assert answer.explanation in review
        assert all(citation.title in review for citation in answer.citations)
    assert "Ente" in review
    assert f"Edición {sheet.published.edition.number}, publicada" in review


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_publishing_shows_it_to_everyone_and_closes_the_draft(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID, lang: str
) -> None:
    here = f"/{lang}/penalolen/workbench/assessments/{draft}/"

    answer = await monitor.post(f"{here}publish/", data={"version": "2"})
    shown = await monitor.get(answer.headers["location"])
    again = [
        (await monitor.post(path, data={"version": "3"})).status_code
        for path in (here, f"{here}publish/", f"{here}discard/")
    ]
    review = await monitor.get(f"{here}publish/")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}?published=1")
    assert shown.status_code == 200
    assert "/plans/2021-2024/commitments/CLPLN0002/" in shown.text
    assert again == [409, 409, 409]
    assert review.status_code == 409
    newest = (await kept(cast, draft)).newest
    assert newest is not None
    assert [document.language for document in newest.assessments_of("CLPLN0002")] == ["es"]


async def test_publishing_what_nobody_reviewed_shows_the_new_state(
    cast: Cast, monitor: httpx.AsyncClient, draft: UUID
) -> None:
    answer = await monitor.post(f"{LIST}{draft}/publish/", data={"version": "1"})

    assert answer.status_code == 409
    assert 'name="version" value="2"' in answer.text
    assert (await kept(cast, draft)).assessment.status == "draft"


async def test_discarding_needs_the_version_that_was_read(monitor: httpx.AsyncClient, draft: UUID) -> None:
    stale = await monitor.post(f"{LIST}{draft}/discard/", data={"version": "1"})
    done = await monitor.post(f"{LIST}{draft}/discard/", data={"version": "2"})

    assert (stale.status_code, done.status_code) == (409, 303)
    assert (await monitor.get(f"{LIST}{draft}/")).status_code == 404
    assert "Borrador descartado" in words(await monitor.get(done.headers["location"]))


async def test_a_form_from_another_site_changes_nothing(cast: Cast, site: Site, draft: UUID) -> None:
    client = await site.sign_in("penalolen-monitor")

    answer = await client.post(
        f"{LIST}{draft}/discard/", data={"version": "2"}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
    assert (await kept(cast, draft)).assessment.version == 2


async def test_pages_cost_the_same_number_of_queries_for_little_and_much(
    cast: Cast, key: SigningKey, monitor: httpx.AsyncClient
) -> None:
    async def cost(path: str) -> int:
        with counted() as statements:
            assert (await monitor.get(path)).status_code == 200
        return len(statements)

    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor)
    empty = await cost(LIST), await cost(f"{LIST}{draft.id}/")
    async with cast.at(PENALOLEN, cast.monitor) as session:
        await a_filled_draft(session, cast.monitor, commitment="C3")
        await a_published_assessment(session, cast.monitor, key)
        full = await a_draft(session, cast.monitor, commitment="C3")

    assert (await cost(LIST), await cost(f"{LIST}{full.id}/")) == (empty[0], empty[1] + 1)  # the newer edition


async def test_while_the_government_can_reply_its_silence_is_not_told(monitor: httpx.AsyncClient, cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sent = await a_sent_assessment(session, cast.monitor)

    review = words(await monitor.get(f"{LIST}{sent.assessment.id}/publish/"))

    assert "El gobierno todavía no replica. Puede hacerlo hasta el" in review
    assert "no replicó dentro de" not in review
