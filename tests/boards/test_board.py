"""The arithmetic of the boards."""

from datetime import date, timedelta

import pytest

from ogpmonitor.boards.board import Age, age_of, next_period, period_at
from ogpmonitor.boards.due import closing
from ogpmonitor.kit.charts import Span, draw_timeline
from ogpmonitor.kit.localized import Localized
from ogpmonitor.periods.models import Period
from ogpmonitor.register.units import NOBODY, unit_slug

TODAY = date(2024, 9, 15)


def period(code: str, opens: date, closes: date) -> Period:
    """A period that takes reports between two days."""
    return Period(code=code, starts_on=opens, ends_on=opens, opens_on=opens, closes_on=closes, closed_at=None)


@pytest.mark.parametrize(
    ("last_on", "age"),
    [
        (None, "never"),
        (TODAY, "fresh"),
        (date(2024, 5, 15), "fresh"),
        (date(2024, 5, 14), "stale"),
    ],
)
def test_a_report_is_stale_after_four_months(last_on: date | None, age: Age) -> None:
    assert age_of(last_on, on=TODAY) == age


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        (Localized.of("es", es="Dirección de Ñuñez & Cía.", en="Directorate"), "direccion-de-nunez-cia"),
        (Localized.of("en", es="Parques", en="Parks"), "parks"),
        (Localized.of("es", es="¿?"), NOBODY),
        (None, NOBODY),
    ],
)
def test_a_unit_has_an_address(name: Localized | None, slug: str) -> None:
    assert unit_slug(name) == slug


def test_of_several_open_periods_the_first_to_close_is_at_hand() -> None:
    first = period("2024-Q2", date(2024, 7, 1), TODAY)
    second = period("2024-08", date(2024, 9, 1), date(2024, 9, 30))
    later = period("2024-Q3", date(2024, 10, 1), date(2024, 10, 30))

    assert period_at([second, first, later], on=TODAY) is first
    assert period_at([later], on=TODAY) is None
    assert next_period([first, second, later], on=TODAY) is later


def test_periods_close_soon_within_a_fortnight_and_after_their_last_day() -> None:
    days = [(-3, True), (0, True), (14, True), (15, False)]
    periods = [period(str(left), date(2024, 9, 1), TODAY + timedelta(days=left)) for left, _ in days]

    assert [left for _, left in closing(periods, on=TODAY)] == [left for left, soon in days if soon]


def test_what_is_expected_later_is_drawn_from_today() -> None:
    late = Span(
        "a", "ongoing", planned_from=date(2024, 1, 1), planned_to=date(2024, 6, 30), expected=date(2024, 12, 31)
    )
    done = Span("b", "completed", planned_to=date(2024, 6, 30), ended=date(2024, 6, 1), expected=date(2025, 12, 31))

    drawn = draw_timeline([late, done], today=TODAY)

    assert drawn.rows[0].ahead == (drawn.today_at, "100%")
    assert drawn.rows[1].ahead is None
