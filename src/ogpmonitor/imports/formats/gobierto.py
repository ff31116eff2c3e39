"""Gobierto's municipal plans: the last level above a node is a commitment, the node a milestone."""

import re
from collections.abc import Mapping

from ogpmonitor.imports.dates import read_column
from ogpmonitor.imports.formats.csvs import Table, header_of, read_table
from ogpmonitor.imports.reading import Item, Notes, Reading, Spot
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.partial_date import PartialDate

DATES = ("Node.Start", "Node.End")
TAKEN = {"Node.external_id", "Node.Title", *DATES}
NOT_TAKEN = msgid("This column is not taken: a plan does not keep it, or units report it by period.")
NO_LEVEL = msgid("This row names no level, so it belongs to no commitment.")
_LEVEL = re.compile(r"Level (\d+)")
_NOT_CODE = re.compile(r"[^A-Za-z0-9.-]+")


def fits(content: bytes) -> bool:
    """Whether the header names levels and nodes."""
    header = header_of(content)
    return "Node.Title" in header and any(_LEVEL.fullmatch(name) for name in header)


def read(content: bytes, language: str) -> Reading:
    """Every lowest category once, in the order of the file, with its nodes. Categories above it become the axis."""
    table, notes = read_table(content), Notes()
    levels = sorted((name for name in table.header if _LEVEL.fullmatch(name)), key=lambda name: int(name.split()[1]))
    days: dict[Spot, PartialDate] = {}
    for name in DATES:
        column = [(table.spot(at, name), table.cells(row).get(name, "")) for at, row in enumerate(table.rows, 2)]
        days |= read_column(column, notes, known="day first") if name in table.header else {}
    for name in table.header:
        if name not in TAKEN and name not in levels:
            notes.note(table.spot(1, name), NOT_TAKEN, name)
    commitments: dict[tuple[str, ...], Item] = {}
    milestones: list[Item] = []
    for number, row in enumerate(table.rows, 2):
        cells = table.cells(row)
        path = tuple(cells[name] for name in levels if cells[name])
        if not path:
            notes.error(Spot("", str(number)), NO_LEVEL)
            continue
        commitment = commitments.setdefault(path, _commitment(path, len(commitments) + 1, number, language))
        if cells["Node.Title"]:
            count = sum(one.parent == commitment.code for one in milestones) + 1
            milestones.append(
                _milestone(commitment, cells, count, number=number, table=table, days=days, language=language)
            )
    return Reading("gobierto", language, [*commitments.values(), *milestones], notes.all)


def _commitment(path: tuple[str, ...], place: int, number: int, language: str) -> Item:
    values = {"title": _text(path[-1], language), "axis": _text(" · ".join(path[:-1]), language)}
    return Item("commitment", f"G{place}", values, Spot("", str(number)))


def _milestone(
    commitment: Item,
    cells: Mapping[str, str],
    count: int,
    *,
    number: int,
    table: Table,
    days: Mapping[Spot, PartialDate],
    language: str,
) -> Item:
    code = _NOT_CODE.sub("-", cells.get("Node.external_id", "")).strip("-.")[:40] or f"N{count}"
    start, end = (days.get(table.spot(number, name)) for name in DATES)
    values = {
        "title": _text(cells["Node.Title"], language),
        "starts_on": str(start) if start else None,
        "due_on": str(end) if end else None,
    }
    return Item("milestone", code, values, Spot("", str(number)), commitment.code)


def _text(words: str, language: str) -> dict[str, str] | None:
    return {"source": language, language: words} if words else None
