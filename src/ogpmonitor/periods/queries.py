"""Reading periods and what was reported in them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.periods.models import MilestoneReport, Period, ReportState
from ogpmonitor.plans.models import Milestone


async def list_periods(session: AsyncSession) -> Sequence[Period]:
    """Every period of the tenant, the newest first."""
    return (await session.scalars(select(Period).order_by(Period.starts_on.desc()))).all()


async def get_period(session: AsyncSession, code: str) -> Period:
    """The period called so.

    Raises:
        NotFound: the tenant has none.
    """
    period = (await session.scalars(select(Period).where(Period.code == code))).one_or_none()
    if period is None:
        raise NotFound("period.not_found")
    return period


async def period_taking(session: AsyncSession, *, on: date) -> Period | None:
    """The newest period that takes reports on a day of the tenant's zone, or None."""
    statement = (
        select(Period)
        .where(Period.opens_on <= on, Period.closed_at.is_(None))
        .order_by(Period.starts_on.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def report_in(session: AsyncSession, milestone_id: UUID, period: Period | None) -> MilestoneReport | None:
    """What was reported of a milestone in `period`; without one, what was reported last and is still undecided."""
    statement = select(MilestoneReport).where(MilestoneReport.milestone_id == milestone_id)
    if period is not None:
        return (await session.scalars(statement.where(MilestoneReport.period_id == period.id))).one_or_none()
    undecided = statement.where(
        MilestoneReport.period_id.is_(None), MilestoneReport.state != ReportState.ACCEPTED
    ).order_by(MilestoneReport.reported_at.desc())
    return (await session.scalars(undecided.limit(1))).one_or_none()


async def get_report(session: AsyncSession, report_id: UUID, *, to_write: bool = False) -> MilestoneReport:
    """One report; `to_write` waits for whoever is writing it.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    statement = select(MilestoneReport).where(MilestoneReport.id == report_id)
    report = (await session.scalars(statement.with_for_update() if to_write else statement)).one_or_none()
    if report is None:
        raise NotFound("report.not_found")
    return report


async def reports_of(session: AsyncSession, period: Period) -> Mapping[UUID, MilestoneReport]:
    """What was reported in `period`, by milestone: one query."""
    found = await session.scalars(select(MilestoneReport).where(MilestoneReport.period_id == period.id))
    return {report.milestone_id: report for report in found}


async def waiting_outside_periods(session: AsyncSession) -> Sequence[MilestoneReport]:
    """What waits for a decision and belongs to no period, the oldest first."""
    statement = (
        select(MilestoneReport)
        .where(MilestoneReport.period_id.is_(None), MilestoneReport.state == ReportState.SUBMITTED)
        .order_by(MilestoneReport.reported_at)
    )
    return (await session.scalars(statement)).all()


async def counts(session: AsyncSession, periods: Iterable[Period]) -> Mapping[UUID, Mapping[str, int]]:
    """How many reports of each state each period holds: one query for any number of periods."""
    ids = [period.id for period in periods]
    statement = (
        select(MilestoneReport.period_id, MilestoneReport.state, func.count())
        .where(MilestoneReport.period_id.in_(ids))
        .group_by(MilestoneReport.period_id, MilestoneReport.state)
    )
    found: dict[UUID, dict[str, int]] = {period_id: {} for period_id in ids}
    for period_id, state, number in await session.execute(statement):
        if period_id is not None:
            found[period_id][state] = number
    return found


async def period_of(session: AsyncSession, report: MilestoneReport) -> Period | None:
    """The period that `report` was made in, or None."""
    return await session.get(Period, report.period_id) if report.period_id else None


async def hold_milestones(session: AsyncSession) -> None:
    """Nobody else writes a milestone of this tenant until the end; whoever writes one now is waited for."""
    await session.execute(select(Milestone.id).order_by(Milestone.id).with_for_update())
