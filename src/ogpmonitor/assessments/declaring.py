"""Conflicts of interest: declared before writing in an assessment, and recusal from a commitment.

The row policies say the same: without a declaration, and on a commitment one is recused from, no answer is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.models import Assessment, Declaration, Recusal
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import NotPermitted


@dataclass(frozen=True)
class Declared:
    """What a monitor declares: whether there is a conflict, and what it is."""

    has_conflict: bool
    statement: str = ""


NO_CONFLICT = Declared(has_conflict=False)


async def list_declarations(session: AsyncSession, assessment_id: UUID) -> Sequence[Declaration]:
    """Every declaration made for an assessment, in the order in which they were made."""
    statement = (
        select(Declaration)
        .where(Declaration.assessment_id == assessment_id)
        .order_by(Declaration.declared_at, Declaration.id)
    )
    return (await session.scalars(statement)).all()


async def list_recusals(session: AsyncSession, plan: str) -> Sequence[Recusal]:
    """Who is recused from which commitment of a plan, in the order in which they said so."""
    statement = select(Recusal).where(Recusal.plan == plan).order_by(Recusal.recused_at, Recusal.id)
    return (await session.scalars(statement)).all()


async def declare(session: AsyncSession, assessment: Assessment, declared: Declared, *, by: Actor) -> None:
    """`by` may write in this assessment; a second declaration changes nothing.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
    """
    if not permits(by, Permission.ASSESSMENT_WRITE) or by.id is None:
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if any(one.person_id == by.id for one in await list_declarations(session, assessment.id)):
        return
    row = Declaration(
        assessment_id=assessment.id,
        person_id=by.id,
        has_conflict=declared.has_conflict,
        statement=declared.statement,
        declared_at=utc_now(),
    )
    session.add(row)
    await session.flush()
    await audit.record(session, "conflict.declared", by=by, about=row, after={"has_conflict": declared.has_conflict})


async def recuse(session: AsyncSession, plan: str, commitment: str, reason: str, *, by: Actor) -> None:
    """`by` writes nothing more about this commitment; a second time changes nothing.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
    """
    if not permits(by, Permission.ASSESSMENT_WRITE) or by.id is None:
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if any((one.person_id, one.commitment) == (by.id, commitment) for one in await list_recusals(session, plan)):
        return
    row = Recusal(plan=plan, commitment=commitment, person_id=by.id, reason=reason, recused_at=utc_now())
    session.add(row)
    await session.flush()
    await audit.record(session, "monitor.recused", by=by, about=row, after={"commitment": commitment}, reason=reason)
