"""The people of one jurisdiction: who is what since and until when; changed, removed, leaving.

Functions of the database do it: whatever runs as the application's role, no government changes or removes a monitor,
and a jurisdiction keeps a coordinator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import column, func, or_, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, Role, SignIn
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.refused import call
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.errors import NotFound, NotPermitted

# The room of mandates stands above this one: of it only the name of a body is read here.
MANDATES = table("mandates", column("id"), column("body"), schema="platform")
IN_ORDER = (Role.COORDINATOR, Role.CONTACT, Role.VIEWER, Role.MONITOR)


@dataclass(frozen=True)
class Member:
    """One person of a jurisdiction. `seen_at` is when it last used a session, in whatever jurisdiction."""

    membership: Membership
    person: Person
    seen_at: datetime | None
    body: str | None = None  # that a monitor works for

    @property
    def is_monitor(self) -> bool:
        """Whether it speaks in the other voice, over which a government has no power."""
        return self.membership.role == Role.MONITOR


@dataclass(frozen=True)
class Change:
    """What somebody is to be. `until` is the last day, None for no end; `unit` counts for a contact only."""

    role: Role
    unit: str | None
    until: date | None


async def list_members(session: AsyncSession) -> Sequence[Member]:
    """Everybody who has a role in this tenant, now or later, by role and name: one query for any number."""
    seen = select(SignIn.person_id, func.max(SignIn.last_seen_at).label("at")).group_by(SignIn.person_id).subquery()
    statement = (
        select(Membership, Person, seen.c.at, MANDATES.c.body)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(MANDATES, MANDATES.c.id == Membership.mandate_id)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .where(or_(Membership.ends_on.is_(None), Membership.ends_on >= func.current_date()))
        .order_by(Person.name, Person.id)
    )
    found = [Member(*row) for row in await session.execute(statement)]
    return sorted(found, key=lambda one: IN_ORDER.index(Role(one.membership.role)))  # stable


async def get_member(session: AsyncSession, membership_id: UUID) -> Member:
    """One of them.

    Raises:
        NotFound: nobody of this tenant has this membership.
    """
    statement = (
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id == membership_id)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("person.not_found")
    return Member(row[0], row[1], None)


async def change(
    session: AsyncSession, member: Member, to: Change, *, seen: int, reason: str | None, by: Actor
) -> None:
    """The person is what `to` says, from the next request on. Saying the same leaves no trace.

    `seen` is the version that `by` had before its eyes.

    Raises:
        NotPermitted: `by` does not coordinate here, or the person monitors.
        Conflict: somebody else changed it since, or nobody would coordinate.
    """
    if not permits(by, Permission.PEOPLE_MANAGE):
        raise NotPermitted(Permission.PEOPLE_MANAGE)
    before, after = _told(member.membership), _told_of(to)
    if seen == member.membership.version and before == after:
        return
    changed = [name for name in before if before[name] != after[name]]
    told = {name: before[name] for name in changed}, {name: after[name] for name in changed}
    async with session.begin_nested():  # the trace first: who changes itself may have no right to leave one afterwards
        await audit.record(
            session, "person.changed", by=by, about=member.person, before=told[0], after=told[1], reason=reason
        )
        await call(
            session,
            "SELECT platform.change_membership(:id, :seen, :role, :unit, :until)",
            id=member.membership.id,
            seen=seen,
            role=to.role.value,
            unit=to.unit,
            until=to.until,
        )


async def remove(session: AsyncSession, member: Member, *, seen: int, reason: str, by: Actor) -> None:
    """The person has no role here any more, from the next request on; without any elsewhere it is signed out.

    A coordinator removes whoever is of the government, a monitor whoever works under its own mandate.

    Raises:
        NotPermitted: the person is not `by`'s to remove.
        Conflict: somebody else changed it since, or nobody would coordinate.
    """
    if not permits(by, Permission.BODY_MANAGE if member.is_monitor else Permission.PEOPLE_MANAGE):
        raise NotPermitted(Permission.PEOPLE_MANAGE)
    before = _told(member.membership)
    async with session.begin_nested():
        await audit.record(session, "person.removed", by=by, about=member.person, before=before, reason=reason)
        await call(session, "SELECT platform.end_membership(:id, :seen)", id=member.membership.id, seen=seen)


async def leave(session: AsyncSession, *, by: Actor) -> None:
    """`by` has no role here any more; without any elsewhere it is signed out.

    Raises:
        NotFound: it has none.
        Conflict: nobody would coordinate.
    """
    statement = select(Membership).where(Membership.person_id == by.id)
    held = (await session.scalars(statement)).one_or_none()
    if held is None:
        raise NotFound("person.not_found")
    person = await session.get_one(Person, by.id)
    async with session.begin_nested():
        await audit.record(session, "person.left", by=by, about=person, before=_told(held))
        await call(session, "SELECT platform.end_membership(:id, :seen)", id=held.id, seen=held.version)


def _told(row: Membership) -> dict[str, str | None]:
    """Without a name: the record is never changed, and persons are known there by id only."""
    return _told_of(Change(Role(row.role), row.unit, row.ends_on))


def _told_of(what: Change) -> dict[str, str | None]:
    unit = what.unit if what.role == Role.CONTACT else None
    return {"role": what.role.value, "unit": unit, "until": what.until.isoformat() if what.until else None}
