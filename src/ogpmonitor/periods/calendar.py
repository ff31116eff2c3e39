"""When units report: pure arithmetic of periods, aligned to the calendar year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ogpmonitor.tenants.schemas import Reporting

Standing = Literal["upcoming", "open", "overdue", "closed"]
# What stands before the number of a period within its year, by its length in months.
LETTERS = {2: "B", 3: "Q", 4: "C", 6: "S"}


@dataclass(frozen=True)
class Span:
    """One period: what it covers, and between which days it takes reports; all days are included."""

    code: str
    starts_on: date
    ends_on: date
    opens_on: date
    closes_on: date


def spans_between(first: date, last: date, rhythm: Reporting) -> Iterator[Span]:
    """Every period that touches the days from `first` to `last`, in order; a year always begins with a new one."""
    starts_on = date(first.year, (first.month - 1) // rhythm.every_months * rhythm.every_months + 1, 1)
    while starts_on <= last:
        following = _months_later(starts_on, rhythm.every_months)
        ends_on = following - timedelta(days=1)
        yield Span(
            code=_code(starts_on, rhythm.every_months),
            starts_on=starts_on,
            ends_on=ends_on,
            opens_on=ends_on + timedelta(days=rhythm.opens),
            closes_on=ends_on + timedelta(days=rhythm.closes),
        )
        starts_on = following


def standing(opens_on: date, closes_on: date, *, is_closed: bool, on: date) -> Standing:
    """How a period stands on a day of the tenant's zone; one that is overdue still takes reports until it is closed."""
    if is_closed:
        return "closed"
    if on < opens_on:
        return "upcoming"
    return "open" if on <= closes_on else "overdue"


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _code(starts_on: date, months: int) -> str:
    if months == 12:
        return f"{starts_on.year}"
    if months == 1:
        return f"{starts_on:%Y-%m}"
    return f"{starts_on.year}-{LETTERS[months]}{(starts_on.month - 1) // months + 1}"
