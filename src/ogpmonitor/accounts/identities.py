"""Who a provider's account is: found by its identity, linked by an invitation or once by a verified address."""

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts import entries
from ogpmonitor.accounts.models import Entry, Identity, Person
from ogpmonitor.accounts.oidc import Proof
from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.accounts.providers import Provider
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.i18n import msgid

log = structlog.get_logger()
PROVE_FIRST = msgid("Please sign in at your provider first.")


async def find_person(session: AsyncSession, provider: Provider, proof: Proof) -> Person:
    """The person whom `proof` shows.

    An identity nobody knows is linked only to the one person who has the verified address, if that person has no
    account of this issuer yet. What was linked through one jurisdiction's provider is known nowhere else.

    Raises:
        SignInRefused: nobody is known by it.
    """
    statement = (
        select(Identity, Person)
        .join(Person, Person.id == Identity.person_id)
        .where(
            Identity.issuer == proof.issuer,
            Identity.subject == proof.subject,
            Identity.only_in.is_not_distinct_from(provider.only_in),
        )
    )
    found = (await session.execute(statement)).one_or_none()
    if found is not None:
        identity, person = found
        identity.last_used_at = utc_now()
        return person
    if proof.email is None:
        raise SignInRefused(Reason.UNVERIFIED if proof.is_unverified else Reason.UNKNOWN, "an unknown identity")
    owner = await person_at(session, proof.email)
    if owner is None:
        raise SignInRefused(Reason.UNKNOWN, "nobody has this address")
    try:
        await _link(session, owner, issuer=proof.issuer, subject=proof.subject, provider=provider)
    except Conflict as error:
        raise SignInRefused(Reason.UNKNOWN, "the person has another account of this issuer") from error
    return owner


async def person_at(session: AsyncSession, email: str) -> Person | None:
    """The one person who has the address; None where nobody does, or several. Never an invented one."""
    statement = select(Person).where(func.lower(Person.email) == email.lower(), Person.persona.is_(None)).limit(2)
    found = (await session.scalars(statement)).all()
    return found[0] if len(found) == 1 else None


async def link_waiting(session: AsyncSession, person: Person, *, browser: str) -> Entry:
    """The account that was proved in `browser` is `person`'s from now on. Returns the sign-in that proved it.

    For whoever has shown an invitation to that person: this checks none. `browser` is what the cookie
    `entries.COOKIE` holds.

    Raises:
        Conflict: no account was proved here during the last ten minutes, it is somebody's already, or the person has
            another of the same issuer.
    """
    entry = await entries.take_waiting(session, browser)
    if entry is None or entry.issuer is None or entry.subject is None:
        raise Conflict("identity.none_waits", PROVE_FIRST)
    identity = Identity(
        person_id=person.id,
        issuer=entry.issuer,
        subject=entry.subject,
        only_in=entry.only_in,
        created_at=utc_now(),
        last_used_at=utc_now(),
    )
    await _add(session, identity)
    return entry


async def _link(session: AsyncSession, person: Person, *, issuer: str, subject: str, provider: Provider) -> None:
    identity = Identity(
        person_id=person.id,
        issuer=issuer,
        subject=subject,
        only_in=provider.only_in,
        created_at=utc_now(),
        last_used_at=utc_now(),
    )
    await _add(session, identity)
    log.info("identity.linked", person=str(person.id), provider=provider.name)


async def _add(session: AsyncSession, identity: Identity) -> None:
    try:
        async with session.begin_nested():
            session.add(identity)
    except IntegrityError as error:
        message = msgid("This account belongs to somebody already, or you have another one of the same provider.")
        raise Conflict("identity.taken", message) from error
