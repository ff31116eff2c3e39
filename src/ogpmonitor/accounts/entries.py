"""Sign-ins at a provider that are under way: kept here, held by one browser, taken once, over after ten minutes."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Entry
from ogpmonitor.accounts.oidc import Secrets
from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.accounts.providers import Provider
from ogpmonitor.accounts.service import token_hash
from ogpmonitor.kit.db import utc_now

LASTS = timedelta(minutes=10)
KEPT = timedelta(days=1)
COOKIE = "ogpmonitor_entry"  # tells the browsers in which something is under way from one another, and nothing else


def new_browser() -> str:
    """What a browser is given to hold while it signs in."""
    return secrets.token_urlsafe(32)


def secrets_of(browser: str, state: str) -> Secrets:
    """The nonce and the verifier of one sign-in: they follow from what only its browser holds."""

    def derived(what: str) -> str:
        digest = hmac.new(browser.encode(), f"{what} {state}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    return Secrets(state, derived("nonce"), derived("verifier"))


async def begin(
    session: AsyncSession, provider: Provider, browser: str, *, wanted: str, lang: str, proving: bool
) -> Secrets:
    """A sign-in at `provider` is under way in `browser`; afterwards it goes on to `wanted` ("" or a path of ours)."""
    now = utc_now()
    await session.execute(delete(Entry).where(Entry.expires_at < now - KEPT))
    told = secrets_of(browser, secrets.token_urlsafe(32))
    session.add(
        Entry(
            state_sha256=token_hash(told.state),
            browser_sha256=token_hash(browser),
            provider=provider.name,
            only_in=provider.only_in,
            wanted=wanted,
            lang=lang,
            proving=proving,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    await session.flush()
    return told


async def take(session: AsyncSession, provider_name: str, browser: str, state: str) -> Entry:
    """The sign-in that `state` names, which nobody can take again. Commit before anything else is done with it.

    Raises:
        SignInRefused: there is none at this provider in this browser, or it was taken, or is over.
    """
    now = utc_now()
    ours = (Entry.state_sha256 == token_hash(state), Entry.browser_sha256 == token_hash(browser))
    statement = (
        update(Entry)
        .where(*ours, Entry.provider == provider_name, Entry.taken_at.is_(None), Entry.expires_at > now)
        .values(taken_at=now)
        .returning(Entry)
    )
    entry = (await session.scalars(statement)).one_or_none()
    if entry is None:
        raise SignInRefused(Reason.ENDED, "no such sign-in is under way in this browser")
    return entry


async def keep_waiting(session: AsyncSession, entry: Entry, *, issuer: str, subject: str) -> None:
    """The identity that was proved waits in this browser for ten minutes, for whoever shows an invitation."""
    kept = {"issuer": issuer, "subject": subject, "expires_at": utc_now() + LASTS}
    await session.execute(update(Entry).where(Entry.id == entry.id).values(**kept))


async def who_waits(session: AsyncSession, browser: str) -> str | None:
    """The provider of the newest identity that waits in `browser`; None where none does. Looking takes nothing."""
    return await session.scalar(_waiting(browser).with_only_columns(Entry.provider))


async def take_waiting(session: AsyncSession, browser: str) -> Entry | None:
    """The newest identity that waits in `browser`, which nobody can take again; None where none does."""
    waiting = _waiting(browser).with_for_update().scalar_subquery()
    statement = update(Entry).where(Entry.id == waiting).values(linked_at=utc_now()).returning(Entry)
    return (await session.scalars(statement)).one_or_none()


def _waiting(browser: str) -> Select[UUID]:
    return (
        select(Entry.id)
        .where(
            Entry.browser_sha256 == token_hash(browser),
            Entry.subject.is_not(None),
            Entry.linked_at.is_(None),
            Entry.expires_at > utc_now(),
        )
        .order_by(Entry.created_at.desc())
        .limit(1)
    )
