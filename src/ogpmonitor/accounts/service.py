"""Signing in and out: sessions kept on the server, known to the browser by a random token only."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role, SignIn, Way
from ogpmonitor.kit.db import seal, utc_now

TOUCH_AFTER = timedelta(minutes=1)  # how stale `last_seen_at` may be: not every request writes
# The database's own day, by which its row policies judge: two clocks would disagree around midnight.
IN_FORCE = and_(
    Membership.starts_on <= func.current_date(),
    or_(Membership.ends_on.is_(None), Membership.ends_on >= func.current_date()),
)


def token_hash(token: str) -> str:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Came:
    """How somebody came in: the way, the provider with it, and the one tenant where that counts.

    `proved_at` is when the person showed who it is, which a provider may remember from before.
    """

    way: Way
    provider: str | None = None
    only_in: UUID | None = None
    proved_at: datetime | None = None
    browser: str = ""
    platform_role_counts: bool = True


async def sign_in(session: AsyncSession, person: Person, came: Came, *, lasting: timedelta) -> str:
    """`person` has a new session that ends after `lasting` at the latest; the token is told once, here."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    session.add(
        SignIn(
            token_sha256=token_hash(token),
            person_id=person.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + lasting,
            only_in=came.only_in,
            way=came.way,
            provider=came.provider,
            browser=came.browser,
            proved_at=min(came.proved_at or now, now),
            platform_role_counts=came.platform_role_counts,
        )
    )
    await session.flush()
    return token


async def sign_out(session: AsyncSession, sign_in_id: UUID) -> None:
    """The session is over, now and everywhere; a second call changes nothing."""
    await session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None)).values(revoked_at=utc_now())
    )


async def end_session(session: AsyncSession, token: str) -> None:
    """The session that `token` opens is over: another takes its place in the same browser."""
    ended = update(SignIn).where(SignIn.token_sha256 == token_hash(token), SignIn.revoked_at.is_(None))
    await session.execute(ended.values(revoked_at=utc_now()))


async def find_actor(
    session: AsyncSession, token: str, *, tenant_id: UUID | None, idle: timedelta, demo: bool = False
) -> Actor | None:
    """Who holds `token`, with the roles it has in the tenant as far as its session counts there.

    None when the session is over, idle or unknown, and for the demo's invented people outside the demo. Seals the
    transaction to that person and that session.
    """
    now = utc_now()
    statement = (
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_sha256 == token_hash(token), SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        return None
    signed_in, person = found
    if now - signed_in.last_seen_at > idle or (is_invented(person, signed_in) and not demo):
        return None
    if now - signed_in.last_seen_at > TOUCH_AFTER:
        signed_in.last_seen_at = now
        await session.flush()
    here = await _standing(session, signed_in, tenant_id)
    return Actor(
        id=person.id,
        name=person.name,
        role=Role(here.role) if here.role else None,
        platform_role=PlatformRole(here.platform_role) if here.platform_role else None,
        unit=here.unit,
        sign_in_id=signed_in.id,
        proved_at=signed_in.proved_at,
        given_role=Role(here.given) if here.given else None,
        supported_until=here.supported_until,
    )


def is_invented(person: Person, signed_in: SignIn) -> bool:
    """Whether this is one of the demo's people, or came in as one."""
    return person.persona is not None or signed_in.way == Way.PERSONA


@dataclass(frozen=True)
class Standing:
    """What the database says of a person in a tenant; nothing where it is nobody there."""

    role: str | None = None
    unit: str | None = None
    platform_role: str | None = None
    given: str | None = None
    supported_until: datetime | None = None


async def _standing(session: AsyncSession, signed_in: SignIn, tenant_id: UUID | None) -> Standing:
    """What the row policies go by.

    A monitor without a mandate that stands has no role; nor has anybody where its session does not count.
    """
    await seal(session, tenant_id, signed_in.person_id, sign_in=signed_in.id)
    asked = select(
        func.platform.actor_role(),
        func.platform.actor_unit(),
        func.platform.platform_role(),
        func.platform.given_role(),
        func.platform.supported_until(type_=DateTime(timezone=True)),
    )
    return Standing(*(await session.execute(asked)).one())


async def personas(session: AsyncSession) -> list[Person]:
    """The demo's invented people, in a stable order."""
    return list(await session.scalars(select(Person).where(Person.persona.is_not(None)).order_by(Person.persona)))


async def memberships_in(session: AsyncSession, tenant_id: UUID) -> list[Membership]:
    """Who has which role in a tenant. Seals the transaction to that tenant, to read only."""
    await seal(session, tenant_id, None, read_only=True)
    return list(await session.scalars(select(Membership).order_by(Membership.role)))


async def own_memberships(session: AsyncSession, person_id: UUID, *, read_only: bool = False) -> Sequence[Membership]:
    """The roles that a person has today, one for each tenant where it has any. Seals the transaction to that person."""
    await seal(session, None, person_id, read_only=read_only)
    stands = or_(Membership.role != Role.MONITOR, func.platform.stands(Membership.mandate_id))
    statement = select(Membership).where(Membership.person_id == person_id, IN_FORCE, stands)
    return (await session.scalars(statement.order_by(Membership.id))).all()
