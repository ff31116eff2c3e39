"""Decidim's accountability results: a result is a commitment, a result below it a milestone."""

import html
import re
from collections.abc import Mapping, Sequence

from ogpmonitor.imports.cells import localized
from ogpmonitor.imports.dates import read_column
from ogpmonitor.imports.formats.csvs import Table, header_of, read_table
from ogpmonitor.imports.reading import Item, Notes, Reading, Spot
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.kit.partial_date import PartialDate

OLD = {
    "result_id": "id",
    "parent_id": "parent/id",
    "decidim_category_id": "category/id",
    "proposal_ids": "proposal_urls",
}
TAKEN = {"id", "parent/id", "start_date", "end_date"}
NO_ID = msgid("This row has no id and was left aside.")
NO_TITLE = msgid("This row has no title in any language.")
NO_PARENT = msgid("The result this one belongs to is not in the file.")
TOO_DEEP = msgid("Results of results of results are not known here: it was put under the commitment above.")
NOT_TAKEN = msgid("This column is not taken: a plan does not keep it, or units report it by period.")
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/li|/h[1-6]|/div)[^>]*>", re.IGNORECASE)


def fits(content: bytes) -> bool:
    """Whether the header is one of Decidim's, new or old."""
    header = set(header_of(content))
    is_new = {"id", "parent/id"} <= header and any(name.startswith("title/") for name in header)
    is_old = {"result_id", "parent_id"} <= header and any(name.startswith("title_") for name in header)
    return is_new or is_old


def read(content: bytes, language: str) -> Reading:
    """Every result; parents may come after their children. HTML becomes plain words."""
    table, notes = read_table(content), Notes()
    names = {name: _modern(name) for name in table.header}
    rows = [(number, {names[k]: v for k, v in table.cells(row).items()}) for number, row in enumerate(table.rows, 2)]
    rows = [(number, row) for number, row in rows if _has_id(number, row, table, notes)]
    days = _days(table, names, rows, notes)
    known = {row["id"]: row.get("parent/id", "") for _, row in rows}
    for name in table.header:
        if names[name] not in TAKEN and not names[name].startswith(("title/", "description/")):
            notes.note(table.spot(1, name), NOT_TAKEN, name)
    items = [
        item
        for number, row in rows
        if (item := _item(number, row, table, known, days=days, language=language, notes=notes))
    ]
    return Reading("decidim", language, items, notes.all)


def _modern(name: str) -> str:
    for field in ("title", "description"):
        if name.startswith(f"{field}_"):
            return f"{field}/{name.removeprefix(f'{field}_')}"
    return OLD.get(name, name)


def _has_id(number: int, row: Mapping[str, str], table: Table, notes: Notes) -> bool:
    if not row.get("id"):
        notes.warn(table.spot(number, table.header[0]), NO_ID)
    return bool(row.get("id"))


def _days(
    table: Table, names: Mapping[str, str], rows: Sequence[tuple[int, Mapping[str, str]]], notes: Notes
) -> dict[Spot, PartialDate]:
    found: dict[Spot, PartialDate] = {}
    for name in table.header:
        if names[name] in {"start_date", "end_date"}:
            found |= read_column([(table.spot(number, name), row[names[name]]) for number, row in rows], notes)
    return found


def _item(
    number: int,
    row: Mapping[str, str],
    table: Table,
    known: Mapping[str, str],
    *,
    days: Mapping[Spot, PartialDate],
    language: str,
    notes: Notes,
) -> Item | None:
    spot = Spot("", str(number))
    title = _texts(row, "title", language)
    if title is None:
        notes.error(spot, NO_TITLE)
        return None
    parent = _parent(row, known, spot, notes)
    starts_on, ends_on = (days.get(table.spot(number, name)) for name in ("start_date", "end_date"))
    words = _texts(row, "description", language)
    if parent is None:
        values = {"title": title, "action": words, "starts_on": _said(starts_on), "ends_on": _said(ends_on)}
        return Item("commitment", f"D{row['id']}", values, spot)
    values = {"title": title, "expected_output": words, "starts_on": _said(starts_on), "due_on": _said(ends_on)}
    return Item("milestone", f"D{row['id']}", values, spot, f"D{parent}")


def _parent(row: Mapping[str, str], known: Mapping[str, str], spot: Spot, notes: Notes) -> str | None:
    parent = row.get("parent/id", "")
    if not parent:
        return None
    if parent not in known:
        notes.error(spot, NO_PARENT, parent)
        return parent
    for _ in range(len(known)):
        if not known.get(parent):
            return parent
        parent = known[parent]
        notes.note(spot, TOO_DEEP, row["id"])
    notes.error(spot, NO_PARENT, parent)  # results that belong to each other in a circle
    return parent


def _texts(row: Mapping[str, str], field: str, language: str) -> dict[str, str] | None:
    texts = {lang: _words(row.get(f"{field}/{lang}", "")) for lang in LANGUAGES}
    return localized({lang: words for lang, words in texts.items() if words}, language)


def _words(markup: str) -> str:
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).replace("\xa0", " ").split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def _said(day: PartialDate | None) -> str | None:
    return str(day) if day else None
