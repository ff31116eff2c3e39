"""Drafts and published assessments of the independent monitoring body.

An assessment names the edition it looked at: what the government is still writing is not its subject.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class AssessmentStatus(StrEnum):
    """A draft is its monitors' alone; what is published is never edited."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Assessment(Identified, TenantOwned, Versioned, Base):
    """One filled-in form about one plan or one of its commitments."""

    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(
            ["tenant_id", "edition_sha256"], ["register.editions.tenant_id", "register.editions.sha256"]
        ),
        Index(
            "uq_assessments_one_draft",
            "tenant_id",
            "plan",
            "form",
            "commitment",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("status = 'draft'"),
        ),
        {"schema": "workbench"},
    )

    form: Mapped[str]
    form_version: Mapped[int]
    plan: Mapped[str]
    commitment: Mapped[str | None]
    edition_sha256: Mapped[str]
    status: Mapped[str]
    evaluator: Mapped[str]  # the body that signs
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    demo: Mapped[bool]
    answers: Mapped[list["AssessmentAnswer"]] = relationship(
        lazy="raise", order_by="AssessmentAnswer.question", back_populates="assessment", cascade="all, delete-orphan"
    )


class AssessmentAnswer(Identified, TenantOwned, Versioned, Base):
    """The answer to one question: a chosen code or a text, why, and what it rests on."""

    __tablename__ = "assessment_answers"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question"),
        ForeignKeyConstraint(
            ["tenant_id", "assessment_id"],
            ["workbench.assessments.tenant_id", "workbench.assessments.id"],
            ondelete="CASCADE",
        ),
        {"schema": "workbench"},
    )

    assessment_id: Mapped[UUID] = mapped_column(index=True)
    question: Mapped[str]
    value: Mapped[str | None]
    explanation: Mapped[str]
    references: Mapped[str]
    citations: Mapped[list[Any]]  # of published evidence by sha256, of links, of the monitor's own files
    assessment: Mapped[Assessment] = relationship(lazy="raise", back_populates="answers")
