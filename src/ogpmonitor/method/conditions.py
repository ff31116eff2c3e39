"""What a form asks, given what was answered: pure functions over a form and its answers.

`commitments` are the codes of the plan's commitments, in their order, for forms with a section per commitment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ogpmonitor.kit.i18n import msgid
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.forms import Asking, Form, Question

Answers = Mapping[str, Answer]
MAX_CHARACTERS = 20_000

# Message ids, in English; translated where they are shown.
NOT_ASKED = msgid("This question is not part of the form.")
NOT_AN_OPTION = msgid("This answer is not one of the choices.")
TOO_LONG = msgid("This text is too long: at most 20,000 characters.")
CHOOSE = msgid("Choose an answer.")
WRITE = msgid("Write an answer.")
EXPLAIN = msgid("Explain your answer.")
CITE = msgid("Cite at least one piece of evidence.")
CITE_VERDICT = msgid("A verdict above “no evidence available” must cite evidence.")
MESSAGES = (NOT_ASKED, NOT_AN_OPTION, TOO_LONG, CHOOSE, WRITE, EXPLAIN, CITE, CITE_VERDICT)


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why the answer to `key` cannot be kept or published; `message` is a message id."""

    key: str
    message: str


def visible_questions(form: Form, answers: Answers, commitments: Sequence[str] = ()) -> tuple[Asking, ...]:
    """The questions to show, in order. An answer to a hidden question never shows another one."""
    shown: dict[str, Asking] = {}
    for asking in form.askings(commitments):
        condition = asking.question.shown_if
        if condition is not None:
            key = _controlling_key(condition.question, asking, shown)
            chosen = answers[key].chosen if key in shown and key in answers else ()
            if not set(chosen) & set(condition.answers):
                continue
        shown[asking.key] = asking
    return tuple(shown.values())


def clean_answers(form: Form, answers: Answers, commitments: Sequence[str] = ()) -> dict[str, Answer]:
    """Only what the form shows and asks: hidden and unknown questions, and parts not asked for, are cleared.

    Doing it twice changes nothing more. Empty answers are left out; the order is the form's.
    """
    cleaned: dict[str, Answer] = {}
    for asking in visible_questions(form, answers, commitments):
        if asking.key in answers:
            answer = _clean(asking.question, answers[asking.key].tidied())
            if not answer.is_empty:
                cleaned[asking.key] = answer
    return cleaned


def problems(
    form: Form, answers: Answers, commitments: Sequence[str] = (), *, publishing: bool = False
) -> tuple[AnswerProblem, ...]:
    """Why these answers cannot be kept as a draft or, when `publishing`, cannot be published; in the form's order."""
    known = {asking.key for asking in form.askings(commitments)}
    found = [AnswerProblem(key, NOT_ASKED) for key in answers if key not in known]
    cleaned = clean_answers(form, answers, commitments)
    for asking in visible_questions(form, cleaned, commitments):
        answer = cleaned.get(asking.key, Answer())
        found.extend(AnswerProblem(asking.key, message) for message in _draft_problems(form, asking.question, answer))
        if publishing:
            found.extend(
                AnswerProblem(asking.key, message) for message in _publication_problems(form, asking.question, answer)
            )
    return tuple(found)


def rating(form: Form, answers: Answers, measures: str, value: str | None = None) -> str | None:
    """The code chosen where the form measures `measures` (of that open government value); None when not rated."""
    for asking in visible_questions(form, answers):
        question = asking.question
        if question.measures == measures and question.value == value and asking.key in answers:
            return answers[asking.key].value
    return None


def _controlling_key(question_key: str, asking: Asking, shown: Mapping[str, Asking]) -> str:
    """The key of the condition's question: of the same commitment, else asked once; "" when it is hidden."""
    own = f"{question_key}/{asking.commitment}"
    return next((key for key in (own, question_key) if key in shown), "")


def _clean(question: Question, answer: Answer) -> Answer:
    not_applicable = question.na_option is not None and answer.value == question.na_option
    if not_applicable:
        return Answer(value=answer.value)
    update: dict[str, object] = {}
    if question.explanation == "none":
        update["explanation"] = ""
    if not _may_cite(question):
        update |= {"references": "", "citations": ()}
    return answer.model_copy(update=update)


def _may_cite(question: Question) -> bool:
    return question.evidence != "none" or question.evidence_required_above is not None


def _draft_problems(form: Form, question: Question, answer: Answer) -> Iterator[str]:
    scale = form.scale_of(question)
    if scale is not None:
        many = question.kind == "multi"
        known = all(scale.option(code) for code in answer.chosen) and (many or len(answer.chosen) <= 1)
        if not known:
            yield NOT_AN_OPTION
    if any(len(text) > MAX_CHARACTERS for text in (answer.value or "", answer.explanation, answer.references)):
        yield TOO_LONG


def _publication_problems(form: Form, question: Question, answer: Answer) -> Iterator[str]:
    if not answer.value and question.required:
        yield WRITE if question.kind == "text" else CHOOSE
    elif not answer.is_empty and answer.value != (question.na_option or ""):
        yield from _backing_problems(form, question, answer)


def _backing_problems(form: Form, question: Question, answer: Answer) -> Iterator[str]:
    """What an answer that says something still owes: its explanation and its evidence."""
    if question.explanation == "required" and not answer.explanation:
        yield EXPLAIN
    if answer.citations:
        return
    if question.evidence == "required":
        yield CITE
    elif _is_verdict_above(form, question, answer):
        yield CITE_VERDICT


def _is_verdict_above(form: Form, question: Question, answer: Answer) -> bool:
    scale = form.scale_of(question)
    if scale is None or question.evidence_required_above is None:
        return False
    floor, chosen = scale.option(question.evidence_required_above), scale.option(answer.value or "")
    return floor is not None and chosen is not None and chosen.order > floor.order
