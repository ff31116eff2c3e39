"""Dates as people write them: as precise as they are given, and nothing guessed."""

import pytest

from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.kit.written_dates import BAD_PARTIAL_DATE, BAD_YEAR, read_partial, written


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2024", "2024"),
        ("09-2024", "2024-09"),
        ("9/2024", "2024-09"),
        ("2024-09", "2024-09"),
        ("sep 2024", "2024-09"),
        ("Sept. 2024", "2024-09"),
        ("septiembre de 2024", "2024-09"),
        ("November 2018", "2018-11"),
        ("ene-2025", "2025-01"),
        ("30-09-2024", "2024-09-30"),
        ("30/9/2024", "2024-09-30"),
        ("15.03.2019", "2019-03-15"),
        ("2024-09-30", "2024-09-30"),
        ("30 de septiembre de 2024", "2024-09-30"),
        ("30 sep 2024", "2024-09-30"),
        ("September 30, 2024", "2024-09-30"),
        ("  2024 ", "2024"),
    ],
)
def test_a_date_is_read_as_precisely_as_it_is_written(text: str, known: str) -> None:
    assert read_partial(text) == PartialDate.parse(known)


@pytest.mark.parametrize("text", ["", "  ", None])
def test_nothing_is_no_date(text: str | None) -> None:
    assert read_partial(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pronto", BAD_PARTIAL_DATE),
        ("NA", BAD_PARTIAL_DATE),
        ("8/31/2018", BAD_PARTIAL_DATE),
        ("31-02-2024", BAD_PARTIAL_DATE),
        ("13-2024", BAD_PARTIAL_DATE),
        ("30-09-24", BAD_PARTIAL_DATE),
        ("30-09/2024", BAD_PARTIAL_DATE),
        ("2º semestre 2024", BAD_PARTIAL_DATE),
        ("mars 2024", BAD_PARTIAL_DATE),
        ("2024-2025", BAD_PARTIAL_DATE),
        ("0024", BAD_YEAR),
        ("09-2204", BAD_YEAR),
    ],
)
def test_what_could_mean_something_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message[:20]):
        read_partial(text)


@pytest.mark.parametrize("text", ["2024", "09-2024", "30-09-2024"])
def test_a_date_is_shown_as_it_can_be_written_again(text: str) -> None:
    assert written(read_partial(text)) == text
