"""Files and links, and what they support."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
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
    dated_on: Mapped[str | None]
    restricted: Mapped[bool]
    submitted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    demo: Mapped[bool]


class EvidenceSupport(TenantOwned, Base):
    """This evidence supports that milestone."""

    __tablename__ = "evidence_supports"
    __table_args__ = (
        PrimaryKeyConstraint("evidence_id", "milestone_id"),
        ForeignKeyConstraint(["tenant_id", "evidence_id"], ["workbench.evidence.tenant_id", "workbench.evidence.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "milestone_id"], ["workbench.milestones.tenant_id", "workbench.milestones.id"]
        ),
        {"schema": "workbench"},
    )

    evidence_id: Mapped[UUID]
    milestone_id: Mapped[UUID] = mapped_column(index=True)
