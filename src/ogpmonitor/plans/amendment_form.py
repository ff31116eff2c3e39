"""The form that amends a submitted plan: what it asks, what stands there, and what was sent in its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints

from ogpmonitor.kit.forms import MESSAGES, Form, FormModel, read_day, readable
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans.amending import Row
from ogpmonitor.plans.checking import is_backwards
from ogpmonitor.plans.models import Commitment, Milestone, Plan, SetAside

Kind = Literal["line", "text", "date", "aside"]
LONGEST: Mapping[Kind, int] = {"line": 300, "text": 20_000, "date": 30, "aside": 30}
LONGEST_WORDS, LONGEST_CODE = 2_000, 40
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
CODE = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")
MONTH = re.compile(r"(\d{1,2})[-/.](\d{4})")
BAD_WHEN = msgid("This is not a date. Write a year, a month or a day: 2024, 09-2024 or 30-09-2024.")
BAD_YEAR = msgid("Please check the year.")
BAD_CODE = msgid("Use letters, figures and hyphens only, such as C1.")
BACKWARDS = msgid("It cannot end before it starts.")
SAME = msgid("Nothing differs from what the plan says. Change something first.")
FIELDS: Mapping[type[Any], Mapping[str, Kind]] = {
    Plan: {
        "title": "line", "starts_on": "date", "ends_on": "date", "cycle_ends_on": "date", "foreword": "text",
        **{key: "text" for key, one in load_questionnaire().questions.items() if one.kind == "text"},
    },
    Commitment: {
        "title": "line", "starts_on": "date", "ends_on": "date", "problem": "text", "status_quo": "text",
        "action": "text", "contribution": "text", "long_term_goal": "text", "value_relevance": "text",
        "resources": "text", "additional": "text", "set_aside": "aside",
    },
    Milestone: {
        "title": "line", "starts_on": "date", "due_on": "date", "responsible_unit": "line", "expected_output": "text",
        "indicator": "text", "set_aside": "aside",
    },
}  # fmt: skip
ENDS: Mapping[type[Any], str] = {Plan: "ends_on", Commitment: "ends_on", Milestone: "due_on"}


class WhyForm(FormModel):
    """Why, and with which minute of the forum. `version` is the one its writer saw; `step` says what to do with it."""

    version: int = 0
    step: Literal["preview", "save"] = "save"
    code: Annotated[str, StringConstraints(max_length=LONGEST_CODE)] | None = None
    reason: Annotated[str, StringConstraints(max_length=40)] = ""
    words: Annotated[str, StringConstraints(max_length=LONGEST_WORDS)] | None = None
    minute: UUID | None = None
    minute_title: Annotated[str, StringConstraints(max_length=200)] | None = None


@dataclass
class Amended:
    """One submission: what was typed, the messages (field, msgid), and, of what could be read, the values to write."""

    typed: Mapping[str, Any]
    why: WhyForm | None
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)


def fields_of(noun: type[Any], *, new: bool = False) -> Mapping[str, Kind]:
    """What the form asks of a plan, commitment or milestone; a `new` one is not set aside."""
    return {name: kind for name, kind in FIELDS[noun].items() if not (new and kind == "aside")}


def shown(row: Row, lang: str) -> dict[str, str]:
    """What each field says now, as the form shows it in `lang`."""
    return {name: _shown(value_of(row, name), lang) for name in fields_of(type(row))}


def value_of(row: Row, name: str) -> Any:
    """What `row` says in its column, in its content or as its answer to a question."""
    if name in row.__mapper__.columns:
        return getattr(row, name)
    return row.content.get(name, row.content.get("answers", {}).get(name))


def _shown(value: Any, lang: str) -> str:
    return str(value.get(lang, "")) if isinstance(value, dict) else str(value or "")


def read_amended(sent: Mapping[str, Any], row: Row | None, noun: type[Any], lang: str) -> Amended:
    """What was `sent` to amend `row`, or to add a new `noun` (None); a text counts for `lang` alone."""
    form = Form.of(WhyForm, sent)
    errors = [(name, message) for name, messages in form.errors.items() for message in messages]
    read = Amended(form.data, form.value, errors=errors)
    for name, kind in fields_of(noun, new=row is None).items():
        try:
            read.values[name] = _read(str(form.data.get(name, "")), kind, value_of(row, name) if row else None, lang)
        except ValueError as problem:
            read.errors.append((name, str(problem)))
    is_blank = not str(form.data.get("title", "")).strip()
    if is_blank and (row is None or lang in row.title):  # a text may still be untranslated, a name cannot go
        read.errors.append(("title", MESSAGES["missing"]))
    if row is None and not CODE.fullmatch(str(form.data.get("code", "")).strip()):
        read.errors.append(("code", BAD_CODE))
    end = ENDS[noun]
    if is_backwards(read.values.get("starts_on"), read.values.get(end)):
        read.errors.append((end, BACKWARDS))
    return read


def _read(text: str, kind: Kind, known: Any, lang: str) -> Any:
    """The value that `text` stands for.

    Raises:
        ValueError: it is too long, no date or no choice, with a msgid.
    """
    words = str(readable(text)).strip()
    if len(words) > LONGEST[kind]:
        raise ValueError(MESSAGES["string_too_long"])
    if kind == "date":
        return read_when(words)
    if kind == "aside":
        return _aside(words)
    if known:
        said = Localized.model_validate(known).with_text(lang, words)
        return said.model_dump(mode="json") if said else None
    return {"source": lang, lang: words} if words else None


def _aside(code: str) -> str | None:
    if code not in {"", *SetAside}:
        raise ValueError(MESSAGES["enum"])
    return code or None


def read_when(text: str) -> str | None:
    """A year, a month or a day as it is kept: "2024", "2024-09", "2024-09-30"; an empty text is none.

    Raises:
        ValueError: anything else, with a msgid.
    """
    if not text:
        return None
    month = MONTH.fullmatch(text)
    written = f"{month[2]}-{int(month[1]):02}" if month else text
    try:
        known = PartialDate.parse(written)
    except ValueError:
        try:
            day = read_day(text)
        except ValueError:
            raise ValueError(BAD_WHEN) from None
        known = PartialDate.from_date(day) if day else PartialDate(LATEST_YEAR)
    if not EARLIEST_YEAR <= known.year <= LATEST_YEAR:
        raise ValueError(BAD_YEAR)
    return str(known)


def dates_written(values: Mapping[str, str], noun: type[Any]) -> dict[str, str]:
    """`values` with every date that can be read as it is kept, so that two spellings of one day are no difference."""
    return {name: _same(value, FIELDS[noun].get(name)) for name, value in values.items()}


def _same(value: str, kind: Kind | None) -> str:
    if kind != "date":
        return value
    try:
        return read_when(value.strip()) or ""
    except ValueError:
        return value
