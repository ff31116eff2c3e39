"""Dates known to the year, the month or the day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ogpmonitor.kit.partial_date import PartialDate


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates())
    precision = draw(st.sampled_from(["year", "month", "day"]))
    return PartialDate(day.year, None if precision == "year" else day.month, day.day if precision == "day" else None)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28), "month"),
        ("2024-09-30", date(2024, 9, 30), date(2024, 9, 30), "day"),
    ],
)
def test_partial_date_knows_its_days(text: str, first: date, last: date, precision: str) -> None:
    read = PartialDate.parse(text)

    assert (read.first_day, read.last_day, read.precision, str(read)) == (first, last, precision, text)


@pytest.mark.parametrize("text", ["", "24", "2024-9", "2024-13", "2024-02-30", "2024-09-30T00:00", "0000", "٢٠٢٤"])
def test_partial_date_refuses_what_no_calendar_has(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        PartialDate.parse(text)


def test_partial_date_refuses_a_day_without_a_month() -> None:
    with pytest.raises(ValueError, match="a day needs a month"):
        PartialDate(2024, None, 3)


def test_partial_date_is_text_in_json_and_reads_a_toml_date() -> None:
    adapter = TypeAdapter(PartialDate)

    assert adapter.validate_python(date(2024, 9, 30)) == PartialDate(2024, 9, 30)
    assert adapter.dump_json(PartialDate(2024, 9)) == b'"2024-09"'
    assert adapter.json_schema()["type"] == "string"
    with pytest.raises(ValidationError, match="written as text"):
        adapter.validate_python(2024)


@given(partial_dates())
def test_partial_date_survives_its_own_text(value: PartialDate) -> None:
    assert PartialDate.parse(str(value)) == value


@given(partial_dates(), partial_dates())
def test_partial_date_is_ordered_by_last_day_and_never_ambiguous(one: PartialDate, other: PartialDate) -> None:
    if one.last_day != other.last_day:
        assert (one < other) == (one.last_day < other.last_day)
    assert [one < other, one == other, one > other].count(True) == 1
