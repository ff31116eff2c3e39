"""From the rows of our own tables to items: codes, parents and fields checked together."""

from collections.abc import Iterable, Mapping, Sequence

from ogpmonitor.imports.cells import NO_COMMITMENT, NO_TITLE, TWICE, Row, code_in, value_in
from ogpmonitor.imports.columns import KINDS, SHEETS, Column
from ogpmonitor.imports.dates import read_column
from ogpmonitor.imports.reading import Item, Notes, Spot
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.kit.partial_date import PartialDate

ENDS_FIRST = msgid("It ends before it starts.")


def items_of(tables: Mapping[str, Sequence[Row]], source: str, notes: Notes) -> list[Item]:
    """Every commitment and milestone of `tables`, in their order; a row with an error is left out and said."""
    items = []
    for sheet, columns in SHEETS.items():
        rows = tables.get(sheet, ())
        days = _days(rows, columns, notes)
        found = [item for row in rows if (item := _item(sheet, row, columns, source=source, days=days, notes=notes))]
        items += _once(found, notes)
    return items


def check_parents(items: Iterable[Item], known: Iterable[str], notes: Notes) -> None:
    """Every milestone belongs to a commitment of the file, or to one that is `known` by its code; or it is said."""
    every = list(items)
    codes = {code.casefold() for code in known} | {item.code.casefold() for item in every if item.kind == "commitment"}
    for item in every:
        if item.kind == "milestone" and (item.parent or "").casefold() not in codes:
            notes.error(item.at("commitment"), NO_COMMITMENT, item.parent or "")


def _days(rows: Sequence[Row], columns: Sequence[Column], notes: Notes) -> dict[Spot, PartialDate]:
    found: dict[Spot, PartialDate] = {}
    for column in columns:
        if column.shape == "date":
            found |= read_column([(row.at(column.name), row.cells.get(column.name)) for row in rows], notes)
    return found


def _item(
    sheet: str, row: Row, columns: Sequence[Column], *, source: str, days: Mapping[Spot, PartialDate], notes: Notes
) -> Item | None:
    kind = KINDS[sheet]
    code = code_in(row, "code", notes)
    parent = row.text("commitment") if kind == "milestone" else None
    fields = [column for column in columns if column.shape not in {"code", "parent"}]
    given = [column for column in fields if any(key in row.letters for key in column.keys)]
    values = {column.name: value_in(row, column, source, days, notes) for column in given}
    if "title" in values and not any(row.text(f"title_{lang}") for lang in LANGUAGES):
        notes.error(row.at(f"title_{source}"), NO_TITLE)
    _check_order(values, "starts_on", "ends_on" if kind == "commitment" else "due_on", row, notes)
    if code is None:
        return None
    return Item(kind, code, values, row.spot, parent, row.at)


def _check_order(values: Mapping[str, object], first: str, last: str, row: Row, notes: Notes) -> None:
    start, end = values.get(first), values.get(last)
    if start and end and PartialDate.parse(str(end)).last_day < PartialDate.parse(str(start)).first_day:
        notes.error(row.at(last), ENDS_FIRST, str(end))


def _once(items: Sequence[Item], notes: Notes) -> list[Item]:
    seen: dict[tuple[str | None, str], Item] = {}
    for item in items:
        if item.place in seen:
            first = seen[item.place]
            notes.error(item.at("code"), TWICE, item.code, cell=str(first.at("code")))
        else:
            seen[item.place] = item
    return list(seen.values())
