"""The append-only record, the attempts that were refused, and what was done on the platform as a whole."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
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


class Refusal(Identified, TenantOwned, Base):
    """Somebody was refused something. Rows can be inserted, never changed; the same within a minute is one.

    What people without an account try is one attempt in an hour, wherever it went: anybody could fill the table else.
    """

    __tablename__ = "refusals"
    __table_args__ = (
        Index(
            "uq_refusals_once_a_minute",
            "tenant_id",
            "actor_id",
            "permission",
            "method",
            "path",
            text("date_trunc('minute'::text, (at AT TIME ZONE 'UTC'::text))"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_refusals_of_strangers_once_an_hour",
            "tenant_id",
            "permission",
            text("date_trunc('hour'::text, (at AT TIME ZONE 'UTC'::text))"),
            unique=True,
            postgresql_where=text("actor_id IS NULL"),
        ),
        {"schema": "workbench"},
    )

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str | None]
    permission: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]


class Deed(Base):
    """One thing done on the platform as a whole: people, mandates, states of jurisdictions, support, jobs.

    Triggers and functions of the database write it, so that nothing that runs as the application leaves it out. Rows
    are never changed, and only the platform's people read them.
    """

    __tablename__ = "deeds"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]  # None: done on the server itself
    actor_role: Mapped[str | None]
    action: Mapped[str]
    jurisdiction: Mapped[str | None]  # its slug
    about: Mapped[str]  # a body, a role, a task, a number of hours: never a person's name
    subject_id: Mapped[UUID | None]
    reason: Mapped[str | None]
