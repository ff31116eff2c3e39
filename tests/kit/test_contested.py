"""Two people wrote the same thing: what differs, and whose text stands."""

from pathlib import Path

import pytest

from ogpmonitor.kit.contested import Contested, contested, settled
from ogpmonitor.kit.static import StaticFiles
from ogpmonitor.kit.templating import Templates

FOLDER = Path(__file__).parents[2] / "templates"
NAMES = ("title", "problem", "due_on")
NOW = {"title": "Trees", "problem": "Too few trees.", "due_on": ""}
HOSTILE = '<img src=x onerror="alert(1)">'


def test_what_differs_is_told_in_the_order_of_the_form() -> None:
    sent = {"due_on": "2024-12", "problem": "Hot summers.", "title": "Trees", "version": "3"}

    assert contested(NOW, sent, NAMES) == [
        Contested("problem", "Too few trees.", "Hot summers."),
        Contested("due_on", "", "2024-12"),
    ]


def test_spaces_around_a_text_are_no_difference() -> None:
    assert contested(NOW, {"title": " Trees\n", "problem": "Too few trees.", "due_on": None}, NAMES) == []


def test_what_was_not_sent_is_an_empty_text() -> None:
    assert contested(NOW, {"title": "Trees"}, NAMES) == [Contested("problem", "Too few trees.", "")]


def test_the_text_that_was_chosen_stands() -> None:
    sent = {"title": "Mine", "problem": "Mine too", "take_title": "theirs", "take_problem": "mine", "version": "4"}

    assert settled(NOW, sent, NAMES) == {"title": "Trees", "problem": "Mine too", "version": "4"}


def test_a_choice_of_an_unknown_field_or_side_takes_nothing() -> None:
    sent = {"title": "Mine", "take_title": "both", "take_version": "theirs", "version": "4"}

    assert settled(NOW, sent, NAMES) == {"title": "Mine", "version": "4"}


def test_an_empty_text_may_be_chosen() -> None:
    assert settled(NOW, {"due_on": "2024-12", "take_due_on": "theirs"}, NAMES)["due_on"] == ""


@pytest.mark.parametrize(
    ("lang", "notice", "empty"), [("es", "Alguien se adelantó", "(vacío)"), ("en", "Somebody was faster", "(empty)")]
)
def test_both_texts_are_shown_whole_and_ones_own_is_chosen(lang: str, notice: str, empty: str) -> None:
    long_text = "A sentence of some length. " * 200
    told = show(lang, [Contested("title", "", "Mine"), Contested("problem", long_text, HOSTILE)])

    assert notice in told
    assert empty in told
    assert long_text.strip() in told
    assert HOSTILE not in told
    assert "&lt;img src=x" in told
    assert told.count(" checked") == 2
    assert told.count('value="mine" checked') == 2


def test_what_was_chosen_before_stays_chosen() -> None:
    told = show("en", [Contested("title", "Theirs", "Mine")], {"take_title": "theirs"})

    assert 'value="theirs" checked' in told
    assert 'value="mine" checked' not in told


def test_where_nothing_differs_nothing_is_said() -> None:
    assert show("en", []).strip() == ""


def show(lang: str, differences: list[Contested], typed: dict[str, str] | None = None) -> str:
    """The component as a form shows it."""
    environment = Templates(FOLDER, StaticFiles()).environment(lang)
    template = environment.from_string(
        '{% from "components/contested.html" import contested %}{{ contested(differences, labels, typed) }}'
    )
    labels = {"title": "Title", "problem": "Problem"}
    return template.render(differences=differences, labels=labels, typed=typed or {})
