"""The method as data: every file loads, and a wrong one is refused with file, key and reason."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from ogpmonitor.kit.datafiles import DataRefused
from ogpmonitor.method.deadlines import add_months, load_deadlines
from ogpmonitor.method.forms import HERE, load_method
from ogpmonitor.method.vocabularies import load_values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("form_files", "scale_files"):
        shutil.copytree(HERE / kind, tmp_path / kind)
    return tmp_path


def _refusal(folder: Path, file: str, old: str, new: str) -> list[str]:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        load_method(folder)
    return [str(problem) for problem in refused.value.problems]


def test_method_of_this_release_loads() -> None:
    method = load_method()

    assert sorted(method.forms) == [("end-of-commitment", 1), ("end-of-term", 1), ("inception", 1)]
    assert [option.code for option in method.scale("completion").options] == [
        "no_evidence",
        "not_started",
        "limited",
        "substantial",
        "complete",
    ]
    assert [option.filled for option in method.scale("diog").options] == [-1, 0, 1, 2, 3]


def test_only_the_end_of_term_form_is_our_own_and_says_so() -> None:
    own = [form for form in load_method().forms.values() if form.own_template]

    assert [form.code for form in own] == ["end-of-term"]
    assert "not OGP's" in own[0].purpose.in_("en")
    assert "no de OGP" in own[0].purpose.in_("es")


def test_no_evidence_and_not_applicable_stand_apart() -> None:
    apart = {option.code for scale in load_method().scales.values() for option in scale.options if option.apart}

    assert {"no_evidence", "not_applicable", "unclear", "verifiability_unclear"} <= apart
    assert "not_started" not in apart


def test_ratings_by_value_name_known_values() -> None:
    form = load_method().form("end-of-commitment")
    rated = [question.value for question in form.questions.values() if question.measures == "diog"]

    assert rated == ["access_to_information", "civic_participation", "public_accountability", "other"]
    assert all(load_values().term(value) for value in rated[:3] if value)


def test_form_repeats_its_section_per_commitment() -> None:
    form = load_method().form("inception")

    keys = [asking.key for asking in form.askings(["CLPLN0002", "C2"])]

    assert keys[10:12] == ["IN3.1/CLPLN0002", "IN3.2/CLPLN0002"]
    assert keys[-1] == "IN3.5/C2"
    assert len(list(form.askings())) == 10


def test_latest_version_is_found_and_an_old_one_kept(folder: Path) -> None:
    text = (folder / "scale_files" / "diog.v1.toml").read_text(encoding="utf-8")
    (folder / "scale_files" / "diog.v2.toml").write_text(
        text.replace("version = 1", "version = 2", 1), encoding="utf-8"
    )

    method = load_method(folder)

    assert (method.scale("diog").version, method.scale("diog", 1).version) == (2, 1)
    with pytest.raises(KeyError):
        method.form("midterm")


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "form_files/end-of-commitment.v1.toml",
            'scale = "completion.v1"',
            'scale = "completion.v9"',
            "form_files/end-of-commitment.v1.toml: EOC1.1.scale: there is no scale 'completion.v9'",
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'key = "EOC1.2"',
            'key = "EOC1.1"',
            "form_files/end-of-commitment.v1.toml: the same question stands twice: EOC1.1",
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'key = "EOC2"',
            'key = "EOC1"',
            "form_files/end-of-commitment.v1.toml: the same section stands twice: EOC1",
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'question = "EOC2.1.1"',
            'question = "EOC2.1.9"',
            (
                "form_files/end-of-commitment.v1.toml: "
                "EOC2.1.1D: shown_if names 'EOC2.1.9', which is not a question before it"
            ),
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'answers = ["applies"]',
            'answers = ["perhaps"]',
            "form_files/end-of-commitment.v1.toml: EOC2.1.1D.shown_if.answers: 'perhaps' is not an option of EOC2.1.1",
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'na_option = "not_applicable"',
            'na_option = "never"',
            "form_files/end-of-commitment.v1.toml: EOC2.1.1.na_option: 'never' is not an option of EOC2.1.1",
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'evidence_required_above = "no_evidence"',
            'evidence_required_above = "nothing"',
            (
                "form_files/end-of-commitment.v1.toml: "
                "EOC1.1.evidence_required_above: 'nothing' is not an option of EOC1.1"
            ),
        ),
        (
            "form_files/end-of-commitment.v1.toml",
            'scale = "completion.v1"\n',
            "",
            (
                "form_files/end-of-commitment.v1.toml: sections[0].questions[0]: "
                "EOC1.1: a scale is named for a choice, and only for one"
            ),
        ),
        (
            "form_files/end-of-term.v1.toml",
            'scale = "factors.v1"',
            'scale = "factors.v1"\nna_option = "factor_none"',
            (
                "form_files/end-of-term.v1.toml: sections[1].questions[0]: "
                "EOT2.1: na_option and evidence_required_above belong to a choice"
            ),
        ),
        (
            "form_files/end-of-term.v1.toml",
            'key = "EOT4.1"\nkind = "text"',
            'key = "EOT4.1"\nkind = "text"\nshown_if = { question = "EOT3.2", answers = ["yes"] }',
            "form_files/end-of-term.v1.toml: EOT4.1: shown_if names 'EOT3.2', which is asked once per commitment",
        ),
        (
            "scale_files/diog.v1.toml",
            'label = { en = "Major", es = "Significativo" }',
            'label = { en = "Major" }',
            "scale_files/diog.v1.toml: options[3].label: has no text in 'es'",
        ),
        (
            "scale_files/diog.v1.toml",
            'code = "major"',
            'code = "marginal"',
            "scale_files/diog.v1.toml: the same option stands twice: marginal",
        ),
        (
            "scale_files/diog.v1.toml",
            "order = 3",
            "order = 7",
            "scale_files/diog.v1.toml: the options are not numbered 0, 1, 2 ... in the order they stand in",
        ),
        (
            "scale_files/diog.v1.toml",
            'high = ["major"',
            'high = ["huge"',
            "scale_files/diog.v1.toml: high: 'huge' is not an option",
        ),
        (
            "scale_files/early_results.v1.toml",
            'code = "early_none"',
            'code = "complete"',
            "scale_files/early_results.v1.toml: options.complete: is already an option of 'completion'",
        ),
        (
            "scale_files/diog.v1.toml",
            "version = 1",
            "version = 2",
            "scale_files/diog.v1.toml: code: the file of diog.v2 is named diog.v2.toml",
        ),
        (
            "scale_files/diog.v1.toml",
            'mark = "confirmed"',
            'mark = "sure"',
            "scale_files/diog.v1.toml: mark: Input should be 'confirmed', 'derived' or 'unconfirmed'",
        ),
    ],
)
def test_method_file_that_is_wrong_is_refused(folder: Path, file: str, old: str, new: str, problem: str) -> None:
    assert problem in _refusal(folder, file, old, new)


def test_deadlines_are_those_of_the_handbook() -> None:
    deadlines = load_deadlines()

    months = [deadlines.inception, deadlines.end_of_commitment, deadlines.publication, deadlines.plan]
    assert [deadline.months for deadline in months] == [2, 1, 4, 12]
    assert deadlines.commitments.soft_limit == 5
    assert deadlines.inception.after(date(2021, 11, 16)) == date(2022, 1, 16)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2022, 12, 31), 2, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 9, 30), 12, date(2025, 9, 30)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later
