"""The workbench's tables of plans: action plan > commitment > milestone.

Texts are `Localized` objects as JSON; dates that a source gives only to the month or year are `PartialDate` strings.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ogpmonitor.kit.db import Base, Identified, TenantOwned, Versioned


class PlanStatus(StrEnum):
    """Where a plan stands in the OGP Local cycle."""

    COCREATION = "co_creation"
    SUBMITTED = "submitted"
    ENDED = "ended"


class Progress(StrEnum):
    """What the responsible unit reports about a milestone. Late is not one of them: it follows from the dates."""

    NOT_STARTED = "not_started"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class SetAside(StrEnum):
    """Why an item of a submitted plan is no longer worked on. It leaves the base of the current plan."""

    DEPRIORITISED = "deprioritised"
    WITHDRAWN = "withdrawn"


class Plan(Identified, TenantOwned, Versioned, Base):
    """An action plan: its strategic vision, its co-creation and the facts about it."""

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("tenant_id", "slug"),
        UniqueConstraint("tenant_id", "id"),
        {"schema": "workbench"},
    )

    slug: Mapped[str]
    title: Mapped[dict[str, Any]]
    status: Mapped[str]
    source_language: Mapped[str]
    starts_on: Mapped[str | None]
    ends_on: Mapped[str | None]  # "Action Plan End": the commitments end
    cycle_ends_on: Mapped[str | None]  # "Duration": the cycle ends, up to two months later
    submitted_on: Mapped[str | None]
    content: Mapped[
        dict[str, Any]
    ]  # foreword, vision, co-creation, endorsements, institutions, monitoring body, source
    demo: Mapped[bool]
    commitments: Mapped[list["Commitment"]] = relationship(
        lazy="raise", order_by="Commitment.position", back_populates="plan"
    )


class Commitment(Identified, TenantOwned, Versioned, Base):
    """A promise of reform."""

    __tablename__ = "commitments"
    __table_args__ = (
        UniqueConstraint("tenant_id", "plan_id", "code"),
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id", "plan_id"], ["workbench.plans.tenant_id", "workbench.plans.id"]),
        {"schema": "workbench"},
    )

    plan_id: Mapped[UUID] = mapped_column(index=True)
    code: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, Any]]
    starts_on: Mapped[str | None]
    ends_on: Mapped[str | None]
    content: Mapped[dict[str, Any]]  # every other field of the commitment template
    added: Mapped[bool] = mapped_column(default=False)  # after submission: not part of the original plan
    set_aside: Mapped[str | None]  # SetAside; it stays counted in the original plan
    demo: Mapped[bool]
    plan: Mapped[Plan] = relationship(lazy="raise", back_populates="commitments")
    milestones: Mapped[list["Milestone"]] = relationship(
        lazy="raise", order_by="Milestone.position", back_populates="commitment"
    )


class Milestone(Identified, TenantOwned, Versioned, Base):
    """A verifiable step of a commitment, and what its unit last reported about it."""

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("tenant_id", "commitment_id", "code"),
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(
            ["tenant_id", "commitment_id"], ["workbench.commitments.tenant_id", "workbench.commitments.id"]
        ),
        {"schema": "workbench"},
    )

    commitment_id: Mapped[UUID] = mapped_column(index=True)
    code: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, Any]]
    starts_on: Mapped[str | None]
    due_on: Mapped[str | None]
    responsible_unit: Mapped[dict[str, Any] | None]
    contact: Mapped[dict[str, Any] | None]  # who answers for it: name, email, and `public`, their consent to be named
    content: Mapped[dict[str, Any]]  # indicator, expected output, supporting actors, note on the source
    added: Mapped[bool] = mapped_column(default=False)  # after submission: not part of the original plan
    set_aside: Mapped[str | None]  # SetAside; it stays counted in the original plan
    demo: Mapped[bool]

    progress: Mapped[str]
    progress_text: Mapped[dict[str, Any] | None]
    started_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    expected_on: Mapped[date | None]  # when the unit now expects to complete it; the plan's own date stays `due_on`
    percent: Mapped[int | None]  # 0 to 100, where a share makes sense
    late_reason: Mapped[dict[str, Any] | None]
    reported_at: Mapped[datetime | None]
    report_demo: Mapped[bool]
    commitment: Mapped[Commitment] = relationship(lazy="raise", back_populates="milestones")


class Amendment(Identified, TenantOwned, Base):
    """One change of a submitted plan with its reason. Rows can be inserted, never changed."""

    __tablename__ = "amendments"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id", "plan_id"], ["workbench.plans.tenant_id", "workbench.plans.id"]),
        ForeignKeyConstraint(["tenant_id", "minute_id"], ["workbench.evidence.tenant_id", "workbench.evidence.id"]),
        {"schema": "workbench"},
    )

    plan_id: Mapped[UUID] = mapped_column(index=True)
    commitment: Mapped[str | None]  # its code; neither code: the plan itself
    milestone: Mapped[str | None]  # its code within the commitment
    kind: Mapped[str]  # text | dates | scope | owner
    changes: Mapped[list[Any]]  # {"field", "old", "new"} for each field, as the register would say them
    reason: Mapped[str]  # a code of method/amendment_reasons.toml
    words: Mapped[dict[str, Any]]  # Localized: the reason in words
    minute_id: Mapped[UUID | None]  # the forum's minute, among the evidence
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    demo: Mapped[bool]


class RecommendationAnswer(Identified, TenantOwned, Versioned, Base):
    """One answer to one recommendation, until it is published and as it would be published next."""

    __tablename__ = "recommendation_answers"
    __table_args__ = (UniqueConstraint("tenant_id", "recommendation"), {"schema": "workbench"})

    plan: Mapped[str]
    recommendation: Mapped[str]
    answer: Mapped[str]
    words: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]
    demo: Mapped[bool]
