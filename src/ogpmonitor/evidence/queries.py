"""Reading evidence of the workbench; row policies show each voice its own."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
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
    """The evidence with this hash that supports the milestone and has not been withdrawn, if there is any."""
    statement = (
        select(Evidence)
        .join(EvidenceSupport, Evidence.id == EvidenceSupport.evidence_id)
        .where(EvidenceSupport.milestone_id == milestone_id, Evidence.sha256 == sha256, Evidence.withdrawn_at.is_(None))
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()
