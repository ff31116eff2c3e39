"""Spreadsheets as people send them: our own template, filled in."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import load_workbook

from ogpmonitor.imports.sheet import spreadsheet

COMMITMENTS, MILESTONES = "commitments", "milestones"
Rows = Sequence[Mapping[str, object]]


def a_sheet(commitments: Rows = (), milestones: Rows = (), lang: str = "es") -> bytes:
    """The template with these rows, each by the machine's names of its columns."""
    return filled(spreadsheet(None, lang), commitments, milestones)


def filled(content: bytes, commitments: Rows = (), milestones: Rows = ()) -> bytes:
    """The same spreadsheet with further rows at the end of its sheets."""
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        rows = {COMMITMENTS: commitments, MILESTONES: milestones}.get(str(sheet.cell(1, 1).value), ())
        columns = {sheet.cell(1, place).value: place for place in range(2, sheet.max_column + 1)}
        for number, row in enumerate(rows, sheet.max_row + 1):
            for name, value in row.items():
                sheet.cell(number, columns[name]).value = value  # type: ignore[union-attr,assignment]  # a plain cell
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ten_errors() -> bytes:
    """A spreadsheet with ten mistakes, one of each kind."""
    commitments = [
        {"code": "X1", "title_es": "Bien"},
        {"code": "", "title_es": "Sin código"},  # 1
        {"code": "X 3", "title_es": "Código con espacio"},  # 2
        {"code": "X4"},  # 3: no title
        {"code": "X5", "title_es": "Área", "policy_area": "Área inventada"},  # 4
        {"code": "X6", "title_es": "Valores", "values": "civic_participation; inventado"},  # 5
        {"code": "X7", "title_es": "Al revés", "starts_on": "2025", "ends_on": "2024"},  # 6
        {"code": "X1", "title_es": "Repetido"},  # 7
    ]
    milestones = [
        {"commitment": "X1", "code": "M1", "title_es": "Fecha doble", "due_on": "10/3/2019"},  # 8
        {"commitment": "X9", "code": "M1", "title_es": "Sin compromiso"},  # 9
        {"commitment": "X1", "code": "M2", "title_es": "t" * 301},  # 10, and so without a title
    ]
    return a_sheet(commitments, milestones)
