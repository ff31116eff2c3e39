"""Work for later: a row enqueued in the transaction that wants it, taken by a worker after commit."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DEFER = text(
    "SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, :priority, NULL, :once, CAST(:args AS jsonb), NULL)::jobs.procrastinate_job_to_defer_v1])"
)


async def defer(session: AsyncSession, task: str, *, queue: str = "default", **args: str) -> None:
    """The job exists if and only if this transaction commits. `args` are ids and other JSON, never objects."""
    await _defer(session, task, queue, 0, args)


async def defer_first(session: AsyncSession, task: str, *, queue: str = "default", **args: str) -> None:
    """The same, before everything that waits already: it takes a moment, and somebody looks into a mailbox for it.

    What is being done is not interrupted.
    """
    await _defer(session, task, queue, 10, args)


async def _defer(session: AsyncSession, task: str, queue: str, priority: int, args: dict[str, str]) -> None:
    told = {"queue": queue, "task": task, "priority": priority, "once": None, "args": json.dumps(args)}
    await session.execute(DEFER, told)
