"""CSV files as other tools write them: any usual encoding and separator, quoted or not."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from ogpmonitor.imports.reading import Spot, cell_name
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import msgid

SEPARATORS = ";,\t"
LONGEST_CELL = 131_072
MOST_ROWS = 50_000
BROKEN = msgid("This file cannot be read as a table. Save it as CSV in UTF-8 and send that.")


@dataclass(frozen=True)
class Table:
    """A header and its rows. Rows are numbered as a spreadsheet would: the header is row 1."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def spot(self, row: int, column: str) -> Spot:
        """The cell of a column in a row, both by what the file calls them."""
        place = self.header.index(column) + 1 if column in self.header else 1
        return Spot("", cell_name(place, row))

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """A row by the names of its columns; what a short row leaves out is empty."""
        return {name: row[place].strip() if place < len(row) else "" for place, name in enumerate(self.header)}


def header_of(content: bytes) -> Sequence[str]:
    """The names in the first line; none where this is no table."""
    if b"\0" in content[:4096]:
        return []
    first = _text(content[:65_536]).lstrip("\ufeff").split("\n", 1)[0]
    try:
        return [name.strip() for name in next(csv.reader(StringIO(first), delimiter=_separator(first)), [])]
    except csv.Error:
        return []


def read_table(content: bytes) -> Table:
    """The whole of a CSV file.

    Raises:
        Invalid: it is no table, or has too many rows.
    """
    text = _text(content).lstrip("\ufeff")
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = [row for row in csv.reader(StringIO(text), delimiter=_separator(text.split("\n", 1)[0])) if any(row)]
    except csv.Error as error:
        raise Invalid("import.csv", BROKEN, field="file") from error
    if not rows or len(rows) > MOST_ROWS:
        raise Invalid("import.csv", BROKEN, field="file")
    return Table([name.strip() for name in rows[0]], rows[1:])


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _separator(line: str) -> str:
    return max(SEPARATORS, key=line.count)
