"""What an answer may rest on, and how what was ticked becomes citations: never taken from what the browser claims."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import (
    MAX_LINKS,
    TOO_MANY_FILES,
    TOO_MANY_LINKS,
    Given,
    Submission,
    citation_name,
)
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import check_link
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.conditions import problems
from ogpmonitor.register.assessment_documents import Citation
from ogpmonitor.register.parts import PublishedEvidence


@dataclass(frozen=True)
class Citable:
    """Evidence that the government published in the edition assessed, with the milestone it stands under."""

    evidence: PublishedEvidence
    commitment: str
    milestone: str
    milestone_title: Localized

    @property
    def name(self) -> str:
        """What its tick is called."""
        return f"published:{self.evidence.id}"


def citable_evidence(sheet: Sheet) -> list[Citable]:
    """Everything the government published about what is assessed, in that edition, in the plan's order."""
    return [
        Citable(evidence, commitment.code, milestone.code, milestone.title)
        for commitment in sheet.published.commitments
        if commitment.code in sheet.commitments
        for milestone in commitment.milestones
        for evidence in milestone.evidence
    ]


def cited_file(evidence: Evidence) -> Citation:
    """A citation of a file of the monitor's own."""
    return Citation(
        kind="file",
        title=Localized.model_validate(evidence.title).in_("es"),
        sha256=evidence.sha256,
        file_name=evidence.file_name,
        media_type=evidence.media_type,
        size_bytes=evidence.size_bytes,
        evidence_id=str(evidence.id),
    )


def file_ids(submission: Submission) -> Iterator[UUID]:
    """The ids of own files that were ticked, as far as they are ids."""
    for names in submission.ticked.values():
        for name in names:
            kind, _, rest = name.partition(":")
            if kind == "file":
                try:
                    yield UUID(rest)
                except ValueError:
                    continue


@dataclass(frozen=True)
class Sources:
    """Where a tick may lead: the edition assessed, the monitor's own files, and links kept before."""

    published: Mapping[str, Citation]
    files: Mapping[str, Citation]
    links: Mapping[str, Citation]

    @classmethod
    def of(cls, sheet: Sheet, files: Iterable[Evidence], lang: str) -> "Sources":
        """What `sheet` and these files offer."""
        kept = [citation for given in sheet.answers.values() for citation in given.citations]
        own = [cited_file(evidence) for evidence in files]
        return cls(
            published={citable.name: Citation.of(citable.evidence, lang) for citable in citable_evidence(sheet)},
            files={citation_name(citation): citation for citation in own},
            links={citation_name(citation): citation for citation in kept if citation.kind == "link"},
        )

    def find(self, name: str) -> Citation | None:
        """The citation that a tick called `name` stands for; None where there is nothing behind it."""
        return self.published.get(name) or self.files.get(name) or self.links.get(name) or _typed_link(name)


def _typed_link(name: str) -> Citation | None:
    """A link that was ticked and that somebody else has taken out meanwhile: its address is still known."""
    kind, _, url = name.partition(":")
    try:
        check_link(url)
    except Invalid:
        return None
    return Citation(kind="link", title=url, url=url) if kind == "link" else None


def read_answers(submission: Submission, sources: Sources) -> dict[str, Given]:
    """What was typed with what was ticked and linked. Too many of a kind is said beside the question."""
    return {key: _with_citations(key, given, submission, sources) for key, given in submission.typed.items()}


def _with_citations(key: str, given: Given, submission: Submission, sources: Sources) -> Given:
    cited = {name: found for name in submission.ticked[key] if (found := sources.find(name)) is not None}
    title, url = submission.links[key]
    if url and "link" not in submission.errors.get(key, {}):
        cited.setdefault(f"link:{url}", Citation(kind="link", title=title or url, url=url))
    if sum(name.startswith("link:") for name in cited) > MAX_LINKS:
        submission.add(key, "link", TOO_MANY_LINKS)
    return Given(given.value, given.explanation, given.references, tuple(cited.values()))


def check_answers(sheet: Sheet, answers: Mapping[str, Given], submission: Submission, *, max_files: int) -> None:
    """Everything that keeps these answers from being saved as a draft stands in `submission.errors`."""
    judged = {key: given.as_answer() for key, given in answers.items() if not given.as_answer().is_empty}
    submission.add_problems(problems(sheet.form, judged, sheet.asked_of))
    sent = 0
    for key, uploads in submission.uploads.items():
        kept = sum(citation.kind == "file" for citation in answers[key].citations)
        sent += len(uploads)
        if uploads and (kept + len(uploads) > max_files or sent > max_files):
            submission.add(key, "file", TOO_MANY_FILES)


def keys_of(sheet: Sheet) -> Sequence[str]:
    """Every question of the form, shown or not."""
    return [asking.key for asking in sheet.form.askings(sheet.asked_of)]
