"""Facts that travel up: a room says what happened, in its transaction, and whoever stands above hears it afterwards.

A fact is a job like any other, so it is heard if and only if the transaction committed, and by a process that acts for
nobody. It carries no more than an id: whoever hears it looks at the rest with the eyes of the person it is for.
"""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.jobs import defer_first

HEARD = "events.heard"


async def tell(session: AsyncSession, fact: str, about: str) -> None:
    """Say that `fact` (`<thing>.<happened>`) is true of `about`, an id, in the tenant that the session is sealed to."""
    tenant = await session.scalar(select(func.platform.current_tenant()))
    await defer_first(session, HEARD, fact=fact, about=about, tenant=str(tenant))
