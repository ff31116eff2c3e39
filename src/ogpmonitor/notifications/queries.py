"""Who is to hear, and as whom each of them looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role
from ogpmonitor.accounts.service import IN_FORCE
from ogpmonitor.kit.db import utc_now
from ogpmonitor.notifications.choices import Choices, choices_of
from ogpmonitor.notifications.duties import Duty, Reader
from ogpmonitor.notifications.government import government_duties
from ogpmonitor.notifications.monitors import monitor_duties
from ogpmonitor.tenants.directory import KnownTenant


@dataclass(frozen=True)
class Hearer:
    """One person as the session of their own sees it. `address` is "" for somebody nobody can write to."""

    actor: Actor
    address: str
    choices: Choices
    reader: Reader


async def members(session: AsyncSession, *roles: Role) -> Sequence[UUID]:
    """Who has one of these roles today in the tenant that the session is sealed to; of nobody's session."""
    stands = or_(Membership.role != Role.MONITOR, func.platform.stands(Membership.mandate_id))
    statement = select(Membership.person_id).where(Membership.role.in_(roles), IN_FORCE, stands)
    return (await session.scalars(statement.order_by(Membership.person_id))).all()


async def people_under(session: AsyncSession, mandate_id: UUID) -> Sequence[UUID]:
    """Who works under a mandate of the tenant, from today or later."""
    statement = select(Membership.person_id).where(Membership.mandate_id == mandate_id)
    return (await session.scalars(statement.order_by(Membership.person_id))).all()


async def staff(session: AsyncSession) -> Sequence[UUID]:
    """OGP's own people."""
    statement = select(Person.id).where(Person.platform_role == PlatformRole.OGP_STAFF)
    return (await session.scalars(statement.order_by(Person.id))).all()


async def hearer(session: AsyncSession, person_id: UUID, tenant: KnownTenant) -> Hearer | None:
    """The person whose session this is, with the role the database gives it today; None where there is none."""
    person = await session.get(Person, person_id)
    if person is None:
        return None
    role, unit = (await session.execute(select(func.platform.actor_role(), func.platform.actor_unit()))).one()
    platform_role = PlatformRole(person.platform_role) if person.platform_role else None
    actor = Actor(person.id, person.name, Role(role) if role else None, platform_role, unit)
    choices = await choices_of(session, person_id)
    lang = choices.language or tenant.file.source_language
    reader = Reader(actor, tenant, lang, tenant.day_at(utc_now()))
    return Hearer(actor, address_of(person), choices, reader)


def address_of(person: Person) -> str:
    """Where to write. The demo's people have invented addresses in a domain that nobody can own."""
    return person.email or (f"{person.persona}@example.org" if person.persona else "")


async def duties_of(session: AsyncSession, reader: Reader) -> list[Duty]:
    """Everything that the reader owes or waits for; the page and the digest ask this same question."""
    return [*await government_duties(session, reader), *await monitor_duties(session, reader)]
