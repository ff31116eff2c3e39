"""From the workbench to the register: what the government's next edition would say, and saying it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.queries import evidence_of, evidence_of_milestones
from ogpmonitor.kit import events
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.mandates.queries import public_mandates
from ogpmonitor.plans.models import Amendment, Commitment, Milestone, Plan
from ogpmonitor.plans.queries import list_amendments
from ogpmonitor.plans.recommendations import public_answers
from ogpmonitor.register import queries as register
from ogpmonitor.register.changes import DocumentChange, changes_between
from ogpmonitor.register.documents import (
    CommitmentDocument,
    Document,
    Jurisdiction,
    PlanDocument,
    PublishedAmendment,
    PublishedMilestone,
    canonical,
    canonical_json,
    name_of,
)
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.parts import PublishedEvidence
from ogpmonitor.register.receipts import evidence_in
from ogpmonitor.register.service import LOG_LOCK, Address, append_edition

Place = tuple[str, str]  # kind and code of a document
CHANGED_SINCE_PREVIEW = "plan.changed_since_preview"


@dataclass(frozen=True)
class Preview:
    """What publishing would change. `latest` is the newest edition, None before the first."""

    latest: Edition | None
    changes: Sequence[DocumentChange]
    documents: Sequence[Document]
    before: Mapping[Place, Document]  # what the newest edition says in the government's voice

    @property
    def state(self) -> str:
        """A fingerprint of all that is shown here: it differs as soon as anything would be published differently."""
        said = [[document.kind, document.code, name_of(canonical(document))] for document in self.documents]
        return name_of(canonical_json([self.latest.sha256 if self.latest else "", said]))

    def chosen(self, places: Collection[Place]) -> list[Document]:
        """What the next edition says if only what is at `places` is published: the rest as it was, in the plan's order.

        What the workbench no longer has stays, at the end, until its own change is chosen.
        """
        now = {(document.kind, document.code): document for document in self.documents}
        said = [now[place] if place in places else self.before.get(place) for place in now]
        gone = [document for place, document in self.before.items() if place not in now and place not in places]
        return [document for document in (*said, *gone) if document is not None]


async def preview(session: AsyncSession, plan: Plan, jurisdiction: Jurisdiction) -> Preview:
    """What a publication of the whole of `plan` would change, seen against the newest edition. Writes nothing."""
    documents = await documents_of(session, plan, jurisdiction)
    latest = await register.latest_edition(session, jurisdiction.slug, plan.slug)
    before = (await register.get_published(session, latest)).documents if latest else {}
    own = {place: document for place, document in before.items() if document.kind != "assessment"}
    return Preview(latest, changes_between(own, {(d.kind, d.code): d for d in documents}), documents, own)


async def publish(
    session: TenantSession,
    plan: Plan,
    jurisdiction: Jurisdiction,
    *,
    key: SigningKey,
    by: Actor,
    chosen: Iterable[Place] | None = None,
    as_previewed: str | None = None,
) -> Edition:
    """A new edition says what the workbench says now: all of it, or only the (kind, code) that were `chosen`.

    Evidence shown in it counts as published. What the monitor has published stays as it is. A first edition says
    everything, whatever was chosen. `as_previewed` is the state of the preview that the publisher has seen.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: nothing would change, or something differs from what was previewed.
    """
    if not permits(by, Permission.PLAN_PUBLISH, plan):
        raise NotPermitted(Permission.PLAN_PUBLISH)
    # Nobody else publishes between what is seen here and what is written; append_edition takes the same lock again.
    await session.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))
    seen = await preview(session, plan, jurisdiction)
    if as_previewed is not None and seen.state != as_previewed:
        raise Conflict(CHANGED_SINCE_PREVIEW, msgid("Something changed since you looked. Nothing was published."))
    changed = {(change.kind, change.code) for change in seen.changes}
    wanted = changed if chosen is None or seen.latest is None else changed & set(chosen)
    edition = await append_edition(
        session,
        Address(jurisdiction.slug, plan.slug),
        seen.chosen(wanted),
        voice="government",
        key=key,
        replace_all=True,
    )
    await _mark_published(session, [d for d in seen.documents if (d.kind, d.code) in wanted], edition)
    told = {"edition": edition.number, "documents": [f"{kind} {code}" for kind, code in sorted(wanted)]}
    await audit.record(session, "plan.published", by=by, about=plan, after=told)
    await events.tell(session, "plan.published", edition.sha256)
    return edition


async def _mark_published(session: AsyncSession, documents: Iterable[Document], edition: Edition) -> None:
    shown = {UUID(evidence.id) for document in documents for evidence in evidence_in(document)}
    if shown:
        await session.execute(
            update(Evidence)
            .where(Evidence.id.in_(shown), Evidence.published_at.is_(None))
            .values(published_at=edition.published_at)
        )


async def documents_of(session: AsyncSession, plan: Plan, jurisdiction: Jurisdiction) -> list[Document]:
    """`plan` (loaded whole) as documents: one of its own and one for each commitment, in order."""
    milestones = [milestone.id for commitment in plan.commitments for milestone in commitment.milestones]
    evidence = await evidence_of_milestones(session, milestones, accepted=True)
    evidence |= await evidence_of(session, "commitment_id", [one.id for one in plan.commitments])
    evidence |= await evidence_of(session, "plan_id", [plan.id])
    amended = await amendments_by_place(session, plan)
    commitments = [commitment_document(one, evidence, amended.get(one.code, ())) for one in plan.commitments]
    own = [published_evidence(one) for one in evidence[plan.id]]
    whole = plan_document(plan, jurisdiction, amended.get(None, ()), own)
    said = {
        "mandates": tuple(await public_mandates(session)),
        "recommendation_answers": tuple(await public_answers(session, plan.slug)),
    }
    return [whole.model_copy(update=said), *commitments]


async def amendments_by_place(session: AsyncSession, plan: Plan) -> dict[str | None, list[PublishedAmendment]]:
    """What the register would say of each amendment of `plan`, by the commitment's code; the plan's own under None."""
    found: dict[str | None, list[PublishedAmendment]] = {}
    for one, minute in await list_amendments(session, plan):
        found.setdefault(one.commitment, []).append(published_amendment(one, minute))
    return found


def published_amendment(amendment: Amendment, minute: Evidence | None) -> PublishedAmendment:
    """What the register would say of one amendment. Who wrote it is not public."""
    names = ("milestone", "kind", "changes", "reason", "words", "demo")
    facts = {name: getattr(amendment, name) for name in names}
    facts["made_at"] = amendment.made_at.replace(microsecond=0)  # as the register says it
    shown = published_evidence(minute) if minute else None
    return PublishedAmendment.model_validate({"id": str(amendment.id), **facts, "minute": shown})


def plan_document(
    plan: Plan,
    jurisdiction: Jurisdiction,
    amendments: Sequence[PublishedAmendment] = (),
    evidence: Sequence[PublishedEvidence] = (),
) -> PlanDocument:
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
    return PlanDocument.model_validate(
        {**facts, "jurisdiction": jurisdiction, "amendments": amendments, "evidence": evidence}
    )


def commitment_document(
    commitment: Commitment,
    evidence: Mapping[UUID, Sequence[Evidence]],
    amendments: Sequence[PublishedAmendment] = (),
) -> CommitmentDocument:
    """What the register would say of `commitment` and its milestones, with the `amendments` of all of them."""
    columns = ("code", "title", "starts_on", "ends_on", "added", "set_aside", "demo")
    facts = {**commitment.content, **{name: getattr(commitment, name) for name in columns}}
    milestones = [_milestone(one, evidence.get(one.id, ())) for one in commitment.milestones]
    own = [published_evidence(one) for one in evidence.get(commitment.id, ())]
    return CommitmentDocument.model_validate(
        {**facts, "milestones": milestones, "amendments": amendments, "evidence": own}
    )


def _milestone(milestone: Milestone, evidence: Sequence[Evidence]) -> PublishedMilestone:
    columns = (
        "code", "title", "starts_on", "due_on", "responsible_unit", "added", "set_aside", "demo", "progress",
        "progress_text", "started_on", "completed_on", "expected_on", "percent", "late_reason", "reported_at",
        "report_demo",
    )  # fmt: skip
    facts = {**milestone.content, **{name: getattr(milestone, name) for name in columns}}
    facts["contact_name"] = contact_named_by(milestone)
    return PublishedMilestone.model_validate({**facts, "evidence": [published_evidence(one) for one in evidence]})


def contact_named_by(milestone: Milestone) -> str | None:
    """The name of the contact who agreed to be named; None for everybody else, whose name stays in the workbench."""
    contact = milestone.contact or {}
    return contact.get("name") if contact.get("public") is True else None


def published_evidence(evidence: Evidence) -> PublishedEvidence:
    """What the register would say of one piece of evidence; of a restricted one neither its address nor its name."""
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
        "category",
        "covers_from",
        "covers_to",
        "source",
        "demo",
    )
    facts = {name: getattr(evidence, name) for name in names}
    facts["replaces"] = str(evidence.replaces_id) if evidence.replaces_id else None
    if evidence.restricted:
        facts |= {"url": None, "file_name": None}
    return PublishedEvidence.model_validate({"id": str(evidence.id), **facts})
