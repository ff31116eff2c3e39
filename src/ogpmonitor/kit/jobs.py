"""Work for later: a row enqueued in the transaction that wants it, taken by a worker after commit."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DEFER = text(
    "SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, :priority, NULL, :once, CAST(:args AS jsonb), NULL)::jobs.procrastinate_job_to_defer_v1])"
)


SOMEBODY_WAITS = 10  # the priority of what a person sits before the screen for; all else has 0


async def defer(session: AsyncSession, task: str, *, queue: str = "default", priority: int = 0, **args: Any) -> None:
    """The job exists if and only if this transaction commits. `args` are ids and other JSON, never objects.

    Of the jobs that wait, one with a higher `priority` is taken first; what is being done is not interrupted.
    """
    told = {"queue": queue, "task": task, "priority": priority, "once": None, "args": json.dumps(args)}
    await session.execute(DEFER, told)
