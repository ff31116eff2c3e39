"""Our own spreadsheet: sheets whose first row names the columns for machines."""

import re
import zipfile
import zlib
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
NOTHING = ("", None)
LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_AREA = 10_000_000  # cells between the first and the farthest: the reader makes room for all of them
HEAD_ROWS = 2  # the machine's names, then people's
NOT_OURS = msgid("This spreadsheet has none of our sheets. Download the template and fill it in.")
BROKEN = msgid("This spreadsheet cannot be opened. Save it again as .xlsx and send that.")
FAR_AWAY = msgid(
    "A cell lies far outside the table. Delete the empty rows and columns around it and send the file again."
)
TOO_MANY = msgid("There are more than %(most)s rows. Send them in several files.")
UNKNOWN_COLUMN = msgid("This column is not known and was left aside.")
UNKNOWN_SHEET = msgid("This sheet is not known and was left aside.")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})""")  # of a cell, or of a row


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
            _check(archive)
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except (
        zipfile.BadZipFile,
        zlib.error,
        CalamineError,
        ValueError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise Invalid("import.broken", BROKEN, field="file") from error


def _check(archive: zipfile.ZipFile) -> None:
    """Nothing in it is larger than it says, and no cell lies so far out that reading it would end the process.

    Reading a part whole compares it with its check sum, so that a size that lies does not pass.
    """
    names = {name.casefold() for name in archive.namelist()}
    if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
        raise Invalid("import.broken", BROKEN, field="file")
    if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
        raise Invalid("import.bomb", BROKEN, field="file")
    for part in archive.infolist():
        if _area(archive.read(part)) > LARGEST_AREA:
            raise Invalid("import.far", FAR_AWAY, field="file")


def _area(part: bytes) -> int:
    """How many cells there are between the first and the farthest that a sheet names."""
    places = set(_PLACE.findall(part))
    columns = {letters.upper() for letters, _ in places}
    width = max((_column(letters) for letters in columns), default=0)
    return width * max((int(row) for _, row in places), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


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
    letters = {name: cell_name(place + 1, 0)[:-1] for place, name in columns.items()}
    read = []
    for number, row in enumerate(rows[HEAD_ROWS:], start=HEAD_ROWS + 1):
        cells = {name: row[place] for place, name in columns.items() if place < len(row) and row[place] not in NOTHING}
        if cells:
            read.append(Row(cells, letters, sheet, number))
    return read
