"""Files that were brought in, what was understood of them, and what they changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class ImportState(StrEnum):
    """How far an import has come."""

    READING = "reading"
    REFUSED = "refused"  # it has errors; nothing was written
    READY = "ready"  # waits for somebody to say yes
    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"  # the work broke off; nothing was written


class Import(Identified, TenantOwned, Versioned, Base):
    """One file, read and compared with the plan it is for; applied whole or not at all."""

    __tablename__ = "imports"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id", "plan_id"], ["workbench.plans.tenant_id", "workbench.plans.id"]),
        {"schema": "workbench"},
    )

    plan_id: Mapped[UUID | None] = mapped_column(index=True)  # None until a file that brings its own plan is applied
    format: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    state: Mapped[str]  # ImportState
    rows: Mapped[int]  # to do
    done: Mapped[int]  # of them, as far as the worker has told
    findings: Mapped[dict[str, Any]]  # errors, warnings and what was not understood, each at its cell
    outcome: Mapped[dict[str, Any]]  # what would be or was created, changed and left
    before: Mapped[dict[str, Any] | None]  # what stood there, for undoing
    reason: Mapped[dict[str, Any] | None]  # of a change to a submitted plan: code and words
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
