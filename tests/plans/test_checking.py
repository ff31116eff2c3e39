"""Checking a plan: each thing that can be wrong is found, at its very field, and nothing else is."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.factories.drafts import a_commitment, a_draft, a_milestone, both

from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.method.plan_checks import load_plan_checks
from ogpmonitor.plans.checking import Finding, findings_in
from ogpmonitor.plans.models import Plan

BOTH = ("es", "en")
OUTDATED = {"source": "es", "es": "Nuevo", "en": "Old", "outdated": ["en"]}
Spoiled = Callable[[], Plan]


def with_step(**given: Any) -> Plan:
    return a_draft(commitments=[a_commitment(milestones=[a_milestone(**given)])])


def without_answer(key: str) -> Plan:
    plan = a_draft()
    plan.content["answers"].pop(key)
    return plan


def told(plan: Plan) -> list[tuple[str, str, str]]:
    """What is found: the check, whether it is an error, and where it is mended."""
    return [(one.check.code, one.check.severity, one.path(plan.slug)) for one in findings_in(plan, BOTH)]


def test_a_whole_plan_has_no_finding() -> None:
    assert told(a_draft()) == []


@pytest.mark.parametrize(
    ("plan", "code", "severity", "path"),
    [
        (lambda: a_draft(starts_on=None), "plan_dates", "error", "about/#starts_on"),
        (lambda: a_draft(ends_on=None), "plan_dates", "error", "about/#ends_on"),
        (lambda: without_answer("EC09"), "monitoring_body", "error", "coordination/#EC09"),
        (lambda: a_draft(endorsements=[]), "endorsement", "error", "endorsements/#endorsements"),
        (lambda: a_draft(commitments=[]), "no_commitments", "error", "commitments/new/#title"),
        (lambda: without_answer("SV02"), "unanswered", "warning", "vision/#SV02"),
        (lambda: a_draft(commitments=[a_commitment(milestones=[])]), "commitment_milestones", "error",
         "commitments/C1/milestones/new/#title"),
        (lambda: with_step(due_on=None), "milestone_date", "error", "commitments/C1/milestones/M1/#due_on"),
        (lambda: with_step(responsible_unit=None), "milestone_owner", "error",
         "commitments/C1/milestones/M1/#responsible_unit"),
        (lambda: with_step(expected_output=None), "milestone_output", "error",
         "commitments/C1/milestones/M1/#expected_output"),
        (lambda: with_step(due_on=None, title=both("Abrir pronto", "Open it")), "milestone_deadline_words", "error",
         "commitments/C1/milestones/M1/#due_on"),
        (lambda: with_step(due_on=None, indicator=both("Mesa", "Board in due course")), "milestone_deadline_words",
         "error", "commitments/C1/milestones/M1/#due_on"),
        (lambda: with_step(starts_on="2026-07", due_on="2026-06-30"), "milestone_backwards", "error",
         "commitments/C1/milestones/M1/#due_on"),
        (lambda: with_step(due_on="2027-01-01"), "milestone_outside", "warning",
         "commitments/C1/milestones/M1/#due_on"),
        (lambda: with_step(title={"source": "es", "es": "Solo esto"}), "translation_missing", "warning",
         "commitments/C1/milestones/M1/?text=en#title"),
        (lambda: a_draft(title=OUTDATED), "translation_outdated", "warning", "about/?text=en#title"),
        (lambda: a_draft(commitments=[a_commitment(f"C{n}") for n in range(6)]), "too_many_commitments", "warning",
         "#commitments"),
        (lambda: a_draft(commitments=[a_commitment(ends_on="2028")]), "commitment_outside", "warning",
         "commitments/C1/#ends_on"),
        (lambda: a_draft(commitments=[a_commitment(ends_on=None, action=both("Se hará a la BREVEDAD"))]),
         "commitment_deadline_words", "error", "commitments/C1/#ends_on"),
    ],
)  # fmt: skip
def test_each_fault_is_found_at_its_field(plan: Spoiled, code: str, severity: str, path: str) -> None:
    assert told(plan()) == [(code, severity, f"workbench/plans/2026-2027/{path}")]


def test_backwards_is_an_error_wherever_it_stands() -> None:
    plan = a_draft(starts_on="2028", commitments=[a_commitment(starts_on="2027-02", ends_on="2027-01")])

    errors = [one.check.code for one in findings_in(plan, BOTH) if one.is_error]

    assert errors == ["plan_backwards", "commitment_backwards"]


@pytest.mark.parametrize("word", ["Prontuario municipal", "Una mesa prontísima", "Soonish"])
def test_words_that_only_begin_like_a_deadline_are_none(word: str) -> None:
    found = [one.check.code for one in findings_in(with_step(due_on=None, title=both(word)), BOTH)]

    assert found == ["milestone_date"]


def test_words_of_a_deadline_beside_a_date_are_no_fault() -> None:
    assert told(with_step(title=both("Abrir lo antes posible", "Open it as soon as possible"))) == []


def test_an_indicator_is_checkable_without_an_output() -> None:
    assert told(with_step(expected_output=None, indicator=both())) == []


def test_five_commitments_are_not_too_many() -> None:
    assert told(a_draft(commitments=[a_commitment(f"C{n}") for n in range(5)])) == []


def test_partial_dates_that_can_fit_are_no_fault() -> None:
    assert told(with_step(starts_on="2026-06", due_on="2026-06")) == []
    assert told(with_step(starts_on="2026", due_on="2026")) == []


def test_what_was_set_aside_is_not_checked() -> None:
    aside = a_milestone("M2", due_on=None, responsible_unit=None, set_aside="withdrawn")

    assert told(a_draft(commitments=[a_commitment(milestones=[a_milestone(), aside])])) == []
    assert told(a_draft(commitments=[a_commitment(milestones=[aside])]))[0][0] == "commitment_milestones"


def test_only_languages_of_the_jurisdiction_are_asked_for() -> None:
    plan = with_step(title={"source": "es", "es": "Solo esto"})

    assert findings_in(plan, ("es",)) == []


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_every_check_has_words_in_every_language(lang: str) -> None:
    for check in load_plan_checks().checks:
        facts = {"word": "pronto", "count": 6, "limit": 5, "language": "English"}
        said = Finding(check, check.field, facts=facts).words(lang)

        assert check.message.has(lang), check.code
        assert "%" not in said, check.code
