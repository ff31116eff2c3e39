"""What monitor and government said to each other about an assessment, laid out beside the answers it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Form, load_method
from ogpmonitor.register.assessment_documents import AssessmentDocument, Clarification, Finding, Reply

Silence = Literal["no_reply", "nothing_said"]


@dataclass(frozen=True, slots=True)
class SaidValue:
    """An answer's value as people read it: the options that were chosen, or else the text that was written."""

    chosen: tuple[Localized, ...] = ()
    text: Localized | None = None

    def in_(self, lang: str) -> str:
        """In one line, nothing where nothing was answered."""
        return "; ".join(one.in_(lang) for one in self.chosen) or (self.text.in_(lang) if self.text else "")


@dataclass(frozen=True, slots=True)
class FormerFinding:
    """What an answer said when the government replied to it."""

    value: SaidValue
    explanation: Localized | None


@dataclass(frozen=True, slots=True)
class ToldReply:
    """A reply. `former` is what it was about, where the answer says something else now or is gone."""

    question: Localized | str
    text: Localized
    replied_on: date
    former: FormerFinding | None


@dataclass(frozen=True, slots=True)
class ToldClarification:
    """What the monitor asked and what came back. `late_days` is how long after its day the answer came."""

    asked: Localized
    asked_on: date
    due_on: date
    answer: Localized | None
    answered_on: date | None

    @property
    def late_days(self) -> int:
        return max(0, (self.answered_on - self.due_on).days) if self.answered_on else 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything that was said about one answer. Without a reply `silence` says which kind of silence it was.

    Both are None where the government was not asked to comment.
    """

    clarifications: Sequence[ToldClarification] = ()
    reply: ToldReply | None = None
    silence: Silence | None = None
    days: int = 0

    @property
    def was_asked(self) -> bool:
        """Whether the government had the chance to comment."""
        return self.reply is not None or self.silence is not None


@dataclass(frozen=True, slots=True)
class Around:
    """What was said about an assessment but about none of its answers."""

    milestones: Sequence[tuple[str, Sequence[ToldClarification]]]  # by <commitment>/<milestone>, in the order asked
    clarifications: Sequence[ToldClarification]
    replies: Sequence[ToldReply]  # to answers that the assessment no longer gives


def form_of(document: AssessmentDocument) -> Form | None:
    """The form `document` was given under, if this release still carries it."""
    try:
        return load_method().form(document.form, document.form_version)
    except KeyError:
        return None


def exchange_about(document: AssessmentDocument, question: str) -> Exchange:
    """What was said about the answer to `question`."""
    asked = [one for one in document.clarifications if one.question == question]
    clarifications = told_clarifications(asked, document.language)
    right = document.right_of_reply
    if right is None:
        return Exchange(clarifications)
    reply = right.reply_to(question)
    if reply is None:
        return Exchange(clarifications, None, "nothing_said" if right.handed_in_on else "no_reply", right.days)
    return Exchange(clarifications, _told_reply(document, reply), None, right.days)


def around(document: AssessmentDocument) -> Around:
    """What was said about `document` beside its answers: nothing that was said is left out."""
    answered = {answer.question for answer in document.answers}
    rest = [one for one in document.clarifications if one.question not in answered]
    replies = document.right_of_reply.replies if document.right_of_reply else ()
    named = dict.fromkeys(one.milestone for one in rest if one.milestone)
    return Around(
        [(name, told_clarifications((c for c in rest if c.milestone == name), document.language)) for name in named],
        told_clarifications((one for one in rest if not one.milestone), document.language),
        [_told_reply(document, one) for one in replies if one.question not in answered],
    )


def told_clarifications(clarifications: Iterable[Clarification], language: str) -> list[ToldClarification]:
    """Them with their texts in the language they were written in."""
    return [
        ToldClarification(
            written(one.asked, language),
            one.asked_on,
            one.due_on,
            written(one.answer, language) if one.answer else None,
            one.answered_on,
        )
        for one in clarifications
    ]


def replies_given(document: AssessmentDocument) -> int:
    """How many of its answers the government replied to."""
    right = document.right_of_reply
    return sum(right.reply_to(answer.question) is not None for answer in document.answers) if right else 0


def written(words: str, language: str) -> Localized:
    """`words` as a text that exists in `language` alone."""
    return Localized.model_validate({"source": language, language: words})


def question_words(form: Form | None, key: str) -> Localized | str:
    """What the question `key` asks, and about which commitment; its key where this release lacks the form."""
    name, _, commitment = key.partition("/")
    question = form.questions.get(name) if form else None
    if question is None:
        return key
    if not commitment:
        return question.text
    texts = {lang: f"{words} · {commitment}" for lang, words in question.text.texts.items()}
    return Localized.of(question.text.source, unofficial=question.text.unofficial, **texts)


def said_value(form: Form | None, key: str, value: str | None, language: str) -> SaidValue:
    """The value of an answer in the words of its scale; a code nobody knows any more is shown as it is."""
    question = form.questions.get(key.partition("/")[0]) if form else None
    scale = form.scale_of(question) if form and question else None
    if not value or not value.strip():
        return SaidValue()
    if scale is None:
        return SaidValue(text=written(value, language))
    options = [(code, scale.option(code)) for code in value.split()]
    return SaidValue(tuple(option.label if option else Localized.of("en", en=code) for code, option in options))


def _told_reply(document: AssessmentDocument, reply: Reply) -> ToldReply:
    form, language = form_of(document), document.language
    question = question_words(form, reply.question)
    return ToldReply(question, written(reply.text, language), reply.replied_on, _former(document, reply))


def _former(document: AssessmentDocument, reply: Reply) -> FormerFinding | None:
    answer = document.answer(reply.question)
    now = Finding(value=answer.value, explanation=answer.explanation) if answer else None
    if now == reply.finding:
        return None
    then, language = reply.finding, document.language
    return FormerFinding(
        said_value(form_of(document), reply.question, then.value, language),
        written(then.explanation, language) if then.explanation.strip() else None,
    )
