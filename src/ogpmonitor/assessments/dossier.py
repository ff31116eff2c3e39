"""What stands around the answers of an assessment: declared, asked, replied, noted and rated a second time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.assessments.declaring import list_declarations, list_recusals
from ogpmonitor.assessments.models import (
    Assessment,
    AssessmentNote,
    Clarification,
    Declaration,
    Recusal,
    Reply,
    ReplyWindow,
    SecondAnswer,
    SecondReview,
)
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.mandates.queries import mandate_of
from ogpmonitor.tenants.queries import own_zone

UTC_ZONE = ZoneInfo("UTC")
Row = TypeVar("Row", Clarification, Reply, AssessmentNote, ReplyWindow, SecondReview)


@dataclass(frozen=True)
class Dossier:
    """What stands around one assessment, as far as whoever asks may see it."""

    actor_id: UUID | None = None
    mandate: Mandate | None = None
    declarations: Sequence[Declaration] = ()
    recusals: Sequence[Recusal] = ()
    clarifications: Sequence[Clarification] = ()
    window: ReplyWindow | None = None
    replies: Mapping[str, Reply] = field(default_factory=dict)
    notes: Mapping[str, AssessmentNote] = field(default_factory=dict)
    review: SecondReview | None = None
    second: Mapping[str, SecondAnswer] = field(default_factory=dict)
    corrected: Assessment | None = None  # the published one that this one replaces
    zone: ZoneInfo = UTC_ZONE  # of the tenant, whose days count

    def day(self, at: datetime) -> date:
        """The day of an instant where the tenant is."""
        return at.astimezone(self.zone).date()

    @property
    def has_declared(self) -> bool:
        """Whether whoever asks has declared its conflicts of interest for this assessment."""
        return any(one.person_id == self.actor_id for one in self.declarations)

    @property
    def is_blind(self) -> bool:
        """Whether whoever asks is the second monitor, still at it: the first one's answers are closed to it."""
        return self.review is not None and self.review.handed_in_at is None and self.is_reviewer

    @property
    def is_reviewer(self) -> bool:
        """Whether whoever asks is the second monitor."""
        return self.review is not None and self.review.reviewer_id == self.actor_id

    @property
    def differences(self) -> Sequence[SecondAnswer]:
        """Where the two monitors had chosen differently, in the order of the form's keys."""
        return [one for _, one in sorted(self.second.items()) if one.differs]

    def recused_from(self, commitment: str | None) -> bool:
        """Whether whoever asks takes no part in what concerns this commitment."""
        return any((one.person_id, one.commitment) == (self.actor_id, commitment) for one in self.recusals)

    def asked_about(self, question: str) -> Sequence[Clarification]:
        """What the government was asked about one question, oldest first."""
        return [one for one in self.clarifications if one.question == question]


async def get_dossier(session: AsyncSession, assessment: Assessment) -> Dossier:
    """What the actor of this session may see around `assessment`: the same number of queries, however much there is."""
    actor_id: UUID | None = await session.scalar(select(func.platform.current_actor()))
    review = next(iter(await _rows(session, SecondReview, assessment)), None)
    second = select(SecondAnswer).where(SecondAnswer.review_id == review.id) if review else None
    corrected = select(Assessment).where(Assessment.id == assessment.corrects_id) if assessment.corrects_id else None
    return Dossier(
        actor_id=actor_id,
        mandate=await mandate_of(session, actor_id),
        declarations=await list_declarations(session, assessment.id),
        recusals=await list_recusals(session, assessment.plan),
        clarifications=sorted(await _rows(session, Clarification, assessment), key=lambda one: one.asked_at),
        window=next(iter(await _rows(session, ReplyWindow, assessment)), None),
        replies={one.question: one for one in await _rows(session, Reply, assessment)},
        notes={one.question: one for one in await _rows(session, AssessmentNote, assessment)},
        review=review,
        second={one.question: one for one in await session.scalars(second)} if second is not None else {},
        corrected=await session.scalar(corrected) if corrected is not None else None,
        zone=await own_zone(session),
    )


async def _rows(session: AsyncSession, table: type[Row], assessment: Assessment) -> Sequence[Row]:
    condition: Any = table.assessment_id == assessment.id
    return (await session.scalars(select(table).where(condition))).all()
