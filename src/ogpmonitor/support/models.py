"""Accesses of operators to one jurisdiction's workbench. Functions of the database begin and end them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned


class SupportAccess(Identified, TenantOwned, Base):
    """An operator may read what this jurisdiction's government works on, until an instant or until somebody ends it."""

    __tablename__ = "support_accesses"
    __table_args__ = ({"schema": "platform"},)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"), index=True)
    reason: Mapped[str]
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # before its time
    ended_by: Mapped[UUID | None]
    ended_as: Mapped[str | None]  # coordinator or operator

    def state(self, now: datetime) -> str:
        """open, ended (before its time) or over (by itself)."""
        if self.ended_at is not None:
            return "ended"
        return "open" if self.ends_at > now else "over"
