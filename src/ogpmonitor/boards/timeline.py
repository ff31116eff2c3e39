"""A whole plan on one time axis, commitment by commitment: planned, actual, expected. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ogpmonitor.kit.charts import DrawnSpan, Span, Timeline, draw_timeline
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.overview import Chapter, Overview, Step


@dataclass(frozen=True)
class Part:
    """One commitment: its rows, drawn on the axis that all commitments share, and the same as steps."""

    chapter: Chapter
    chart: Timeline | None  # None where no milestone has a date
    rows: Sequence[tuple[Step, DrawnSpan]]


def parts_of(overview: Overview, lang: str, *, root: str, on: date) -> list[Part]:
    """Every commitment of the plan with its milestones drawn; `root` is where milestones are, ending in a slash."""
    steps = [step for chapter in overview.chapters for step in chapter.steps]
    whole = draw_timeline([_span(step, lang, root) for step in steps], today=on)
    drawn = iter(whole.rows)
    parts = []
    for chapter in overview.chapters:
        rows = [(step, next(drawn)) for step in chapter.steps]
        has_dates = any(row.plan or row.actual for _, row in rows)
        chart = Timeline(tuple(row for _, row in rows), whole.ticks, whole.today, whole.today_at) if has_dates else None
        parts.append(Part(chapter, chart, rows))
    return parts


def _span(step: Step, lang: str, root: str) -> Span:
    milestone = step.milestone
    starts = PartialDate.parse(milestone.starts_on) if milestone.starts_on else None
    due = PartialDate.parse(milestone.due_on) if milestone.due_on else None
    return Span(
        label=f"{milestone.code} · {step.title.in_(lang)}",
        state="withdrawn" if milestone.set_aside else milestone.progress,
        planned_from=starts.first_day if starts else None,
        planned_to=due.last_day if due else None,
        began=milestone.started_on,
        ended=milestone.completed_on if milestone.progress == "completed" else None,
        expected=milestone.expected_on,
        href=f"{root}{milestone.id}/",
    )
