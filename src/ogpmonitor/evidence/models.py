"""Files and links, and what they support."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class Voice(StrEnum):
    """Who speaks. The two are never mixed."""

    GOVERNMENT = "government"
    MONITOR = "monitor"


class Evidence(Identified, TenantOwned, Versioned, Base):
    """One file or one link. A file is named by the SHA-256 of its bytes and never overwritten."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), {"schema": "workbench"})

    voice: Mapped[str]
    kind: Mapped[str]  # file | link
    title: Mapped[dict[str, Any]]
    url: Mapped[str | None]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size_bytes: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(index=True)  # of the file's bytes, or of the link's address
    category: Mapped[str] = mapped_column(default="document")  # a code of method/evidence_kinds.toml
    dated_on: Mapped[str | None]
    covers_from: Mapped[str | None]  # PartialDate: the period it speaks of
    covers_to: Mapped[str | None]
    source: Mapped[str | None]  # who made it, in words
    restricted: Mapped[bool]
    sent_sha256: Mapped[str | None]  # of the bytes as sent, where metadata was taken out before they were kept
    preview_sha256: Mapped[str | None]  # of a small image without metadata
    replaces_id: Mapped[UUID | None]  # the piece this one stands in for
    link_state: Mapped[str | None]  # alive | dead | unknown, as last seen in the background
    link_checked_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    # The request through whose link it was sent; the database fills it in.
    request_id: Mapped[UUID | None] = mapped_column(server_default=text("(platform.standing_request()).id"))
    submitted_at: Mapped[datetime]
    waiting: Mapped[bool] = mapped_column(default=False)  # until the report that brought it is accepted
    withdrawn_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    demo: Mapped[bool]


class EvidenceSupport(Identified, TenantOwned, Base):
    """This evidence supports that milestone, commitment or plan: exactly one of them."""

    __tablename__ = "evidence_supports"
    __table_args__ = (
        Index(
            "uq_evidence_supports_once",
            "evidence_id",
            "milestone_id",
            "commitment_id",
            "plan_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("num_nonnulls(milestone_id, commitment_id, plan_id) = 1", name="one_thing"),
        ForeignKeyConstraint(["tenant_id", "evidence_id"], ["workbench.evidence.tenant_id", "workbench.evidence.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "milestone_id"], ["workbench.milestones.tenant_id", "workbench.milestones.id"]
        ),
        ForeignKeyConstraint(
            ["tenant_id", "commitment_id"], ["workbench.commitments.tenant_id", "workbench.commitments.id"]
        ),
        ForeignKeyConstraint(["tenant_id", "plan_id"], ["workbench.plans.tenant_id", "workbench.plans.id"]),
        {"schema": "workbench"},
    )

    evidence_id: Mapped[UUID]
    milestone_id: Mapped[UUID | None] = mapped_column(index=True)
    commitment_id: Mapped[UUID | None] = mapped_column(index=True)
    plan_id: Mapped[UUID | None] = mapped_column(index=True)
