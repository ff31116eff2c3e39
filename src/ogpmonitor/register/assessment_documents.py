"""The published language of the independent monitor: an assessment, with everything that was said about it."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from ogpmonitor.kit.localized import Localized
from ogpmonitor.register.parts import Instant, Part, PublishedEvidence, Sha256


class Citation(Part):
    """What an answer rests on: evidence the government published, a link, or a file of the monitor's own."""

    kind: Literal["published", "link", "file"]
    title: str
    sha256: Sha256 | None = None
    url: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    evidence_id: str | None = None

    @classmethod
    def of(cls, evidence: PublishedEvidence, lang: str) -> "Citation":
        """A citation of what the government published: by the hash of its bytes, never a copy."""
        names = ("sha256", "url", "file_name", "media_type", "size_bytes")
        facts = {name: getattr(evidence, name) for name in names}
        return cls(kind="published", title=evidence.title.in_(lang), evidence_id=evidence.id, **facts)

    @property
    def own_file(self) -> PublishedEvidence | None:
        """The monitor's own file, as evidence that may be served."""
        if self.kind != "file" or self.sha256 is None or self.evidence_id is None:
            return None
        return PublishedEvidence(
            id=self.evidence_id,
            kind="file",
            title=Localized.of("es", es=self.title),
            file_name=self.file_name,
            media_type=self.media_type,
            size_bytes=self.size_bytes,
            sha256=self.sha256,
        )


class PublishedAnswer(Part):
    """One answer with its argument. `value` is the code of an option, or the text where the question asks for one."""

    question: str
    value: str | None = None
    explanation: str = ""
    references: str = ""
    citations: tuple[Citation, ...] = ()


class Rating(Part):
    """What an answer rates, so that readers need not know the form; `value` is the OGP value it is about."""

    measures: str
    value: str | None = None
    code: str


class AssessedEdition(Part):
    """The edition an assessment looked at."""

    number: int
    sha256: Sha256


class Mandate(Part):
    """Who may assess this plan, and why: confirmed by OGP or by an operator, never by the government alone."""

    body: str
    contact: str | None = None  # an address of the body, never a person's
    mandate: Localized
    starts_on: date
    ends_on: date | None = None
    confirmed_on: date
    confirmed_by: Literal["ogp_staff", "operator"]
    demo: bool = False


class Declaration(Part):
    """One monitor's statement on conflicts of interest, made for this assessment. Monitors are numbered, not named."""

    monitor: int
    has_conflict: bool
    statement: str
    declared_on: date


class Recusal(Part):
    """A monitor who took no part in what concerns one commitment."""

    monitor: int
    commitment: str
    reason: str


class SecondReview(Part):
    """A second monitor rated without seeing the first one's answers; every difference was settled."""

    handed_in_on: date
    compared: int  # questions that both answered
    differed: int
    settled: tuple["Settled", ...] = ()


class Settled(Part):
    """Where the two differed: what each chose, and why the answer published is what it is."""

    question: str
    first: str | None
    second: str | None
    words: str


class Clarification(Part):
    """What the monitor asked the government while assessing, and what came back; `answer` None: nothing by `due_on`."""

    question: str | None = None
    milestone: str | None = None  # <commitment>/<milestone>
    asked: str
    asked_on: date
    due_on: date
    answer: str | None = None
    answered_on: date | None = None


class Finding(Part):
    """What an answer said when the government was asked to comment on it."""

    value: str | None = None
    explanation: str = ""


class Reply(Part):
    """What the government replied to one answer. `finding` is the answer as it was sent to them."""

    question: str
    text: str
    replied_on: date
    finding: Finding


class RightOfReply(Part):
    """The government's chance to comment before publication. A question without a reply was met with silence."""

    sent_on: date
    until: date  # the last day on which a reply was taken, in the tenant's zone
    handed_in_on: date | None = None  # the government said that it had no more to say
    days: int
    replies: tuple[Reply, ...] = ()

    def is_open_at(self, moment: datetime) -> bool:
        """Whether the government could still reply then: never where it is published, sometimes where it is to be.

        On the last day no more: its end depends on the tenant's zone, which a document does not know.
        """
        return self.handed_in_on is None and moment.date() < self.until

    def reply_to(self, question: str) -> Reply | None:
        """The reply to the answer to `question`; None is silence."""
        return next((reply for reply in self.replies if reply.question == question), None)


class Recommendation(Part):
    """What the monitor recommends, and to whom. `id` stays the same wherever it is answered or followed up."""

    id: str
    text: str
    addressee: str
    commitment: str | None = None


class FollowUp(Part):
    """What became of an earlier recommendation, as a later assessment found it."""

    recommendation: str  # the id of a Recommendation
    text: str  # as it was recommended
    state: Literal["followed", "partly", "not_followed", "too_early"]
    words: str = ""


class Correction(Part):
    """That this replaces an assessment published before, which stays readable under its name.

    `first_published_on` is the day of version 1, where what is replaced was a correction itself.
    """

    sha256: Sha256
    published_on: date
    reason: str
    first_published_on: date | None = None


class AssessmentDocument(Part):
    """A published assessment: the form it was given under, the edition it looked at, and every answer."""

    schema_: Literal["ogpmonitor/assessment/1"] = Field(default="ogpmonitor/assessment/1", alias="schema")
    kind: Literal["assessment"] = "assessment"
    code: str  # end-of-commitment:<commitment>, or the form's code for an assessment of the whole plan
    form: str
    form_version: int
    commitment: str | None = None
    assessed_edition: AssessedEdition
    evaluator: str
    language: str
    published_at: Instant
    answers: tuple[PublishedAnswer, ...]
    ratings: tuple[Rating, ...] = ()
    newer_edition: AssessedEdition | None = (
        None  # the plan had changed since, and the monitor kept to the edition assessed
    )
    mandate: Mandate | None = None
    declarations: tuple[Declaration, ...] = ()
    recusals: tuple[Recusal, ...] = ()
    second_review: SecondReview | None = None
    clarifications: tuple[Clarification, ...] = ()
    right_of_reply: RightOfReply | None = None  # None: the government was not asked before publication
    recommendations: tuple[Recommendation, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    corrects: Correction | None = None
    version: int = 1  # 1, and one more with every correction
    demo: bool = False

    def rating(self, measures: str, value: str | None = None) -> str | None:
        """The code given for what is measured (for that OGP value); None where nothing was rated."""
        return next((r.code for r in self.ratings if (r.measures, r.value) == (measures, value)), None)

    def answer(self, question: str) -> PublishedAnswer | None:
        """The answer to `question`, or None where it was not asked or was hidden."""
        return next((answer for answer in self.answers if answer.question == question), None)
