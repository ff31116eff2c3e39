"""What the public pages read, all of it published: facts for lists and search, documents, receipts for files."""

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import ColumnElement, Date, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.register import queries as register
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import Document, read_document
from ogpmonitor.register.facts import plain
from ogpmonitor.register.models import (
    CommitmentFact,
    Edition,
    EditionEntry,
    EvidenceReceipt,
    MilestoneFact,
    PlanFact,
)
from ogpmonitor.register.models import Document as StoredDocument

MOST_FOUND = 50
MOST_WORDS = 8
LONGEST_QUERY = 200
MOST_PARSED = 4_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SHA256 = re.compile(r"[0-9a-f]{64}")
STATUS_ORDER = {"submitted": 2, "co_creation": 1, "ended": 0}
_parsed: OrderedDict[str, Document] = OrderedDict()


class Published(register.Published):
    """An edition whose documents are parsed once in this process: what a SHA-256 names never changes."""

    @cached_property
    def documents(self) -> dict[tuple[str, str], Document]:
        return {
            (entry.kind, entry.code): _read_once(entry.kind, entry.document_sha256, self.bodies[entry.document_sha256])
            for entry in self.entries
        }


def _read_once(kind: str, sha256: str, body: bytes) -> Document:
    found = _parsed.get(sha256)
    if found is None:
        found = _parsed[sha256] = read_document(kind, body)
        if len(_parsed) > MOST_PARSED:
            _parsed.popitem(last=False)
    return found


async def published_plan(session: AsyncSession, jurisdiction: str, plan: str, number: int | None = None) -> Published:
    """A plan as its newest edition says it, or as edition `number` said it: two queries, whatever its size.

    Raises:
        NotFound: nothing has been published there.
    """
    if not SLUG.fullmatch(plan):
        raise NotFound("plan.not_found")
    found = await register.published_plan(session, jurisdiction, plan, number)
    return Published(found.edition, found.entries, found.bodies)


async def newest_holding(session: RegisterSession, edition: Edition, sha256: str) -> int | None:
    """The number of the newest edition of the same plan that holds the document of this name; None where none does."""
    statement = (
        select(func.max(Edition.number))
        .join(EditionEntry, EditionEntry.edition_sha256 == Edition.sha256)
        .where(
            Edition.jurisdiction == edition.jurisdiction,
            Edition.plan == edition.plan,
            EditionEntry.document_sha256 == sha256,
        )
    )
    return await session.scalar(statement)


async def assessment_named(session: RegisterSession, sha256: str) -> AssessmentDocument | None:
    """The published assessment of this name, or None."""
    statement = select(StoredDocument.body).where(StoredDocument.sha256 == sha256, StoredDocument.kind == "assessment")
    body = await session.scalar(statement)
    found = _read_once("assessment", sha256, body) if body is not None else None
    return found if isinstance(found, AssessmentDocument) else None


async def list_plans(session: RegisterSession, jurisdiction: str) -> Sequence[PlanFact]:
    """Every published plan of a jurisdiction, the current one first."""
    found = (await session.scalars(select(PlanFact).where(PlanFact.jurisdiction == jurisdiction))).all()
    return sorted(found, key=_standing, reverse=True)


def _standing(plan: PlanFact) -> tuple[int, date, str]:
    """A plan being carried out comes before one being written, and that before one that has ended; then the newest."""
    return STATUS_ORDER.get(plan.status, 0), plan.ends_on or date.min, plan.plan


@dataclass(frozen=True, slots=True)
class Overview:
    """A jurisdiction's current plan in numbers. `base` leaves out milestones that were set aside."""

    plan: PlanFact
    commitments: int
    assessed: int
    milestones: int
    completed: int
    withdrawn: int
    late: int
    updated_at: datetime
    demo: bool

    @property
    def base(self) -> int:
        """The milestones still owed or done."""
        return self.milestones - self.withdrawn


async def overviews(session: RegisterSession, today: Mapping[str, date]) -> dict[str, Overview]:
    """The current plan of every jurisdiction that has one, by slug: three queries, however many there are.

    `today` is the day it is in each jurisdiction's own time zone; only jurisdictions named there are told.
    """
    current: dict[str, PlanFact] = {}
    for plan in sorted(await session.scalars(select(PlanFact)), key=_standing):
        if plan.jurisdiction in today:
            current[plan.jurisdiction] = plan
    commitments = await _commitment_counts(session)
    milestones = await _milestone_counts(session, today)
    found = {}
    for slug, plan in current.items():
        place = (slug, plan.plan)
        total, assessed, invented, rating_invented = commitments.get(place, (0, 0, False, False))
        steps, completed, withdrawn, late, steps_invented = milestones.get(place, (0, 0, 0, 0, False))
        found[slug] = Overview(
            plan, total, assessed, steps, completed, withdrawn, late, plan.editions_published_at,
            plan.demo or invented or rating_invented or steps_invented,
        )  # fmt: skip
    return found


async def _commitment_counts(session: RegisterSession) -> dict[tuple[str, str], tuple[int, int, bool, bool]]:
    statement = select(
        CommitmentFact.jurisdiction,
        CommitmentFact.plan,
        func.count(),
        func.count(CommitmentFact.completion),
        func.bool_or(CommitmentFact.demo),
        func.bool_or(CommitmentFact.rating_demo),
    ).group_by(CommitmentFact.jurisdiction, CommitmentFact.plan)
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in await session.execute(statement)}


async def _milestone_counts(
    session: RegisterSession, today: Mapping[str, date]
) -> dict[tuple[str, str], tuple[int, int, int, int, bool]]:
    progress = MilestoneFact.progress
    aside = MilestoneFact.set_aside.is_not(None) | (progress == "withdrawn")
    late = (progress != "completed") & ~aside & (MilestoneFact.due_on < _day_at(today))
    statement = select(
        MilestoneFact.jurisdiction,
        MilestoneFact.plan,
        func.count(),
        func.count().filter((progress == "completed") & ~aside),
        func.count().filter(aside),
        func.count().filter(late),
        func.bool_or(MilestoneFact.demo),
    ).group_by(MilestoneFact.jurisdiction, MilestoneFact.plan)
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5], row[6]) for row in await session.execute(statement)}


def _day_at(today: Mapping[str, date]) -> ColumnElement[date]:
    """The day it is where a milestone belongs: at any moment the earth knows three days at most."""
    (usual, _), *_ = Counter(today.values()).most_common(1) or [(date.min, 0)]
    others = {day: [slug for slug, here in today.items() if here == day] for day in set(today.values()) if day != usual}
    if not others:
        return literal(usual, Date)
    whens = [(MilestoneFact.jurisdiction.in_(slugs), literal(day, Date)) for day, slugs in others.items()]
    return case(*whens, else_=literal(usual, Date))


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: at most `MOST_FOUND` plans and commitments each."""

    plans: Sequence[PlanFact]
    commitments: Sequence[CommitmentFact]


def words_of(query: str) -> list[str]:
    """The words of a search, lower case and without accents."""
    return plain(query[:LONGEST_QUERY].replace("\0", " ")).split()[:MOST_WORDS]


async def search(session: RegisterSession, words: Sequence[str]) -> Found:
    """Plans and commitments whose texts hold every one of `words`; two queries."""
    plans = select(PlanFact).where(*(PlanFact.search.contains(word, autoescape=True) for word in words))
    commitments = (
        select(CommitmentFact)
        .where(*(CommitmentFact.search.contains(word, autoescape=True) for word in words))
        .order_by(CommitmentFact.jurisdiction, CommitmentFact.plan, CommitmentFact.position)
    )
    return Found(
        (await session.scalars(plans.order_by(PlanFact.jurisdiction, PlanFact.plan).limit(MOST_FOUND))).all(),
        (await session.scalars(commitments.limit(MOST_FOUND))).all(),
    )


async def served_file(session: RegisterSession, jurisdiction: str, sha256: str, file_name: str) -> EvidenceReceipt:
    """The receipt under which a file of `jurisdiction` may be served to anyone.

    What the newest publication says decides: a file restricted since is not served under its older receipts either.

    Raises:
        NotFound: never published there under this name, or restricted.
    """
    if not SHA256.fullmatch(sha256):
        raise NotFound("evidence.not_found")
    statement = (
        select(EvidenceReceipt)
        .join(Edition, Edition.sha256 == EvidenceReceipt.edition_sha256)
        .where(Edition.jurisdiction == jurisdiction, EvidenceReceipt.sha256 == sha256, EvidenceReceipt.kind == "file")
        .order_by(Edition.published_at.desc(), Edition.number.desc(), EvidenceReceipt.restricted.desc())
    )
    receipts = (await session.scalars(statement)).all()
    named = next((receipt for receipt in receipts if receipt.file_name == file_name and not receipt.restricted), None)
    if named is None or receipts[0].restricted:
        raise NotFound("evidence.not_found")
    return named
