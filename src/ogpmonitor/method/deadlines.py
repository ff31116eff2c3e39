"""When assessments and plans are due, as data, and the calendar arithmetic for it."""

import calendar
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark


class Deadline(Data):
    months: int = Field(ge=1)
    label: Localized
    mark: Mark
    source_note: Localized

    def after(self, day: date) -> date:
        """The last day on which what follows `day` is in time."""
        return add_months(day, self.months)


class SoftLimit(Data):
    """A number above which people are warned and never refused."""

    soft_limit: int = Field(ge=1)
    label: Localized
    mark: Mark
    source_note: Localized


class Deadlines(Data):
    source_language: str
    code: str
    version: int
    inception: Deadline
    end_of_commitment: Deadline
    publication: Deadline
    plan: Deadline
    commitments: SoftLimit


@cache
def load_deadlines() -> Deadlines:
    return read_toml(Path(__file__).with_name("deadlines.toml"), Deadlines)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month: 31 December and two months is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
