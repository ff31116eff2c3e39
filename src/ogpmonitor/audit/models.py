"""The append-only record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned


class AuditRecord(Identified, TenantOwned, Base):
    """One thing done by one actor. Rows can be inserted, never changed."""

    __tablename__ = "audit_records"
    __table_args__ = ({"schema": "workbench"},)

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str | None]
    request_id: Mapped[UUID | None]  # the request for reports through whose link it was done, without an account
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
