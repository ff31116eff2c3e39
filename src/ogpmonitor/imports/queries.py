"""Reading imports."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from ogpmonitor.imports.models import Import
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.queries import WHOLE

NEWEST = 100


async def list_imports(session: AsyncSession) -> Sequence[Import]:
    """The newest hundred imports, newest first, without what they found."""
    statement = (
        select(Import)
        .order_by(Import.created_at.desc())
        .limit(NEWEST)
        .options(defer(Import.findings), defer(Import.before))
    )
    return (await session.scalars(statement)).all()


async def get_import(session: AsyncSession, import_id: UUID, *, to_write: bool = False) -> Import:
    """One import; `to_write` waits for whoever is writing it.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    statement = select(Import).where(Import.id == import_id)
    row = (await session.scalars(statement.with_for_update() if to_write else statement)).one_or_none()
    if row is None:
        raise NotFound("import.not_found")
    return row


async def plan_of(session: AsyncSession, row: Import) -> Plan | None:
    """The plan that an import is for, whole; None where it brings a plan of its own."""
    if row.plan_id is None:
        return None
    return (await session.scalars(select(Plan).where(Plan.id == row.plan_id).options(WHOLE))).one_or_none()
