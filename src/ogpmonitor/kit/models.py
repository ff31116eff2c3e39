"""The plumbing's only table: the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified


class Mail(Identified, Base):
    """One message to one person. The application's role cannot read it: functions of the database post and take it.

    `context` may hold a secret link. It is gone as soon as the message is settled, but for the demo, which keeps it.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("state IN ('waiting', 'sent', 'kept', 'refused', 'failed', 'expired')", name="state"),
        CheckConstraint("state IN ('waiting', 'kept') OR context IS NULL", name="blank"),
        Index("ix_mails_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
        {"schema": "platform"},
    )

    key: Mapped[str]  # what it is about: a second message with the same key is none
    address: Mapped[str]
    sender_name: Mapped[str]
    reply_to: Mapped[str]
    template: Mapped[str]  # a folder of templates: mail/<what>
    lang: Mapped[str]
    context: Mapped[dict[str, Any] | None] = mapped_column()
    state: Mapped[str]
    attempts: Mapped[int]
    answer: Mapped[str]  # what the server said last, or why it could not be asked
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]  # when to try next; while somebody tries, when they must be done
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
