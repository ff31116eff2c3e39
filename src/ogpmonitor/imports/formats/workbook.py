"""Our own spreadsheet: sheets whose first row names the columns for machines."""

import zipfile
from collections.abc import Sequence
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from ogpmonitor.imports.cells import Row
from ogpmonitor.imports.columns import SHEETS
from ogpmonitor.imports.reading import Notes, Reading, Spot, cell_name
from ogpmonitor.imports.tables import items_of
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import msgid

MOST_ROWS = 50_000
LARGEST_UNPACKED = 400 * 1024 * 1024
HEAD_ROWS = 2  # the machine's names, then people's
NOT_OURS = msgid("This spreadsheet has none of our sheets. Download the template and fill it in.")
BROKEN = msgid("This spreadsheet cannot be opened. Save it again as .xlsx and send that.")
TOO_MANY = msgid("There are more than %(most)s rows. Send them in several files.")
UNKNOWN_COLUMN = msgid("This column is not known and was left aside.")
UNKNOWN_SHEET = msgid("This sheet is not known and was left aside.")


def fits(content: bytes) -> bool:
    """Whether this is a spreadsheet at all: .xlsx is a zip archive."""
    return content[:4] == b"PK\x03\x04"


def read(content: bytes, language: str) -> Reading:
    """Every row of our sheets. What stands in other sheets and columns is said and left aside.

    Raises:
        Invalid: it cannot be opened, is too large once unpacked, or has none of our sheets.
    """
    notes, tables = Notes(), {}
    book = _open(content)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        key = str(rows[0][0]).strip() if rows and rows[0] else ""
        if key in SHEETS:
            tables[key] = _rows(name, key, rows, notes)
        elif key != "instructions":
            notes.warn(Spot(name, "A1"), UNKNOWN_SHEET)
    if not tables:
        raise Invalid("import.sheets", NOT_OURS, field="file")
    items = items_of(tables, language, notes)
    return Reading("workbook", language, items, notes.all)


def _open(content: bytes) -> CalamineWorkbook:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise Invalid("import.bomb", BROKEN, field="file")
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except (zipfile.BadZipFile, CalamineError, ValueError) as error:
        raise Invalid("import.broken", BROKEN, field="file") from error


def _rows(sheet: str, key: str, rows: Sequence[Sequence[object]], notes: Notes) -> list[Row]:
    """The first cell of the first row names the sheet, the others their columns; the first column numbers the rows."""
    if len(rows) - HEAD_ROWS > MOST_ROWS:
        raise Invalid("import.rows", TOO_MANY, field="file", most=MOST_ROWS)
    known = {name for column in SHEETS[key] for name in column.keys}
    columns = {}
    for place, name in enumerate(rows[0]):
        if place and name in known:
            columns[place] = str(name)
        elif place and str(name).strip():
            notes.warn(Spot(sheet, cell_name(place + 1, 1)), UNKNOWN_COLUMN, name)
    read = []
    for number, row in enumerate(rows[HEAD_ROWS:], start=HEAD_ROWS + 1):
        cells = {name: row[place] if place < len(row) else "" for place, name in columns.items()}
        if any(value not in ("", None) for value in cells.values()):
            spots = {name: Spot(sheet, cell_name(place + 1, number)) for place, name in columns.items()}
            read.append(Row(cells, spots, Spot(sheet, f"{number}")))
    return read
