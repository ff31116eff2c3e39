"""What is held about a person, told to that person; forgetting it, on request and by age.

Functions of the database do it. Erasing leaves an id without a name: what was done stays said of that id.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Person
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.refused import call
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.errors import NotFound, NotPermitted

FORGET_OLD = "accounts.forget_old"
WHEN = "23 3 * * *"  # once a day, in the queue's own time (UTC)
FORGET = text("SELECT * FROM platform.forget_old(:invitations, :sign_ins, :requests)")


async def own_data(session: AsyncSession, *, by: Actor) -> Mapping[str, Any]:
    """Everything that is held about `by` under its account, in every jurisdiction, as names and values for JSON.

    Raises:
        NotPermitted: nobody is signed in.
        Conflict: the session counts in one jurisdiction only (`people.bound`).
    """
    if not permits(by, Permission.ACCOUNT_READ):
        raise NotPermitted(Permission.ACCOUNT_READ)
    row = await call(session, "SELECT platform.own_data()")
    found: Mapping[str, Any] = row[0] if row else {}
    return found


async def find_by_email(session: AsyncSession, email: str) -> Person:
    """The person with that address, written in any case.

    Raises:
        NotFound: there is none.
    """
    statement = select(Person).where(func.lower(Person.email) == email.lower())
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound("person.not_found")
    return found


async def erase(session: AsyncSession, person_id: UUID, *, reason: str | None, by: Actor) -> None:
    """Name, address, sign-ins and roles of the person are gone, and with them every invitation to it.

    `by` erases itself, or is an operator who was asked to.

    Raises:
        NotPermitted: `by` is neither.
        Conflict: a jurisdiction or the platform would be without anyone, somebody else's role is a monitor's, the
            person is invented, or was erased before.
    """
    if not permits(by, Permission.ACCOUNT_READ if person_id == by.id else Permission.ACCOUNT_ERASE):
        raise NotPermitted(Permission.ACCOUNT_ERASE)
    await call(session, "SELECT platform.erase_person(:id, :why)", id=person_id, why=reason)


async def forget_old(context: Any, timestamp: int = 0) -> None:  # noqa: ARG001  the queue tells when it was due
    """What nobody needs any more is gone: invitations, sign-ins, names of who answered requests, old roles."""
    settings = context.additional_context["settings"]
    async with settings.database(pool_size=1) as database:
        await forget_all(
            database,
            invitation_days=settings.keep_invitations_days,
            sign_in_days=settings.keep_sign_ins_days,
            request_days=settings.keep_requests_days,
        )


async def forget_all(
    database: Database, *, invitation_days: int, sign_in_days: int, request_days: int
) -> Mapping[str, int]:
    """How much of each was forgotten. Days count from when a thing ended; sign-ins are kept sixty days at least."""
    async with database.tenant_session(None) as session:
        days = {"invitations": invitation_days, "sign_ins": sign_in_days, "requests": request_days}
        return dict((await session.execute(FORGET, days)).mappings().one())
