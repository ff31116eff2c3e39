"""News reach whom they concern, at once and once, and nobody else."""

from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy import select, text
from tests.factories.assessments import a_filled_draft, a_sent_assessment
from tests.factories.cast import Cast
from tests.factories.notices import mailbox, told
from tests.factories.requests import today

from ogpmonitor.assessments import asking, queries
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.mandates import service as mandates
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.mandates.schemas import ProposalForm
from ogpmonitor.notifications.choices import choose
from ogpmonitor.register.models import Edition
from ogpmonitor.replies import service as replies
from ogpmonitor.settings import Settings

COORDINATOR, MONITORS = (
    "penalolen-coordinator@example.org",
    {"penalolen-monitor@example.org", "penalolen-monitor-2@example.org"},
)


def facts(settings: Settings) -> list[tuple[str, str]]:
    """What the rooms said since the demo was loaded: the jobs that wait for somebody to hear them, the newest last."""
    with psycopg.connect(conninfo(settings.database_url)) as connection:
        rows = connection.execute(
            "SELECT args ->> 'fact', args ->> 'about' FROM jobs.procrastinate_jobs"
            " WHERE task_name = 'events.heard' ORDER BY id"
        )
        return [(fact, about) for fact, about in rows.fetchall()]


async def a_question(cast: Cast) -> Any:
    async with cast.at("penalolen", cast.monitor) as session:
        filled = await a_filled_draft(session, cast.monitor)
        sheet = await queries.get_sheet(session, "penalolen", filled.assessment.id)
        return await asking.ask(
            session, sheet, "question:EOC1.1", "¿Cuántas plazas?", due_on=today() + timedelta(days=10), by=cast.monitor
        )


async def test_coordinators_hear_of_an_assessment_sent_for_comment(cast: Cast, settings: Settings) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        sheet = await a_sent_assessment(session, cast.monitor)
    fact, about = facts(settings)[-1]

    assert (fact, about) == ("assessment.sent", str(sheet.assessment.id))
    assert [await told(cast, fact, about) for _ in range(2)] == [1, 0]
    (letter,) = await mailbox(cast)
    assert letter["to"] == COORDINATOR
    assert letter["url"] == f"https://monitor.example.org/es/penalolen/workbench/replies/{about}/"
    assert letter["kind"] == "Se le envió una evaluación para comentarios"


async def test_a_question_and_its_answer_go_to_the_other_side(cast: Cast, settings: Settings) -> None:
    row = await a_question(cast)
    assert facts(settings)[-1] == ("clarification.asked", str(row.id))
    assert await told(cast, *facts(settings)[-1]) == 1
    assert {one["to"] for one in await mailbox(cast)} == {COORDINATOR}

    async with cast.at("penalolen", cast.coordinator) as session:
        found = await session.get_one(type(row), row.id)
        await replies.answer(session, found, "Doce.", version=found.version, published=False, by=cast.coordinator)
    assert facts(settings)[-1] == ("clarification.answered", str(row.id))
    assert await told(cast, *facts(settings)[-1]) == 2
    assert {one["to"] for one in await mailbox(cast) if one["what"] == "Doce."} == MONITORS


async def test_a_draft_that_was_not_sent_is_told_to_nobody(cast: Cast) -> None:
    """Even where somebody says so: the coordinator's own session does not see it."""
    async with cast.at("penalolen", cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)

    assert await told(cast, "assessment.sent", str(sheet.assessment.id)) == 0


async def test_ogps_staff_hears_of_a_proposal_and_its_people_of_the_confirmation(
    cast: Cast, settings: Settings
) -> None:
    proposal = ProposalForm.model_validate(
        {
            "body": "Universidad",
            "mandate": "Evalúa.",
            "starts_on": today().isoformat(),
            "people": "Ana Soto ana@u.example",
        }
    )
    async with cast.at("penalolen", cast.coordinator) as session:
        row = await mandates.propose(session, proposal, language="es", by=cast.coordinator, demo=True)
    assert facts(settings)[-1] == ("mandate.proposed", str(row.id))
    assert await told(cast, *facts(settings)[-1]) == 1

    async with cast.at("penalolen", cast.ogp_staff) as session:
        found = (await session.scalars(select(Mandate).where(Mandate.id == row.id))).one()
        await mandates.confirm(session, found, by=cast.ogp_staff)
    assert facts(settings)[-1] == ("mandate.confirmed", str(row.id))
    assert await told(cast, *facts(settings)[-1]) == 1

    assert [one["to"] for one in await mailbox(cast)] == ["ana@u.example", "ogp-staff@example.org"]


async def test_monitors_hear_of_a_publication(cast: Cast, settings: Settings) -> None:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        editions = set(
            await session.scalars(
                select(Edition.sha256).where(Edition.jurisdiction == "penalolen", Edition.voice == "government")
            )
        )
    said = [about for fact, about in facts(settings) if fact == "plan.published" and about in editions]

    assert said
    assert await told(cast, "plan.published", said[-1]) == 2
    assert {one["to"] for one in await mailbox(cast)} == MONITORS


async def test_who_does_not_want_news_gets_none(cast: Cast) -> None:
    row = await a_question(cast)
    assert cast.coordinator.id
    async with cast.at("penalolen", cast.coordinator) as session:
        await choose(session, cast.coordinator.id, {"asked": "never"}, language=None)

    assert await told(cast, "clarification.asked", str(row.id)) == 0


async def test_what_was_taken_back_is_not_told(cast: Cast) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        sheet = await a_sent_assessment(session, cast.monitor)
        await session.execute(text("SELECT 1"))
        about = str(sheet.assessment.id)
        await session.rollback()

    assert await told(cast, "assessment.sent", about) == 0
