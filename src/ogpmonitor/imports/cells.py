"""From the cells of a row to what the workbench keeps: every field checked, every problem said at its cell."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ogpmonitor.imports.columns import Column
from ogpmonitor.imports.reading import Notes, Spot
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.vocabularies import Term, load_policy_areas, load_values
from ogpmonitor.plans.planfile import Code

NO_CODE = msgid("A code is missing: letters and figures, at most 40, like C1 or M1.")
BAD_CODE = msgid("A code is of letters and figures, at most 40, like C1 or M1.")
NO_TITLE = msgid("A title is missing, in one language at least.")
TOO_LONG = msgid("This is too long: at most %(longest)s characters.")
NOT_IN_LIST = msgid("This is not in the list. Choose one of the drop-down, or leave it empty.")
NO_COMMITMENT = msgid("This commitment is neither in the file nor in the plan.")
TWICE = msgid("This code is there twice: also in %(cell)s.")
CONTROL = msgid("This contains characters that cannot be kept. Please write it again.")
UNKEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CODE: TypeAdapter[str] = TypeAdapter(Code)


@dataclass(frozen=True)
class Row:
    """One row of a table: what stands in each column, by the machine's name of the column.

    `letters` name the columns as spreadsheets do; what is empty may be left out of `cells`.
    """

    cells: Mapping[str, object]
    letters: Mapping[str, str]
    sheet: str
    number: int

    @property
    def spot(self) -> Spot:
        """The row as a whole."""
        return Spot(self.sheet, str(self.number))

    def text(self, key: str) -> str:
        """The words of one cell, without spaces around; a whole number is written without a point."""
        value = self.cells.get(key)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n").strip()

    def at(self, key: str) -> Spot:
        """Where a column stands in this row."""
        return Spot(self.sheet, f"{self.letters.get(key, '')}{self.number}")


def code_in(row: Row, key: str, notes: Notes) -> str | None:
    """The code in this cell, or None once `notes` say what is wrong with it."""
    text = row.text(key)
    if not text:
        notes.error(row.at(key), NO_CODE)
        return None
    try:
        return _CODE.validate_python(text)
    except ValidationError:
        notes.error(row.at(key), BAD_CODE, text)
        return None


def value_in(row: Row, column: Column, source: str, days: Mapping[Spot, PartialDate], notes: Notes) -> Any:
    """What the workbench would keep of one field, or None."""
    if column.shape == "date":
        day = days.get(row.at(column.name))
        return str(day) if day else None
    return READERS[column.shape](row, column, source, notes)


def _text(row: Row, column: Column, source: str, notes: Notes) -> dict[str, Any] | None:
    """A text kept per language: the source language is the plan's, or else the one that is filled in."""
    texts = {}
    for lang, key in zip(LANGUAGES, column.keys, strict=True):
        words = _checked(row, key, column, notes)
        if words:
            texts[lang] = words
    return localized(texts, source)


def localized(texts: Mapping[str, str], source: str) -> dict[str, Any] | None:
    """`texts` as the workbench keeps them; None without any."""
    return {"source": source if source in texts else next(iter(texts)), **texts} if texts else None


def _list(row: Row, column: Column, source: str, notes: Notes) -> list[dict[str, Any]]:
    """Several texts in one cell, a line each; the same line of each language belongs together."""
    lines = [
        [line.strip() for line in _checked(row, key, column, notes).split("\n") if line.strip()] for key in column.keys
    ]
    longest = max((len(one) for one in lines), default=0)
    said = []
    for place in range(longest):
        pairs = zip(LANGUAGES, lines, strict=True)
        text = localized({lang: one[place] for lang, one in pairs if place < len(one)}, source)
        if text:
            said.append(text)
    return said


def _plain(row: Row, column: Column, _source: str, notes: Notes) -> str | None:
    return _checked(row, column.name, column, notes) or None


def _choice(row: Row, column: Column, _source: str, notes: Notes) -> str | None:
    text = row.text(column.name)
    if not text:
        return None
    code = known_terms(column.name).get(text.casefold())
    if code is None:
        notes.error(row.at(column.name), NOT_IN_LIST, text)
    return code


def _choices(row: Row, column: Column, _source: str, notes: Notes) -> list[str]:
    codes = []
    for part in row.text(column.name).replace("\n", ";").split(";"):
        words = part.strip()
        code = known_terms(column.name).get(words.casefold()) if words else None
        if words and code is None:
            notes.error(row.at(column.name), NOT_IN_LIST, words)
        if code and code not in codes:
            codes.append(code)
    return codes


def _checked(row: Row, key: str, column: Column, notes: Notes) -> str:
    words = row.text(key)
    if len(words) > column.longest:
        notes.error(row.at(key), TOO_LONG, words, longest=column.longest)
        return ""
    if words and UNKEPT.search(words):
        notes.error(row.at(key), CONTROL)
        return ""
    return words


READERS: Mapping[str, Callable[[Row, Column, str, Notes], Any]] = {
    "text": _text, "list": _list, "plain": _plain, "choice": _choice, "choices": _choices,
}  # fmt: skip


def vocabulary_of(column: str) -> Sequence[Term]:
    """The terms that a column takes. A sector is a policy area of that kind."""
    if column == "values":
        return load_values().items
    return [term for term in load_policy_areas().items if column == "policy_area" or term.kind == "sector"]


@cache
def known_terms(column: str) -> Mapping[str, str]:
    """The code of each term by its code and by its label in every language, case aside."""
    found: dict[str, str] = {}
    for term in vocabulary_of(column):
        found[term.code.casefold()] = term.code
        found |= {label.casefold(): term.code for label in term.label.texts.values()}
    return found
