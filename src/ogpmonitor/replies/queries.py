"""Reading what the monitor wants from the government."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.assessments.models import Assessment, AssessmentStatus, Clarification, ReplyWindow
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.plans.models import RecommendationAnswer
from ogpmonitor.register.assessment_documents import AssessmentDocument, Recommendation
from ogpmonitor.register.queries import Published


@dataclass(frozen=True)
class Recommended:
    """A recommendation of a published assessment, with the answer as it would be published next."""

    recommendation: Recommendation
    document: AssessmentDocument
    plan: str
    answer: RecommendationAnswer | None


async def sent_for_comment(session: AsyncSession) -> Sequence[tuple[Assessment, ReplyWindow]]:
    """What the government may reply to, or could, and is not published yet; what ends first comes first."""
    statement = (
        select(Assessment, ReplyWindow)
        .join(ReplyWindow, ReplyWindow.assessment_id == Assessment.id)
        .where(Assessment.status == AssessmentStatus.COMMENT)
        .order_by(ReplyWindow.ends_at, Assessment.id)
    )
    return [(one, window) for one, window in await session.execute(statement)]


async def list_clarifications(session: AsyncSession) -> Sequence[Clarification]:
    """Everything that was asked, what is not answered first, then what is due first."""
    statement = select(Clarification).order_by(
        Clarification.answered_at.is_not(None), Clarification.due_on, Clarification.id
    )
    return (await session.scalars(statement)).all()


async def get_clarification(session: AsyncSession, clarification_id: UUID, *, to_write: bool = False) -> Clarification:
    """One request for clarification. `to_write` waits for whoever is answering it.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    statement = select(Clarification).where(Clarification.id == clarification_id)
    row = (await session.scalars(statement.with_for_update() if to_write else statement)).one_or_none()
    if row is None:
        raise NotFound("clarification.not_found")
    return row


async def is_published(session: AsyncSession, assessment_id: UUID) -> bool:
    """Whether an assessment is published. A draft cannot be seen here."""
    statement = select(Assessment.id).where(
        Assessment.id == assessment_id, Assessment.status == AssessmentStatus.PUBLISHED
    )
    return await session.scalar(statement) is not None


def recommended(published: Sequence[Published], answers: Sequence[RecommendationAnswer]) -> list[Recommended]:
    """Every recommendation that is public now, the newest assessment first; `answers` are the workbench's."""
    by_id = {one.recommendation: one for one in answers}
    found = [
        Recommended(one, document, edition.edition.plan, by_id.get(one.id))
        for edition in published
        for document in edition.assessments
        for one in document.recommendations
    ]
    return sorted(found, key=lambda one: one.document.published_at, reverse=True)
