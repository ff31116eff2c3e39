"""Mandates of monitoring bodies. The application can propose one; functions of the database confirm and end it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class Mandate(Identified, TenantOwned, Versioned, Base):
    """A body may assess the plans of this jurisdiction from and until a day, once its mandate is confirmed.

    Its people are members only while it stands (`platform.stands`); what they have published stays for ever.
    """

    __tablename__ = "mandates"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), {"schema": "platform"})

    body: Mapped[str]
    contact: Mapped[str | None]  # of the body, public: a page or an address of an office, never a person's
    mandate: Mapped[dict[str, Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    people: Mapped[list[Any]]  # who works for the body here: name and e-mail, never public
    asked: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))  # whom the body wants beside them
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_as: Mapped[str | None]  # the platform role that confirmed it
    refused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # may be still to come: whoever works under it has notice
    reason: Mapped[str | None]  # why it was refused or ended before its day
    demo: Mapped[bool]

    def state(self, now: datetime, zone: ZoneInfo) -> str:
        """proposed, refused, ended, ending, upcoming, standing or over; days are those of `zone`."""
        today = now.astimezone(zone).date()
        if self.refused_at is not None:
            return "refused"
        if self.confirmed_at is None:
            return "proposed"
        if self.ended_at is not None:
            return "ended" if self.ended_at <= now else "ending"
        if today < self.starts_on:
            return "upcoming"
        return "over" if self.ends_on is not None and today > self.ends_on else "standing"
