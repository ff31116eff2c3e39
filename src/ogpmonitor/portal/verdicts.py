"""How far things are, says the independent monitor: the codes of an assessment as words and steps of a scale."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ogpmonitor.kit.charts import is_apart
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Option, Scale, load_method
from ogpmonitor.method.vocabularies import load_values
from ogpmonitor.portal.standing import Reported
from ogpmonitor.register.assessment_documents import AssessmentDocument, Rating
from ogpmonitor.register.exchanges import form_of

Difference = Literal["rated_lower", "rated_higher"]
LOW = frozenset({"no_evidence", "not_started", "limited", "substantial"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rating in words. `scale` names what was rated; `of` the value it was rated for, if for one."""

    measures: str
    code: str
    label: Localized | str
    step: int
    steps: int
    scale: Localized | str
    of: Localized | str | None = None


def verdicts_of(assessment: AssessmentDocument) -> list[Verdict]:
    """Every rating of `assessment`, in the words of the form it was given under."""
    return [_verdict(rating, _scale_for(assessment, rating)) for rating in assessment.ratings]


def completion_verdict(code: str) -> Verdict:
    """The word for a rating of completion that is known only by its code."""
    return _verdict(Rating(measures="completion", code=code), load_method().scale("completion"))


def _scale_for(assessment: AssessmentDocument, rating: Rating) -> Scale | None:
    form = form_of(assessment)
    asked = form.questions.values() if form else ()
    question = next((one for one in asked if (one.measures, one.value) == (rating.measures, rating.value)), None)
    return form.scale_of(question) if form and question else None


def _verdict(rating: Rating, scale: Scale | None) -> Verdict:
    option = scale.option(rating.code) if scale else None
    term = load_values().term(rating.value) if rating.value else None
    of = term.label if term else rating.value
    return verdict_for(rating.measures, rating.code, scale, option, of)


def verdict_for(
    measures: str, code: str, scale: Scale | None, option: Option | None, of: Localized | str | None = None
) -> Verdict:
    """A chosen option as a mark; a code nobody knows any more is shown as it is.

    What stands apart from every scale ("not applicable") needs no option: the mark has a word of its own for it.
    """
    if scale is None or option is None:
        return Verdict(measures, code, "" if is_apart(code) else code, 0, 0, scale.title if scale else measures, of)
    return Verdict(measures, code, option.label, option.filled, scale.steps, scale.title, of)


def difference(seen: Reported, declared: str | None, completion: str | None) -> Difference | None:
    """Where the two voices do not agree about a commitment; None where they do, or one of them is silent."""
    if completion is None:
        return None
    if completion in LOW and (seen.all_done or (seen.total == 0 and declared == "fulfilled")):
        return "rated_lower"
    if completion == "complete" and ((seen.base and not seen.all_done) or declared == "pending"):
        return "rated_higher"
    return None


@dataclass(frozen=True, slots=True)
class Rated:
    """What is rated about some commitments. `levels` counts each level of completion given, in the scale's order."""

    commitments: int
    assessed: int
    levels: Sequence[tuple[Verdict, int]]
    published_at: datetime | None
    demo: bool


def rated_together(assessments: Iterable[AssessmentDocument], commitments: int) -> Rated:
    """The sums over a plan's assessments; commitments without one are the difference to `commitments`."""
    found = [(one, one.rating("completion")) for one in assessments]
    counted = Counter(code for _, code in found if code)
    scale = load_method().scale("completion")
    levels = [(completion_verdict(one.code), counted[one.code]) for one in scale.options if counted[one.code]]
    given = [one for one, code in found if code]
    return Rated(
        commitments=commitments,
        assessed=len({one.commitment for one in given}),
        levels=levels,
        published_at=max((one.published_at for one in given), default=None),
        demo=any(one.demo for one in given),
    )
