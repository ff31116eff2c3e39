"""Writing plans: load one from its file, report the progress of a milestone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.models import Commitment, Milestone, Plan, Progress
from ogpmonitor.plans.planfile import CommitmentFile, MilestoneFile, PlanFile
from ogpmonitor.register.lateness import days_late

PLAN_COLUMNS = {
    "slug", "title", "status", "source_language", "starts_on", "ends_on", "cycle_ends_on", "submitted_on",
    "commitments",
}  # fmt: skip
COMMITMENT_COLUMNS = {"code", "title", "starts_on", "ends_on", "milestones"}
MILESTONE_COLUMNS = {"code", "title", "starts_on", "due_on", "responsible_unit"}
RANKS: Mapping[str, int] = {Progress.NOT_STARTED: 0, Progress.ONGOING: 1, Progress.COMPLETED: 2}
EARLIEST_YEAR = 2000  # a year typed with two digits lands long before it
NOT_CONTENT = {*MILESTONE_COLUMNS, "commitment"}  # a demo file also says which commitment it belongs to


async def load_plan(session: AsyncSession, file: PlanFile, *, by: Actor, demo: bool = False) -> Plan | None:
    """The plan that `file` describes stands in the workbench; one that stands there already is left as it is (None).

    People edit a plan after it was loaded, so a file never overwrites it.
    """
    if await session.scalar(select(Plan.id).where(Plan.slug == file.slug)):
        return None
    plan = Plan(
        **_columns(file, {"slug", "title", "status", "source_language"}),
        **_columns(file, {"starts_on", "ends_on", "cycle_ends_on", "submitted_on"}),
        content=file.model_dump(mode="json", exclude=PLAN_COLUMNS, exclude_none=True),
        demo=demo,
        commitments=[commitment_row(one, position, demo=demo) for position, one in enumerate(file.commitments)],
    )
    session.add(plan)
    await session.flush()
    await audit.record(session, "plan.loaded", by=by, about=plan, after={"slug": plan.slug})
    return plan


def commitment_row(file: CommitmentFile, position: int, *, demo: bool) -> Commitment:
    """A new row for the commitment that `file` describes, with its milestones."""
    return Commitment(
        **_columns(file, {"code", "title", "starts_on", "ends_on"}),
        position=position,
        content=file.model_dump(mode="json", exclude=COMMITMENT_COLUMNS, exclude_none=True),
        demo=demo,
        milestones=[milestone_row(one, place, demo=demo) for place, one in enumerate(file.milestones)],
    )


def milestone_row(file: MilestoneFile, position: int, *, demo: bool) -> Milestone:
    """A new row for the milestone that `file` describes, with nothing reported."""
    return Milestone(
        **_columns(file, MILESTONE_COLUMNS),
        position=position,
        content=file.model_dump(mode="json", exclude=NOT_CONTENT, exclude_none=True),
        demo=demo,
        progress=Progress.NOT_STARTED,
        report_demo=False,
    )


async def add_commitment(
    session: AsyncSession, plan: Plan, file: CommitmentFile, *, by: Actor, demo: bool
) -> Commitment:
    """`plan` (loaded whole) ends with the commitment that `file` describes.

    Raises:
        NotPermitted: `by` is not a coordinator.
    """
    if not permits(by, Permission.PLAN_WRITE, plan):
        raise NotPermitted(Permission.PLAN_WRITE)
    commitment = commitment_row(file, len(plan.commitments), demo=demo)
    plan.commitments.append(commitment)
    await session.flush()
    await audit.record(session, "commitment.added", by=by, about=commitment, after={"code": commitment.code})
    return commitment


async def add_milestone(
    session: AsyncSession, commitment: Commitment, file: MilestoneFile, *, by: Actor, demo: bool
) -> Milestone:
    """`commitment` (loaded with its milestones) ends with the milestone that `file` describes, nothing reported yet.

    Raises:
        NotPermitted: `by` is not a coordinator.
    """
    if not permits(by, Permission.PLAN_WRITE, commitment):
        raise NotPermitted(Permission.PLAN_WRITE)
    milestone = milestone_row(file, len(commitment.milestones), demo=demo)
    commitment.milestones.append(milestone)
    await session.flush()
    await audit.record(session, "milestone.added", by=by, about=milestone, after={"code": milestone.code})
    return milestone


def _columns(file: PlanFile | CommitmentFile | MilestoneFile, names: set[str]) -> dict[str, Any]:
    dumped = file.model_dump(mode="json", include=names)
    return {name: dumped[name] for name in names}


@dataclass(frozen=True)
class Report:
    """What a unit says about a milestone."""

    progress: Progress
    text: Localized | None = None
    started_on: date | None = None
    completed_on: date | None = None
    late_reason: Localized | None = None
    demo: bool = False
    expected_on: date | None = None
    percent: int | None = None


def late_days(milestone: Milestone, *, on: date) -> int:
    """How many days ago it should have been completed and is not; 0 if it is not late, also on the day it is due.

    `on` is a day in the tenant's time zone. A milestone that was withdrawn or set aside owes nothing any more.
    """
    due_on = PartialDate.parse(milestone.due_on) if milestone.due_on else None
    return days_late(due_on, milestone.progress, on=on, set_aside=milestone.set_aside)


def said_in(lang: str, words: str | None, before: dict[str, Any] | None) -> Localized | None:
    """What is said once `words` are written in `lang`; what people wrote in other languages stays.

    Words that are there already change nothing. New ones make `lang` the language it was written in, and our own
    translations of the old ones go with them. None takes the words in `lang` away.
    """
    known = Localized.model_validate(before) if before else None
    if known and words is not None and known.texts.get(lang, "").strip() == words:
        return known
    texts = {code: text for code, text in known.texts.items() if not known.is_unofficial(code)} if known else {}
    texts.pop(lang, None)
    if words is not None:
        return Localized.model_validate({**texts, lang: words, "source": lang})
    if known and not known.has(lang):
        return known
    return Localized.model_validate({**texts, "source": next(iter(texts))}) if texts else None


def needs_reason(milestone: Milestone, report: Report, *, on: date) -> bool:
    """Whether `report` must say why: it is late or will be, says less than before, or sets the milestone aside."""
    due = PartialDate.parse(milestone.due_on).last_day if milestone.due_on else None
    if report.progress == Progress.WITHDRAWN or is_weaker(milestone, report):
        return True
    if due is None:
        return False
    if report.progress == Progress.COMPLETED:
        return report.completed_on is not None and report.completed_on > due
    return due < on or (report.expected_on is not None and report.expected_on > due)


def is_weaker(milestone: Milestone, report: Report) -> bool:
    """Whether `report` says less than the milestone does: an earlier state, or a smaller share done."""
    before, after = RANKS.get(milestone.progress), RANKS.get(report.progress)
    if before is not None and after is not None and after < before:
        return True
    return None not in (milestone.percent, report.percent) and (report.percent or 0) < (milestone.percent or 0)


async def report_progress(
    session: AsyncSession, milestone: Milestone, report: Report, *, on: date, by: Actor, at: datetime | None = None
) -> Milestone:
    """`milestone` says what `report` says, and the trace says who said so. `on` is today in the tenant's time zone.

    It counts as reported `at` that instant, which is now unless told otherwise.

    Reporting what it says already changes nothing and leaves no trace. Nothing is public before it is published.

    Raises:
        NotPermitted: `by` is not a coordinator; what a unit reports waits in a report of its own.
        Invalid: the dates contradict each other, or a reason is missing.
    """
    if not permits(by, Permission.REPORT_REVIEW, milestone):
        raise NotPermitted(Permission.REPORT_REVIEW)
    for problem in problems_of(milestone, report, on=on):
        raise problem
    before, after = _told(milestone), _as_columns(report)
    changed = {name for name in after if before[name] != after[name]}
    if not changed:
        return milestone
    for name in changed:
        setattr(milestone, name, after[name])
    milestone.reported_at = (at or utc_now()).replace(microsecond=0)
    milestone.report_demo = report.demo
    await session.flush()
    await audit.record(
        session,
        "milestone.progress_reported",
        by=by,
        about=milestone,
        before={name: _json(before[name]) for name in changed},
        after={name: _json(after[name]) for name in changed},
    )
    return milestone


def problems_of(milestone: Milestone, report: Report, *, on: date) -> Iterator[Invalid]:
    """Everything in `report` that does not hold together, each with the `field` to say it at. `on` is today there."""
    yield from _problems_of_state(report)
    yield from _problems_of_plans(milestone, report)
    yield from _problems_of_days(report, on=on)
    if needs_reason(milestone, report, on=on) and report.late_reason is None:
        yield Invalid(
            "milestone.reason", msgid("Say why: it is late or will be, or says less than before."), field="late_reason"
        )


def _problems_of_state(report: Report) -> Iterator[Invalid]:
    if report.progress == Progress.COMPLETED and report.completed_on is None:
        yield Invalid("milestone.completed_on", msgid("Say on which day it was completed."), field="completed_on")
    if report.progress != Progress.COMPLETED and report.completed_on is not None:
        yield Invalid(
            "milestone.not_completed",
            msgid("Only a completed milestone has this day. Choose “Completed”, or clear it."),
            field="completed_on",
        )
    if report.progress == Progress.NOT_STARTED and report.started_on is not None:
        yield Invalid(
            "milestone.not_started",
            msgid("A milestone that has not started has no such day. Choose another state, or clear it."),
            field="started_on",
        )


def _problems_of_plans(milestone: Milestone, report: Report) -> Iterator[Invalid]:
    if report.progress == Progress.WITHDRAWN != milestone.progress:
        message = msgid("Setting a milestone aside changes the plan. The open government unit does it with a reason.")
        yield Invalid("milestone.set_aside", message, field="progress")
    if report.expected_on and report.progress == Progress.COMPLETED:
        message = msgid("A completed milestone is not expected any more. Clear this day.")
        yield Invalid("milestone.expected", message, field="expected_on")
    if report.percent is not None and report.percent < 100 and report.progress == Progress.COMPLETED:
        message = msgid("A completed milestone is done to 100 %. Correct it, or leave it empty.")
        yield Invalid("milestone.percent", message, field="percent")


def _problems_of_days(report: Report, *, on: date) -> Iterator[Invalid]:
    if report.started_on and report.completed_on and report.completed_on < report.started_on:
        yield Invalid("milestone.dates", msgid("It cannot be completed before it started."), field="completed_on")
    for name, day in (("started_on", report.started_on), ("completed_on", report.completed_on)):
        if day and day > on:
            yield Invalid("milestone.future", msgid("This day has not come yet."), field=name)
        if day and day.year < EARLIEST_YEAR:
            yield Invalid("milestone.long_ago", msgid("This day is too long ago. Please check the year."), field=name)


def _told(milestone: Milestone) -> dict[str, Any]:
    names = ("progress", "progress_text", "started_on", "completed_on", "expected_on", "percent", "late_reason")
    return {name: getattr(milestone, name) for name in names}


def _as_columns(report: Report) -> dict[str, Any]:
    return {
        "progress": report.progress.value,
        "progress_text": report.text.model_dump(mode="json") if report.text else None,
        "started_on": report.started_on,
        "completed_on": report.completed_on,
        "expected_on": report.expected_on,
        "percent": report.percent,
        "late_reason": report.late_reason.model_dump(mode="json") if report.late_reason else None,
    }


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
