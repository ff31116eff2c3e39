"""Dates, numbers and shares as people write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogpmonitor.kit.formats import (
    Day,
    format_bytes,
    format_day,
    format_instant,
    format_number,
    format_part,
    format_share,
    iso_day,
    reading_in,
)
from ogpmonitor.kit.partial_date import PartialDate

SANTIAGO = ZoneInfo("America/Santiago")
NIGHT = datetime(2024, 10, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "es", "en"),
    [
        (date(2024, 9, 30), "30 sep 2024", "30 Sep 2024"),
        (PartialDate(2024, 9), "sep 2024", "Sep 2024"),
        (PartialDate(2024), "2024", "2024"),
        ("2024-01-01", "1 ene 2024", "1 Jan 2024"),
        ("2024-08", "ago 2024", "Aug 2024"),
        (NIGHT, "1 oct 2024", "1 Oct 2024"),
        ("2024-10-01T01:30:00+00:00", "1 oct 2024", "1 Oct 2024"),
    ],
)
def test_format_day_is_as_precise_as_it_is_known(value: Day, es: str, en: str) -> None:
    assert (format_day(value, "es"), format_day(value, "en")) == (es, en)


def test_an_instant_is_shown_by_the_clocks_of_the_reader() -> None:
    assert format_instant(NIGHT, "es") == "1 oct 2024, 01:30 UTC"
    with reading_in(SANTIAGO):
        assert (format_instant(NIGHT, "es"), format_day(NIGHT, "es")) == ("30 sep 2024, 22:30", "30 sep 2024")
        assert iso_day(NIGHT) == "2024-09-30"
    assert format_day(NIGHT, "es") == "1 oct 2024"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"):
        format_instant("2024-10-01T01:30:00", "es")


@pytest.mark.parametrize(
    ("value", "decimals", "es", "en"),
    [
        (1234.5, None, "1.234,5", "1,234.5"),
        (12345, None, "12.345", "12,345"),
        (0.5, 2, "0,50", "0.50"),
        (7, 0, "7", "7"),
    ],
)
def test_format_number_follows_the_language(value: float, decimals: int | None, es: str, en: str) -> None:
    assert (format_number(value, "es", decimals), format_number(value, "en", decimals)) == (es, en)


@pytest.mark.parametrize(
    ("part", "base", "said"),
    [
        (134, 152, "88\xa0%"),
        (151, 152, "99\xa0%"),
        (999, 1000, "99\xa0%"),
        (1, 1000, "1\xa0%"),
        (0, 5, "0\xa0%"),
        (5, 5, "100\xa0%"),
    ],
)
def test_format_share_never_says_all_or_nothing_too_soon(part: int, base: int, said: str) -> None:
    assert format_share(part, base, "es") == said


def test_format_share_of_nothing_is_nothing() -> None:
    assert format_share(0, 0, "es") is None
    assert format_part(0.884, "en") == "88%"


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_format_share_is_whole_only_when_it_is(base: int, part: int) -> None:
    share = format_share(min(part, base), base, "en")

    assert (share == "100%") == (part >= base)
    assert (share == "0%") == (part == 0)


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (182_340, "182,3 kB"), (999_960, "1 MB"), (10_000_000, "10 MB")],
)
def test_format_bytes_takes_the_largest_fitting_unit(size: int, said: str) -> None:
    assert format_bytes(size, "es") == said
