"""Attempts on the monitor's work that were refused: kept where only its monitors read them."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.audit.models import Refusal
from ogpmonitor.audit.service import Doer
from ogpmonitor.kit.db import utc_now

MOST, MOST_OF_STRANGERS = 100, 20
LONGEST_PATH = 300


async def note_refusal(session: AsyncSession, permission: str, *, method: str, path: str, by: Doer) -> None:
    """The attempt is kept; the same attempt within one minute is kept once, and of strangers' one in each hour."""
    row = {
        "id": uuid4(),
        "at": utc_now(),
        "actor_id": by.id,
        "actor_role": by.role,
        "permission": permission,
        "method": method,
        "path": path[:LONGEST_PATH],
    }
    await session.execute(insert(Refusal).values(row).on_conflict_do_nothing())


async def list_refusals(session: AsyncSession) -> Sequence[Refusal]:
    """The newest attempts first: a hundred of people at most, and twenty of strangers, who never take a person's place.

    Nothing for who is no monitor of this tenant.
    """
    newest = select(Refusal).order_by(Refusal.at.desc())
    people = (await session.scalars(newest.where(Refusal.actor_id.is_not(None)).limit(MOST))).all()
    strangers = (await session.scalars(newest.where(Refusal.actor_id.is_(None)).limit(MOST_OF_STRANGERS))).all()
    return sorted([*people, *strangers], key=lambda one: one.at, reverse=True)
