"""What each person wants to hear of, and what was told to whom. Row policies show each person their own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class NoticeChoice(Versioned, Base):
    """How one person wants to hear, wherever they work. Without a row everything is as `rules.toml` says."""

    __tablename__ = "notice_choices"
    __table_args__ = ({"schema": "platform"},)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("platform.people.id"), primary_key=True)
    language: Mapped[str | None]  # None: the language of the jurisdiction
    choices: Mapped[dict[str, Any]]  # a rhythm for each kind of notice; under "*" for every other


class Notice(Identified, TenantOwned, Base):
    """One reminder that was sent to one person. There is never a second for the same day it was due."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "person_id", "kind", "subject", "step", "due_on", name="uq_notices_once"),
        {"schema": "workbench"},
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    subject: Mapped[str]
    step: Mapped[int]  # days after the day it was due; before it, below 0
    due_on: Mapped[date]
    told_at: Mapped[datetime]
