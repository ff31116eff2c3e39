"""Reading the record: a page of it, who is named in it, and what it is about. Always the same number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Invitation, Person
from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.evidence.models import Evidence, EvidenceSupport
from ogpmonitor.periods.models import Period, ReportRequest
from ogpmonitor.plans.models import Commitment, Milestone, Plan

PAGE = 50
BY_LINK = "link"  # instead of a person: everybody who came by a request's link


@dataclass(frozen=True)
class Wanted:
    """Which records to show; None or "" asks for all. `since` and `until` are instants, `until` excluded.

    `about` is a plan, a commitment or a milestone, with everything in it; any other thing alone.
    """

    who: str = ""  # a person's id, or BY_LINK
    subject: str = ""  # a table's name
    about: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Cursor:
    """Where a page ends: the instant and the id of its last record."""

    at: datetime
    id: UUID


@dataclass
class Names:
    """What the ids in some records stand for."""

    people: Mapping[UUID, str] = field(default_factory=dict)
    requests: Mapping[UUID, ReportRequest] = field(default_factory=dict)
    subjects: dict[UUID, tuple[str, Any]] = field(default_factory=dict)  # a place ("C1 · M2") and a title or name


async def list_records(
    session: AsyncSession, wanted: Wanted, *, after: Cursor | None = None, most: int | None = PAGE
) -> Sequence[AuditRecord]:
    """Records as `wanted`, the newest first, from where `after` ended; one more than `most`, if there are more."""
    statement = select(AuditRecord).where(*_conditions(wanted))
    if after is not None:
        statement = statement.where(tuple_(AuditRecord.at, AuditRecord.id) < (after.at, after.id))
    statement = statement.order_by(AuditRecord.at.desc(), AuditRecord.id.desc())
    return (await session.scalars(statement if most is None else statement.limit(most + 1))).all()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.who == BY_LINK:
        conditions.append(AuditRecord.request_id.is_not(None))
    elif wanted.who:
        conditions.append(AuditRecord.actor_id == UUID(wanted.who))
    if wanted.subject:
        conditions.append(AuditRecord.subject == wanted.subject)
    if wanted.about:
        conditions.append(_within(wanted.about))
    if wanted.since:
        conditions.append(AuditRecord.at >= wanted.since)
    if wanted.until:
        conditions.append(AuditRecord.at < wanted.until)
    return conditions


def _within(about: UUID) -> ColumnElement[bool]:
    """The thing itself, and everything that a plan, a commitment or a milestone holds."""
    commitments = select(Commitment.id).where(or_(Commitment.id == about, Commitment.plan_id == about))
    milestones = select(Milestone.id).where(or_(Milestone.id == about, Milestone.commitment_id.in_(commitments)))
    backing = select(EvidenceSupport.evidence_id).where(
        or_(
            EvidenceSupport.milestone_id.in_(milestones),
            EvidenceSupport.commitment_id.in_(commitments),
            EvidenceSupport.plan_id == about,
        )
    )
    subject = AuditRecord.subject_id
    return or_(subject == about, subject.in_(commitments), subject.in_(milestones), subject.in_(backing))


async def names_in(session: AsyncSession, records: Iterable[AuditRecord]) -> Names:
    """Who and what `records` name: eight queries, however many they are. What is gone has no name."""
    rows = list(records)
    requests = {row.request_id for row in rows} | {row.subject_id for row in rows if row.subject == "report_requests"}
    names = Names(
        people=await _people(
            session, {row.actor_id for row in rows} | {row.subject_id for row in rows if row.subject == "people"}
        ),
        requests={
            one.id: one for one in await session.scalars(select(ReportRequest).where(_in(ReportRequest, requests)))
        },
    )
    subjects = {row.subject_id for row in rows}
    for plan in await session.scalars(select(Plan).where(_in(Plan, subjects))):
        names.subjects[plan.id] = (plan.slug, plan.title)
    for commitment in await session.scalars(select(Commitment).where(_in(Commitment, subjects))):
        names.subjects[commitment.id] = (commitment.code, commitment.title)
    steps = select(Milestone, Commitment.code).join(Milestone.commitment).where(_in(Milestone, subjects))
    for milestone, code in await session.execute(steps):
        names.subjects[milestone.id] = (f"{code} · {milestone.code}", milestone.title)
    for evidence in await session.scalars(select(Evidence).where(_in(Evidence, subjects))):
        names.subjects[evidence.id] = ("", evidence.title)
    for invited in await session.scalars(select(Invitation).where(_in(Invitation, subjects))):
        names.subjects[invited.id] = (invited.name, "")
    for period in await session.scalars(select(Period).where(_in(Period, subjects))):
        names.subjects[period.id] = (period.code, "")
    return names


def _in(table: Any, ids: Iterable[UUID | None]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table.id.in_({one for one in ids if one})
    return condition


async def _people(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    found = await session.execute(select(Person.id, Person.name).where(_in(Person, ids)))
    return {row.id: row.name for row in found}


async def people_in_record(session: AsyncSession) -> Sequence[tuple[UUID, str]]:
    """Everybody who has done something that the reader may see, by name: one query."""
    done = select(AuditRecord.actor_id).where(AuditRecord.actor_id.is_not(None))
    known = Person.id.in_(done), Person.name != ""  # who was erased has none
    found = await session.execute(select(Person.id, Person.name).where(*known).order_by(Person.name))
    return [(row.id, row.name) for row in found]
