"""Dates as people write them, read as precisely as they are given and never more: nothing is guessed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.partial_date import PartialDate

EARLIEST, LATEST = 1990, 2100
BAD_PARTIAL_DATE = msgid("This is not a date. Write a year, a month or a day: 2024, 09-2024 or 30-09-2024.")
BAD_YEAR = msgid("Please check the year.")
MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "enero january jan ene", "febrero february feb", "marzo march mar", "abril april abr apr", "mayo may",
            "junio june jun", "julio july jul", "agosto august ago aug",
            "septiembre setiembre september sep sept set", "octubre october oct", "noviembre november nov",
            "diciembre december dic dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<year>\d{4})"
_NAME, _OF = r"(?P<name>[a-z]+)\.?", r"(?:[\s/-]+|\s+(?:de|del|of)\s+)"
SHAPES = tuple(
    re.compile(shape)
    for shape in (
        _YEAR,
        rf"{_YEAR}-{_MONTH}(?:-{_DAY})?",
        rf"{_MONTH}[-/.]{_YEAR}",
        rf"{_DAY}(?P<part>[-/.]){_MONTH}(?P=part){_YEAR}",
        rf"(?:{_DAY}{_OF})?{_NAME}{_OF}{_YEAR}",
        rf"{_NAME}\s+{_DAY},?\s+{_YEAR}",
    )
)


def read_partial(value: Any) -> PartialDate | None:
    """A year, a month or a day: 2024, 09-2024, sep 2024, septiembre de 2024, 30-09-2024, 30 sep 2024, 2024-09-30.

    Months have their Spanish or English names, whole or shortened; in figures the day comes before the month. An empty
    text is no date.

    Raises:
        ValueError: anything else, with a msgid.
    """
    if value is None or isinstance(value, PartialDate):
        return value
    text = " ".join(str(value).casefold().split())
    if not text:
        return None
    for shape in SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _checked(found.groupdict().get)
    raise ValueError(BAD_PARTIAL_DATE)


def _checked(part: Callable[[str], str | None]) -> PartialDate:
    name, month, day = part("name"), part("month"), part("day")
    number = MONTHS.get(name) if name else int(month) if month else None
    if name and number is None:
        raise ValueError(BAD_PARTIAL_DATE)
    year = int(part("year") or 0)
    if not EARLIEST <= year <= LATEST:
        raise ValueError(BAD_YEAR)
    try:
        return PartialDate(year, number, int(day) if day else None)
    except ValueError as error:
        raise ValueError(BAD_PARTIAL_DATE) from error


def written(value: PartialDate | str | None) -> str:
    """The same date as a form shows it: "30-09-2024", "09-2024", "2024"; nothing for none."""
    return "-".join(reversed(str(value or "").split("-")))
