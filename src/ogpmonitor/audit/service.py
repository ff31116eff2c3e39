"""Leaves the trace of a write, in the transaction of that write."""

from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.kit.db import utc_now


class Doer(Protocol):
    """Whoever did it: known here by id and role only."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def role(self) -> str | None: ...
    @property
    def request_id(self) -> UUID | None: ...


class Subject(Protocol):
    """Whatever it was done to: a row of a table."""

    __tablename__: str

    @property
    def id(self) -> UUID: ...


async def record(
    session: AsyncSession,
    action: str,
    *,
    by: Doer,
    about: Subject,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Say in the audit record that `by` did `action` to `about`; it stands or falls with the transaction.

    `before` and `after` hold only what changed.
    """
    row = {
        "at": utc_now(),
        "actor_id": by.id,
        "actor_role": by.role,
        "request_id": by.request_id,
        "action": action,
        "subject": about.__tablename__,
        "subject_id": about.id,
        "before": before,
        "after": after,
        "reason": reason,
    }
    # Not through the unit of work: it would read the row back, and most who leave a trace may not read the record.
    await session.execute(insert(AuditRecord.__table__).values(id=uuid4(), **row))  # type: ignore[arg-type]  # a Table
