"""Reading what has been published. Works through either door: the register is open to both roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import CommitmentDocument, PlanDocument, read_document
from ogpmonitor.register.documents import Document as AnyDocument
from ogpmonitor.register.models import Checkpoint, Document, Edition, EditionEntry, LogEntry, PlanFact

HIGHEST_NUMBER = 2**31 - 1  # what the column holds


class Told:
    """A plan as documents tell it, those of an edition or those of a draft, in their order."""

    @cached_property
    def documents(self) -> dict[tuple[str, str], AnyDocument]:
        """Every document by kind and code."""
        raise NotImplementedError

    @cached_property
    def plan(self) -> PlanDocument:
        return next(document for document in self.documents.values() if isinstance(document, PlanDocument))

    @cached_property
    def commitments(self) -> Sequence[CommitmentDocument]:
        """In the plan's order."""
        return [document for document in self.documents.values() if isinstance(document, CommitmentDocument)]

    @cached_property
    def assessments(self) -> Sequence[AssessmentDocument]:
        return [document for document in self.documents.values() if isinstance(document, AssessmentDocument)]

    def commitment(self, code: str) -> CommitmentDocument:
        """The commitment with this code, compared without case.

        Raises:
            NotFound: there is none.
        """
        for document in self.commitments:
            if document.code.casefold() == code.casefold():
                return document
        raise NotFound("commitment.not_found")

    def assessments_of(self, code: str) -> Sequence[AssessmentDocument]:
        """The assessments of one commitment."""
        return [document for document in self.assessments if document.commitment == code]

    def sha256_of(self, kind: str, code: str) -> str:
        """The name of one document, "" for one that has not been published."""
        raise NotImplementedError


@dataclass(frozen=True)
class Published(Told):
    """One edition with everything it holds, in the order of its manifest."""

    edition: Edition
    entries: Sequence[EditionEntry]
    bodies: dict[str, bytes]  # by SHA-256

    @cached_property
    def documents(self) -> dict[tuple[str, str], AnyDocument]:
        return {(e.kind, e.code): read_document(e.kind, self.bodies[e.document_sha256]) for e in self.entries}

    def sha256_of(self, kind: str, code: str) -> str:
        return next(e.document_sha256 for e in self.entries if (e.kind, e.code) == (kind, code))


async def latest_edition(session: AsyncSession, jurisdiction: str, plan: str) -> Edition | None:
    """The newest edition of a plan, or None before the first."""
    statement = (
        select(Edition)
        .where(Edition.jurisdiction == jurisdiction, Edition.plan == plan)
        .order_by(Edition.number.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def get_edition(session: AsyncSession, jurisdiction: str, plan: str, number: int | None = None) -> Edition:
    """Edition `number` of a plan, or the newest.

    Raises:
        NotFound: nothing has been published under that number.
    """
    if number is None:
        edition = await latest_edition(session, jurisdiction, plan)
    elif not 1 <= number <= HIGHEST_NUMBER:
        edition = None
    else:
        statement = select(Edition).where(
            Edition.jurisdiction == jurisdiction, Edition.plan == plan, Edition.number == number
        )
        edition = (await session.scalars(statement)).one_or_none()
    if edition is None:
        raise NotFound("edition.not_found")
    return edition


async def get_published(session: AsyncSession, edition: Edition) -> Published:
    """The whole of `edition`: one query, whatever its size."""
    statement = (
        select(EditionEntry, Document.body)
        .join(Document, Document.sha256 == EditionEntry.document_sha256)
        .where(EditionEntry.edition_sha256 == edition.sha256)
        .order_by(EditionEntry.position)
    )
    rows = (await session.execute(statement)).all()
    return Published(edition, [row[0] for row in rows], {row[0].document_sha256: row[1] for row in rows})


async def newest_published(session: AsyncSession, jurisdiction: str | None = None) -> Sequence[Published]:
    """The newest edition of every plan, of one jurisdiction or of all the door shows: two queries for any number."""
    own = () if jurisdiction is None else (PlanFact.jurisdiction == jurisdiction,)
    newest = select(PlanFact.edition_sha256).where(*own)
    statement = select(Edition).where(Edition.sha256.in_(newest)).order_by(Edition.jurisdiction, Edition.plan)
    editions = (await session.scalars(statement)).all()
    rows = await session.execute(
        select(EditionEntry, Document.body)
        .join(Document, Document.sha256 == EditionEntry.document_sha256)
        .where(EditionEntry.edition_sha256.in_(newest))
        .order_by(EditionEntry.edition_sha256, EditionEntry.position)
    )
    held: dict[str, list[tuple[EditionEntry, bytes]]] = {edition.sha256: [] for edition in editions}
    for entry, body in rows:
        held[entry.edition_sha256].append((entry, body))
    return [
        Published(
            edition,
            [entry for entry, _ in held[edition.sha256]],
            {entry.document_sha256: body for entry, body in held[edition.sha256]},
        )
        for edition in editions
    ]


async def published_plan(session: AsyncSession, jurisdiction: str, plan: str, number: int | None = None) -> Published:
    """A plan as its newest edition says it, or as edition `number` said it.

    Raises:
        NotFound: nothing has been published.
    """
    return await get_published(session, await get_edition(session, jurisdiction, plan, number))


async def list_editions(session: AsyncSession, jurisdiction: str, plan: str) -> Sequence[Edition]:
    """Every edition of a plan, newest first."""
    statement = (
        select(Edition)
        .where(Edition.jurisdiction == jurisdiction, Edition.plan == plan)
        .order_by(Edition.number.desc())
    )
    return (await session.scalars(statement)).all()


async def log_entry_of(session: AsyncSession, subject_sha256: str) -> LogEntry | None:
    """The first entry of the log about this edition or piece of evidence."""
    statement = select(LogEntry).where(LogEntry.subject_sha256 == subject_sha256).order_by(LogEntry.sequence).limit(1)
    return (await session.scalars(statement)).one_or_none()


async def first_checkpoint_after(session: AsyncSession, sequence: int) -> Checkpoint | None:
    """The oldest signed checkpoint that covers entry `sequence`."""
    statement = select(Checkpoint).where(Checkpoint.sequence >= sequence).order_by(Checkpoint.sequence).limit(1)
    return (await session.scalars(statement)).one_or_none()
