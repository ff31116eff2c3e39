"""Dates of files: read as given, or reported; never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogpmonitor.imports.dates import AMBIGUOUS, CONTRADICTS, SAYS_NONE, SETTLED, SETTLED_MONTH, read_column, read_range
from ogpmonitor.imports.reading import Notes, Spot


def read(*values: object) -> tuple[list[str | None], list[str]]:
    notes = Notes()
    column = [(Spot("", f"A{number}"), value) for number, value in enumerate(values, 1)]
    found = read_column(column, notes)
    return [str(found[spot]) if spot in found else None for spot, _ in column], [one.message for one in notes.all]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("November 2018", "2018-11"), ("noviembre de 2018", "2018-11"), ("Sep 2024", "2024-09"), ("2019", "2019"),
        ("15.03.2019", "2019-03-15"), ("8/31/2018", "2018-08-31"), ("31/8/2018", "2018-08-31"),
        ("3/3/2019", "2019-03-03"), ("16th November 2021", "2021-11-16"), ("2024-09-30", "2024-09-30"),
        (date(2024, 9, 30), "2024-09-30"), (2019.0, "2019"), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_date_is_read_as_it_is_written(text: object, said: str | None) -> None:
    assert read(text) == ([said], [])


@pytest.mark.parametrize("text", ["NA", "n/a", "ND", "-", "TBD"])
def test_no_date_is_said_to_be_none(text: str) -> None:
    assert read(text) == ([None], [SAYS_NONE])


def test_what_can_be_two_days_is_reported() -> None:
    assert read("10/3/2019") == ([None], [AMBIGUOUS])


def test_the_column_settles_what_can_be_two_days() -> None:
    assert read("10/3/2019", "15/3/2019") == (["2019-03-10", "2019-03-15"], [SETTLED])
    assert read("10/3/2019", "3/15/2019") == (["2019-10-03", "2019-03-15"], [SETTLED_MONTH])


def test_a_column_that_contradicts_itself_settles_nothing() -> None:
    assert read("10/3/2019", "15/3/2019", "3/15/2019") == ([None, "2019-03-15", "2019-03-15"], [CONTRADICTS])


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_slashed_day_is_right_or_reported(day: date) -> None:
    for text in (f"{day.day}/{day.month}/{day.year}", f"{day.month}/{day.day}/{day.year}"):
        said, messages = read(text)

        assert said in ([day.isoformat()], [None])
        assert (said == [None]) == bool(messages)


def test_a_range_is_two_dates() -> None:
    first, last = read_range(Spot("", ""), "31 August 2018 – 31 August 2020", Notes())  # noqa: RUF001  as found

    assert (str(first), str(last)) == ("2018-08-31", "2020-08-31")
