"""The arithmetic of periods."""

from datetime import date

import pytest

from ogpmonitor.periods.calendar import spans_between, standing
from ogpmonitor.tenants.schemas import Reporting


@pytest.mark.parametrize(
    ("months", "codes"),
    [
        (1, ["2023-11", "2023-12", "2024-01", "2024-02"]),
        (2, ["2023-B6", "2024-B1"]),
        (3, ["2023-Q4", "2024-Q1"]),
        (4, ["2023-C3", "2024-C1"]),
        (6, ["2023-S2", "2024-S1"]),
        (12, ["2023", "2024"]),
    ],
)
def test_periods_follow_the_calendar_year(months: int, codes: list[str]) -> None:
    rhythm = Reporting.model_validate({"every_months": months})

    assert [span.code for span in spans_between(date(2023, 11, 15), date(2024, 2, 1), rhythm)] == codes


def test_a_period_counts_its_days_from_its_end() -> None:
    rhythm = Reporting(every_months=3, opens=-5, closes=20)

    (span,) = spans_between(date(2024, 2, 29), date(2024, 2, 29), rhythm)

    assert (span.starts_on, span.ends_on) == (date(2024, 1, 1), date(2024, 3, 31))
    assert (span.opens_on, span.closes_on) == (date(2024, 3, 26), date(2024, 4, 20))


@pytest.mark.parametrize(
    ("day", "is_closed", "said"),
    [(9, False, "upcoming"), (10, False, "open"), (20, False, "open"), (21, False, "overdue"), (15, True, "closed")],
)
def test_a_period_stands_open_on_both_its_days(day: int, is_closed: bool, said: str) -> None:
    found = standing(date(2024, 4, 10), date(2024, 4, 20), is_closed=is_closed, on=date(2024, 4, day))

    assert found == said
