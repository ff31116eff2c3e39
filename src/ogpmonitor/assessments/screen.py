"""The form on screen, made entirely from form data: what a template shows of each section and question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ogpmonitor.assessments.answering import Citable, citable_evidence
from ogpmonitor.assessments.models import Clarification, Reply, SecondAnswer
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, Submission, anchor, citation_name, number_of
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import clean_answers, visible_questions
from ogpmonitor.method.forms import Asking, Form, Question, Section
from ogpmonitor.register.assessment_documents import Citation
from ogpmonitor.register.documents import CommitmentDocument

Errors = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Choice:
    """One option as it is offered. `opens`: questions follow from it. `sets_aside`: nothing more is asked here."""

    code: str
    label: Localized
    rubric: Localized | None
    filled: int
    is_chosen: bool
    opens: bool
    sets_aside: bool
    is_proposed: bool = False  # nothing is chosen and nothing is cited: this is what follows


@dataclass(frozen=True)
class Tick:
    """One piece of evidence that can be cited with one click."""

    name: str
    id: str
    is_ticked: bool
    citation: Citation | None = None  # what is cited already and is not evidence of the edition
    citable: Citable | None = None


@dataclass(frozen=True)
class OnlyIf:
    """When a question is asked: the question it follows from, and the answers that open it."""

    text: Localized
    answers: Sequence[Localized]


@dataclass(frozen=True)
class Asked:
    """One question as it stands on the page, with what was answered and what is wrong with it."""

    key: str
    number: str
    id: str
    question: Question
    choices: Sequence[Choice]
    given: Given
    theirs: Given | None  # what somebody else saved meanwhile, where it differs
    ticks: Sequence[Tick]
    link: tuple[str, str]
    errors: Mapping[str, Sequence[str]]
    only_if: OnlyIf | None
    mark: str = ""
    clarifications: Sequence[Clarification] = ()
    reply: Reply | None = None
    second: SecondAnswer | None = None  # where the second monitor had chosen otherwise
    is_recused: bool = False
    follow: Sequence["Asked"] = ()  # questions that one of its choices opens

    @property
    def may_cite(self) -> bool:
        return self.question.evidence != "none" or self.question.evidence_required_above is not None

    @property
    def cites(self) -> int:
        """How many pieces of evidence are ticked."""
        return sum(tick.is_ticked for tick in self.ticks)


@dataclass(frozen=True)
class Part:
    """A section of the form; one that repeats stands once per commitment."""

    id: str
    section: Section
    commitment: CommitmentDocument | None
    asked: Sequence[Asked]
    is_done: bool


@dataclass(frozen=True)
class Screen:
    """The whole form, ready to show. `answered` of `total` questions that are asked have an answer."""

    form: Form
    parts: Sequence[Part]
    answered: int
    total: int
    errors: Sequence[tuple[str, str]] = field(default=())  # the id of a field, and what is wrong there


def screen_of(
    sheet: Sheet, submission: Submission | None = None, *, typed: Mapping[str, Given] | None = None
) -> Screen:
    """The form of `sheet` as it is kept, or as it came back: `typed` are the answers of `submission`.

    Where the two differ because somebody saved meanwhile, both are shown.
    """
    builder = _Builder(sheet, submission, typed)
    kept = {key: given.as_answer() for key, given in builder.given.items()}
    cleaned = clean_answers(sheet.form, kept, sheet.asked_of)
    shown = visible_questions(sheet.form, cleaned, sheet.asked_of)
    done = {asking.key for asking in shown if is_answered(cleaned.get(asking.key))}
    parts = []
    for (section, code), group in groupby(
        sheet.form.askings(sheet.asked_of), lambda one: (one.section, one.commitment)
    ):
        askings = list(group)
        due = {asking.key for asking in shown if (asking.section, asking.commitment) == (section, code)}
        commitment = sheet.published.commitment(code) if code else None
        part_id = f"s-{section.key}-{code}" if code else f"s-{section.key}"
        parts.append(Part(part_id, section, commitment, builder.nest(askings), due <= done))
    return Screen(sheet.form, parts, len(done), len(shown), _summary(parts))


def is_answered(answer: Answer | None) -> bool:
    """Whether something was chosen or written."""
    return answer is not None and bool(answer.value)


def _summary(parts: Sequence[Part]) -> list[tuple[str, str]]:
    return [
        (anchor(asked.key, part), message)
        for section in parts
        for asked in _flat(section.asked)
        for part, messages in asked.errors.items()
        for message in messages
    ]


def _flat(asked: Sequence[Asked]) -> Iterator[Asked]:
    for one in asked:
        yield one
        yield from _flat(one.follow)


class _Builder:
    """Makes the questions of one page."""

    def __init__(self, sheet: Sheet, submission: Submission | None, typed: Mapping[str, Given] | None) -> None:
        self.sheet, self.submission = sheet, submission
        self.kept = sheet.answers
        self.given: Mapping[str, Given] = self.kept if typed is None else typed
        self.errors: Errors = submission.errors if submission else {}
        self.citable = citable_evidence(sheet)

    def nest(self, askings: Sequence[Asking]) -> list[Asked]:
        """The questions in order; one that follows from the answer before it stands inside that question."""
        found: list[Asked] = []
        rest = list(askings)
        while rest:
            asking = rest.pop(0)
            followers: list[Asking] = []
            while rest and _follows(rest[0], asking, followers):
                followers.append(rest.pop(0))
            found.append(self.asked(asking, followers))
        return found

    def asked(self, asking: Asking, followers: Sequence[Asking]) -> Asked:
        question, key = asking.question, asking.key
        given = self.given.get(key, Given())
        theirs = self.kept.get(key, Given())
        condition = followers[0].question.shown_if if followers else None
        opening = condition.answers if condition else ()
        return Asked(
            key=key,
            number=number_of(question),
            id=anchor(key),
            question=question,
            choices=self._choices(question, given, opening),
            given=given,
            theirs=theirs if theirs != given and self.submission else None,
            ticks=list(self._ticks(asking, given)),
            link=self.submission.links.get(key, ("", "")) if self.submission else ("", ""),
            errors=self.errors.get(key, {}),
            only_if=self._only_if(question),
            mark=theirs.mark,
            **self._around(asking),
            follow=[self.asked(follower, ()) for follower in followers],
        )

    def _around(self, asking: Asking) -> dict[str, Any]:
        """What was noted, asked, replied and rated again about one question."""
        dossier, key = self.sheet.dossier, asking.key
        second = dossier.second.get(key)
        return {
            "clarifications": dossier.asked_about(key),
            "reply": dossier.replies.get(key),
            "second": second if second is not None and second.differs else None,
            "is_recused": dossier.recused_from(asking.commitment or self.sheet.assessment.commitment),
        }

    def _choices(self, question: Question, given: Given, opening: Sequence[str]) -> list[Choice]:
        scale = self.sheet.form.scale_of(question)
        chosen = given.value.split()
        proposed = question.evidence_required_above if not chosen and not given.citations else None
        return [
            Choice(
                code=option.code,
                label=option.label,
                rubric=option.help,
                filled=option.filled,
                is_chosen=option.code in chosen,
                opens=option.code in opening,
                sets_aside=option.code == question.na_option,
                is_proposed=option.code == proposed,
            )
            for option in (scale.options if scale else ())
        ]

    def _ticks(self, asking: Asking, given: Given) -> Iterator[Tick]:
        cited = {citation_name(citation): citation for citation in given.citations}
        for number, citable in enumerate(self.citable):
            if asking.commitment in (None, citable.commitment):
                ticked = cited.pop(citable.name, None) is not None
                yield Tick(citable.name, anchor(asking.key, f"cite-{number}"), ticked, citable=citable)
        for number, (name, citation) in enumerate(cited.items()):
            yield Tick(name, anchor(asking.key, f"own-{number}"), is_ticked=True, citation=citation)

    def _only_if(self, question: Question) -> OnlyIf | None:
        condition = question.shown_if
        if condition is None:
            return None
        controlling = self.sheet.form.questions[condition.question]
        scale = self.sheet.form.scale_of(controlling)
        options = [scale.option(code) for code in condition.answers] if scale else []
        return OnlyIf(controlling.text, [option.label for option in options if option])


def _follows(asking: Asking, controlling: Asking, before: Sequence[Asking]) -> bool:
    """Whether `asking` can stand inside `controlling`: the same of its answers open it as those before it."""
    condition = asking.question.shown_if
    if condition is None or condition.question != controlling.question.key:
        return False
    return all(one.question.shown_if == condition for one in before)
