"""The arithmetic of marks and charts: values in, coordinates or a finished drawing out.

Lengths along the page are per cents, so that a chart fits a phone and a sheet without its words shrinking; shapes are
pixels. On screen a drawing takes the colour of the text around it; for renderers that do not let a page style its
drawings it also names its ink. It is hidden from screen readers: the word stands beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from markupsafe import Markup

Shape = Literal["square", "diamond"]
Voice = Literal["reported", "rated"]
INKS: Mapping[str, str] = {
    "ink": "#1c1d1f",
    "quiet": "#56575b",
    "line": "#dad6cc",
    "line-strong": "#86827a",
    "reported": "#1f4f7d",
    "rated": "#6f2a5e",
    "good": "#1d683b",
    "late": "#a2331a",
    "paper": "#fbfaf7",
}
_STATE_INKS = {"not_started": "quiet", "ongoing": "reported", "completed": "good", "withdrawn": "quiet", "late": "late"}
_OPEN = Markup(
    '<svg class="mark" width="{w}" height="16" viewBox="0 0 {w} 16" color="{ink}" aria-hidden="true" focusable="false">'
)
_CLOSE = Markup("</svg>")
_RING = '<circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_STATES: Mapping[str, str] = {
    "not_started": _RING,
    "ongoing": _RING + '<path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/>',
    "completed": '<circle cx="8" cy="8" r="7" fill="currentColor"/>',
    "withdrawn": '<path d="M2 8h12" stroke="currentColor" stroke-width="2"/>',
    "late": _RING + '<path d="M8 4v4.5l3 2" fill="none" stroke="currentColor" stroke-width="1.5"/>',
}
_APART: Mapping[str, str] = {
    "not_assessed": '<path d="M2 8h28" stroke="currentColor" stroke-width="2" stroke-dasharray="2 4"/>',
    "no_evidence": '<rect x="1" y="2" width="30" height="12" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-dasharray="4 3"/>',
    "not_applicable": '<path d="M2 8h28M10 14L22 2" stroke="currentColor" stroke-width="1.5"/>',
    "no_data": '<path d="M7 8h2M15 8h2M23 8h2" stroke="currentColor" stroke-width="3"/>',
}
_TICKS = 5
_STEPS_IN_MONTHS = (1, 2, 3, 6, 12, 24, 60)


def progress_mark(code: str) -> Markup:
    """The circle of one reported state: empty, half, full, a stroke for withdrawn, a clock for late."""
    return _OPEN.format(w=16, ink=state_ink(code)) + Markup(_STATES[code]) + _CLOSE  # noqa: S704  # drawn above


def state_ink(code: str) -> str:
    """The colour of one reported state on paper."""
    return INKS[_STATE_INKS[code]]


def steps_mark(shape: Shape, step: int, steps: int) -> Markup:
    """`steps` empty shapes, the first `step` of them filled; below zero an arrow down comes first."""
    parts = [_step(shape, 4 + 14 * index, filled=index < step) for index in range(steps)]
    if step < 0:
        parts = ['<path d="M1 3h12L7 14z" fill="currentColor"/>'] + [
            _step(shape, 18 + 14 * index, filled=False) for index in range(steps)
        ]
    width = 14 * len(parts) + 4
    return _OPEN.format(w=width, ink=INKS["late" if step < 0 else "rated"]) + Markup("".join(parts)) + _CLOSE  # noqa: S704  # drawn here


def apart_mark(code: str) -> Markup:
    """What stands apart from a scale: not assessed, no evidence, not applicable, no data; no two look alike."""
    return _OPEN.format(w=32, ink=INKS["quiet"]) + Markup(_APART[code]) + _CLOSE  # noqa: S704  # drawn above


def is_apart(code: str) -> bool:
    """Whether `code` stands apart from every scale."""
    return code in _APART


def _step(shape: Shape, x: int, *, filled: bool) -> str:
    path = f"M{x - 1} 3h10v10h-10z" if shape == "square" else f"M{x + 4} 2l6 6-6 6-6-6z"
    return f'<path d="{path}" fill="{"currentColor" if filled else "none"}" stroke="currentColor" stroke-width="1.5"/>'


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value`, of `base` where it is a share. `apart` keeps it out of the ordered ones."""

    label: str
    value: float
    base: float | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its length, and that of its base, in per cent of the drawing."""

    bar: Bar
    length: str
    frame: str | None


def draw_bars(bars: Sequence[Bar], *, maximum: float | None = None) -> tuple[DrawnBar, ...]:
    """Every bar on one scale from zero to `maximum`, or to the largest value or base.

    Give the same `maximum` to every panel of small multiples, or they cannot be compared.
    """
    full = maximum or max((max(bar.value, bar.base or 0) for bar in bars), default=0) or 1
    return tuple(
        DrawnBar(bar, _percent(bar.value / full), None if bar.base is None else _percent(bar.base / full))
        for bar in bars
    )


@dataclass(frozen=True, slots=True)
class Span:
    """One row of a timeline: what was planned and what happened. `ended` is set once it is over."""

    label: str
    state: str
    planned_from: date | None = None
    planned_to: date | None = None
    began: date | None = None
    ended: date | None = None
    href: str = ""
    expected: date | None = None  # when whoever answers for it now expects to be done

    def late_days(self, today: date) -> int:
        """Days between the day it was due and the day it ended, or today while it is open.

        0 in time, withdrawn, or completed on a day nobody gave.
        """
        if self.planned_to is None or not (self.ended or _is_open(self)):
            return 0
        return max(0, ((self.ended or today) - self.planned_to).days)


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A row with its coordinates in per cent; None where there is nothing to draw."""

    span: Span
    late_days: int
    plan: tuple[str, str] | None
    actual: tuple[str, str] | None
    overdue: tuple[str, str] | None
    ahead: tuple[str, str] | None = None  # from today to the day it is expected now


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the time axis, its label's anchor kept inside the drawing."""

    day: date
    at: str
    anchor: Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Rows on one time axis; `today_at` is None when today lies outside it."""

    rows: tuple[DrawnSpan, ...]
    ticks: tuple[Tick, ...]
    today: date
    today_at: str | None


def draw_timeline(spans: Sequence[Span], *, today: date) -> Timeline:
    """Every span on one axis from the first day named to the last, today included only where work is still open.

    What began without a day given is drawn from its planned start; what is neither begun nor ended has no second line.
    Past the due day, the line continues apart, so that lateness has a length.
    """
    days = [day for span in spans for day in _days_of(span) if day]
    if any(_is_open(span) for span in spans) and days:
        days.append(min(today, max(days) + timedelta(days=366)))
    if not days:
        return Timeline(tuple(DrawnSpan(span, 0, None, None, None) for span in spans), (), today, None)
    first, last = min(days), max(*days, min(days) + timedelta(days=28))
    axis = _Axis(first, last)
    rows = tuple(_draw_span(span, axis, today) for span in spans)
    return Timeline(rows, axis.ticks(), today, axis.at(today) if first <= today <= last else None)


def _days_of(span: Span) -> tuple[date | None, ...]:
    return span.planned_from, span.planned_to, span.began, span.ended, span.expected if _is_open(span) else None


def _is_open(span: Span) -> bool:
    return span.ended is None and span.state not in {"withdrawn", "completed"}


def _draw_span(span: Span, axis: "_Axis", today: date) -> DrawnSpan:
    late = span.late_days(today)
    until = span.ended or (min(today, axis.last) if _is_open(span) else span.planned_to)
    has_begun = span.ended is not None or span.state in {"ongoing", "completed"}
    began = span.began or (span.planned_from if has_begun else None)
    due = span.planned_to
    overdue = (due, until) if late and due and until and until > due else None
    return DrawnSpan(
        span,
        late,
        plan=axis.line(span.planned_from or due, due),
        actual=axis.line(began, min(until, due) if overdue and until and due else until),
        overdue=axis.line(*overdue) if overdue else None,
        ahead=axis.line(today, span.expected) if _is_open(span) and span.expected and span.expected > today else None,
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    last: date

    def at(self, day: date) -> str:
        share = (day - self.first).days / (self.last - self.first).days
        return _percent(min(1.0, max(0.0, share)))

    def line(self, start: date | None, end: date | None) -> tuple[str, str] | None:
        if start is None or end is None:
            return None
        return self.at(min(start, end)), self.at(end)

    def ticks(self) -> tuple[Tick, ...]:
        """First days of months, at most a handful, Januaries among them where the step allows."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next((step for step in _STEPS_IN_MONTHS if months / step <= _TICKS), months)
        start = self.first.year * 12 + self.first.month - 1
        start += -start % step
        days = (date(month // 12, month % 12 + 1, 1) for month in range(start, start + months + 1, step))
        return tuple(self._tick(day) for day in days if self.first <= day <= self.last)

    def _tick(self, day: date) -> Tick:
        share = (day - self.first).days / (self.last - self.first).days
        return Tick(day, self.at(day), "start" if share < 0.08 else "end" if share > 0.92 else "middle")


def _percent(share: float) -> str:
    return f"{round(share * 100, 2):g}%"
