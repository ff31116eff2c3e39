"""The published language: what a document of the register may say.

A document is canonical JSON (RFC 8785) named by its SHA-256. Its shape is versioned by `schema`: a field may be added
with a default, never renamed or dropped, so that whatever was published stays readable.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import rfc8785
from pydantic import Field

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.assessment_documents import AssessmentDocument, Mandate
from ogpmonitor.register.parts import Instant, Part, PublishedEvidence, Sha256, Source

Kind = Literal["plan", "commitment", "assessment"]


class Endorsement(Part):
    """Who endorsed the plan: position and organisation. The person's name is withheld."""

    position: Localized
    organisation: Localized


class ProgrammeBalance(Part):
    """A government programme as its source counts it: what was set aside leaves the base."""

    committed: int
    set_aside: int
    base: int
    fulfilled: int
    as_found: str
    note: Localized | None = None
    source: Source


class Institution(Part):
    """A body that takes part in a commitment."""

    name: Localized
    role: str = "involved"


class DeclaredStatus(Part):
    """What the government itself declares about a commitment, with its own word for it."""

    status: str
    as_found: str


class InceptionSummary(Part):
    """The summary of the inception report as OGP publishes it with the commitment."""

    verifiable: str
    relevant: str
    novelty: Localized
    change: Localized
    source: Source


class Money(Part):
    """An amount in whole units of a currency (ISO 4217)."""

    amount: int
    currency: str = "CLP"


class Spot(Part):
    """A place on the map (WGS 84, degrees) with the name people give it."""

    latitude: float
    longitude: float
    name: Localized | None = None


class OwnMeasure(Part):
    """How a government counts fulfilment itself: by approved investment, by action done, or by both of them.

    The rule is Gobierno de Santiago's (modernisation committee, second meeting, 2024): by the nature of the commitment.
    """

    basis: Literal["investment", "action", "both"]
    investment: Money | None = None  # approved
    investment_approved_on: PartialDate | None = None
    action: Localized | None = None  # done
    action_done_on: PartialDate | None = None
    beneficiaries: int | None = None
    beneficiaries_note: Localized | None = None
    spot: Spot | None = None
    project_code: str | None = None  # of the public investment project; Chile: código BIP
    management_goal: str | None = None  # of the management improvement programme it counts for; Chile: PMG or PMGM
    verifier: str | None = None  # an address where anyone can check the approval or the action
    demo: bool = False

    @property
    def is_fulfilled(self) -> bool:
        """Whether what the basis asks for is there: investment approved, action done, or both."""
        approved, done = self.investment is not None, self.action is not None
        return {"investment": approved, "action": done, "both": approved and done}[self.basis]


class AmendedField(Part):
    """One field that an amendment changed; an absent side said nothing."""

    field: str
    old: Any = None
    new: Any = None


class PublishedAmendment(Part):
    """One change of a submitted plan: what it said, what it says, and why."""

    id: str
    milestone: str | None = None  # its code; None: the commitment or the plan itself
    kind: str  # text | dates | scope | owner
    changes: tuple[AmendedField, ...]
    reason: str  # a code of the list of reasons
    words: Localized
    minute: PublishedEvidence | None = None  # of the forum
    made_at: Instant
    demo: bool = False


class PublishedMilestone(Part):
    """A step of a commitment, what its unit reports about it, and what backs the report."""

    code: str
    title: Localized
    indicator: Localized | None = None
    expected_output: Localized | None = None
    starts_on: PartialDate | None = None
    due_on: PartialDate | None = None
    responsible_unit: Localized | None = None
    supporting: tuple[Localized, ...] = ()
    source_note: Localized | None = None
    contact_name: str | None = None  # only with the consent of the person named
    added: bool = False
    set_aside: str | None = None
    demo: bool = False
    progress: str = "not_started"
    progress_text: Localized | None = None
    started_on: date | None = None
    completed_on: date | None = None
    expected_on: date | None = None
    percent: int | None = None
    late_reason: Localized | None = None
    reported_at: Instant | None = None
    report_demo: bool = False
    evidence: tuple[PublishedEvidence, ...] = ()


class Jurisdiction(Part):
    """Whose plan it is, as it was called when the edition was published."""

    slug: str
    name: Localized
    country: str


class RecommendationAnswer(Part):
    """What the government answers to a recommendation of its monitor."""

    recommendation: str  # the id of a Recommendation
    answer: Literal["accepted", "partly", "rejected"]
    words: Localized
    answered_on: date
    demo: bool = False


class PlanDocument(Part):
    """A plan without its commitments."""

    schema_: Literal["ogpmonitor/plan/1"] = Field(default="ogpmonitor/plan/1", alias="schema")
    kind: Literal["plan"] = "plan"
    jurisdiction: Jurisdiction
    slug: str
    title: Localized
    status: str
    source_language: str
    starts_on: PartialDate | None = None
    ends_on: PartialDate | None = None
    cycle_ends_on: PartialDate | None = None
    submitted_on: PartialDate | None = None
    foreword: Localized | None = None
    answers: dict[str, Localized | tuple[Localized, ...] | int] = Field(default_factory=dict)
    endorsements: tuple[Endorsement, ...] = ()
    endorsements_note: Localized | None = None
    attachments: tuple[str, ...] = ()
    evidence: tuple[PublishedEvidence, ...] = ()  # documents of the plan itself: letters, minutes, endorsements
    amendments: tuple[PublishedAmendment, ...] = ()
    mandates: tuple[Mandate, ...] = ()  # who may assess it, oldest first
    recommendation_answers: tuple[RecommendationAnswer, ...] = ()
    programme_balance: ProgrammeBalance | None = None
    notes: tuple[Localized, ...] = ()
    missing: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    demo: bool = False

    @property
    def code(self) -> str:
        """A plan has one plan document."""
        return self.slug

    @property
    def is_submitted(self) -> bool:
        """Whether it is past its co-creation, so that reports and assessments are owed."""
        return self.status != "co_creation"


class CommitmentDocument(Part):
    """A commitment with its milestones and what is reported about them."""

    schema_: Literal["ogpmonitor/commitment/1"] = Field(default="ogpmonitor/commitment/1", alias="schema")
    kind: Literal["commitment"] = "commitment"
    code: str
    ogp_id: str | None = None
    number: str
    title: Localized
    title_note: Localized | None = None
    summary: Localized | None = None
    axis: Localized | None = None
    problem: Localized | None = None
    status_quo: Localized | None = None
    action: Localized | None = None
    contribution: Localized | None = None
    long_term_goal: Localized | None = None
    policy_area: str | None = None
    sector: str | None = None
    values: tuple[str, ...] = ()
    value_relevance: Localized | None = None
    resources: Localized | None = None
    additional: Localized | None = None
    starts_on: PartialDate | None = None
    ends_on: PartialDate | None = None
    institutions: tuple[Institution, ...] = ()
    pillars: tuple[Localized, ...] = ()
    declared_status: DeclaredStatus | None = None
    inception: InceptionSummary | None = None
    sources: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
    measure: OwnMeasure | None = None
    evidence: tuple[PublishedEvidence, ...] = ()
    amendments: tuple[PublishedAmendment, ...] = ()
    added: bool = False
    set_aside: str | None = None
    demo: bool = False
    milestones: tuple[PublishedMilestone, ...] = ()


Document = PlanDocument | CommitmentDocument | AssessmentDocument
SHAPES: Mapping[str, type[PlanDocument | CommitmentDocument | AssessmentDocument]] = {
    "plan": PlanDocument,
    "commitment": CommitmentDocument,
    "assessment": AssessmentDocument,
}


class ManifestEntry(Part):
    """One document of an edition."""

    kind: Kind
    code: str
    sha256: Sha256


class Manifest(Part):
    """An edition: which documents it holds, in order, and which edition it follows."""

    schema_: Literal["ogpmonitor/edition/1"] = Field(default="ogpmonitor/edition/1", alias="schema")
    jurisdiction: str
    plan: str
    number: int
    voice: Literal["government", "monitor"]
    is_baseline: bool
    baseline: int | None = None  # the number of the edition against which change is measured, once there is one
    published_at: Instant
    previous: Sha256 | None = None
    documents: tuple[ManifestEntry, ...]


def canonical(part: Part) -> bytes:
    """The one sequence of bytes that says this: canonical JSON (RFC 8785), absent fields left out."""
    return canonical_json(part.model_dump(mode="json", by_alias=True, exclude_none=True))


def canonical_json(value: Any) -> bytes:
    """`value` as canonical JSON (RFC 8785)."""
    return rfc8785.dumps(value)


def name_of(body: bytes) -> str:
    """The name of a document: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def read_document(kind: str, body: bytes) -> Document:
    """What a stored document says."""
    return SHAPES[kind].model_validate_json(body)
