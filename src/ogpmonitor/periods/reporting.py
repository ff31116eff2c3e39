"""Reports of milestones: a coordinator's stands at once, a contact's waits until the coordinator accepts it.

What a contact says is kept in its report and touches the milestone only once it is accepted. The evidence that came
with it backs the milestone in the workbench and is held back from publication until then.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage
from ogpmonitor.periods.models import MilestoneReport, Period, ReportState
from ogpmonitor.periods.queries import report_in
from ogpmonitor.plans.models import Milestone, Progress
from ogpmonitor.plans.reporting import DAYS, Submission, report_of, submit_evidence, withdraw_evidence
from ogpmonitor.plans.service import Report, problems_of, report_progress

TEXTS = ("text", "late_reason")


@dataclass(frozen=True)
class Occasion:
    """When something is reported: on which day of the tenant's zone, for which period if any, by whom."""

    on: date
    by: Actor
    period: Period | None = None


async def report(
    session: AsyncSession,
    storage: Storage,
    milestone: Milestone,
    submission: Submission,
    occasion: Occasion,
    *,
    max_bytes: int,
) -> MilestoneReport:
    """What `submission` says is reported: a coordinator's is accepted at once, a contact's waits.

    A contact's second report of the same period takes the place of its first. With "nothing new" the words and dates
    of the form are left aside: the answer says that the milestone stands as it did.

    Raises:
        NotPermitted: `by` is neither a coordinator nor in the responsible unit.
        Conflict: the period is closed, or the unit's own report waits for the coordinator's decision.
        Invalid, TooLarge: something does not hold together (ask `problems_in` first to say it beside the field).
    """
    by = occasion.by
    if not permits(by, Permission.MILESTONE_REPORT, milestone):
        raise NotPermitted(Permission.MILESTONE_REPORT, msgid("Another unit answers for this milestone."))
    is_final = permits(by, Permission.REPORT_REVIEW)
    row = await _row(session, milestone, occasion, is_final=is_final)
    said = said_of(report_of(submission, milestone), milestone, nothing_new=submission.form.nothing_new)
    if not is_final and not submission.form.nothing_new:
        for problem in problems_of(milestone, said, on=occasion.on):
            raise problem
    kept = await submit_evidence(session, storage, milestone, submission, max_bytes=max_bytes, by=by)
    written = {**as_json(said), "evidence": [str(one.id) for one in kept], **_withdrawals(submission)}
    await _say(session, row, written, nothing_new=submission.form.nothing_new, demo=submission.demo, by=by)
    if is_final:
        await _apply(session, row, milestone, on=occasion.on, by=by)
        row.state, row.decided_at, row.decided_by = ReportState.ACCEPTED, row.reported_at, by.id
        await session.flush()
    else:
        await _hold_back(session, kept)
        after = {**written, "nothing_new": row.nothing_new}
        await audit.record(session, "milestone.reported", by=by, about=milestone, after=after)
    return row


async def accept(session: AsyncSession, row: MilestoneReport, milestone: Milestone, *, on: date, by: Actor) -> None:
    """`milestone` says what `row` says, and its evidence may be published.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it was decided before.
        Invalid: it no longer holds together with what the plan says now.
    """
    _permit_decision(row, by=by)
    await _apply(session, row, milestone, on=on, by=by)
    _decide(row, ReportState.ACCEPTED, by=by)
    await session.flush()
    await audit.record(session, "report.accepted", by=by, about=milestone, after={"report": str(row.id)})


async def send_back(session: AsyncSession, row: MilestoneReport, milestone: Milestone, *, note: str, by: Actor) -> None:
    """`row` waits for its unit to correct it, and says what is wrong. The milestone stays as it is.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it was decided before.
        Invalid: no note (`note`).
    """
    _permit_decision(row, by=by)
    if not note.strip():
        raise Invalid("report.note", msgid("Say what should be corrected."), field="note")
    _decide(row, ReportState.RETURNED, by=by)
    row.note = note.strip()
    await session.flush()
    await audit.record(session, "report.returned", by=by, about=milestone, after={"report": str(row.id)}, reason=note)


def said_of(said: Report, milestone: Milestone, *, nothing_new: bool) -> Report:
    """What is reported: `said`, or with "nothing new" what the milestone says already."""
    return replace(standing_report(milestone), demo=said.demo) if nothing_new else said


def standing_report(milestone: Milestone) -> Report:
    """What `milestone` says now, as a report."""
    return Report(
        progress=Progress(milestone.progress),
        text=_localized(milestone.progress_text),
        started_on=milestone.started_on,
        completed_on=milestone.completed_on,
        expected_on=milestone.expected_on,
        percent=milestone.percent,
        late_reason=_localized(milestone.late_reason),
    )


def as_json(said: Report) -> dict[str, Any]:
    """`said` as its row keeps it."""
    days = {name: day.isoformat() if (day := getattr(said, name)) else None for name in DAYS}
    texts = {name: text.model_dump(mode="json") if (text := getattr(said, name)) else None for name in TEXTS}
    return {"progress": said.progress.value, **texts, **days, "percent": said.percent}


def report_said(said: Mapping[str, Any], *, demo: bool = False) -> Report:
    """What a row keeps, as a report."""
    days = {name: date.fromisoformat(said[name]) if said.get(name) else None for name in DAYS}
    return Report(
        progress=Progress(said["progress"]),
        text=_localized(said.get("text")),
        late_reason=_localized(said.get("late_reason")),
        percent=said.get("percent"),
        demo=demo,
        **days,
    )


async def _row(session: AsyncSession, milestone: Milestone, occasion: Occasion, *, is_final: bool) -> MilestoneReport:
    period = occasion.period
    if period is not None and period.closed_at is not None:
        raise Conflict("period.closed", msgid("This period is closed. Reopen it first."))
    row = await report_in(session, milestone.id, period)
    if row is not None and is_final and row.state == ReportState.SUBMITTED:
        message = msgid("The unit has sent a report on this milestone. Accept it or return it first.")
        raise Conflict("report.waits", message)
    if row is None or (period is None and row.state == ReportState.RETURNED and is_final):
        row = MilestoneReport(period_id=period.id if period else None, milestone_id=milestone.id)
    return row


async def _say(
    session: AsyncSession,
    row: MilestoneReport,
    said: dict[str, Any],
    *,
    nothing_new: bool,
    demo: bool,
    by: Actor,
) -> None:
    before = row.said if row.state in {ReportState.RETURNED, ReportState.SUBMITTED} else None
    if before:  # what came with the first attempt still belongs to the second
        for name in ("evidence", "withdraw"):
            said[name] = [*before.get(name, ()), *(one for one in said[name] if one not in before.get(name, ()))]
    row.said, row.nothing_new, row.demo = said, nothing_new, demo
    row.state = ReportState.SUBMITTED
    row.reported_at, row.reported_by, row.request_id = utc_now().replace(microsecond=0), by.id, by.request_id
    row.decided_at = row.decided_by = None
    session.add(row)
    await session.flush()


def _withdrawals(submission: Submission) -> dict[str, Any]:
    ids = [str(one) for one in submission.form.withdraw]
    return {"withdraw": ids, "withdraw_reason": submission.form.withdraw_reason}


async def _apply(session: AsyncSession, row: MilestoneReport, milestone: Milestone, *, on: date, by: Actor) -> None:
    """The milestone says it. "Nothing new" moves only the day of its last report."""
    if row.nothing_new:
        milestone.reported_at = row.reported_at
        await session.flush()
        await audit.record(session, "milestone.nothing_new", by=by, about=milestone)
    else:
        said = report_said(row.said, demo=row.demo)
        await report_progress(session, milestone, said, on=on, at=row.reported_at, by=by)
    ids = {UUID(one) for one in row.said.get("withdraw", ())}
    reason = row.said.get("withdraw_reason") or ""
    await withdraw_evidence(session, milestone, ids, reason=reason, by=by)
    await _release(session, [UUID(one) for one in row.said.get("evidence", ())])


async def _hold_back(session: AsyncSession, kept: Sequence[Evidence]) -> None:
    for one in kept:
        one.waiting = True
    await session.flush()


async def _release(session: AsyncSession, ids: Collection[UUID]) -> None:
    if ids:
        statement = update(Evidence).where(Evidence.id.in_(ids), Evidence.waiting).values(waiting=False)
        await session.execute(statement)


def _permit_decision(row: MilestoneReport, *, by: Actor) -> None:
    if not permits(by, Permission.REPORT_REVIEW):
        raise NotPermitted(Permission.REPORT_REVIEW)
    if row.state != ReportState.SUBMITTED:
        raise Conflict("report.decided", msgid("Somebody has decided on this report already."))


def _decide(row: MilestoneReport, state: ReportState, *, by: Actor) -> None:
    row.state, row.decided_at, row.decided_by = state, utc_now().replace(microsecond=0), by.id


def _localized(value: dict[str, Any] | None) -> Localized | None:
    return Localized.model_validate(value) if value else None
