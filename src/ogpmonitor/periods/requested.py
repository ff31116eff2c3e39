"""Reading requests for reports, and what can be asked of whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.periods.models import MilestoneReport, Period, ReportRequest
from ogpmonitor.plans.models import Commitment, Milestone, Plan, PlanStatus


@dataclass
class Unit:
    """What one unit owes in submitted plans, and whom to ask: the first contact that its milestones name."""

    name: str
    milestones: list[Milestone] = field(default_factory=list)

    @property
    def contact(self) -> dict[str, str]:
        """`name` and `email` of the contact, as far as they are known."""
        known = (one.contact for one in self.milestones if one.contact and one.contact.get("email"))
        return next(known, {})


def answers_for(milestone: Milestone, unit: str) -> bool:
    """Whether `unit` is what the milestone's responsible unit is called, in any language."""
    said = milestone.responsible_unit or {}
    return unit in (said.get(key) for key in said if key not in {"source", "unofficial", "outdated"})


async def list_requests(session: AsyncSession) -> Sequence[ReportRequest]:
    """Every request of the tenant, the newest first."""
    statement = select(ReportRequest).order_by(ReportRequest.created_at.desc(), ReportRequest.id)
    return (await session.scalars(statement)).all()


async def get_request(session: AsyncSession, request_id: UUID) -> ReportRequest:
    """One request.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    request = await session.get(ReportRequest, request_id)
    if request is None:
        raise NotFound("request.not_found")
    return request


async def is_known(session: AsyncSession, request_id: UUID) -> bool:
    """Whether there is a request with this id."""
    return await session.scalar(select(ReportRequest.id).where(ReportRequest.id == request_id)) is not None


async def milestones_of(session: AsyncSession, *requests: ReportRequest) -> Sequence[Milestone]:
    """The milestones that these requests name and that are still there, in the plans' order: one query."""
    wanted = {one for request in requests for one in request.milestone_ids}
    return await _milestones(session, Milestone.id.in_(wanted))


async def list_units(session: AsyncSession) -> list[Unit]:
    """Every unit that answers for a milestone of a submitted plan that was not set aside, by name: one query."""
    steps = await _milestones(
        session,
        Plan.status != PlanStatus.COCREATION,
        Milestone.responsible_unit.is_not(None),
        Milestone.set_aside.is_(None),
        Commitment.set_aside.is_(None),
    )
    units: dict[str, Unit] = {}
    for step in steps:
        said = step.responsible_unit or {}
        name = said[said["source"]]
        units.setdefault(name, Unit(name)).milestones.append(step)
    return sorted(units.values(), key=lambda unit: unit.name.casefold())


async def list_periods(session: AsyncSession) -> Sequence[Period]:
    """The periods that still take reports, the newest first."""
    return (await session.scalars(select(Period).where(Period.closed_at.is_(None)).order_by(Period.code.desc()))).all()


async def milestones_by_id(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Milestone]:
    """Those of the milestones that are there, in the plans' order: one query."""
    return await _milestones(session, Milestone.id.in_(list(ids)))


async def period_codes(session: AsyncSession, *requests: ReportRequest) -> dict[UUID | None, str]:
    """The codes of the periods that these requests are about: one query."""
    statement = select(Period.id, Period.code).where(Period.id.in_({one.period_id for one in requests}))
    return {row.id: row.code for row in await session.execute(statement)}


async def reported_through(session: AsyncSession, *requests: ReportRequest) -> dict[UUID | None, int]:
    """How many milestones were reported through each of these requests: one query."""
    statement = (
        select(MilestoneReport.request_id, func.count().label("number"))
        .where(MilestoneReport.request_id.in_([one.id for one in requests]))
        .group_by(MilestoneReport.request_id)
    )
    return {row.request_id: row.number for row in await session.execute(statement)}


async def states_through(session: AsyncSession, request: ReportRequest) -> dict[UUID, str]:
    """What became of each report that came through this request, by milestone: one query."""
    statement = select(MilestoneReport.milestone_id, MilestoneReport.state).where(
        MilestoneReport.request_id == request.id
    )
    return {row.milestone_id: row.state for row in await session.execute(statement)}


async def _milestones(session: AsyncSession, *conditions: ColumnElement[bool]) -> Sequence[Milestone]:
    statement = (
        select(Milestone)
        .join(Milestone.commitment)
        .join(Commitment.plan)
        .where(*conditions)
        .options(contains_eager(Milestone.commitment).contains_eager(Commitment.plan))
        .order_by(Plan.slug.desc(), Commitment.position, Milestone.position)
    )
    return (await session.scalars(statement)).all()
