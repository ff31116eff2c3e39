"""Work for later: a row enqueued in the transaction that wants it, taken by a worker after commit."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DEFER = text(
    "SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, 0, NULL, :once, CAST(:args AS jsonb), NULL)::jobs.procrastinate_job_to_defer_v1])"
)


async def defer(session: AsyncSession, task: str, *, queue: str = "default", **args: Any) -> None:
    """The job exists if and only if this transaction commits. `args` are ids and other JSON, never objects."""
    await session.execute(DEFER, {"queue": queue, "task": task, "once": None, "args": json.dumps(args)})
