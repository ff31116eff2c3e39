"""The right of reply: a time that nobody makes longer, replies that stay beside findings, and silence that is said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import PENALOLEN, PLAN, a_draft, a_sent_assessment, whole_answers
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.reading import said
from tests.factories.register import tampering
from tests.factories.site import Site

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.assessments import asking, following, publishing, queries, sending, service
from ogpmonitor.assessments.models import Clarification
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.publishing import publish as publish_plan
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import newest_published, published_plan
from ogpmonitor.replies import service as replies
from ogpmonitor.settings import Settings

ROOT = "/es/penalolen/workbench/replies/"
KEY, OTHER = "EOT1.1", "EOT1.2"
WHOSE = Jurisdiction(slug=PENALOLEN, name=Localized.of("es", es="Peñalolén"), country="CL")
WORDS = "Creemos que se hizo más."


@pytest.fixture
async def sent(cast: Cast) -> UUID:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        return (await a_sent_assessment(session, cast.monitor)).assessment.id


async def sheet_of(cast: Cast, who: Actor, name: UUID) -> Sheet:
    async with cast.at(PENALOLEN, who, read_only=True) as session:
        return await queries.get_sheet(session, PENALOLEN, name)


async def reply(cast: Cast, name: UUID, words: dict[str, str]) -> None:
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await replies.reply(session, await queries.get_sheet(session, PENALOLEN, name), words, by=cast.coordinator)


async def the_time_passes(settings: Settings) -> None:
    async with tampering(settings) as connection:
        await connection.execute("UPDATE workbench.reply_windows SET ends_at = now() - interval '1 hour'")


async def publish(cast: Cast, key: SigningKey, name: UUID) -> AssessmentDocument:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, name)
        version = sheet.assessment.version
        await publishing.publish(session, sheet, version=version, key=key, by=cast.monitor)
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        published = await published_plan(session, PENALOLEN, "2021-2024")
    return next(one for one in published.assessments if one.form == "end-of-term")


@pytest.mark.parametrize(
    ("sent_at", "days", "last"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), 14, date(2026, 12, 4)),
        (datetime(2026, 11, 21, 1, tzinfo=UTC), 14, date(2026, 12, 4)),  # still the 20th in Santiago
        (datetime(2026, 4, 1, 12, tzinfo=UTC), 14, date(2026, 4, 15)),  # the clock goes back in between
    ],
)
def test_the_time_ends_with_a_day_of_the_jurisdiction(sent_at: datetime, days: int, last: date) -> None:
    zone = ZoneInfo("America/Santiago")

    end = sending.end_of(sent_at, days, zone).astimezone(zone)

    assert (end.date() - last).days == 1
    assert (end.hour, end.minute) == (0, 0)


@pytest.mark.parametrize(
    ("answered_at", "is_late"),
    [
        (datetime(2026, 11, 21, 1, tzinfo=UTC), False),  # still the 20th in Santiago
        (datetime(2026, 11, 21, 3, tzinfo=UTC), True),
        (None, True),
    ],
)
def test_an_answer_is_late_after_its_day_in_the_jurisdiction(answered_at: datetime | None, *, is_late: bool) -> None:
    asked = Clarification(due_on=date(2026, 11, 20), answered_at=answered_at)

    assert asked.is_late(datetime(2026, 11, 22, tzinfo=UTC), ZoneInfo("America/Santiago")) is is_late


async def test_only_what_is_complete_is_sent_and_only_once(cast: Cast, sent: UUID) -> None:
    zone = ZoneInfo("UTC")
    async with cast.at(PENALOLEN, cast.monitor) as session:
        empty = await a_draft(session, cast.monitor, commitment="C3")
        sheet = await queries.get_sheet(session, PENALOLEN, empty.id)
        with pytest.raises(Invalid, match="incomplete"):
            await sending.send(session, sheet, version=empty.version, zone=zone, by=cast.monitor)
        again = await queries.get_sheet(session, PENALOLEN, sent)
        with pytest.raises(Conflict, match="sent"):
            await sending.send(session, again, version=again.assessment.version, zone=zone, by=cast.monitor)
        with pytest.raises(NotPermitted):
            await sending.send(session, sheet, version=empty.version, zone=zone, by=cast.coordinator)


async def test_while_the_government_may_reply_nothing_is_changed_or_published(
    cast: Cast, sent: UUID, key: SigningKey
) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, sent)
        version, answers = sheet.assessment.version, whole_answers(sheet)
        with pytest.raises(Conflict, match="sent"):
            await service.save_draft(session, sheet, answers, version=version, evaluator="Otro", by=cast.monitor)
        with pytest.raises(Conflict, match="reply_open"):
            await sending.revise(session, sheet, by=cast.monitor)
    with pytest.raises(Invalid):
        await publish(cast, key, sent)
    with pytest.raises(DBAPIError, match="may still reply"):
        async with cast.at(PENALOLEN, cast.monitor) as session:
            await session.execute(
                text("UPDATE workbench.assessments SET status = 'published' WHERE id = :i"), {"i": sent}
            )


async def test_a_reply_keeps_the_finding_and_stands_beside_it(
    cast: Cast, sent: UUID, key: SigningKey, settings: Settings
) -> None:
    before = (await sheet_of(cast, cast.monitor, sent)).answers[KEY]
    await reply(cast, sent, {KEY: WORDS, OTHER: ""})
    await the_time_passes(settings)

    document = await publish(cast, key, sent)

    told = document.right_of_reply
    assert told is not None
    assert (told.days, told.handed_in_on) == (14, None)
    assert [(one.question, one.text) for one in told.replies] == [(KEY, WORDS)]
    (row,) = (await sheet_of(cast, cast.monitor, sent)).dossier.replies.values()
    assert row.finding == {"value": before.value, "explanation": before.explanation}


async def test_a_finding_that_changes_after_the_reply_says_so(
    cast: Cast, sent: UUID, key: SigningKey, settings: Settings, site: Site
) -> None:
    await reply(cast, sent, {KEY: WORDS})
    await the_time_passes(settings)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, sent)
        await sending.revise(session, sheet, by=cast.monitor)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, sent)
        answers = sheet.answers
        answers[KEY] = replace(answers[KEY], explanation="Otra cosa, después de leer la réplica.")
        version = sheet.assessment.version
        await service.save_draft(session, sheet, answers, version=version, evaluator="Ente", by=cast.monitor)

    await publish(cast, key, sent)

    page = said((await site.client.get("/es/penalolen/plans/2021-2024/assessments/end-of-term/")).text)
    assert "Otra cosa, después de leer la réplica." in page
    assert "El ente de monitoreo cambió este hallazgo después de la réplica." in page
    assert f"Porque {KEY}." in page


async def test_after_the_time_no_reply_is_taken_and_the_monitor_goes_on(
    cast: Cast, sent: UUID, key: SigningKey, settings: Settings
) -> None:
    await the_time_passes(settings)

    with pytest.raises(Conflict, match="over"):
        await reply(cast, sent, {KEY: WORDS})
    with pytest.raises(DBAPIError, match="row-level security"):
        async with cast.at(PENALOLEN, cast.coordinator) as session:
            await session.execute(
                text(
                    "INSERT INTO workbench.replies (id, version, assessment_id, question, words, replied_at)"
                    " VALUES (gen_random_uuid(), 1, :i, 'EOT1.1', 'tarde', now())"
                ),
                {"i": sent},
            )
    document = await publish(cast, key, sent)

    assert document.right_of_reply is not None
    assert document.right_of_reply.replies == ()


async def test_handing_in_ends_the_time_sooner_and_for_good(cast: Cast, sent: UUID, key: SigningKey) -> None:
    await reply(cast, sent, {KEY: WORDS})
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await replies.hand_in(session, await queries.get_sheet(session, PENALOLEN, sent), by=cast.coordinator)

    with pytest.raises(Conflict, match="over"):
        await reply(cast, sent, {KEY: "Otra cosa."})
    document = await publish(cast, key, sent)

    assert document.right_of_reply is not None
    assert document.right_of_reply.handed_in_on is not None


async def test_clarifications_are_answered_until_publication_and_stay(cast: Cast, key: SigningKey) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor, commitment=None, form="end-of-term")
        sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
        due = asking.usual_due(datetime.now(UTC).date())
        about = f"question:{KEY}"
        await asking.ask(session, sheet, about, "¿Qué falta?", due_on=due, by=cast.monitor)
        await asking.ask(session, sheet, "milestone:C3/M1", "¿Y esto?", due_on=due, by=cast.monitor)
        with pytest.raises(Invalid, match="subject"):
            await asking.ask(session, sheet, "question:XX", "¿?", due_on=due, by=cast.monitor)
        await service.save_draft(
            session, sheet, whole_answers(sheet), version=draft.version, evaluator="Ente", by=cast.monitor
        )
        name = draft.id
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        for row in (await sheet_of(cast, cast.monitor, name)).dossier.clarifications:
            if row.question:
                fresh = await session.merge(row, load=True)
                await replies.answer(session, fresh, "Un taller.", version=1, published=False, by=cast.coordinator)

    document = await publish(cast, key, name)

    told = {one.question or one.milestone: one.answer for one in document.clarifications}
    assert told == {KEY: "Un taller.", "C3/M1": None}
    with pytest.raises(DBAPIError, match="is published"):
        async with cast.at(PENALOLEN, cast.coordinator) as session:
            await session.execute(text("UPDATE workbench.clarifications SET answer = 'tarde'"))


async def test_what_was_asked_is_not_taken_back_with_the_draft(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor, commitment="C3")
        sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
        today = datetime.now(UTC).date()
        await asking.ask(session, sheet, "question:EOC1.1", "¿Qué falta?", due_on=today, by=cast.monitor)

    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = (await queries.get_sheet(session, PENALOLEN, draft.id)).assessment
        with pytest.raises(Conflict, match="asked"):
            await service.discard(session, draft, version=draft.version, by=cast.monitor)


@pytest.fixture
async def coordinator(site: Site) -> httpx.AsyncClient:
    return await site.sign_in("penalolen-coordinator")


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_page_takes_replies_and_hands_them_in(
    coordinator: httpx.AsyncClient, cast: Cast, sent: UUID, lang: str
) -> None:
    here = f"/{lang}/penalolen/workbench/replies/"
    listed = await coordinator.get(here)
    form = await coordinator.get(f"{here}{sent}/")
    kept = await coordinator.post(f"{here}{sent}/", data={f"reply:{KEY}": WORDS})
    done = await coordinator.post(
        f"{here}{sent}/", data={f"reply:{KEY}": WORDS, f"version:{KEY}": "1", "then": "hand_in"}
    )
    after = await coordinator.get(f"{here}{sent}/")

    assert f'href="{here}{sent}/"' in listed.text
    assert f'name="reply:{KEY}"' in form.text
    assert (kept.status_code, done.status_code) == (303, 303)
    assert 'name="reply:' not in after.text
    assert WORDS in said(after.text)
    assert not (await sheet_of(cast, cast.monitor, sent)).dossier.window.is_open(datetime.now(UTC))  # type: ignore[union-attr]  # it was sent


async def test_the_second_of_two_writers_sees_both_replies(coordinator: httpx.AsyncClient, sent: UUID) -> None:
    await coordinator.post(f"{ROOT}{sent}/", data={f"reply:{KEY}": WORDS, f"version:{KEY}": "0"})

    conflict = await coordinator.post(f"{ROOT}{sent}/", data={f"reply:{KEY}": "Lo mío.", f"version:{KEY}": "0"})
    resolved = await coordinator.post(f"{ROOT}{sent}/", data={f"reply:{KEY}": "Lo mío.", f"version:{KEY}": "1"})

    assert conflict.status_code == 409
    assert WORDS in said(conflict.text)
    assert "Lo mío." in said(conflict.text)
    assert resolved.status_code == 303


async def test_a_reply_that_is_too_long_comes_back_whole(coordinator: httpx.AsyncClient, sent: UUID) -> None:
    long = "a" * 5001

    answer = await coordinator.post(f"{ROOT}{sent}/", data={f"reply:{KEY}": long, f"reply:{OTHER}": WORDS})

    assert answer.status_code == 422
    assert long in answer.text
    assert WORDS in answer.text
    assert 'href="#q-EOT1-1-reply"' in answer.text


async def test_a_recommendation_is_answered_and_followed_up(
    site: Site, coordinator: httpx.AsyncClient, cast: Cast, key: SigningKey, settings: Settings
) -> None:
    """Answered in the workbench, told to the next assessment and plan, and public once the plan is published."""
    monitor = await site.sign_in("penalolen-monitor")
    name = "6f0f3c2e-9d0b-4c4e-8a55-0e3f0d9c1a99"
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor, commitment=None, form="end-of-term")
        sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
        more = service.More(
            [{"id": name, "text": "Publicar el presupuesto.", "addressee": "Municipalidad", "commitment": None}]
        )
        await service.save_draft(
            session, sheet, whole_answers(sheet), version=draft.version, evaluator="Ente", by=cast.monitor, more=more
        )
    await publish(cast, key, draft.id)

    listed = await coordinator.get(ROOT)
    empty = await coordinator.post(f"{ROOT}recommendations/{name}/", data={"answer": "accepted", "words": ""})
    done = await coordinator.post(
        f"{ROOT}recommendations/{name}/", data={"answer": "partly", "words": "En 2027.", "version": "0"}
    )
    stale = await coordinator.post(
        f"{ROOT}recommendations/{name}/", data={"answer": "rejected", "words": "No.", "version": "0"}
    )
    begun = await monitor.post(
        "/es/penalolen/workbench/assessments/",
        data={"form": "end-of-commitment", "plan": "2021-2024", "commitment": "C3", "conflict": "no"},
    )
    form = await monitor.get(begun.headers["location"])
    await coordinator.post(
        "/es/penalolen/workbench/plans/",
        data={"title": "Plan siguiente", "language": "es", "starts_on": "2027", "ends_on": "2030", "slug": "2027-2030"},
    )
    next_plan = await coordinator.get("/es/penalolen/workbench/plans/2027-2030/")

    assert next_plan.status_code == 200
    assert "Publicar el presupuesto." in said(next_plan.text)
    assert "Publicar el presupuesto." in said(listed.text)
    assert (empty.status_code, done.status_code, stale.status_code) == (422, 303, 409)
    assert "Publicar el presupuesto." in said(form.text)
    assert f'name="follow_state:{name}"' in form.text

    here = "/es/penalolen/plans/2021-2024/assessments"
    assert "En 2027." not in said((await site.visitor().get(f"{here}/end-of-term/")).text)
    async with tampering(settings) as connection:  # that evening in Santiago, the next day by UTC
        await connection.execute("UPDATE workbench.recommendation_answers SET answered_at = '2026-11-21T01:00Z'")
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await publish_plan(session, await get_plan(session, PLAN), WHOSE, key=key, by=cast.coordinator)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, UUID(begun.headers["location"].split("/")[-2]))
        sent = {f"follow_state:{name}": ["partly"], f"follow_words:{name}": ["Falta el año 2026."]}
        earlier = following.earlier_recommendations(sheet, await newest_published(session, PENALOLEN))
        more = service.More(follow_ups=[one.kept() for one in following.read_followed(sent, earlier)])
        version, answers = sheet.assessment.version, whole_answers(sheet)
        await service.save_draft(session, sheet, answers, version=version, evaluator="Ente", by=cast.monitor, more=more)
    await publish(cast, key, sheet.assessment.id)

    site.forget_pages()
    recommended = said((await site.client.get(f"{here}/end-of-term/")).text)
    assert "En 2027. respondido el 20 nov 2026" in recommended
    assert "El ente de monitoreo constató que se siguió en parte. Falta el año 2026. constatado el" in recommended
    followed = said((await site.client.get(f"{here}/end-of-commitment:C3/")).text)
    assert "Publicar el presupuesto." in followed
    assert "Falta el año 2026." in followed


async def test_lists_cost_the_same_for_little_and_much(coordinator: httpx.AsyncClient, cast: Cast, sent: UUID) -> None:
    async def cost(path: str) -> int:
        with counted() as statements:
            assert (await coordinator.get(path)).status_code == 200
        return len(statements)

    before = await cost(ROOT), await cost(f"{ROOT}{sent}/")
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor, commitment="C3")
        sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
        today = datetime.now(UTC).date()
        for number in range(20):
            await asking.ask(session, sheet, "question:EOC1.1", f"¿{number}?", due_on=today, by=cast.monitor)
    await reply(cast, sent, {KEY: WORDS, OTHER: WORDS})

    assert (await cost(ROOT), await cost(f"{ROOT}{sent}/")) == before


@pytest.mark.parametrize(
    "who", ["penalolen-contact", "penalolen-monitor", "maipu-coordinator", "operator", "ogp-staff"]
)
async def test_nobody_else_answers_questions_or_recommendations(site: Site, cast: Cast, who: str) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        draft = await a_draft(session, cast.monitor, commitment="C3")
        sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
        today = datetime.now(UTC).date()
        row = await asking.ask(session, sheet, "question:EOC1.1", "¿Qué falta?", due_on=today, by=cast.monitor)
        name = row.id
    client = await site.sign_in(who)

    sent = await client.post(f"{ROOT}clarifications/{name}/", data={"answer": "Nada.", "version": "1"})

    assert sent.status_code in {403, 404}
    (row,) = (await sheet_of(cast, cast.monitor, draft.id)).dossier.clarifications
    assert row.answer is None
