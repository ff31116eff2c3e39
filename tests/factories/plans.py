"""Milestones and forms with dull defaults."""

from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from tests.factories.cast import Cast

from ogpmonitor.plans.models import Commitment, Milestone

OWN_UNIT, OTHER_UNIT = "CLPLN0002/M6", "C2/M1"  # of Peñalolén's contact, and of another unit
LATE, COMPLETED = "CLPLN0002/M5", "CLPLN0002/M1"


async def milestone_of(session: AsyncSession, place: str) -> Milestone:
    """The milestone at "<commitment>/<code>" of the tenant at hand."""
    commitment, code = place.split("/")
    statement = (
        select(Milestone).join(Milestone.commitment).where(Commitment.code == commitment, Milestone.code == code)
    )
    return (await session.scalars(statement)).one()


async def address_of(cast: Cast, place: str, lang: str = "es") -> str:
    """Where Peñalolén's milestone is reported."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        found = await milestone_of(session, place)
    return f"/{lang}/penalolen/workbench/milestones/{found.id}/"


def report(version: int = 2, **given: Any) -> dict[str, Any]:
    """What the form sends for a late milestone that goes on."""
    return {
        "version": str(version),
        "progress": "ongoing",
        "text": "Se avanzó.",
        "started_on": "2024-02-05",
        "late_reason": "Faltó personal.",
        **given,
    }


async def version_at(client: httpx.AsyncClient, address: str) -> int:
    """The version that the form at this address would send."""
    page = await client.get(address)
    return int(page.text.split('name="version" value="')[1].split('"')[0])
