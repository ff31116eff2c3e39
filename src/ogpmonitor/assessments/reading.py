"""An assessment as it reads: the document's answers under the questions of the form they were given under."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ogpmonitor.assessments.schemas import number_of
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Asking, Form, Option
from ogpmonitor.register.documents import AssessmentDocument, CommitmentDocument, PublishedAnswer

SHAPES: Mapping[str, str] = {"completion": "square", "diog": "diamond"}  # how a rating is drawn; anything else is words


@dataclass(frozen=True)
class Read:
    """One answer under its question. `options` are those chosen; empty where the answer is a text."""

    number: str
    text: Localized
    options: Sequence[Option]
    steps: int
    shape: str
    answer: PublishedAnswer


@dataclass(frozen=True)
class ReadPart:
    """A section with its answers."""

    title: Localized
    commitment: CommitmentDocument | None
    answers: Sequence[Read]


def read_document(
    form: Form, document: AssessmentDocument, commitments: Sequence[CommitmentDocument]
) -> list[ReadPart]:
    """The document in the form's order; a section without answers is left out."""
    by_code = {commitment.code: commitment for commitment in commitments}
    codes = () if form.about == "commitment" else tuple(by_code)
    answers = {answer.question: answer for answer in document.answers}
    parts: dict[tuple[str, str | None], ReadPart] = {}
    for read, asking in _read(form, answers, codes):
        place = (asking.section.key, asking.commitment)
        before = parts.get(place)
        commitment = by_code[asking.commitment] if asking.commitment else None
        parts[place] = ReadPart(asking.section.title, commitment, [*(before.answers if before else ()), read])
    return list(parts.values())


def _read(form: Form, answers: Mapping[str, PublishedAnswer], codes: Sequence[str]) -> Iterator[tuple[Read, Asking]]:
    for asking in form.askings(codes):
        answer = answers.get(asking.key)
        if answer is None:
            continue
        scale = form.scale_of(asking.question)
        chosen = [scale.option(code) for code in (answer.value or "").split()] if scale else []
        shape = SHAPES.get(asking.question.measures or "", "")
        number = number_of(asking.question)
        options = [option for option in chosen if option]
        yield Read(number, asking.question.text, options, scale.steps if scale else 0, shape, answer), asking
