"""Beginning and ending support access. The database's own functions do it, record it twice, and nothing else can.

Both traces are theirs: in the record of the jurisdiction and in that of the platform (`platform.begin_support`,
`platform.end_support`).
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.kit import events
from ogpmonitor.kit.calling import call
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.support.models import SupportAccess
from ogpmonitor.support.schemas import SupportForm

BEGUN = msgid("You can read here already. Load the page again.")
ENDED = msgid("This access has ended already.")
BEGIN = text("SELECT platform.begin_support(:reason, :hours)")
END = text("SELECT platform.end_support(:access)")


async def begin(session: AsyncSession, asked: SupportForm, *, by: Actor) -> UUID:
    """`by` reads the government's workbench of the session's jurisdiction until the hours are over. Its id.

    A notice stands on every page of the workbench, and its coordinators get a letter.

    Raises:
        NotPermitted: `by` is no operator.
        Conflict: `by` reads there already.
    """
    if not permits(by, Permission.SUPPORT_ASK):
        raise NotPermitted(Permission.SUPPORT_ASK)
    begun: UUID = await call(
        session,
        BEGIN,
        {"reason": asked.reason, "hours": asked.hours},
        gone=Conflict("support.begun", BEGUN),
        refused=NotPermitted(Permission.SUPPORT_ASK),
    )
    await events.tell(session, "support.begun", str(begun))
    return begun


async def end(session: AsyncSession, access: SupportAccess, *, by: Actor) -> None:
    """The access is over, now and in every process.

    Raises:
        NotPermitted: `by` neither coordinates the jurisdiction nor is an operator.
        Conflict: it was over before.
    """
    if not permits(by, Permission.SUPPORT_END):
        raise NotPermitted(Permission.SUPPORT_END)
    await call(
        session,
        END,
        {"access": access.id},
        gone=Conflict("support.ended", ENDED),
        refused=NotPermitted(Permission.SUPPORT_END),
    )
    await session.refresh(access)
