"""Coordinates of marks and charts."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogpmonitor.kit.charts import Bar, Span, apart_mark, draw_bars, draw_timeline, progress_mark, steps_mark

TODAY = date(2024, 9, 30)
APART = ["not_assessed", "no_evidence", "not_applicable", "no_data"]
STATES = ["not_started", "ongoing", "completed", "withdrawn", "late"]


def test_no_two_marks_look_alike() -> None:
    marks = [progress_mark(code) for code in STATES] + [apart_mark(code) for code in APART]
    marks += [steps_mark(shape, step, 3) for shape in ("square", "diamond") for step in range(-1, 4)]

    assert len(set(marks)) == len(marks)
    assert all(ET.fromstring(mark).get("aria-hidden") == "true" for mark in marks)  # noqa: S314  # drawn by us


@pytest.mark.parametrize(("step", "filled"), [(0, 0), (2, 2), (3, 3), (-1, 1)])
def test_steps_mark_fills_the_steps_reached(step: int, filled: int) -> None:
    assert steps_mark("square", step, 3).count('fill="currentColor"') == filled


def test_an_unknown_state_has_no_mark() -> None:
    with pytest.raises(KeyError):
        progress_mark("unknown")


def test_bars_share_one_scale_from_zero() -> None:
    drawn = draw_bars([Bar("North", 4, 6), Bar("South", 0, 12)])

    assert [(row.length, row.frame) for row in drawn] == [("33.33%", "50%"), ("0%", "100%")]


def test_bars_of_several_panels_share_a_maximum() -> None:
    assert draw_bars([Bar("a", 1)], maximum=4)[0].length == "25%"
    assert draw_bars([Bar("a", 0)])[0].length == "0%"
    assert draw_bars([]) == ()


def test_timeline_draws_plan_and_actual() -> None:
    span = Span("a", "completed", date(2023, 1, 1), date(2023, 12, 31), date(2023, 1, 1), date(2024, 12, 31))

    chart = draw_timeline([span], today=TODAY)

    row = chart.rows[0]
    assert (row.plan, row.actual, row.overdue) == (("0%", "49.86%"), ("0%", "49.86%"), ("49.86%", "100%"))
    assert row.late_days == 366


def test_timeline_of_an_open_step_reaches_today() -> None:
    span = Span("a", "ongoing", date(2024, 1, 1), date(2024, 6, 30), date(2024, 1, 1))

    chart = draw_timeline([span], today=TODAY)

    assert (chart.today_at, chart.rows[0].late_days) == ("100%", 92)
    assert chart.rows[0].overdue is not None
    assert chart.rows[0].overdue[1] == "100%"


def test_timeline_long_over_leaves_today_out() -> None:
    span = Span("a", "completed", date(2020, 1, 1), date(2020, 6, 30), date(2020, 1, 1), date(2020, 6, 1))

    assert draw_timeline([span], today=TODAY).today_at is None


@pytest.mark.parametrize(
    ("span", "days"),
    [
        (Span("in time", "completed", planned_to=TODAY, ended=TODAY), 0),
        (Span("due today", "ongoing", planned_to=TODAY), 0),
        (Span("due yesterday", "not_started", planned_to=date(2024, 9, 29)), 1),
        (Span("withdrawn", "withdrawn", planned_to=date(2020, 1, 1)), 0),
        (Span("no plan", "ongoing"), 0),
        (Span("completed, nobody says when", "completed", planned_to=date(2020, 1, 1)), 0),
        (Span("ended late", "completed", planned_to=date(2024, 1, 1), ended=date(2024, 1, 3)), 2),
    ],
)
def test_late_days_count_after_the_due_day(span: Span, days: int) -> None:
    assert span.late_days(TODAY) == days


def test_timeline_without_any_day_is_empty() -> None:
    chart = draw_timeline([Span("a", "not_started")], today=TODAY)

    assert (len(chart.rows), chart.ticks, chart.today_at) == (1, (), None)


days = st.dates(date(2018, 1, 1), date(2030, 12, 31))
spans = st.builds(
    Span,
    label=st.just("a"),
    state=st.sampled_from(STATES[:4]),
    planned_from=st.none() | days,
    planned_to=st.none() | days,
    began=st.none() | days,
    ended=st.none() | days,
)


@given(st.lists(spans, max_size=5), days)
def test_timeline_stays_inside_the_drawing(rows: list[Span], today: date) -> None:
    chart = draw_timeline(rows, today=today)

    lines = [line for row in chart.rows for line in (row.plan, row.actual, row.overdue) if line]
    assert all(0 <= float(end.rstrip("%")) <= 100 for line in lines for end in line)
    assert all(float(start.rstrip("%")) <= float(end.rstrip("%")) for start, end in lines)
    assert len(chart.ticks) <= 6
