"""What the worker does: counts that say nothing any more are deleted, so that nobody's hash is kept."""

from typing import Any

from ogpmonitor.limits.service import forget_old

FORGET_COUNTS = "limits.forget"
WHEN_FORGOTTEN = "*/10 * * * *"


async def forget_counts(context: Any, timestamp: int = 0) -> None:  # noqa: ARG001  the queue tells when it was due
    """Every count whose allowance is whole again is gone."""
    settings = context.additional_context["settings"]
    async with settings.database(pool_size=1) as database:
        await forget_old(database)
