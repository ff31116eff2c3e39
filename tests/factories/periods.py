"""Reporting periods with dull defaults."""

from datetime import date
from uuid import UUID

from tests.factories.cast import Cast

from ogpmonitor.periods.models import Period

CODE = "2024-Q1"


async def a_period(cast: Cast, code: str = CODE) -> UUID:
    """Peñalolén's first quarter of 2024 takes reports for a long time."""
    async with cast.at("penalolen", cast.coordinator) as session:
        period = Period(
            code=code,
            starts_on=date(2024, 1, 1),
            ends_on=date(2024, 3, 31),
            opens_on=date(2025, 1, 1),
            closes_on=date(2125, 1, 31),
            closed_at=None,
        )
        session.add(period)
        await session.flush()
        return period.id
