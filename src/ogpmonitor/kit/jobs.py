"""Work for later: a row enqueued in the transaction that wants it, taken by a worker after commit."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SOMEBODY_WAITS = 10  # a priority: it takes a moment, and somebody looks into a mailbox for it
DEFER = text(
    "SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, :priority, NULL, :once, CAST(:args AS jsonb), NULL)::jobs.procrastinate_job_to_defer_v1])"
)


async def defer(session: AsyncSession, task: str, *, queue: str = "default", priority: int = 0, **args: Any) -> None:
    """The job exists if and only if this transaction commits. `args` are ids and other JSON, never objects.

    Of the jobs that wait, the one with the highest `priority` is taken first; drawing a report has 0.
    """
    values = {"queue": queue, "task": task, "priority": priority, "once": None, "args": json.dumps(args)}
    await session.execute(DEFER, values)
