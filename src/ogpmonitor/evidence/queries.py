"""Reading evidence of the workbench; row policies show each voice its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import Text, cast, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.evidence.models import Evidence, EvidenceSupport
from ogpmonitor.kit.errors import NotFound


async def get_evidence(session: AsyncSession, evidence_id: UUID) -> Evidence:
    """One piece of evidence.

    Raises:
        NotFound: there is none, it is another tenant's, or it is the other voice's.
    """
    evidence = await session.get(Evidence, evidence_id)
    if evidence is None:
        raise NotFound("evidence.not_found")
    return evidence


async def evidence_of_milestones(
    session: AsyncSession, ids: Iterable[UUID], *, accepted: bool = False
) -> dict[UUID, Sequence[Evidence]]:
    """What supports each of these milestones and has not been withdrawn, oldest first: one query for any number.

    With `accepted`, what came with a report that waits for the coordinator's decision is left out.
    """
    wanted = list(ids)
    statement = (
        select(EvidenceSupport.milestone_id, Evidence)
        .join(Evidence, Evidence.id == EvidenceSupport.evidence_id)
        .where(EvidenceSupport.milestone_id.in_(wanted), Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.submitted_at, Evidence.id)
    )
    if accepted:
        statement = statement.where(Evidence.waiting.is_(False))
    found: dict[UUID, list[Evidence]] = {milestone_id: [] for milestone_id in wanted}
    for milestone_id, evidence in await session.execute(statement):
        if milestone_id is not None:
            found[milestone_id].append(evidence)
    return {milestone_id: list(pieces) for milestone_id, pieces in found.items()}


async def backed_by(session: AsyncSession, milestone_id: UUID, sha256: str) -> Evidence | None:
    """What was sent or is kept with this hash, supports the milestone and has not been withdrawn, if anything."""
    statement = (
        select(Evidence)
        .join(EvidenceSupport, Evidence.id == EvidenceSupport.evidence_id)
        .where(
            EvidenceSupport.milestone_id == milestone_id,
            or_(Evidence.sha256 == sha256, Evidence.sent_sha256 == sha256),
            Evidence.withdrawn_at.is_(None),
        )
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def evidence_of(
    session: AsyncSession, thing: Literal["commitment_id", "plan_id"], ids: Iterable[UUID]
) -> dict[UUID, Sequence[Evidence]]:
    """What supports each of these commitments or plans itself and has not been withdrawn, oldest first: one query."""
    column = getattr(EvidenceSupport, thing)
    wanted = list(ids)
    statement = (
        select(column, Evidence)
        .join(Evidence, Evidence.id == EvidenceSupport.evidence_id)
        .where(column.in_(wanted), Evidence.withdrawn_at.is_(None), Evidence.waiting.is_(False))
        .order_by(Evidence.submitted_at, Evidence.id)
    )
    found: dict[UUID, list[Evidence]] = {one: [] for one in wanted}
    for one, evidence in await session.execute(statement):
        found[one].append(evidence)
    return {one: list(pieces) for one, pieces in found.items()}


@dataclass(frozen=True)
class Sought:
    """Which evidence is sought; an empty text and a False ask for nothing."""

    words: str = ""
    category: str = ""
    restricted: bool = False
    dead: bool = False
    loose: bool = False  # supports nothing


async def search_evidence(session: AsyncSession, sought: Sought, *, start: int, most: int) -> Sequence[Evidence]:
    """The voice's own evidence, newest first, without what was withdrawn: `most` of it from `start` on."""
    statement = select(Evidence).where(Evidence.withdrawn_at.is_(None))
    if sought.words:
        pattern = f"%{sought.words.replace('%', '').replace('_', '')}%"
        found_in = (cast(Evidence.title, Text), Evidence.file_name, Evidence.url, Evidence.source)
        statement = statement.where(or_(*(text.ilike(pattern) for text in found_in)))
    if sought.category:
        statement = statement.where(Evidence.category == sought.category)
    if sought.restricted:
        statement = statement.where(Evidence.restricted)
    if sought.dead:
        statement = statement.where(Evidence.link_state == "dead")
    if sought.loose:
        statement = statement.where(~exists().where(EvidenceSupport.evidence_id == Evidence.id))
    statement = statement.order_by(Evidence.submitted_at.desc(), Evidence.id).offset(start).limit(most)
    return (await session.scalars(statement)).all()


async def supports_of(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Sequence[EvidenceSupport]]:
    """What each of these pieces supports: one query for any number."""
    wanted = list(ids)
    found: dict[UUID, list[EvidenceSupport]] = {one: [] for one in wanted}
    for one in await session.scalars(select(EvidenceSupport).where(EvidenceSupport.evidence_id.in_(wanted))):
        found[one.evidence_id].append(one)
    return {one: list(supports) for one, supports in found.items()}


async def replaced_by(session: AsyncSession, evidence_id: UUID) -> Evidence | None:
    """The piece that stands in for this one, if there is one."""
    return (await session.scalars(select(Evidence).where(Evidence.replaces_id == evidence_id).limit(1))).one_or_none()
