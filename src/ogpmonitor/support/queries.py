"""Reading accesses. Outside any jurisdiction the platform's people see those of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Person
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.support.models import SupportAccess

MOST = 100


@dataclass(frozen=True)
class Seen:
    """One access, and the name of the operator who has or had it."""

    access: SupportAccess
    who: str


async def list_accesses(session: AsyncSession) -> Sequence[Seen]:
    """The newest first, at most a hundred: one query."""
    statement = (
        select(SupportAccess, Person.name)
        .join(Person, Person.id == SupportAccess.person_id)
        .order_by(SupportAccess.begun_at.desc(), SupportAccess.id)
    )
    return [Seen(row[0], row[1]) for row in await session.execute(statement.limit(MOST))]


async def get_access(session: AsyncSession, access_id: UUID) -> SupportAccess:
    """One access of this jurisdiction.

    Raises:
        NotFound: there is none.
    """
    found = await session.get(SupportAccess, access_id)
    if found is None:
        raise NotFound("support.not_found")
    return found
