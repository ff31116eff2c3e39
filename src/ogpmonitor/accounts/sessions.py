"""Where somebody is signed in, as that person sees it: one by one, and ended one by one."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import SignIn
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import NotFound


async def own_sessions(session: AsyncSession, actor: Actor, *, idle: timedelta) -> Sequence[SignIn]:
    """Every session of `actor` that still opens something, the one at hand first, then the one used last."""
    now = utc_now()
    statement = select(SignIn).where(
        SignIn.person_id == actor.id,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now,
        SignIn.last_seen_at > now - idle,
    )
    found = (await session.scalars(statement.order_by(SignIn.last_seen_at.desc(), SignIn.id))).all()
    return sorted(found, key=lambda one: one.id != actor.sign_in_id)  # stable


async def end_own(session: AsyncSession, actor: Actor, sign_in_id: UUID) -> None:
    """One session of `actor` is over.

    Raises:
        NotFound: it is over already, or not one of this person's.
    """
    ended = (
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == actor.id, SignIn.revoked_at.is_(None))
        .values(revoked_at=utc_now())
        .returning(SignIn.id)
    )
    if (await session.scalars(ended)).one_or_none() is None:
        raise NotFound("session.not_found")


async def end_others(session: AsyncSession, actor: Actor) -> None:
    """Every session of `actor` but the one at hand is over."""
    others = (SignIn.person_id == actor.id, SignIn.id != actor.sign_in_id, SignIn.revoked_at.is_(None))
    await session.execute(update(SignIn).where(*others).values(revoked_at=utc_now()))
