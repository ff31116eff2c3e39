"""Drafts and published assessments of the independent monitoring body.

An assessment names the edition it looked at: what the government is still writing is not its subject.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import FetchedValue, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned
from ogpmonitor.kit.i18n import DEFAULT_LANGUAGE


class AssessmentStatus(StrEnum):
    """A draft is its monitors' alone; sent for comment the government reads it; what is published is never edited."""

    DRAFT = "draft"
    COMMENT = "comment"
    PUBLISHED = "published"


def belongs_to(table: str, column: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A key to a row of the same tenant. With `CASCADE` it goes with that row; without, that row cannot go."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"workbench.{table}.tenant_id", f"workbench.{table}.id"], ondelete=ondelete
    )


class Assessment(Identified, TenantOwned, Versioned, Base):
    """One filled-in form about one plan or one of its commitments."""

    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(
            ["tenant_id", "edition_sha256"], ["register.editions.tenant_id", "register.editions.sha256"]
        ),
        belongs_to("assessments", "corrects_id"),
        Index(
            "uq_assessments_one_open",
            "tenant_id",
            "plan",
            "form",
            "commitment",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("status <> 'published'"),
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
    language: Mapped[str] = mapped_column(default=DEFAULT_LANGUAGE)  # in which its answers are written
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    corrects_id: Mapped[UUID | None]  # the published assessment that this one replaces
    correction: Mapped[str | None]  # why
    revision: Mapped[int] = mapped_column(default=1)  # 1, and one more with every correction
    recommendations: Mapped[list[Any]] = mapped_column(default=list)  # schemas_following.Recommended, in order
    follow_ups: Mapped[list[Any]] = mapped_column(default=list)  # schemas_following.Followed
    demo: Mapped[bool]
    answers: Mapped[list["AssessmentAnswer"]] = relationship(
        lazy="raise", order_by="AssessmentAnswer.question", back_populates="assessment", cascade="all, delete-orphan"
    )


class AssessmentAnswer(Identified, TenantOwned, Versioned, Base):
    """The answer to one question: a chosen code or a text, why, and what it rests on."""

    __tablename__ = "assessment_answers"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question"),
        belongs_to("assessments", "assessment_id", ondelete="CASCADE"),
        {"schema": "workbench"},
    )

    assessment_id: Mapped[UUID] = mapped_column(index=True)
    question: Mapped[str]
    value: Mapped[str | None]
    explanation: Mapped[str]
    references: Mapped[str]
    citations: Mapped[list[Any]]  # of published evidence by sha256, of links, of the monitor's own files
    written_by: Mapped[UUID | None] = mapped_column(FetchedValue())  # who wrote it last: the database says so
    assessment: Mapped[Assessment] = relationship(lazy="raise", back_populates="answers")


class OfAssessment:
    """A row about one assessment."""

    assessment_id: Mapped[UUID]


class Declaration(OfAssessment, Identified, TenantOwned, Base):
    """What a monitor declares about conflicts of interest, once for each assessment and before writing in it."""

    __tablename__ = "declarations"
    __table_args__ = (
        UniqueConstraint("assessment_id", "person_id"),
        belongs_to("assessments", "assessment_id", ondelete="CASCADE"),
        {"schema": "workbench"},
    )

    person_id: Mapped[UUID]
    has_conflict: Mapped[bool]
    statement: Mapped[str]
    declared_at: Mapped[datetime]


class Recusal(Identified, TenantOwned, Base):
    """A monitor takes no part in whatever concerns one commitment of a plan."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("tenant_id", "plan", "commitment", "person_id"), {"schema": "workbench"})

    plan: Mapped[str]
    commitment: Mapped[str]
    person_id: Mapped[UUID]
    reason: Mapped[str]
    recused_at: Mapped[datetime]


class AssessmentNote(OfAssessment, Identified, TenantOwned, Versioned, Base):
    """What the monitors note for themselves beside a question. Never published, and never the government's to read."""

    __tablename__ = "assessment_notes"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question"),
        belongs_to("assessments", "assessment_id", ondelete="CASCADE"),
        {"schema": "workbench"},
    )

    question: Mapped[str]
    words: Mapped[str]
    written_at: Mapped[datetime]


class SecondReview(OfAssessment, Identified, TenantOwned, Versioned, Base):
    """A second monitor rates the same questions, and cannot read the first one's answers until this is handed in."""

    __tablename__ = "second_reviews"
    __table_args__ = (
        UniqueConstraint("assessment_id"),
        UniqueConstraint("tenant_id", "id"),
        belongs_to("assessments", "assessment_id", ondelete="CASCADE"),
        {"schema": "workbench"},
    )

    reviewer_id: Mapped[UUID]
    begun_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]


class SecondAnswer(Identified, TenantOwned, Versioned, Base):
    """What the second monitor chose, and how a difference was settled."""

    __tablename__ = "second_answers"
    __table_args__ = (
        UniqueConstraint("review_id", "question"),
        belongs_to("second_reviews", "review_id", ondelete="CASCADE"),
        {"schema": "workbench"},
    )

    review_id: Mapped[UUID]
    question: Mapped[str]
    value: Mapped[str | None]
    explanation: Mapped[str]
    first_value: Mapped[str | None]  # what the first monitor had chosen when this was handed in; "" for nothing
    settled: Mapped[str | None]  # why the answer that will be published is what it is

    @property
    def differs(self) -> bool:
        """Whether the two had chosen differently when this was handed in."""
        return self.first_value is not None and self.first_value != (self.value or "")


class Clarification(OfAssessment, Identified, TenantOwned, Versioned, Base):
    """A question to the government while a draft is written. It says what it is about without showing the draft."""

    __tablename__ = "clarifications"
    __table_args__ = (belongs_to("assessments", "assessment_id"), {"schema": "workbench"})

    assessment_id: Mapped[UUID] = mapped_column(index=True)
    form: Mapped[str]
    plan: Mapped[str]
    commitment: Mapped[str | None]
    question: Mapped[str | None]
    milestone: Mapped[str | None]  # <commitment>/<milestone>
    asked: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    due_on: Mapped[date]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    demo: Mapped[bool]

    def is_late(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether the answer came after the day it was due, or is still owed after it; days are those of `zone`."""
        return (self.answered_at or now).astimezone(zone).date() > self.due_on


class ReplyWindow(OfAssessment, Identified, TenantOwned, Versioned, Base):
    """The time in which the government may reply. It ends by itself; the government may end it sooner, never later."""

    __tablename__ = "reply_windows"
    __table_args__ = (
        UniqueConstraint("assessment_id"),
        belongs_to("assessments", "assessment_id"),
        {"schema": "workbench"},
    )

    sent_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # the first instant after the last day, in the tenant's zone
    days: Mapped[int]
    handed_in_at: Mapped[datetime | None]
    handed_in_by: Mapped[UUID | None]

    def last_day(self, zone: ZoneInfo) -> date:
        """The last day on which a reply is taken, in `zone`."""
        return (self.ends_at - timedelta(seconds=1)).astimezone(zone).date()

    def is_open(self, at: datetime) -> bool:
        """Whether a reply is still taken."""
        return self.handed_in_at is None and at < self.ends_at


class Reply(OfAssessment, Identified, TenantOwned, Versioned, Base):
    """What the government replies to one answer. `finding` is that answer as it was sent: the database keeps it."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question"),
        belongs_to("assessments", "assessment_id"),
        {"schema": "workbench"},
    )

    question: Mapped[str]
    words: Mapped[str]
    finding: Mapped[dict[str, Any]] = mapped_column(FetchedValue())
    replied_at: Mapped[datetime]
    replied_by: Mapped[UUID | None]
