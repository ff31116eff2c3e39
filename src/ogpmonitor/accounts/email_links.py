"""Links by e-mail, for people without a provider: asked for by anyone, sent to whom we know, used once.

Whoever asks learns nothing: known or not, the same is written and answered, and a job does the rest.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.identities import person_at
from ogpmonitor.accounts.letters import send_link
from ogpmonitor.accounts.models import EmailLink, Person
from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.accounts.run import keyed_hash
from ogpmonitor.accounts.service import token_hash
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.jobs import defer_first

PREPARE = "accounts.prepare_link"
LASTS = timedelta(minutes=15)
COUNTED = timedelta(hours=1)
MOST_BY_ADDRESS, MOST_BY_NETWORK = 3, 10
# Who asks at the same time for the same address, or from the same network, waits: both would count too few.
ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 20261122))")


@dataclass(frozen=True)
class Asked:
    """Who asks for a link, from where, and where to go then."""

    address: str
    network: str
    browser: str
    wanted: str
    lang: str
    origin: str  # of the site that was asked: the link leads back to it


async def ask_for_link(session: AsyncSession, asked: Asked, *, secret: str) -> bool:
    """A link is on its way if somebody has the address; False where too many were asked for already.

    What is done and answered is the same for addresses that nobody has.
    """
    now = utc_now()
    address = keyed_hash(secret, "e-mail", asked.address.strip().lower())
    network = keyed_hash(secret, "network", asked.network)
    for what in sorted((address, network)):
        await session.execute(ONE_BY_ONE, {"what": what})
    await session.execute(delete(EmailLink).where(EmailLink.expires_at < now - timedelta(days=1)))
    by_address = await _count(session, EmailLink.address_hash == address, since=now - COUNTED)
    by_network = await _count(session, EmailLink.network_hash == network, since=now - COUNTED)
    if by_address >= MOST_BY_ADDRESS or by_network >= MOST_BY_NETWORK:
        return False
    # The newest link makes older ones useless.
    older = update(EmailLink).where(EmailLink.address_hash == address, EmailLink.used_at.is_(None))
    await session.execute(older.values(used_at=now))
    link = EmailLink(
        address_hash=address,
        network_hash=network,
        browser_sha256=token_hash(asked.browser),
        wanted=asked.wanted,
        lang=asked.lang,
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(link)
    await session.flush()
    told = {"link": str(link.id), "address": asked.address.strip().lower(), "origin": asked.origin}
    await defer_first(session, PREPARE, queue="mail", **told)
    return True


async def _count(session: AsyncSession, whose: ColumnElement[bool], *, since: datetime) -> int:
    statement = select(func.count()).select_from(EmailLink).where(whose, EmailLink.created_at > since)
    return await session.scalar(statement) or 0


async def prepare_link(session: AsyncSession, link_id: UUID, address: str, *, origin: str) -> None:
    """The link has its token and its letter, if somebody has the address and it is still the newest.

    Its page is at `origin`. A second call sends nothing.
    """
    link = await session.get(EmailLink, link_id, with_for_update=True)
    if link is None or link.token_sha256 is not None or link.used_at is not None or link.expires_at < utc_now():
        return
    person = await person_at(session, address)
    if person is None or person.email is None:
        return
    token = secrets.token_urlsafe(32)
    link.token_sha256, link.person_id = token_hash(token), person.id
    await send_link(
        session,
        to=person.email,
        link=link_address(origin, link.lang, token),
        key=str(link.id),
        lang=link.lang,
        until=link.expires_at,
    )


async def look_at_link(session: AsyncSession, token: str) -> tuple[EmailLink, Person]:
    """The link and whom it signs in. Looking takes nothing: mail programs look at links by themselves.

    Raises:
        SignInRefused: it was used, is over, was never sent, or a newer one was.
    """
    statement = (
        select(EmailLink, Person)
        .join(Person, Person.id == EmailLink.person_id)
        .where(
            EmailLink.token_sha256 == token_hash(token),
            EmailLink.used_at.is_(None),
            EmailLink.expires_at > utc_now(),
            Person.persona.is_(None),
        )
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise SignInRefused(Reason.LINK_ENDED, "no such link stands")
    link, person = found
    return link, person


async def take_link(session: AsyncSession, token: str) -> tuple[EmailLink, Person]:
    """The same, and nobody can use the link again.

    Raises:
        SignInRefused: as before.
    """
    link, person = await look_at_link(session, token)
    taken = update(EmailLink).where(EmailLink.id == link.id, EmailLink.used_at.is_(None)).values(used_at=utc_now())
    if (await session.scalars(taken.returning(EmailLink.id))).one_or_none() is None:
        raise SignInRefused(Reason.LINK_ENDED, "somebody was faster")
    return link, person


def link_address(origin: str, lang: str, token: str) -> str:
    """The whole address of a link's page."""
    return f"{origin}/{lang}/sign-in/email/{token}/"
