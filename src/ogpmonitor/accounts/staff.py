"""The people of the platform: OGP's staff and operators. An operator invites, changes and removes; all may leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Person, PlatformRole, SignIn
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.refused import call
from ogpmonitor.kit.errors import NotFound, NotPermitted


@dataclass(frozen=True)
class Colleague:
    """One of the platform's people. `seen_at` is when it last used a session."""

    person: Person
    seen_at: datetime | None


async def list_staff(session: AsyncSession) -> Sequence[Colleague]:
    """Everybody who works for the platform, operators last, by name: one query for any number."""
    seen = select(SignIn.person_id, func.max(SignIn.last_seen_at).label("at")).group_by(SignIn.person_id).subquery()
    statement = (
        select(Person, seen.c.at)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .where(Person.platform_role.is_not(None))
        .order_by(Person.platform_role, Person.name, Person.id)
    )
    return [Colleague(*row) for row in await session.execute(statement)]


async def get_staff(session: AsyncSession, person_id: UUID) -> Person:
    """One of them.

    Raises:
        NotFound: nobody of the platform has this id.
    """
    statement = select(Person).where(Person.id == person_id, Person.platform_role.is_not(None))
    found = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound("person.not_found")
    return found


async def change_staff(
    session: AsyncSession, person_id: UUID, role: PlatformRole | None, *, seen: int, reason: str, by: Actor
) -> None:
    """The person is `role` on the platform, or nothing there, from the next request on. The reason is recorded.

    `seen` is the version that `by` had before its eyes.

    Raises:
        NotPermitted: `by` is no operator and not the one who leaves.
        Conflict: somebody else changed it since, or there would be no operator.
    """
    leaves = person_id == by.id and role is None
    if not permits(by, Permission.STAFF_LEAVE if leaves else Permission.STAFF_MANAGE):
        raise NotPermitted(Permission.STAFF_MANAGE)
    statement = "SELECT platform.change_staff(:id, :seen, :role, :why)"
    await call(session, statement, id=person_id, seen=seen, role=role.value if role else None, why=reason)
