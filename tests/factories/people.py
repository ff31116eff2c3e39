"""People who are invited, and who accept."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from tests.factories.cast import Cast

from ogpmonitor.accounts import invitations, people
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.invitations import Invited, Inviting
from ogpmonitor.accounts.models import Membership, PlatformRole, Role
from ogpmonitor.accounts.people import Member

PENALOLEN = "penalolen"
PEOPLE = "/es/penalolen/workbench/people/"


def inviting(role: Role | PlatformRole = Role.VIEWER, **given: Any) -> Inviting:
    """Ana Soto, invited in Spanish."""
    return Inviting(**{"email": "ana@example.org", "name": "Ana Soto", "role": role, "language": "es", **given})


async def invited(
    cast: Cast,
    role: Role | PlatformRole = Role.VIEWER,
    *,
    tenant: str = PENALOLEN,
    by: Actor | None = None,
    **given: Any,
) -> Invited:
    """An invitation by the coordinator of Peñalolén, or by whoever is named."""
    by = by or (cast.neighbour if tenant == "maipu" else cast.coordinator)
    place = cast.tenant_ids[tenant] if isinstance(role, Role) else None
    async with cast.database.tenant_session(place, by.id) as session:
        return await invitations.invite(session, inviting(role, **given), by=by)


async def accepted(cast: Cast, invited: Invited, name: str = "Ana Soto") -> UUID:
    """The id of the person who opened the link and accepted."""
    async with cast.database.tenant_session(None) as session:
        shown = await invitations.find_by_token(session, invited.token)
        return (await invitations.accept(session, shown, invited.token, name=name)).person.id


async def a_person(cast: Cast, role: Role | PlatformRole = Role.VIEWER, **given: Any) -> UUID:
    """Somebody who was invited and accepted."""
    return await accepted(cast, await invited(cast, role, **given), given.get("name", "Ana Soto"))


async def member_of(cast: Cast, person_id: UUID | None, tenant: str = PENALOLEN) -> Member:
    """What that person is in the tenant."""
    by = cast.neighbour if tenant == "maipu" else cast.coordinator
    async with cast.at(tenant, by, read_only=True) as session:
        statement = select(Membership.id).where(Membership.person_id == person_id)
        found = (await session.scalars(statement)).one()
        return await people.get_member(session, found)


async def role_of(cast: Cast, person_id: UUID | None, tenant: str = PENALOLEN) -> str | None:
    """The role that the row policies go by."""
    async with cast.database.tenant_session(cast.tenant_ids[tenant], person_id, read_only=True) as session:
        role: str | None = await session.scalar(text("SELECT platform.actor_role()"))
        return role
