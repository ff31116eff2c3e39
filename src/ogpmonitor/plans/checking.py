"""Checking a plan before it is submitted: pure functions over a plan loaded whole, one for each matter.

What is checked and how grave it is stands in `method/plan_checks.toml`; here stands how one finds out.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.plan_checks import Check, load_plan_checks
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans.models import Commitment, Milestone, Plan
from ogpmonitor.register.facts import plain

ENDORSING = ("endorsements", "endorsements_note")
# What is missing altogether is mended where it is added.
NEW_FORMS: Mapping[str, str] = {
    "no_commitments": "commitments/new/%s#title",
    "commitment_milestones": "commitments/%s/milestones/new/#title",
}
COMMITMENT_TEXTS = (
    "title", "summary", "axis", "problem", "status_quo", "action", "contribution", "long_term_goal", "value_relevance",
    "resources", "additional",
)  # fmt: skip
MILESTONE_TEXTS = ("title", "indicator", "expected_output", "responsible_unit")


@dataclass(frozen=True)
class Finding:
    """Something to mend or to look at: in the plan, in a commitment, or in a milestone, by their codes."""

    check: Check
    field: str
    commitment: str = ""
    milestone: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether it keeps the plan from being submitted."""
        return self.check.severity == "error"

    def words(self, lang: str) -> str:
        """What is said about it."""
        return self.check.message.in_(lang) % self.facts if self.facts else self.check.message.in_(lang)

    def path(self, plan: str) -> str:
        """Where it is mended, below the jurisdiction's address: the very field of a form, also of one that adds."""
        if self.check.code in NEW_FORMS:
            return f"workbench/plans/{plan}/{NEW_FORMS[self.check.code] % self.commitment}"
        text = f"?text={self.facts['lang']}" if "lang" in self.facts else ""
        return f"workbench/plans/{plan}/{self._page}{text}#{self.field}"

    @property
    def _page(self) -> str:
        if self.milestone:
            return f"commitments/{self.commitment}/milestones/{self.milestone}/"
        if self.commitment:
            return f"commitments/{self.commitment}/"
        if self.field == "commitments":
            return ""
        return f"{section_of(self.field)}/"


def section_of(name: str) -> str:
    """The part of the plan's forms in which the plan's field or question `name` stands."""
    if name in ENDORSING:
        return "endorsements"
    sections = load_questionnaire().sections
    asked = (section.key for section in sections if any(question.key == name for question in section.questions))
    return next(asked, "about")


def findings_in(plan: Plan, languages: Sequence[str]) -> list[Finding]:
    """Everything found in `plan` (loaded whole): first the plan's own, then each commitment with its milestones."""
    found = [*_in_plan(plan), *_unanswered(plan), *_untranslated_plan(plan, languages)]
    for commitment in plan.commitments:
        if commitment.set_aside is None:
            found += _in_commitment(commitment, plan, languages)
    return found


def _found(code: str, name: str = "", /, **facts: Any) -> Finding:
    check = load_plan_checks().check(code)
    return Finding(check, name or check.field, facts=facts)


def _in_plan(plan: Plan) -> Iterator[Finding]:
    if not (plan.starts_on and plan.ends_on):
        yield _found("plan_dates", "ends_on" if plan.starts_on else "starts_on")
    if is_backwards(plan.starts_on, plan.ends_on):
        yield _found("plan_backwards")
    if not _has_text(plan.content.get("answers", {}).get("EC09")):
        yield _found("monitoring_body")
    if not plan.content.get("endorsements"):
        yield _found("endorsement")
    yield from _in_number(sum(one.set_aside is None for one in plan.commitments))


def _in_number(commitments: int) -> Iterator[Finding]:
    limit = load_deadlines().commitments.soft_limit
    if commitments == 0:
        yield _found("no_commitments")
    if commitments > limit:
        yield _found("too_many_commitments", count=commitments, limit=limit)


def _unanswered(plan: Plan) -> Iterator[Finding]:
    answers = plan.content.get("answers", {})
    for key in load_questionnaire().questions:
        if key != load_plan_checks().check("monitoring_body").field and answers.get(key) in (None, "", [], {}):
            yield _found("unanswered", key)


def _in_commitment(commitment: Commitment, plan: Plan, languages: Sequence[str]) -> list[Finding]:
    standing = [milestone for milestone in commitment.milestones if milestone.set_aside is None]
    own = [*_of_commitment(commitment, plan), *_untranslated(commitment, COMMITMENT_TEXTS, languages)]
    if not standing:
        own.append(_found("commitment_milestones"))
    found = [Finding(one.check, one.field, commitment.code, facts=one.facts) for one in own]
    for milestone in standing:
        steps = [*_of_milestone(milestone, commitment, plan), *_untranslated(milestone, MILESTONE_TEXTS, languages)]
        found += [Finding(one.check, one.field, commitment.code, milestone.code, one.facts) for one in steps]
    return found


def _of_commitment(commitment: Commitment, plan: Plan) -> Iterator[Finding]:
    if is_backwards(commitment.starts_on, commitment.ends_on):
        yield _found("commitment_backwards")
    elif not _lies_in(commitment.starts_on, commitment.ends_on, (plan.starts_on, plan.ends_on)):
        yield _found("commitment_outside")
    word = _deadline_word(commitment, ("title", "action")) if commitment.ends_on is None else None
    if word:
        yield _found("commitment_deadline_words", word=word)


def _of_milestone(milestone: Milestone, commitment: Commitment, plan: Plan) -> Iterator[Finding]:
    word = _deadline_word(milestone, ("title", "indicator", "expected_output")) if milestone.due_on is None else None
    if word:
        yield _found("milestone_deadline_words", word=word)
    elif milestone.due_on is None:
        yield _found("milestone_date")
    if not _has_text(milestone.responsible_unit):
        yield _found("milestone_owner")
    if not any(_has_text(milestone.content.get(name)) for name in ("expected_output", "indicator")):
        yield _found("milestone_output")
    if is_backwards(milestone.starts_on, milestone.due_on):
        yield _found("milestone_backwards")
    around = (commitment.starts_on or plan.starts_on, commitment.ends_on or plan.ends_on)
    if not _lies_in(milestone.starts_on, milestone.due_on, around):
        yield _found("milestone_outside")


def is_backwards(start: str | None, end: str | None) -> bool:
    """Whether the end lies before the start, for certain: a month that is not over yet can still hold both."""
    return bool(start and end) and PartialDate.parse(str(end)).last_day < PartialDate.parse(str(start)).first_day


def _lies_in(start: str | None, end: str | None, around: tuple[str | None, str | None]) -> bool:
    """Whether it can lie between both ends of `around`; an end that nobody gave holds everything."""
    first, last = around
    days = [PartialDate.parse(day) for day in (start, end) if day]
    early = first is not None and any(day.last_day < PartialDate.parse(first).first_day for day in days)
    late = last is not None and any(day.first_day > PartialDate.parse(last).last_day for day in days)
    return not (early or late)


def _deadline_word(row: Commitment | Milestone, names: Iterable[str]) -> str | None:
    """The first words in the texts called `names` that stand where a date should be."""
    texts = (_texts(row, name) for name in names)
    said = " ".join(plain(text) for each in texts for text in each.values())
    for words in load_plan_checks().deadline_words.values():
        for word in words:
            if re.search(rf"\b{re.escape(plain(word))}\b", said):
                return word
    return None


def _texts(row: Plan | Commitment | Milestone, name: str) -> Mapping[str, str]:
    value = getattr(row, name, None) or row.content.get(name)
    return Localized.model_validate(value).texts if value else {}


def _has_text(value: Any) -> bool:
    """Whether a text kept per language, or a list of them, says something."""
    return bool(value)


def _untranslated_plan(plan: Plan, languages: Sequence[str]) -> Iterator[Finding]:
    yield from _untranslated(plan, ("title", "foreword", "endorsements_note"), languages)
    for key, answer in plan.content.get("answers", {}).items():
        members = answer if isinstance(answer, list) else [answer]
        yield from _untranslated_text(key, [one for one in members if isinstance(one, dict)], languages)


def _untranslated(
    row: Plan | Commitment | Milestone, names: Iterable[str], languages: Sequence[str]
) -> Iterator[Finding]:
    for name in names:
        value = getattr(row, name, None) or row.content.get(name)
        if value:
            yield from _untranslated_text(name, [value], languages)


def _untranslated_text(name: str, values: Sequence[Any], languages: Sequence[str]) -> Iterator[Finding]:
    """One finding for each language in which one of `values` says nothing, or says something older than its source."""
    texts = [Localized.model_validate(value) for value in values]
    for lang in languages:
        facts = {"lang": lang, "language": LANGUAGES.get(lang, lang)}
        if any(not text.has(lang) for text in texts):
            yield _found("translation_missing", name, **facts)
        elif any(text.is_outdated(lang) for text in texts):
            yield _found("translation_outdated", name, **facts)
