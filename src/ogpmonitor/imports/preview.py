"""An import as its page shows it: each row with what it would do, each finding in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.imports.service import Compared
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.register.field_labels import FIELD_LABELS, field_label
from ogpmonitor.register.wording import is_localised, scalar_words

ROWS_PER_PAGE = 100
LONGEST_SHOWN = 400


@dataclass(frozen=True)
class ShownChange:
    """One cell: what stands there and what would."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ShownRow:
    """One row of the file."""

    place: str
    kind: str
    code: str
    title: str
    verdict: str
    changes: Sequence[ShownChange]


@dataclass(frozen=True)
class ImportPreview:
    """Part of the rows, and what all of them would do."""

    rows: Sequence[ShownRow]
    counts: Mapping[str, int]
    state: str
    start: int
    total: int

    @property
    def following(self) -> int | None:
        """Where the next page starts, or None."""
        after = self.start + ROWS_PER_PAGE
        return after if after < self.total else None

    @property
    def before(self) -> int | None:
        """Where the page before starts, or None."""
        return max(0, self.start - ROWS_PER_PAGE) if self.start else None


@dataclass(frozen=True)
class ShownFinding:
    """One finding in words, at its cell."""

    severity: str
    sheet: str
    cell: str
    message: str
    value: str


def preview_of(compared: Compared, lang: str, *, start: int) -> ImportPreview:
    """What would be created and changed comes before what is left as it is; each in the order of the file."""
    ordered = sorted(compared.steps, key=lambda step: step.verdict == "left")
    first = start if 0 <= start < len(ordered) else 0
    rows = [
        ShownRow(
            place=str(step.item.spot),
            kind=step.item.kind,
            code=f"{step.item.parent} · {step.item.code}" if step.item.parent else step.item.code,
            title=_words("title", step.item.values.get("title"), lang),
            verdict=step.verdict,
            changes=[
                ShownChange(_label(name, lang), _words(name, old, lang), _words(name, new, lang))
                for name, (old, new) in step.changes.items()
            ],
        )
        for step in ordered[first : first + ROWS_PER_PAGE]
    ]
    return ImportPreview(rows, compared.counts, compared.state, first, len(ordered))


def told_findings(findings: Iterable[Mapping[str, Any]], lang: str) -> list[ShownFinding]:
    """Errors first, then warnings, then notes; each in the order of the file."""
    order = {"error": 0, "warning": 1, "note": 2}
    told = [
        ShownFinding(
            one["severity"], one["sheet"], one["cell"], _filled(one["message"], one["facts"], lang), one["value"]
        )
        for one in findings
    ]
    return sorted(told, key=lambda one: order[one.severity])


def _filled(message: str, facts: Mapping[str, Any], lang: str) -> str:
    words = translate(lang, message) if message else ""
    return words % dict(facts) if facts else words


def _label(name: str, lang: str) -> str:
    question = load_questionnaire().questions.get(name)
    if question is not None:
        return question.text.in_(lang)
    return field_label(lang, name) if name in FIELD_LABELS else name


def _words(name: str, value: Any, lang: str) -> str:
    if value in (None, [], {}, ""):
        return ""
    if is_localised(value):
        text = Localized.model_validate(value)
        words = " / ".join(text.texts.values())
    elif isinstance(value, list):
        words = " · ".join(_words(name, one, lang) for one in value)
    elif isinstance(value, dict):
        words = " · ".join(_words(key, one, lang) for key, one in value.items())
    else:
        words = scalar_words(value, name, lang)
    return words if len(words) <= LONGEST_SHOWN else f"{words[: LONGEST_SHOWN - 1]}…"
