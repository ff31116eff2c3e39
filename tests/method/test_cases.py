"""Reference cases: what their sources rate, on the scales of their time; a wrong file is refused with its reasons."""

from pathlib import Path

import pytest

from ogpmonitor.kit.datafiles import DataRefused
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.cases import MOMENTS, Case, CaseGap, CaseRating, load_cases
from ogpmonitor.method.forms import HERE, load_method

FILE = HERE / "case_files" / "CL0026.toml"


@pytest.fixture
def case() -> Case:
    return load_cases()["CL0026"]


def told(case: Case) -> dict[tuple[str, str | None], list[str]]:
    """What mid-term and end of term say of each rating; "-" is a gap."""
    return {
        (row.scale.code, row.value): [cell.option if isinstance(cell, CaseRating) else "-" for cell in row.cells]
        for row in case.rows(*MOMENTS, method=load_method())
    }


def test_mid_term_and_end_of_term_stand_side_by_side(case: Case) -> None:
    assert list(told(case).items()) == list(
        {
            ("completion", None): ["limited", "complete"],
            ("diog", "access_to_information"): ["-", "marginal"],
            ("diog", "civic_participation"): ["-", "marginal"],
            ("diog", "public_accountability"): ["-", "-"],
            ("carried_forward", None): ["-", "not_carried_forward"],
        }.items()
    )


def test_what_the_page_says_for_the_whole(case: Case) -> None:
    (page,) = [moment for moment in case.moments if moment.code == "page"]

    assert {one.scale: one.option for one in page.ratings} == {
        "verifiable.v1": "verifiable",
        "relevance.v1": "relevant",
        "starred.v1": "not_starred",
        "diog_overall.v1": "overall_marginal",
    }
    assert case.values == ("access_to_information", "civic_participation", "technology")
    assert isinstance(page.told("potential_impact.v1"), CaseGap)


def test_completion_went_up(case: Case) -> None:
    change = case.completion_change(load_method())

    assert change is not None
    assert change.code == "change_increase"


def test_words_of_the_source_stand_in_their_language_and_our_translations_are_marked(case: Case) -> None:
    found = [one.text for one in case.texts] + [one.as_found for moment in case.moments for one in moment.ratings]

    assert [text for text in found if {text.source, *text.unofficial} != {"es", "en"}] == []
    assert case.title.unofficial == ()
    assert [text.source for text in (one.text for one in case.texts)] == ["es", "es", "es"]


def test_completion_has_not_changed_where_one_moment_is_silent(case: Case) -> None:
    only_one = case.model_copy(update={"moments": tuple(one for one in case.moments if one.code != "mid_term")})

    assert only_one.completion_change(load_method()) is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('option = "limited"', 'option = "marginal"', "mid_term.completion.v1: 'marginal' is not an option"),
        ('scale = "starred.v1"', 'scale = "starred.v9"', "page.starred.v9: there is no scale 'starred.v9'"),
        (
            'scale = "diog_overall.v1"\noption = "overall_marginal"',
            'scale = "early_results.v1"\noption = "early_moderate"',
            "page.early_results.v1: was no scale for plans of 2014",
        ),
        (
            'option = "overall_marginal"',
            'option = "overall_nothing_yet"',
            "page.diog_overall.v1: 'overall_nothing_yet' was no option for plans of 2014",
        ),
        ('sources = ["page", "progress", "end"]', 'sources = ["gone"]', "page: there is no source 'gone'"),
        (
            'scale = "relevance.v1"\noption = "relevant"',
            'scale = "starred.v1"\noption = "starred"',
            "page.starred.v1: stands twice",
        ),
        ('code = "CL0026"\nversion', 'code = "CL0027"\nversion', "code: the file of CL0027 is named CL0027.toml"),
        ('"Medio término", en = "Mid-term"', '"Medio término"', "moments[1].title: has no text in 'en'"),
    ],
)
def test_a_case_that_names_what_is_not_there_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE.name).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(DataRefused) as refused:
        load_cases(tmp_path)

    assert f"{FILE.name}: {problem}" in [str(one) for one in refused.value.problems]


def test_a_file_that_cannot_be_read_is_refused_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "CL0001.toml").write_text("version = ", encoding="utf-8")
    (tmp_path / FILE.name).write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")

    with pytest.raises(DataRefused, match=r"CL0001\.toml"):
        load_cases(tmp_path)


def test_every_text_of_a_case_says_something_in_both_languages(case: Case) -> None:
    assert all(isinstance(one, Localized) and one.has("es") and one.has("en") for one in (*case.missing, *case.notes))
