"""OGP's commitment data, in its long form (one row of 170 columns) and in a short one (id, year, area, title)."""

from collections.abc import Mapping

from ogpmonitor.imports.cells import known_terms
from ogpmonitor.imports.dates import read_column
from ogpmonitor.imports.formats.csvs import Table, header_of, read_table
from ogpmonitor.imports.reading import Item, Notes, Reading, Spot
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.vocabularies import load_policy_areas

LONG = {"Commitment Unique Identifier", "Commitment Title"}
SHORT = {"id", "title", "policy_area"}
NAMES: Mapping[str, str] = {
    "Commitment Unique Identifier": "code", "Commitment Title": "title", "Short Title": "summary",
    "Full Text": "action", "Theme": "axis", "Start Date": "starts_on", "End Date": "ends_on",
    "Lead Institution": "lead", "Supporting Institution(s)": "support",
    "OGP Value Access To Information": "access_to_information",
    "OGP Value Civic Participation": "civic_participation",
    "OGP Value Public Accountability": "public_accountability", "OGP Value Technology": "technology",
    "id": "code", "title": "title", "policy_area": "area",
}  # fmt: skip
VALUES = ("access_to_information", "civic_participation", "public_accountability", "technology")
NO_CODE = msgid("This row has no identifier and was left aside.")
NO_TITLE = msgid("This row has no title.")
NO_AREA = msgid("This policy area is not in the list and was left aside.")
NOT_GOVERNMENTS = msgid(
    "%(number)s columns are not taken: ratings and derived figures are not the government's to give."
)
SEVERAL_AREAS = msgid("Several policy areas are given; the first is taken: %(areas)s")


def fits(content: bytes) -> bool:
    """Whether the header is OGP's, long or short."""
    header = set(header_of(content))
    return header >= LONG or header >= SHORT


def read(content: bytes, _language: str) -> Reading:
    """Every commitment. OGP's data is in English. Ratings of the IRM are said and left aside."""
    table, notes = read_table(content), Notes()
    areas = {
        label: code
        for name in table.header
        if (code := known_terms("policy_area").get(name.casefold()))
        for label in [name]
    }
    days: dict[Spot, PartialDate] = {}
    for name in ("Start Date", "End Date"):
        if name in table.header:
            cells = [(table.spot(at, name), table.cells(row)[name]) for at, row in enumerate(table.rows, 2)]
            days |= read_column(cells, notes)
    aside = [name for name in table.header if name and name not in NAMES and name not in areas]
    if aside:
        notes.note(table.spot(1, aside[0]), NOT_GOVERNMENTS, ", ".join(aside), number=len(aside))
    items = [
        item
        for at, row in enumerate(table.rows, 2)
        if (item := _item(at, table.cells(row), table, areas=areas, days=days, notes=notes))
    ]
    return Reading("ogp", "en", items, notes.all)


def _item(
    at: int,
    cells: Mapping[str, str],
    table: Table,
    *,
    areas: Mapping[str, str],
    days: Mapping[Spot, PartialDate],
    notes: Notes,
) -> Item | None:
    row = {NAMES[name]: value for name, value in cells.items() if name in NAMES}
    if not row.get("code"):
        notes.warn(Spot("", str(at)), NO_CODE)
        return None
    if not row.get("title"):
        notes.error(Spot("", str(at)), NO_TITLE, row["code"])
        return None
    start, end = (days.get(table.spot(at, name)) for name in ("Start Date", "End Date"))
    values = {
        "title": _english(row["title"]),
        "summary": _english(row.get("summary", "")),
        "action": _english(row.get("action", "")),
        "axis": _english(row.get("axis", "")),
        "starts_on": str(start) if start else None,
        "ends_on": str(end) if end else None,
        "policy_area": _area(at, cells, row, table, areas=areas, notes=notes),
        "values": [name for name in VALUES if row.get(name) in {"1", "Yes"}],
        "institutions": [*_bodies(row.get("lead", ""), "lead"), *_bodies(row.get("support", ""), "support")],
    }
    return Item("commitment", row["code"], {name: value for name, value in values.items() if value}, Spot("", str(at)))


def _area(
    at: int, cells: Mapping[str, str], row: Mapping[str, str], table: Table, *, areas: Mapping[str, str], notes: Notes
) -> str | None:
    marked = [name for name in areas if cells.get(name) in {"1", "1.0"}]
    named = row.get("area", "")
    if named:
        code = known_terms("policy_area").get(named.casefold())
        if code is None:
            notes.warn(table.spot(at, "policy_area"), NO_AREA, named)
        return code
    real = [
        name
        for name in marked
        if (term := load_policy_areas().term(areas[name])) and term.kind in {"area", "means", "sector"}
    ]
    if len(real) > 1:
        notes.note(table.spot(at, real[0]), SEVERAL_AREAS, areas=", ".join(real))
    return areas[real[0]] if real else None


def _bodies(text: str, role: str) -> list[dict[str, object]]:
    """A list of bodies is taken as one text: commas also stand inside names."""
    return [] if text.casefold() in {"", "na", "nd"} else [{"name": _english(text), "role": role}]


def _english(words: str) -> dict[str, str] | None:
    return None if words.casefold() in {"", "na", "nd"} else {"source": "en", "en": words}
