"""What a plan being written holds in the database, and what the record says about it."""

from sqlalchemy import select
from tests.factories.cast import Cast

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.plans.models import Milestone, Plan
from ogpmonitor.plans.queries import get_plan

COORDINATOR = "penalolen-coordinator"


async def the_plan(cast: Cast, slug: str = "2026-2028") -> Plan:
    """Peñalolén's plan, as its coordinator finds it."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return await get_plan(session, slug)


async def the_milestone(cast: Cast) -> Milestone:
    """The first milestone of its first commitment."""
    return (await the_plan(cast)).commitments[0].milestones[0]


async def traces(cast: Cast) -> list[AuditRecord]:
    """The record of Peñalolén, oldest first."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return list((await session.scalars(select(AuditRecord).order_by(AuditRecord.at))).all())
