"""An assessment as it reads: the document's answers under the questions of the form they were given under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ogpmonitor.assessments.schemas import number_of
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Form, Option, Question
from ogpmonitor.register.answers import sections_answered
from ogpmonitor.register.assessment_documents import AssessmentDocument, PublishedAnswer
from ogpmonitor.register.documents import CommitmentDocument

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
    return [
        ReadPart(
            section.title,
            by_code[section.commitment] if section.commitment else None,
            [_read(form, question, answer) for question, answer in section.answers],
        )
        for section in sections_answered(form, document, codes)
    ]


def _read(form: Form, question: Question, answer: PublishedAnswer) -> Read:
    scale = form.scale_of(question)
    chosen = [scale.option(code) for code in (answer.value or "").split()] if scale else []
    options = [option for option in chosen if option]
    shape = SHAPES.get(question.measures or "", "")
    return Read(number_of(question), question.text, options, scale.steps if scale else 0, shape, answer)
