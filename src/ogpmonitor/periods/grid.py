"""Many milestones of one period on one page: each row is read as the form of one milestone is, with the same rules."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ogpmonitor.kit.contested import Contested
from ogpmonitor.kit.forms import Form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, place_of
from ogpmonitor.periods.models import ReportState
from ogpmonitor.periods.overview import Line
from ogpmonitor.periods.screen import Desk, Filled, check_report
from ogpmonitor.plans.models import Progress
from ogpmonitor.plans.reporting import Submission
from ogpmonitor.plans.schemas import CONTESTED, ReportForm

STATES: Mapping[str, str] = {
    Progress.NOT_STARTED: msgid("Not started"),
    Progress.ONGOING: msgid("Ongoing"),
    Progress.COMPLETED: msgid("Completed"),
}
LANGUAGES = ("en", "es")
OF_THE_ROW = ("version", "report_version", "was", "nothing_new")
NO_LIMIT = 0  # no file comes with a grid


@dataclass
class Row:
    """One milestone of the grid: what its cells say, and what is wrong with them by field."""

    line: Line
    desk: Desk
    typed: Mapping[str, Any]
    versions: Mapping[str, Any]
    was: str
    is_locked: bool  # the unit has sent a report that waits for the one who looks
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: Sequence[Contested] = ()
    is_contested: bool = False
    submission: Submission | None = None

    @property
    def key(self) -> str:
        return str(self.line.milestone.id)


def row_of(line: Line, desk: Desk, lang: str, *, is_reviewer: bool) -> Row:
    """The row as it opens: what was sent and not accepted yet, or else the milestone."""
    said = desk.said(lang)
    waiting = desk.undecided
    typed = {**said, "nothing_new": "yes" if waiting is not None and waiting.nothing_new else ""}
    versions = {"version": line.milestone.version, "report_version": waiting.version if waiting else 0}
    is_locked = is_reviewer and waiting is not None and waiting.state == ReportState.SUBMITTED
    return Row(line, desk, typed, versions, digest(typed), is_locked)


def fill(request: AnyRequest, row: Row, sent: Mapping[str, Any]) -> None:
    """`row` says what was `sent` for it; one that was left as it was says nothing to report.

    It then has a submission, or messages at its cells, or two texts to choose between.
    """
    if row.is_locked or f"version-{row.key}" not in sent:
        return
    choices = [f"take_{name}" for name in CONTESTED]
    data = {name: sent.get(f"{name}-{row.key}", "") for name in (*CONTESTED, *OF_THE_ROW, *choices)}
    typed = {name: value for name, value in data.items() if value != ""}
    form = Form.of(ReportForm, {**typed, **_kept(row)})
    shown = {**{name: data[name] for name in (*CONTESTED, "nothing_new")}, **{c: data[c] for c in choices if data[c]}}
    if form.value is not None and digest(_as_typed(form.value)) == data["was"]:
        return
    messages = [(name, text) for name, texts in form.errors.items() for text in texts]
    filled = Filled(typed, messages, form=form.value)
    row.submission = check_report(request, row.desk, filled, max_bytes=NO_LIMIT)
    row.typed, row.was = shown, str(data["was"])
    row.differences, row.is_contested = filled.differences, filled.is_contested
    if not filled.is_contested:
        row.versions = {name: data[name] for name in row.versions}
    lang = place_of(request).lang
    row.errors = {_place(name): translate(lang, message) for name, message in reversed(filled.errors)}


def problems_of_rows(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """(id of the cell, message with the milestone's number) of everything that is wrong, in the order of the page."""
    for row in rows:
        for name in (*CONTESTED, "nothing_new"):
            if name in row.errors:
                yield f"{name}-{row.key}", f"{row.line.commitment} · {row.line.milestone.code}: {row.errors[name]}"


def words_of_states() -> dict[str, str]:
    """What people call each state in every language, small letters, for what is pasted from a spreadsheet."""
    said = {translate(lang, words).casefold(): str(code) for code, words in STATES.items() for lang in LANGUAGES}
    return {**said, **{str(code): str(code) for code in STATES}}


def digest(typed: Mapping[str, Any]) -> str:
    """What tells whether somebody touched a row: the same for the same words."""
    words = [str(typed.get(name) or "").strip() for name in (*CONTESTED, "nothing_new")]
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


def _kept(row: Row) -> dict[str, Any]:
    """What belongs to the report and has no cell."""
    reason = row.desk.undecided.said.get("withdraw_reason") if row.desk.undecided else None
    return {"withdraw_reason": reason} if reason else {}


def _as_typed(form: ReportForm) -> dict[str, str]:
    said = {name: "" if getattr(form, name) is None else str(getattr(form, name)) for name in CONTESTED}
    return {**said, "nothing_new": "yes" if form.nothing_new else ""}


def _place(name: str) -> str:
    return name if name in {*CONTESTED, "nothing_new"} else "progress"
