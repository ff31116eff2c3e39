"""Reading assessments, and the editions they are about. Row policies show drafts to monitors only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from ogpmonitor.assessments.dossier import Dossier, get_dossier
from ogpmonitor.assessments.models import Assessment
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.evidence.models import Evidence, Voice
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.method.forms import Form, load_method
from ogpmonitor.register.assessment_documents import Citation
from ogpmonitor.register.models import Edition
from ogpmonitor.register.queries import Published, get_published, latest_edition


@dataclass(frozen=True)
class Sheet:
    """An assessment with all it needs: its form, the edition it looks at, and the newest one where that is another."""

    assessment: Assessment
    form: Form
    published: Published
    newest: Published | None
    dossier: Dossier = field(default_factory=Dossier)

    @property
    def commitments(self) -> Sequence[str]:
        """The codes of the commitments its form goes through: the assessed one, or all of the plan."""
        one = self.assessment.commitment
        return [one] if one else [commitment.code for commitment in self.published.commitments]

    @property
    def asked_of(self) -> Sequence[str]:
        """The codes for which sections repeat; none on a form about one commitment."""
        return () if self.form.about == "commitment" else self.commitments

    @property
    def answers(self) -> dict[str, Given]:
        """What is kept, by question."""
        return given_answers(self.assessment)

    @property
    def has_changed_since(self) -> bool:
        """Whether what is assessed reads otherwise in the newest edition."""
        if self.newest is None:
            return False
        before, now = _assessed_names(self, self.published), _assessed_names(self, self.newest)
        return before != now


def _assessed_names(sheet: Sheet, published: Published) -> set[tuple[str, str, str]]:
    one = sheet.assessment.commitment
    return {
        (entry.kind, entry.code, entry.document_sha256)
        for entry in published.entries
        if entry.kind == "commitment" and one in (None, entry.code)
    }


def given_answers(assessment: Assessment) -> dict[str, Given]:
    """The answers of `assessment` (loaded with them) by question."""
    return {
        row.question: Given(
            row.value or "",
            row.explanation,
            row.references,
            tuple(Citation.model_validate(citation) for citation in row.citations),
        )
        for row in assessment.answers
    }


async def list_assessments(session: AsyncSession) -> Sequence[Assessment]:
    """Every assessment that the actor may see, oldest first, without answers."""
    return (await session.scalars(select(Assessment).order_by(Assessment.created_at, Assessment.id))).all()


async def find_assessment(session: AsyncSession, *, form: str, plan: str, commitment: str | None) -> Assessment | None:
    """The assessment on this form that was begun last, draft or published; None before the first."""
    statement = (
        select(Assessment)
        .where(
            Assessment.form == form,
            Assessment.plan == plan,
            Assessment.commitment.is_not_distinct_from(commitment),
        )
        .order_by(Assessment.created_at.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def get_assessment(session: AsyncSession, assessment_id: UUID, *, alone: bool = False) -> Assessment:
    """An assessment with its answers. `alone`: whoever else wants to write a draft waits until this transaction ends.

    Raises:
        NotFound: there is none, it is another tenant's, or the actor may not see it.
    """
    if alone:  # a row that is no draft any more cannot be held, and need not be
        await session.execute(select(Assessment.id).where(Assessment.id == assessment_id).with_for_update())
    statement = select(Assessment).where(Assessment.id == assessment_id).options(selectinload(Assessment.answers))
    assessment = (await session.scalars(statement)).one_or_none()
    if assessment is None:
        raise NotFound("assessment.not_found")
    return assessment


async def get_sheet(session: AsyncSession, jurisdiction: str, assessment_id: UUID, *, alone: bool = False) -> Sheet:
    """An assessment with its form and the edition it looks at.

    Raises:
        NotFound: see `get_assessment`.
    """
    assessment = await get_assessment(session, assessment_id, alone=alone)
    frozen = (await session.scalars(select(Edition).where(Edition.sha256 == assessment.edition_sha256))).one()
    latest = await latest_edition(session, jurisdiction, assessment.plan)
    newest = await get_published(session, latest) if latest and latest.sha256 != frozen.sha256 else None
    form = load_method().form(assessment.form, assessment.form_version)
    dossier = await get_dossier(session, assessment)
    return Sheet(assessment, form, await get_published(session, frozen), newest, dossier)


async def own_files(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Evidence]:
    """The monitor's own files among `ids`."""
    statement = select(Evidence).where(
        Evidence.id.in_(set(ids)), Evidence.voice == Voice.MONITOR, Evidence.kind == "file"
    )
    return {evidence.id: evidence for evidence in await session.scalars(statement)}
