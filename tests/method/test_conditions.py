"""What a form asks, given what was answered."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogpmonitor.demo.files import read_demo
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import (
    CHOOSE,
    CITE,
    CITE_VERDICT,
    EXPLAIN,
    MAX_CHARACTERS,
    NOT_AN_OPTION,
    NOT_ASKED,
    TOO_LONG,
    WRITE,
    clean_answers,
    problems,
    rating,
    visible_questions,
)
from ogpmonitor.method.forms import Form, load_method
from ogpmonitor.plans.planfile import read_plan

TENANTS = Path(__file__).parents[2] / "tenants"
COMMITMENTS = ("CLPLN0002", "C2")
FORMS = [load_method().form(code) for code in ("inception", "end-of-commitment", "end-of-term")]
END = load_method().form("end-of-commitment")
INCEPTION = load_method().form("inception")


@pytest.fixture
def answered() -> dict[str, Answer]:
    """An end-of-commitment form that can be published."""
    backed = {"explanation": "Because.", "citations": ("E1",)}
    return {
        "EOC1.1": Answer(value="substantial", **backed),
        "EOC1.2": Answer(value="Money came late."),
        "EOC1.3": Answer(value="planned_most", explanation="One was late."),
        "EOC2.1.1": Answer(value="applies", **backed),
        "EOC2.1.1D": Answer(value="marginal"),
        "EOC2.1.2": Answer(value="not_applicable"),
        "EOC2.1.3": Answer(value="not_applicable"),
        "EOC2.2": Answer(value="yes", explanation="In part."),
        "EOC3.1": Answer(value="Start earlier."),
    }


def _found(form: Form, answers: Mapping[str, Answer], *, publishing: bool = True) -> list[tuple[str, str]]:
    return [(problem.key, problem.message) for problem in problems(form, answers, COMMITMENTS, publishing=publishing)]


def _shown(form: Form, answers: Mapping[str, Answer]) -> set[str]:
    return {asking.key for asking in visible_questions(form, answers, COMMITMENTS)}


def test_degree_is_asked_only_where_the_result_applies(answered: dict[str, Answer]) -> None:
    shown = _shown(END, answered)

    assert "EOC2.1.1D" in shown
    assert "EOC2.1.2D" not in shown


def test_not_applicable_clears_degree_explanation_and_evidence(answered: dict[str, Answer]) -> None:
    answered["EOC2.1.1"] = answered["EOC2.1.1"].model_copy(update={"value": "not_applicable"})

    cleaned = clean_answers(END, answered)

    assert cleaned["EOC2.1.1"] == Answer(value="not_applicable")
    assert "EOC2.1.1D" not in cleaned
    assert _found(END, cleaned) == []


def test_commitment_that_is_not_verifiable_is_not_assessed_further() -> None:
    answers = {"IN3.1/C2": Answer(value="not_verifiable"), "IN3.1/CLPLN0002": Answer(value="verifiable")}

    shown = _shown(INCEPTION, answers)

    assert {"IN3.2/CLPLN0002", "IN3.5/C2"} <= shown
    assert not {"IN3.2/C2", "IN3.3/C2", "IN3.4/C2"} & shown


def test_clean_answers_drop_what_is_not_asked_and_blanks() -> None:
    answers = {
        "EOC1.2": Answer(value="  Money.  ", explanation="not asked", references="x", citations=("E1",)),
        "EOC3.1": Answer(value="   "),
        "XX1": Answer(value="?"),
        "": Answer(value="applies"),
    }

    assert clean_answers(END, answers) == {"EOC1.2": Answer(value="Money.")}


def test_complete_form_can_be_published(answered: dict[str, Answer]) -> None:
    assert _found(END, answered) == []
    assert rating(END, answered, "completion") == "substantial"
    assert rating(END, answered, "diog", "access_to_information") == "marginal"
    assert rating(END, answered, "diog", "civic_participation") is None


def test_empty_form_may_be_a_draft_but_not_published() -> None:
    assert _found(END, {}, publishing=False) == []
    assert _found(END, {}) == [
        ("EOC1.1", CHOOSE),
        ("EOC1.2", WRITE),
        ("EOC1.3", CHOOSE),
        ("EOC2.1.1", CHOOSE),
        ("EOC2.1.2", CHOOSE),
        ("EOC2.1.3", CHOOSE),
        ("EOC2.2", CHOOSE),
        ("EOC3.1", WRITE),
    ]


@pytest.mark.parametrize("verdict", ["not_started", "limited", "substantial", "complete"])
def test_verdict_above_no_evidence_must_cite(answered: dict[str, Answer], verdict: str) -> None:
    answered["EOC1.1"] = Answer(value=verdict, explanation="So it was.")

    assert _found(END, answered) == [("EOC1.1", CITE_VERDICT)]


def test_no_evidence_available_needs_an_explanation_but_no_evidence(answered: dict[str, Answer]) -> None:
    answered["EOC1.1"] = Answer(value="no_evidence")
    assert _found(END, answered) == [("EOC1.1", EXPLAIN)]

    answered["EOC1.1"] = Answer(value="no_evidence", explanation="Nothing was found.")
    assert _found(END, answered) == []


def test_result_that_applies_needs_degree_explanation_and_evidence(answered: dict[str, Answer]) -> None:
    answered["EOC2.1.2"] = Answer(value="applies")

    assert _found(END, answered) == [("EOC2.1.2", EXPLAIN), ("EOC2.1.2", CITE), ("EOC2.1.2D", CHOOSE)]


def test_optional_question_begun_must_be_finished(answered: dict[str, Answer]) -> None:
    answered["EOC2.1.4"] = Answer(value="applies", citations=("E1",))

    assert _found(END, answered) == [("EOC2.1.4", EXPLAIN), ("EOC2.1.4D", CHOOSE)]


def test_draft_refuses_what_the_form_does_not_know() -> None:
    answers = {
        "EOC9.9": Answer(value="x"),
        "EOC1.1": Answer(value="marginal"),
        "EOC1.3": Answer(value="planned_all planned_few"),
        "EOC3.1": Answer(value="x" * (MAX_CHARACTERS + 1)),
    }

    assert _found(END, answers, publishing=False) == [
        ("EOC9.9", NOT_ASKED),
        ("EOC1.1", NOT_AN_OPTION),
        ("EOC1.3", NOT_AN_OPTION),
        ("EOC3.1", TOO_LONG),
    ]


def test_several_options_are_taken_where_several_are_asked() -> None:
    form = load_method().form("end-of-term")

    assert _found(form, {"EOT2.1": Answer(value="factor_money factor_law")}, publishing=False) == []
    assert _found(form, {"EOT2.1": Answer(value="factor_money x")}, publishing=False) == [("EOT2.1", NOT_AN_OPTION)]


@pytest.mark.parametrize("path", sorted(TENANTS.glob("*/demo/*.toml")), ids=lambda path: path.parts[-3])
def test_demo_assessments_could_be_published(path: Path) -> None:
    demo = read_demo(path, read_plan(path.parents[1] / "plans" / path.name))

    for assessment in demo.assessments:
        form = load_method().form(assessment.form, assessment.form_version)
        answers = {
            key: Answer(
                value=given.value,
                explanation=given.explanation.in_("es") if given.explanation else "",
                references=given.references,
                citations=given.cites,
            )
            for key, given in assessment.answers.items()
        }
        assert problems(form, answers, publishing=True) == ()
        assert clean_answers(form, answers) == answers


TEXTS = st.text(max_size=5)


@st.composite
def forms_and_answers(draw: st.DrawFn) -> tuple[Form, dict[str, Answer]]:
    form = draw(st.sampled_from(FORMS))
    keys = [asking.key for asking in form.askings(COMMITMENTS)]
    codes = [option.code for scale in form.scales.values() for option in scale.options]
    values = st.none() | TEXTS | st.sampled_from(codes) | st.lists(st.sampled_from(codes), max_size=3).map(" ".join)
    answer = st.builds(
        Answer, value=values, explanation=TEXTS, references=TEXTS, citations=st.lists(TEXTS, max_size=2).map(tuple)
    )
    return form, draw(st.dictionaries(st.sampled_from([*keys, "XX1", ""]), answer, max_size=len(keys)))


@given(forms_and_answers())
def test_cleaning_twice_changes_nothing_more(given_: tuple[Form, dict[str, Answer]]) -> None:
    form, answers = given_

    cleaned = clean_answers(form, answers, COMMITMENTS)

    assert clean_answers(form, cleaned, COMMITMENTS) == cleaned


@given(forms_and_answers())
def test_cleaning_keeps_only_what_is_shown_and_never_changes_what_is_shown(
    given_: tuple[Form, dict[str, Answer]],
) -> None:
    form, answers = given_

    cleaned = clean_answers(form, answers, COMMITMENTS)

    assert set(cleaned) <= _shown(form, answers)
    assert _shown(form, cleaned) == _shown(form, answers)
    assert all(
        answer.value == (answers[key].value or "").strip() or answer.value is None for key, answer in cleaned.items()
    )


@given(forms_and_answers())
def test_what_can_be_published_can_also_be_a_draft(given_: tuple[Form, dict[str, Answer]]) -> None:
    form, answers = given_

    drafting = set(problems(form, answers, COMMITMENTS))

    assert drafting <= set(problems(form, answers, COMMITMENTS, publishing=True))
