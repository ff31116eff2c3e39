"""What the boards read: periods, and the reports given in them. Row policies show each tenant its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.boards.board import Heard, Said, period_at
from ogpmonitor.periods.models import MilestoneReport, Period, ReportState

PENDING = (ReportState.SUBMITTED, ReportState.RETURNED)


@dataclass(frozen=True)
class Reporting:
    """The tenant's periods, the one open now, what was heard in it, and every report that still waits for somebody."""

    periods: Sequence[Period]
    period: Period | None
    heard: Heard
    pending: Sequence[MilestoneReport]


async def reporting(session: AsyncSession, milestones: Iterable[UUID], *, on: date, zone: tzinfo) -> Reporting:
    """What was reported about `milestones` in the period open `on` that day: three queries for any number of them.

    Where no period is open, reports given outside any period take its place.
    """
    wanted = list(milestones)
    periods = (await session.scalars(select(Period).order_by(Period.starts_on))).all()
    period = period_at(periods, on=on)
    at_hand = period.id if period else None
    given = (
        select(MilestoneReport)
        .where(
            MilestoneReport.milestone_id.in_(wanted),
            or_(MilestoneReport.period_id == at_hand, MilestoneReport.state.in_(PENDING)),
        )
        .order_by(MilestoneReport.reported_at, MilestoneReport.id)
    )
    reports = (await session.scalars(given)).all()
    newest = (
        select(MilestoneReport.milestone_id, func.max(MilestoneReport.reported_at))
        .where(MilestoneReport.milestone_id.in_(wanted))
        .group_by(MilestoneReport.milestone_id)
    )
    last_at = {row[0]: row[1] for row in await session.execute(newest)}
    now = {one.milestone_id: Said(one.state, one.note) for one in reports if one.period_id == at_hand}
    return Reporting(
        periods, period, Heard(now, last_at, zone, period is not None), [one for one in reports if one.state in PENDING]
    )
