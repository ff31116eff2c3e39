"""What operators do at the desk. The database's own functions do it and leave the trace; nothing else can."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.kit.calling import call
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.tenants.models import State

SO_ALREADY = msgid("It has this state already. Load the page again.")
NOT_FAILED = msgid("This job is no longer among those that failed. Load the page again.")
SET_STATE = text("SELECT platform.set_tenant_state(:state, :reason)")
RETRY = text("SELECT platform.retry_job(:job)")
NOTE_FAILURE = text("SELECT platform.note_failure(:job, :error)")


async def set_state(session: AsyncSession, state: State, *, reason: str, by: Actor) -> None:
    """The session's jurisdiction is suspended, archived or active again, with a public reason.

    From this transaction on nobody of its government writes unless it is active; its monitor always does. Pages say so
    in every process as soon as it hears of it, a moment after commit.

    Raises:
        NotPermitted: `by` is no operator.
        Conflict: it has that state already.
    """
    if not permits(by, Permission.TENANT_SUSPEND):
        raise NotPermitted(Permission.TENANT_SUSPEND)
    await call(
        session,
        SET_STATE,
        {"state": state.value, "reason": reason},
        gone=Conflict("tenant.state", SO_ALREADY),
        refused=NotPermitted(Permission.TENANT_SUSPEND),
    )


async def retry(session: AsyncSession, job: int, *, by: Actor) -> None:
    """The job waits for a worker again, with what it was given at first.

    Raises:
        NotPermitted: `by` is no operator.
        Conflict: it did not fail, or somebody tried it again before.
    """
    if not permits(by, Permission.JOB_RETRY):
        raise NotPermitted(Permission.JOB_RETRY)
    await call(
        session,
        RETRY,
        {"job": job},
        gone=Conflict("job.not_failed", NOT_FAILED),
        refused=NotPermitted(Permission.JOB_RETRY),
    )


async def note_failure(session: AsyncSession, job: int, error: BaseException) -> None:
    """The class of `error` is kept with the job, and nothing of what it says."""
    kind = type(error)
    await session.execute(NOTE_FAILURE, {"job": job, "error": f"{kind.__module__}.{kind.__qualname__}"})
