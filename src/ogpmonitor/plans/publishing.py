"""From the workbench to the register: what the government's next edition would say, and saying it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.queries import evidence_of_milestones
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import NotPermitted
from ogpmonitor.plans.models import Commitment, Milestone, Plan
from ogpmonitor.register import queries as register
from ogpmonitor.register.changes import DocumentChange, changes_between
from ogpmonitor.register.documents import (
    CommitmentDocument,
    Document,
    Jurisdiction,
    PlanDocument,
    PublishedEvidence,
    PublishedMilestone,
)
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.service import Address, append_edition


@dataclass(frozen=True)
class Preview:
    """What publishing would change. `latest` is the newest edition, None before the first."""

    latest: Edition | None
    changes: Sequence[DocumentChange]
    documents: Sequence[Document]


async def preview(session: AsyncSession, plan: Plan, jurisdiction: Jurisdiction) -> Preview:
    """What a publication of the whole of `plan` would change, seen against the newest edition. Writes nothing."""
    documents = await documents_of(session, plan, jurisdiction)
    latest = await register.latest_edition(session, jurisdiction.slug, plan.slug)
    before = (await register.get_published(session, latest)).documents if latest else {}
    own = {place: document for place, document in before.items() if document.kind != "assessment"}
    return Preview(latest, changes_between(own, {(d.kind, d.code): d for d in documents}), documents)


async def publish(
    session: TenantSession,
    plan: Plan,
    jurisdiction: Jurisdiction,
    *,
    key: SigningKey,
    by: Actor,
    chosen: Iterable[tuple[str, str]] | None = None,
) -> Edition:
    """A new edition says what the workbench says now: all of it, or only the (kind, code) that were `chosen`.

    Evidence shown in it counts as published. What the monitor has published stays as it is.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: nothing would change.
    """
    if not permits(by, Permission.PLAN_PUBLISH, plan):
        raise NotPermitted(Permission.PLAN_PUBLISH)
    seen = await preview(session, plan, jurisdiction)
    documents, replace_all = list(seen.documents), True
    if chosen is not None and seen.latest is not None:
        wanted = set(chosen)
        documents, replace_all = [d for d in documents if (d.kind, d.code) in wanted], False
    edition = await append_edition(
        session,
        Address(jurisdiction.slug, plan.slug),
        documents,
        voice="government",
        key=key,
        replace_all=replace_all,
    )
    await _mark_published(session, documents, edition)
    await audit.record(session, "plan.published", by=by, about=plan, after={"edition": edition.number})
    return edition


async def _mark_published(session: AsyncSession, documents: Iterable[Document], edition: Edition) -> None:
    shown = {
        UUID(evidence.id)
        for document in documents
        if isinstance(document, CommitmentDocument)
        for milestone in document.milestones
        for evidence in milestone.evidence
    }
    if shown:
        await session.execute(
            update(Evidence)
            .where(Evidence.id.in_(shown), Evidence.published_at.is_(None))
            .values(published_at=edition.published_at)
        )


async def documents_of(session: AsyncSession, plan: Plan, jurisdiction: Jurisdiction) -> list[Document]:
    """`plan` (loaded whole) as documents: one of its own and one for each commitment, in order."""
    milestones = [milestone.id for commitment in plan.commitments for milestone in commitment.milestones]
    evidence = await evidence_of_milestones(session, milestones)
    return [plan_document(plan, jurisdiction), *(commitment_document(one, evidence) for one in plan.commitments)]


def plan_document(plan: Plan, jurisdiction: Jurisdiction) -> PlanDocument:
    """What the register would say of `plan`, without its commitments."""
    columns = (
        "slug",
        "title",
        "status",
        "source_language",
        "starts_on",
        "ends_on",
        "cycle_ends_on",
        "submitted_on",
        "demo",
    )
    facts = {**plan.content, **{name: getattr(plan, name) for name in columns}}
    return PlanDocument.model_validate({**facts, "jurisdiction": jurisdiction})


def commitment_document(commitment: Commitment, evidence: Mapping[UUID, Sequence[Evidence]]) -> CommitmentDocument:
    """What the register would say of `commitment` and its milestones."""
    columns = ("code", "title", "starts_on", "ends_on", "demo")
    facts = {**commitment.content, **{name: getattr(commitment, name) for name in columns}}
    milestones = [_milestone(one, evidence.get(one.id, ())) for one in commitment.milestones]
    return CommitmentDocument.model_validate({**facts, "milestones": milestones})


def _milestone(milestone: Milestone, evidence: Sequence[Evidence]) -> PublishedMilestone:
    columns = (
        "code", "title", "starts_on", "due_on", "responsible_unit", "demo", "progress", "progress_text", "started_on",
        "completed_on", "late_reason", "reported_at", "report_demo",
    )  # fmt: skip
    facts = {**milestone.content, **{name: getattr(milestone, name) for name in columns}}
    return PublishedMilestone.model_validate({**facts, "evidence": [published_evidence(one) for one in evidence]})


def published_evidence(evidence: Evidence) -> PublishedEvidence:
    """What the register would say of one piece of evidence."""
    names = (
        "kind",
        "title",
        "url",
        "file_name",
        "media_type",
        "size_bytes",
        "sha256",
        "dated_on",
        "restricted",
        "demo",
    )
    return PublishedEvidence.model_validate(
        {"id": str(evidence.id), **{name: getattr(evidence, name) for name in names}}
    )
