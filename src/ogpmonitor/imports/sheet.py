"""A plan, or an empty template, as a spreadsheet to fill in offline: instructions, drop-downs, one row per thing."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ogpmonitor.imports.cells import vocabulary_of
from ogpmonitor.imports.columns import COMMITMENTS, MILESTONES, NAMES, SHEETS, Column
from ogpmonitor.imports.formats.workbook import HEAD_ROWS
from ogpmonitor.kit.i18n import LANGUAGES, msgid, translate
from ogpmonitor.plans.models import Commitment, Milestone, Plan

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMPTY_ROWS = 200  # rows of a template that have drop-downs
LISTS_SHEET = "lists"
WIDTHS = {"text": 44, "list": 30, "code": 14, "parent": 20, "date": 16, "choice": 28, "choices": 34}
TITLE = msgid("How to fill this in")
INSTRUCTIONS = (
    msgid("Each row of “Commitments” is one commitment, each row of “Milestones” one milestone."),
    msgid("The code tells them apart: a known code changes what stands, a new one creates it. Nothing is deleted."),
    msgid("In “Milestones”, the first column names the commitment by its code."),
    msgid("Texts have a column for each language. One language is enough."),
    msgid("Dates: 2024, 09-2024 or 30-09-2024. A month or a year is enough where no day is known."),
    msgid("Choose from the drop-downs where there are any. Several values are parted by a semicolon."),
    msgid("Texts may be set with **bold**, lists and links. Do not change the first row of a sheet, which is hidden."),
    msgid("Before anything is saved you see row by row what would change, and each problem at its cell."),
)


def spreadsheet(plan: Plan | None, lang: str) -> bytes:
    """The bytes of an .xlsx in the words of `lang`: `plan` (loaded whole), or an empty template.

    Reading it back changes nothing.
    """
    book = Workbook()
    _instruct(book.active or book.create_sheet(), lang)
    lists = book.create_sheet(LISTS_SHEET)
    choices = _choices(lists, lang)
    commitments = plan.commitments if plan else []
    _fill(
        book.create_sheet(_named("commitments", lang)),
        "commitments",
        map(commitment_cells, commitments),
        lang,
        choices,
    )
    steps = ((one, step) for one in commitments for step in one.milestones)
    rows = (milestone_cells(one, step) for one, step in steps)
    _fill(book.create_sheet(_named("milestones", lang)), "milestones", rows, lang, choices)
    lists.sheet_state = "hidden"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _named(key: str, lang: str) -> str:
    name = NAMES[key]
    return translate(lang, name)


def commitment_cells(commitment: Commitment) -> dict[str, str]:
    """What stands in each column of a commitment's row, by the machine's name of the column."""
    said = {**commitment.content, "code": commitment.code, "title": commitment.title}
    return cells_of({**said, "starts_on": commitment.starts_on, "ends_on": commitment.ends_on}, COMMITMENTS)


def milestone_cells(commitment: Commitment, milestone: Milestone) -> dict[str, str]:
    """What stands in each column of a milestone's row."""
    said = {**milestone.content, "commitment": commitment.code, "code": milestone.code, "title": milestone.title}
    dates = {"starts_on": milestone.starts_on, "due_on": milestone.due_on}
    return cells_of({**said, **dates, "responsible_unit": milestone.responsible_unit}, MILESTONES)


def cells_of(said: Mapping[str, Any], columns: Iterable[Column]) -> dict[str, str]:
    """Each value as its cells show it; nothing for what is not said."""
    cells: dict[str, str] = {}
    for column in columns:
        value = said.get(column.name)
        if column.shape == "text":
            cells |= {key: (value or {}).get(lang, "") for lang, key in zip(LANGUAGES, column.keys, strict=True)}
        elif column.shape == "list":
            lines = {lang: [one.get(lang, "") for one in value or []] for lang in LANGUAGES}
            cells |= {key: "\n".join(lines[lang]).strip() for lang, key in zip(LANGUAGES, column.keys, strict=True)}
        elif column.shape == "choices":
            cells[column.name] = "; ".join(value or [])
        else:
            cells[column.name] = str(value or "")
    return cells


def _instruct(sheet: Worksheet, lang: str) -> None:
    sheet.title = translate(lang, msgid("Instructions"))
    sheet["A1"] = "instructions"
    sheet.row_dimensions[1].hidden = True
    sheet["A2"] = translate(lang, TITLE)
    sheet.cell(2, 1).font = Font(bold=True, size=14)
    for number, words in enumerate(INSTRUCTIONS, 3):
        sheet.cell(number, 1, translate(lang, words)).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 100


def _choices(sheet: Worksheet, lang: str) -> dict[str, str]:
    """The terms of each drop-down stand in a hidden sheet, because a list inside a rule may not be long."""
    found = {}
    sheet["A1"] = "instructions"
    for place, name in enumerate(("policy_area", "sector"), 1):
        terms = [term.label.in_(lang) for term in vocabulary_of(name)]
        for number, words in enumerate(terms, 2):
            sheet.cell(number, place, words)
        letter = get_column_letter(place)
        found[name] = f"{LISTS_SHEET}!${letter}$2:${letter}${len(terms) + 1}"
    return found


def _fill(sheet: Worksheet, key: str, rows: Iterable[Mapping[str, str]], lang: str, choices: Mapping[str, str]) -> None:
    columns = [(column, name) for column in SHEETS[key] for name in column.keys]
    sheet.cell(1, 1, key)
    sheet.column_dimensions["A"].hidden = True
    sheet.row_dimensions[1].hidden = True
    for place, (column, name) in enumerate(columns, 2):
        sheet.cell(1, place, name)
        head = sheet.cell(2, place, _label(column, name, lang))
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[column.shape]
    number = HEAD_ROWS
    for number, row in enumerate(rows, HEAD_ROWS + 1):
        _write_row(sheet, number, columns, row, lang)
    last = number + EMPTY_ROWS
    for place, (column, _name) in enumerate(columns, 2):
        if column.name in choices:
            rule = DataValidation(type="list", formula1=choices[column.name], allow_blank=True, showErrorMessage=True)
            rule.add(f"{get_column_letter(place)}{HEAD_ROWS + 1}:{get_column_letter(place)}{last}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = f"{'D' if key == 'milestones' else 'C'}{HEAD_ROWS + 1}"


def _write_row(
    sheet: Worksheet, number: int, columns: Sequence[tuple[Column, str]], row: Mapping[str, str], lang: str
) -> None:
    """Everything is text: nothing that somebody wrote is ever taken for a formula."""
    for place, (column, name) in enumerate(columns, 2):
        words = row.get(name, "")
        if column.shape == "choice" and words:
            words = next((term.label.in_(lang) for term in vocabulary_of(column.name) if term.code == words), words)
        if not words:
            continue
        cell: Any = sheet.cell(number, place)
        cell.value = words
        cell.data_type = "s"
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _label(column: Column, name: str, lang: str) -> str:
    words = translate(lang, column.label)
    return words if name == column.name else f"{words} ({LANGUAGES[name.rpartition('_')[2]]})"
