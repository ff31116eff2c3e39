"""What a correction of an assessment changed, question by question, and which version stands now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.portal.queries import Published, assessment_named, newest_holding, published_plan
from ogpmonitor.register.amended import AmendedWords
from ogpmonitor.register.assessment_documents import AssessmentDocument, PublishedAnswer
from ogpmonitor.register.exchanges import form_of, question_words, said_value
from ogpmonitor.register.wording import compare

ANSWER, EXPLANATION = msgid("Answer"), msgid("Explanation")
REFERENCES, CITED = msgid("References"), msgid("Evidence cited")
RECOMMENDATIONS, RECOMMENDATION = msgid("Recommendations"), msgid("Recommendation")


@dataclass(frozen=True, slots=True)
class CorrectedAnswer:
    """One question whose answer differs, old beside new."""

    question: Localized | str
    changes: Sequence[AmendedWords]


@dataclass(frozen=True, slots=True)
class Former:
    """The version that was corrected. `number` is the newest edition of the plan that holds it, or None."""

    number: int | None
    differences: Sequence[CorrectedAnswer]


async def former_of(
    session: RegisterSession, published: Published, one: AssessmentDocument, lang: str
) -> Former | None:
    """The version that `one` replaces, with what differs; None where `one` corrects nothing."""
    if one.corrects is None:
        return None
    number = await newest_holding(session, published.edition, one.corrects.sha256)
    old = await assessment_named(session, one.corrects.sha256) if number is not None else None
    return Former(number, differences_between(old, one, lang) if old else ())


async def corrected_since(
    session: RegisterSession, published: Published, one: AssessmentDocument
) -> AssessmentDocument | None:
    """The version that stands now, where `one` of an earlier edition was corrected since; None where it was not."""
    edition = published.edition
    newest = await published_plan(session, edition.jurisdiction, edition.plan)
    now = next((other for other in newest.assessments if other.code == one.code), None)
    return now if now is not None and now.corrects is not None and now.version > one.version else None


def differences_between(old: AssessmentDocument, new: AssessmentDocument, lang: str) -> list[CorrectedAnswer]:
    """Every question answered differently, in the order of the newer version, and then what else was recommended."""
    form = form_of(new)
    keys = dict.fromkeys(answer.question for answer in (*new.answers, *old.answers))
    found = [
        CorrectedAnswer(question_words(form, key), changes)
        for key in keys
        if (changes := list(_changes(old, new, key, lang)))
    ]
    recommended = list(_recommended(old, new, lang))
    return [*found, CorrectedAnswer(translate(lang, RECOMMENDATIONS), recommended)] if recommended else found


def _changes(old: AssessmentDocument, new: AssessmentDocument, key: str, lang: str) -> Iterator[AmendedWords]:
    before, after = _words(old, key, lang), _words(new, key, lang)
    for label in (ANSWER, EXPLANATION, REFERENCES, CITED):
        if before[label] != after[label]:
            yield AmendedWords(translate(lang, label), compare(before[label], after[label]))


def _words(document: AssessmentDocument, key: str, lang: str) -> dict[str, str]:
    answer = document.answer(key) or PublishedAnswer(question=key)
    return {
        ANSWER: said_value(form_of(document), key, answer.value, document.language).in_(lang),
        EXPLANATION: answer.explanation,
        REFERENCES: answer.references,
        CITED: "; ".join(one.title for one in answer.citations),
    }


def _recommended(old: AssessmentDocument, new: AssessmentDocument, lang: str) -> Iterator[AmendedWords]:
    before = {one.id: f"{one.text} ({one.addressee})" for one in old.recommendations}
    after = {one.id: f"{one.text} ({one.addressee})" for one in new.recommendations}
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield AmendedWords(translate(lang, RECOMMENDATION), compare(before.get(name, ""), after.get(name, "")))
