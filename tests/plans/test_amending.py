"""Amending: what a submitted plan said, what it says now, why, and who may say so."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from tests.factories.cast import Cast
from tests.factories.plans import LATE, milestone_of

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.amending import amend
from ogpmonitor.plans.models import Amendment, Plan
from ogpmonitor.plans.queries import get_plan

WORDS = Localized.of("es", es="La licitación quedó desierta.")
SLUG = "2021-2024"


async def amendments(session: AsyncSession) -> Sequence[Amendment]:
    return (await session.scalars(select(Amendment).order_by(Amendment.made_at))).all()


async def test_amend_keeps_old_new_and_why(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, SLUG)
        milestone = await milestone_of(session, LATE)
        due, version = milestone.due_on, milestone.version
        made = await amend(
            session, plan, milestone, {"due_on": "2025-03-31"}, reason="procurement", words=WORDS, by=cast.coordinator
        )
        trace = (
            await session.scalars(
                select(AuditRecord).where(AuditRecord.subject_id == milestone.id).order_by(AuditRecord.at.desc())
            )
        ).first()

        assert made is not None
        assert (made.commitment, made.milestone, made.kind) == (*LATE.split("/"), "dates")
        assert made.changes == [{"field": "due_on", "old": due, "new": "2025-03-31"}]
        assert (made.reason, made.words, made.made_by) == ("procurement", WORDS.model_dump(), cast.coordinator.id)
        assert (milestone.due_on, milestone.version) == ("2025-03-31", version + 1)
        assert trace is not None
        assert (trace.action, trace.before, trace.after) == (
            "milestone.amended",
            {"due_on": due},
            {"due_on": "2025-03-31"},
        )
        assert trace.reason == "procurement: La licitación quedó desierta."


async def test_amend_that_differs_in_nothing_leaves_nothing(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan, milestone = await get_plan(session, SLUG), await milestone_of(session, LATE)
        same = {"due_on": milestone.due_on, "title": milestone.title}
        made = await amend(session, plan, milestone, same, reason="law", words=WORDS, by=cast.coordinator)

        assert made is None
        assert list(await amendments(session)) == []


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"title": {"source": "es", "es": "Otro título"}}, "text"),
        ({"indicator": {"source": "es", "es": "Otro indicador"}}, "text"),
        ({"starts_on": "2021-12"}, "dates"),
        ({"responsible_unit": {"source": "es", "es": "Otra unidad"}}, "owner"),
        ({"set_aside": "withdrawn"}, "scope"),
        ({"due_on": "2025", "responsible_unit": {"source": "es", "es": "Otra unidad"}}, "dates"),
    ],
)
async def test_amendment_is_of_a_kind(cast: Cast, values: dict[str, Any], kind: str) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan, milestone = await get_plan(session, SLUG), await milestone_of(session, LATE)
        made = await amend(session, plan, milestone, values, reason="law", words=WORDS, by=cast.coordinator)

        assert made is not None
        assert made.kind == kind
        assert {change["field"]: change["new"] for change in made.changes} == values


async def test_amend_of_the_vision_names_the_question(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, SLUG)
        before = plan.content["answers"]["SV01"]
        new = {"source": "es", "es": "Otra visión"}
        made = await amend(session, plan, plan, {"SV01": new}, reason="priorities", words=WORDS, by=cast.coordinator)

        assert made is not None
        assert (made.commitment, made.milestone) == (None, None)
        assert made.changes == [{"field": "SV01", "old": before, "new": new}]
        assert plan.content["answers"]["SV01"] == new
        assert "SV02" in plan.content["answers"]


async def test_amend_says_what_no_source_gave(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, SLUG)
        commitment = next(one for one in plan.commitments if "resources" in one.content.get("missing", ()))
        new = {"source": "es", "es": "Dos personas"}
        await amend(session, plan, commitment, {"resources": new}, reason="other", words=WORDS, by=cast.coordinator)

        assert commitment.content["resources"] == new
        assert "resources" not in commitment.content["missing"]


async def test_amend_never_tells_a_contact_who_did_not_consent(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan, milestone = await get_plan(session, SLUG), await milestone_of(session, LATE)
        hidden = {"name": "Ana Rojas", "email": "ana@example.org", "public": False}
        shown = {**hidden, "public": True}
        why: dict[str, Any] = {"reason": "capacity", "words": WORDS, "by": cast.coordinator}

        assert await amend(session, plan, milestone, {"contact": hidden}, **why) is None
        assert milestone.contact == hidden
        made = await amend(session, plan, milestone, {"contact": shown}, **why)
        assert made is not None
        assert (made.kind, made.changes) == ("owner", [{"field": "contact_name", "old": None, "new": "Ana Rojas"}])


@pytest.mark.parametrize(
    ("given", "field"),
    [({"reason": "bored"}, "reason"), ({"reason": ""}, "reason"), ({"words": None}, "words")],
)
async def test_amend_asks_for_a_reason_and_words(cast: Cast, given: dict[str, Any], field: str) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan, milestone = await get_plan(session, SLUG), await milestone_of(session, LATE)
        due = milestone.due_on
        why = {"reason": "law", "words": WORDS, **given}
        with pytest.raises(Invalid) as refused:
            await amend(session, plan, milestone, {"due_on": "2030"}, by=cast.coordinator, **why)

        assert refused.value.facts["field"] == field
        assert milestone.due_on == due


async def test_amend_is_for_coordinators_and_submitted_plans(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        plan, milestone = await get_plan(session, SLUG), await milestone_of(session, LATE)
        for actor in (cast.contact, cast.monitor, cast.operator, cast.citizen):
            with pytest.raises(NotPermitted):
                await amend(session, plan, milestone, {"due_on": "2030"}, reason="law", words=WORDS, by=actor)
        plan.status = "co_creation"
        with pytest.raises(Conflict):
            await amend(session, plan, milestone, {"due_on": "2030"}, reason="law", words=WORDS, by=cast.coordinator)


async def test_database_lets_only_coordinators_amend_and_nobody_rewrite(cast: Cast) -> None:
    insert = text(
        "INSERT INTO workbench.amendments (id, plan_id, kind, changes, reason, words, made_at, demo)"
        " SELECT gen_random_uuid(), id, 'text', '[]', 'law', '{}', now(), false FROM workbench.plans LIMIT 1"
    )
    async with cast.rehearsal("penalolen", cast.contact) as session:
        with pytest.raises(ProgrammingError, match="row-level security"):
            await session.execute(insert)
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        await session.execute(insert)
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text("UPDATE workbench.amendments SET reason = 'other'"))
    async with cast.at("penalolen", cast.coordinator) as session:
        await session.execute(insert)
    async with cast.at("maipu", cast.neighbour, read_only=True) as session:
        assert list(await amendments(session)) == []
        assert await session.scalar(select(Plan.slug)) is not None
