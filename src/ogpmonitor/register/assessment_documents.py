"""The published language of the independent monitor: an assessment, with everything that was said about it."""

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
    demo: bool = False

    def rating(self, measures: str, value: str | None = None) -> str | None:
        """The code given for what is measured (for that OGP value); None where nothing was rated."""
        return next((r.code for r in self.ratings if (r.measures, r.value) == (measures, value)), None)

    def answer(self, question: str) -> PublishedAnswer | None:
        """The answer to `question`, or None where it was not asked or was hidden."""
        return next((answer for answer in self.answers if answer.question == question), None)
