"""How an assessment came about: who may give it, who declared what, who was asked, and what a second reader found."""

from collections.abc import Sequence
from dataclasses import dataclass

from ogpmonitor.kit.localized import Localized
from ogpmonitor.register.assessment_documents import AssessmentDocument, Declaration, Mandate, Recusal, SecondReview
from ogpmonitor.register.exchanges import SaidValue, form_of, question_words, replies_given, said_value, written


@dataclass(frozen=True, slots=True)
class ToldSettled:
    """A question on which two monitors differed: what each chose, and why the published answer is what it is."""

    question: Localized | str
    first: SaidValue
    second: SaidValue
    words: Localized


@dataclass(frozen=True, slots=True)
class Independence:
    """What lets a reader judge whether an assessment was made freely. Monitors are numbered, never named."""

    mandate: Mandate | None
    declarations: Sequence[tuple[Declaration, Localized | None]]  # with the statement, where there is one
    recusals: Sequence[tuple[Recusal, Localized | None]]
    second_review: SecondReview | None
    settled: Sequence[ToldSettled]
    findings: int
    replies: int  # findings that the government replied to


def independence_of(document: AssessmentDocument) -> Independence:
    """How `document` came about, with its texts in the language they were written in."""
    review = document.second_review
    return Independence(
        document.mandate,
        [(one, _said(one.statement, document)) for one in document.declarations],
        [(one, _said(one.reason, document)) for one in document.recusals],
        review,
        [_settled(document, one.question, one.first, one.second, one.words) for one in review.settled]
        if review
        else [],
        len(document.answers),
        replies_given(document),
    )


def _settled(
    document: AssessmentDocument, question: str, first: str | None, second: str | None, words: str
) -> ToldSettled:
    form, language = form_of(document), document.language
    return ToldSettled(
        question_words(form, question),
        said_value(form, question, first, language),
        said_value(form, question, second, language),
        written(words, language),
    )


def _said(words: str, document: AssessmentDocument) -> Localized | None:
    return written(words, document.language) if words.strip() else None
