"""Rows as a file for spreadsheets: UTF-8 with a byte order mark, commas and CRLF (RFC 4180), no cell that runs.

Spreadsheets set to Spanish read a CSV without the mark in the system's old encoding and spoil every accent. A text that
a spreadsheet would run as a formula is led by an apostrophe (OWASP: CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Sequence

RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(rows: Iterable[Sequence[object]]) -> bytes:
    """`rows` in their order, the heads first if they are among them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def safe(value: object) -> str:
    """`value` as a cell that no spreadsheet runs; absent is empty, a number stays as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    written = str(value)
    return f"'{written}" if isinstance(value, str) and written.startswith(RUN_AS_FORMULA) else written
