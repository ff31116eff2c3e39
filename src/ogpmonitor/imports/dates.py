"""Dates as files give them. Whatever can mean two days is reported, unless its own column settles which it is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from ogpmonitor.imports.reading import Notes, Spot
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.kit.written_dates import EARLIEST, LATEST, read_partial

Order = Literal["day first", "month first"]
Settled = tuple[Order | Literal["both"] | None, Mapping[Order, Spot]]  # which, and a cell that shows it
NONE = frozenset({"na", "n/a", "n.a.", "nd", "n.d.", "null", "none", "s/i", "s/f", "-", "--", "tbd", "por definir"})
AMBIGUOUS = msgid("This can be two different days. Write the month in words, or like 2019-03-10.")
UNREADABLE = msgid("This is not a date. Write it like 2024, 09-2024 or 30-09-2024.")
SETTLED = msgid("Read with the day first, as %(cell)s in the same column shows.")
SETTLED_MONTH = msgid("Read with the month first, as %(cell)s in the same column shows.")
CONTRADICTS = msgid("Other dates of this column put day and month the other way round.")
SAYS_NONE = msgid("Taken as: no date is known.")
FAR = msgid("Please check the year.")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|º|°)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:–|—|-|to|al|a|until|hasta)\s+", re.IGNORECASE)  # noqa: RUF001  the dash people type


def read_column(
    values: Sequence[tuple[Spot, object]], notes: Notes, *, known: Order | None = None
) -> dict[Spot, PartialDate]:
    """The dates of one column by their cell; whatever is none is left out, and said in `notes`.

    "15/03/2019" can only have the day first and settles "10/03/2019" in the same column; where nothing settles it, or
    the column contradicts itself, it is an error. A day with dots (15.03.2019) has the day first. `known` is the order
    that the file's format prescribes.
    """
    order, witness = (known, {}) if known else _order_of(values)
    found = {}
    for spot, value in values:
        day = _read(spot, value, (order, witness), notes)
        if day is not None:
            found[spot] = day
    return found


def read_one(spot: Spot, value: object, notes: Notes) -> PartialDate | None:
    """One date that stands alone; see `read_column`."""
    return read_column([(spot, value)], notes).get(spot)


def read_range(spot: Spot, value: object, notes: Notes) -> tuple[PartialDate | None, PartialDate | None]:
    """Two dates in one text, as in "31 August 2018 – 31 August 2020"; one alone is the first."""  # noqa: RUF002
    parts = _BETWEEN.split(str(value or "").strip(), maxsplit=1)
    first = read_one(spot, parts[0], notes)
    return first, read_one(spot, parts[1], notes) if len(parts) == 2 else None


def _order_of(values: Iterable[tuple[Spot, object]]) -> Settled:
    witness: dict[Order, Spot] = {}
    for spot, value in values:
        shape = _SLASHED.fullmatch(_tidy(value))
        if shape is None:
            continue
        first, second = int(shape[1]), int(shape[2])
        if first > 12 >= second:
            witness.setdefault("day first", spot)
        elif second > 12 >= first:
            witness.setdefault("month first", spot)
    if len(witness) == 2:
        return "both", witness
    return next(iter(witness), None), witness


def _tidy(value: object) -> str:
    return _ORDINAL.sub(r"\1", " ".join(str(value if value is not None else "").split()))


def _read(spot: Spot, value: object, settled: Settled, notes: Notes) -> PartialDate | None:
    if isinstance(value, datetime | date):
        return _checked(spot, PartialDate(value.year, value.month, value.day), value, notes)
    text = _tidy(value)
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if not text:
        return None
    if text.casefold() in NONE:
        notes.note(spot, SAYS_NONE, text)
        return None
    slashed = _SLASHED.fullmatch(text)
    if slashed:
        return _read_slashed(spot, text, slashed, settled, notes)
    try:
        return read_partial(text)
    except ValueError as refused:
        notes.error(spot, str(refused) if str(refused) == FAR else UNREADABLE, text)
        return None


def _read_slashed(spot: Spot, text: str, shape: re.Match[str], settled: Settled, notes: Notes) -> PartialDate | None:
    order, witness = settled
    first, second, year = (int(part) for part in shape.groups())
    own: Order | None = "day first" if first > 12 else "month first" if second > 12 else None
    if own is None and first != second:
        if order is None or order == "both":
            notes.error(spot, CONTRADICTS if order else AMBIGUOUS, text)
            return None
        own = "day first" if order == "day first" else "month first"
        if own in witness:
            notes.note(spot, SETTLED if own == "day first" else SETTLED_MONTH, text, cell=str(witness[own]))
    day, month = (second, first) if own == "month first" else (first, second)
    try:
        return _checked(spot, PartialDate(year, month, day), text, notes)
    except ValueError:
        notes.error(spot, UNREADABLE, text)
        return None


def _checked(spot: Spot, day: PartialDate, value: object, notes: Notes) -> PartialDate | None:
    if EARLIEST <= day.year <= LATEST:
        return day
    notes.error(spot, FAR, value)
    return None
