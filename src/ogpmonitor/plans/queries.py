"""Reading plans of the workbench."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ogpmonitor.evidence.models import Evidence, Voice
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.plans.models import Amendment, Commitment, Milestone, Plan

MOST_MINUTES = 200
WHOLE = selectinload(Plan.commitments).selectinload(Commitment.milestones)


async def list_plans(session: AsyncSession) -> Sequence[Plan]:
    """Every plan of the tenant, newest first, without commitments."""
    return (await session.scalars(select(Plan).order_by(Plan.slug.desc()))).all()


async def get_plan(session: AsyncSession, slug: str) -> Plan:
    """A plan with its commitments and their milestones: three queries, whatever its size.

    Raises:
        NotFound: the tenant has no plan called so.
    """
    plan = (await session.scalars(select(Plan).where(Plan.slug == slug).options(WHOLE))).one_or_none()
    if plan is None:
        raise NotFound("plan.not_found")
    return plan


async def get_milestone(session: AsyncSession, milestone_id: UUID, *, to_write: bool = False) -> Milestone:
    """A milestone with its commitment and plan. `to_write` waits for whoever is writing it, and holds it until the end.

    A row that the actor may read and not write cannot be held: it is given as it is, for the service to refuse.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    statement = (
        select(Milestone)
        .where(Milestone.id == milestone_id)
        .options(joinedload(Milestone.commitment, innerjoin=True).joinedload(Commitment.plan, innerjoin=True))
    )
    held = statement.with_for_update(of=Milestone) if to_write else statement
    milestone = (await session.scalars(held)).one_or_none()
    if milestone is None and to_write:
        milestone = (await session.scalars(statement)).one_or_none()
    if milestone is None:
        raise NotFound("milestone.not_found")
    return milestone


async def list_amendments(session: AsyncSession, plan: Plan) -> Sequence[tuple[Amendment, Evidence | None]]:
    """Every amendment of `plan` with the forum's minute, if it has one, newest last: one query for any number."""
    statement = (
        select(Amendment, Evidence)
        .outerjoin(Evidence, Evidence.id == Amendment.minute_id)
        .where(Amendment.plan_id == plan.id)
        .order_by(Amendment.made_at, Amendment.id)
    )
    return [(amendment, minute) for amendment, minute in await session.execute(statement)]


async def list_minutes(session: AsyncSession) -> Sequence[Evidence]:
    """What may be a forum's minute: the government's evidence that stands, minutes first, then the newest."""
    statement = (
        select(Evidence)
        .where(Evidence.voice == Voice.GOVERNMENT, Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.category != "minute", Evidence.submitted_at.desc(), Evidence.id)
        .limit(MOST_MINUTES)
    )
    return (await session.scalars(statement)).all()


async def get_plan_alone(session: AsyncSession, slug: str, *, to_write: bool = False) -> Plan:
    """A plan without its commitments. `to_write` waits for whoever is writing it, and holds it until the end.

    Raises:
        NotFound: the tenant has no plan called so.
    """
    statement = select(Plan).where(Plan.slug == slug)
    plan = (await session.scalars(statement.with_for_update() if to_write else statement)).one_or_none()
    if plan is None:
        raise NotFound("plan.not_found")
    return plan


async def get_commitment(session: AsyncSession, slug: str, code: str, *, to_write: bool = False) -> Commitment:
    """A commitment with its plan and milestones. `to_write` waits for whoever is writing it, and holds it.

    Raises:
        NotFound: the tenant has no such plan, or the plan no such commitment.
    """
    statement = (
        select(Commitment)
        .join(Commitment.plan)
        .where(Plan.slug == slug, Commitment.code == code)
        .options(contains_eager(Commitment.plan), selectinload(Commitment.milestones))
    )
    held = statement.with_for_update(of=Commitment) if to_write else statement
    commitment = (await session.scalars(held)).one_or_none()
    if commitment is None:
        raise NotFound("commitment.not_found")
    return commitment


async def list_whole_plans(session: AsyncSession) -> Sequence[Plan]:
    """Every plan of the tenant with commitments and milestones, newest first: three queries, however many there are."""
    return (await session.scalars(select(Plan).order_by(Plan.slug.desc()).options(WHOLE))).all()


async def get_milestone_at(
    session: AsyncSession, slug: str, commitment: str, code: str, *, to_write: bool = False
) -> Milestone:
    """A milestone, by the codes it is known by, with its commitment and plan; `to_write` as for a commitment.

    Raises:
        NotFound: the tenant has no such plan, the plan no such commitment, or the commitment no such milestone.
    """
    statement = (
        select(Milestone)
        .join(Milestone.commitment)
        .join(Commitment.plan)
        .where(Plan.slug == slug, Commitment.code == commitment, Milestone.code == code)
        .options(contains_eager(Milestone.commitment).contains_eager(Commitment.plan))
    )
    held = statement.with_for_update(of=Milestone) if to_write else statement
    milestone = (await session.scalars(held)).one_or_none()
    if milestone is None:
        raise NotFound("milestone.not_found")
    return milestone


async def codes_of_commitments(session: AsyncSession, plan: Plan) -> Sequence[str]:
    """The codes of every commitment of `plan`."""
    return (await session.scalars(select(Commitment.code).where(Commitment.plan_id == plan.id))).all()
