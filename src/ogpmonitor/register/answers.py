"""What an assessment answers, laid out in the order of the form it was given under."""

from collections.abc import Sequence
from dataclasses import dataclass

from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Form, Question
from ogpmonitor.register.assessment_documents import AssessmentDocument, PublishedAnswer


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """A section of the form with its answers; `commitment` is a code where the section is asked once for each."""

    title: Localized
    commitment: str | None
    answers: Sequence[tuple[Question, PublishedAnswer]]


def sections_answered(form: Form, document: AssessmentDocument, commitments: Sequence[str]) -> list[AnsweredSection]:
    """The answers of `document` by section; what was not asked, and a section without answers, is left out."""
    given = {answer.question: answer for answer in document.answers}
    found: dict[tuple[str, str | None], AnsweredSection] = {}
    for asking in form.askings(commitments):
        if asking.key in given:
            place = (asking.section.key, asking.commitment)
            before = found[place].answers if place in found else ()
            answers = [*before, (asking.question, given[asking.key])]
            found[place] = AnsweredSection(asking.section.title, asking.commitment, answers)
    return list(found.values())
