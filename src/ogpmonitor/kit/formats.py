"""Dates, numbers and shares as the people of each language write them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from math import ceil, floor

from babel import Locale
from babel.numbers import format_decimal, format_percent

from ogpmonitor.kit.partial_date import PartialDate

Day = date | PartialDate | str
_ZONE: ContextVar[tzinfo] = ContextVar("zone", default=UTC)
_UNITS = ("B", "kB", "MB", "GB", "TB")


@contextmanager
def reading_in(zone: tzinfo) -> Iterator[None]:
    """Inside, instants are shown as the clocks of `zone` show them; outside, as UTC."""
    before = _ZONE.set(zone)
    try:
        yield
    finally:
        _ZONE.reset(before)


def format_day(value: Day, lang: str) -> str:
    """A day as precisely as it is known: "30 sep 2024", "sep 2024", "2024".

    An instant becomes the day it is in the reader's zone. Months are the first three letters of Babel's, without a dot:
    the same in every table, where Babel writes "sept" and "Sept." by region.
    """
    known = _day(value)
    if known.month is None:
        return f"{known.year}"
    month: str = Locale.parse(lang).months["format"]["abbreviated"][known.month].rstrip(".")[:3]
    return f"{known.day} {month} {known.year}" if known.day else f"{month} {known.year}"


def format_instant(value: datetime | str, lang: str) -> str:
    """The day and the minute in the reader's zone: "30 sep 2024, 14:05"; UTC says so."""
    instant = _instant(value)
    suffix = " UTC" if instant.tzinfo is UTC else ""
    return f"{format_day(instant, lang)}, {instant:%H:%M}{suffix}"


def iso_day(value: Day) -> str:
    """The same day for machines, for `<time datetime>`."""
    return str(_day(value))


def format_number(value: float, lang: str, decimals: int | None = None) -> str:
    """1234.5 is "1.234,5" in es and "1,234.5" in en; `decimals` fixes how many digits follow."""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    written: str = format_decimal(value, format=pattern, locale=lang)
    return written


def format_part(fraction: float, lang: str) -> str:
    """0.88 is "88 %" in es and "88%" in en: whole per cents, never rounded up to all or down to nothing.

    151 of 152 is 99 %, not 100 %; 1 of 1000 is 1 %, not 0 %. Nobody should read "all done" where one is missing.
    """
    hundredths = fraction * 100
    whole = round(hundredths)
    if whole == 100 and hundredths < 100:
        whole = floor(hundredths)
    elif whole == 0 and hundredths > 0:
        whole = ceil(hundredths)
    return format_percent(whole / 100, locale=lang)


def format_share(part: float, base: float, lang: str) -> str | None:
    """`part` of `base` in per cent, or None: nothing is a share of nothing."""
    return format_part(part / base, lang) if base else None


def format_bytes(size: int, lang: str) -> str:
    """`size` in the largest fitting unit of 1000, at most one decimal: "1,2 MB"."""
    amount, unit = float(size), 0
    while amount >= 999.95 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{format_number(round(amount, 1), lang)} {_UNITS[unit]}"


def _day(value: Day) -> PartialDate:
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, str) and "T" not in value:
        return PartialDate.parse(value)
    if isinstance(value, str | datetime):
        return PartialDate.from_date(_instant(value).date())
    return PartialDate.from_date(value)


def _instant(value: datetime | str) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if instant.tzinfo is None:
        raise ValueError(f"{instant} names no time zone")
    return instant.astimezone(_ZONE.get())
