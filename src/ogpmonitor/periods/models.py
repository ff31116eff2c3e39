"""Reporting periods, what was reported in them, and requests that let a contact report without an account."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKeyConstraint, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class ReportState(StrEnum):
    """How far a report has come. What is accepted stands in the workbench's milestone; publishing is another step."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Period(Identified, TenantOwned, Versioned, Base):
    """A stretch of time that units report on (`starts_on` to `ends_on`), between two days (`opens_on`, `closes_on`).

    Days are those of the tenant's time zone, both included. A closed one (`closed_at`) takes nothing any more.
    """

    __tablename__ = "periods"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "id"),
        {"schema": "workbench"},
    )

    code: Mapped[str]  # 2024-Q3, 2024-S1, 2024-09, 2024: its place in the year
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    closed_at: Mapped[datetime | None]


class MilestoneReport(Identified, TenantOwned, Versioned, Base):
    """What was reported about one milestone, in one period or outside any. One per milestone and period."""

    __tablename__ = "milestone_reports"
    __table_args__ = (
        UniqueConstraint("tenant_id", "period_id", "milestone_id"),
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id", "period_id"], ["workbench.periods.tenant_id", "workbench.periods.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "milestone_id"], ["workbench.milestones.tenant_id", "workbench.milestones.id"]
        ),
        {"schema": "workbench"},
    )

    period_id: Mapped[UUID | None] = mapped_column(index=True)
    milestone_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str]  # ReportState
    nothing_new: Mapped[bool]  # the explicit answer that nothing happened in this period
    said: Mapped[dict[str, Any]]  # progress, text, started_on, completed_on, expected_on, percent, late_reason
    note: Mapped[str | None]  # of the coordinator who returned it
    reported_at: Mapped[datetime]
    reported_by: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    demo: Mapped[bool]


class ReportRequest(Identified, TenantOwned, Versioned, Base):
    """A request to report on certain milestones, and the link that opens exactly those, once.

    The link's token and the key of the one browser that opened it are kept only as SHA-256.
    """

    __tablename__ = "report_requests"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("token_sha256"),
        UniqueConstraint("key_sha256"),
        ForeignKeyConstraint(["tenant_id", "period_id"], ["workbench.periods.tenant_id", "workbench.periods.id"]),
        {"schema": "workbench"},
    )

    period_id: Mapped[UUID | None] = mapped_column(index=True)
    unit: Mapped[str]
    name: Mapped[str]  # of the contact it is sent to
    email: Mapped[str]
    milestone_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    language: Mapped[str]
    token_sha256: Mapped[str]
    key_sha256: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    demo: Mapped[bool]
