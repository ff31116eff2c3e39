"""Reporting progress: who may, when a reason is needed, and what is left in the record."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text
from tests.factories.cast import Cast
from tests.factories.plans import COMPLETED, LATE, OWN_UNIT, milestone_of

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.kit.errors import Invalid, NotPermitted
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.models import Progress
from ogpmonitor.plans.service import Report, late_days, needs_reason, problems_of, report_progress, said_in

TODAY = date(2024, 10, 1)
WHY = Localized.of("es", es="Faltó personal.")
GOES_ON = Report(Progress.ONGOING, Localized.of("es", es="Se avanzó."), date(2024, 2, 5), None, WHY)


async def records(session: Any) -> int:
    return int(await session.scalar(select(func.count()).select_from(AuditRecord)))


async def test_report_progress_leaves_a_trace_in_the_same_transaction(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        before = await records(session)
        milestone = await milestone_of(session, LATE)
        await report_progress(session, milestone, GOES_ON, on=TODAY, by=cast.coordinator)
        trace = (
            await session.scalars(
                select(AuditRecord).where(AuditRecord.subject_id == milestone.id).order_by(AuditRecord.at.desc())
            )
        ).first()

        assert await records(session) == before + 1
        assert trace is not None
        assert (trace.action, trace.actor_id) == ("milestone.progress_reported", cast.coordinator.id)
        assert set(trace.after or {}) == {"progress_text", "late_reason"}

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert await records(session) == before
        assert (await milestone_of(session, LATE)).version == 2


async def test_report_saying_the_same_leaves_no_trace(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, LATE)
        await report_progress(session, milestone, GOES_ON, on=TODAY, by=cast.coordinator)
        before, version, at = await records(session), milestone.version, milestone.reported_at
        await report_progress(session, milestone, GOES_ON, on=TODAY, by=cast.coordinator)

        assert (await records(session), milestone.version, milestone.reported_at) == (before, version, at)


async def test_report_progress_asks_the_table_of_permissions(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        own = await milestone_of(session, OWN_UNIT)
        for actor in (cast.contact, cast.monitor, cast.ogp_staff, cast.operator, cast.citizen):
            with pytest.raises(NotPermitted):
                await report_progress(session, own, GOES_ON, on=TODAY, by=actor)

        assert own.version == 2


@pytest.mark.parametrize(
    ("place", "report", "expected"),
    [
        (LATE, Report(Progress.ONGOING), True),
        (LATE, Report(Progress.COMPLETED, completed_on=date(2024, 8, 19)), False),
        (LATE, Report(Progress.COMPLETED, completed_on=date(2024, 8, 20)), True),
        (LATE, Report(Progress.WITHDRAWN), True),
        (COMPLETED, Report(Progress.ONGOING), True),
        (COMPLETED, Report(Progress.COMPLETED, completed_on=date(2022, 6, 22)), False),
    ],
)
async def test_a_reason_is_needed_when(cast: Cast, place: str, report: Report, *, expected: bool) -> None:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = await milestone_of(session, place)

        assert needs_reason(milestone, report, on=TODAY) is expected


async def test_late_begins_the_day_after(cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = await milestone_of(session, LATE)

        assert milestone.due_on == "2024-08-19"
        assert [late_days(milestone, on=date(2024, 8, day)) for day in (18, 19, 20)] == [0, 0, 1]
        assert not needs_reason(milestone, Report(Progress.ONGOING), on=date(2024, 8, 19))


@pytest.mark.parametrize(
    ("report", "codes"),
    [
        (Report(Progress.COMPLETED, late_reason=WHY), ["milestone.completed_on"]),
        (Report(Progress.ONGOING, completed_on=TODAY, late_reason=WHY), ["milestone.not_completed"]),
        (Report(Progress.NOT_STARTED, started_on=TODAY, late_reason=WHY), ["milestone.not_started"]),
        (Report(Progress.COMPLETED, None, TODAY, date(2024, 9, 1), WHY), ["milestone.dates"]),
        (Report(Progress.COMPLETED, None, None, date(2024, 10, 2), WHY), ["milestone.future"]),
        (Report(Progress.ONGOING, None, date(24, 10, 2), None, WHY), ["milestone.long_ago"]),
        (Report(Progress.ONGOING), ["milestone.reason"]),
        (Report(Progress.ONGOING, None, date(2024, 10, 2)), ["milestone.future", "milestone.reason"]),
    ],
)
async def test_every_problem_is_said_at_once(cast: Cast, report: Report, codes: list[str]) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, LATE)

        assert [problem.code for problem in problems_of(milestone, report, on=TODAY)] == codes
        with pytest.raises(Invalid, match=codes[0]):
            await report_progress(session, milestone, report, on=TODAY, by=cast.coordinator)


def test_said_in_keeps_what_people_wrote_in_other_languages() -> None:
    before = {"source": "es", "es": "Uno", "en": "One"}

    assert said_in("es", "Uno", before) == Localized.model_validate(before)
    assert said_in("es", "Dos", before) == Localized.of("es", es="Dos", en="One")
    assert said_in("en", "Two", before) == Localized.of("en", es="Uno", en="Two")
    assert said_in("es", None, before) == Localized.of("en", en="One")
    assert said_in("en", None, {"source": "es", "es": "Uno"}) == Localized.of("es", es="Uno")
    assert said_in("es", None, {"source": "es", "es": "Uno"}) is None
    assert said_in("es", "Uno", None) == Localized.of("es", es="Uno")


def test_said_in_takes_away_our_own_translation_of_what_is_no_longer_said() -> None:
    before = {"source": "es", "es": "Uno", "en": "One", "unofficial": ["en"]}

    assert said_in("es", "Dos", before) == Localized.of("es", es="Dos")
    assert said_in("es", "Uno", before) == Localized.model_validate(before)
    assert said_in("en", "One, really", before) == Localized.of("en", es="Uno", en="One, really")
    assert said_in("es", None, before) is None


async def test_a_contact_writes_no_milestone_by_sql_either(cast: Cast) -> None:
    """What a contact says waits in a report: the milestone itself is the coordinator's to write."""
    statement = text("UPDATE workbench.milestones SET progress = 'withdrawn' RETURNING responsible_unit ->> 'es'")

    async with cast.rehearsal("penalolen", cast.contact) as session:
        written = set((await session.scalars(statement)).all())
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        all_units = set((await session.scalars(statement)).all())

    assert written == set()
    assert len(all_units) > 1
