"""Periods as their pages show them: how many milestones are accounted for, and what each one's report stands at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.periods.calendar import Standing, standing
from ogpmonitor.periods.models import MilestoneReport, Period, ReportState
from ogpmonitor.plans.models import Commitment, Milestone, Plan, Progress

MISSING = "missing"
STATES = (MISSING, ReportState.SUBMITTED.value, ReportState.RETURNED.value, ReportState.ACCEPTED.value)


@dataclass(frozen=True)
class PeriodRow:
    """One period with its figures. `missing` counts the milestones nobody has reported on."""

    period: Period
    standing: Standing
    base: int
    accepted: int
    waiting: int
    returned: int
    missing: int


@dataclass(frozen=True)
class Line:
    """One milestone in one period. `state` is a code of STATES."""

    milestone: Milestone
    commitment: str
    title: Localized
    unit: Localized | None
    report: MilestoneReport | None

    @property
    def state(self) -> str:
        return self.report.state if self.report else MISSING


def standing_of(period: Period, *, on: date) -> Standing:
    """How `period` stands on a day of the tenant's zone."""
    return standing(period.opens_on, period.closes_on, is_closed=period.closed_at is not None, on=on)


def to_report(plans: Sequence[Plan], period: Period | None = None) -> list[tuple[Commitment, Milestone]]:
    """Every milestone of `plans` (loaded whole) that somebody owes a report on, with its commitment, in their order.

    With `period`, only of plans that touch it; a plan without dates touches every period.
    """
    return [
        (commitment, milestone)
        for plan in plans
        if period is None or touches(plan, period)
        for commitment in plan.commitments
        if commitment.set_aside is None
        for milestone in commitment.milestones
        if milestone.set_aside is None and milestone.progress != Progress.WITHDRAWN
    ]


def touches(plan: Plan, period: Period) -> bool:
    """Whether any day of `period` lies within `plan`."""
    starts_on = PartialDate.parse(plan.starts_on).first_day if plan.starts_on else period.starts_on
    ends_on = PartialDate.parse(plan.cycle_ends_on or plan.ends_on or "9999").last_day
    return starts_on <= period.ends_on and period.starts_on <= ends_on


def period_rows(
    periods: Sequence[Period], counts: Mapping[UUID, Mapping[str, int]], plans: Sequence[Plan], *, on: date
) -> list[PeriodRow]:
    """`periods` in their order, with their figures."""
    rows = []
    for period in periods:
        found = counts.get(period.id, {})
        base = len(to_report(plans, period))
        accepted, waiting, returned = (found.get(state, 0) for state in (STATES[3], STATES[1], STATES[2]))
        missing = max(0, base - accepted - waiting - returned)
        rows.append(PeriodRow(period, standing_of(period, on=on), base, accepted, waiting, returned, missing))
    return rows


def lines_of(owed: Sequence[tuple[Commitment, Milestone]], reports: Mapping[UUID, MilestoneReport]) -> list[Line]:
    """Each milestone with its report, in the plan's order."""
    return [
        Line(
            milestone,
            commitment.code,
            Localized.model_validate(milestone.title),
            Localized.model_validate(milestone.responsible_unit) if milestone.responsible_unit else None,
            reports.get(milestone.id),
        )
        for commitment, milestone in owed
    ]
