"""What is reported, counted."""

from datetime import UTC, date, datetime

import pytest
from tests.factories.published import a_file, a_milestone

from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.portal.evidence import evidence_items
from ogpmonitor.portal.standing import overall_progress, reported, timeline_of
from ogpmonitor.register.lateness import delay_days, late_days

TODAY = date(2024, 7, 10)


@pytest.mark.parametrize(
    ("due_on", "progress", "days"),
    [
        ("2024-07-10", "ongoing", 0),
        ("2024-07-09", "ongoing", 1),
        ("2024-07-09", "not_started", 1),
        ("2024-07-09", "completed", 0),
        ("2024-07-09", "withdrawn", 0),
        ("2024-06", "ongoing", 10),
        ("2024-07", "ongoing", 0),
        ("2024", "ongoing", 0),
        ("2023", "ongoing", 192),
    ],
)
def test_late_days_count_from_the_last_day_a_date_can_mean(due_on: str, progress: str, days: int) -> None:
    milestone = a_milestone(due_on=PartialDate.parse(due_on), progress=progress)

    assert late_days(milestone, on=TODAY) == days


def test_late_days_of_a_milestone_without_date_are_none() -> None:
    assert late_days(a_milestone(due_on=None, progress="ongoing"), on=TODAY) == 0


def test_delay_days_tell_how_late_it_was_completed() -> None:
    assert delay_days(a_milestone()) == 12
    assert delay_days(a_milestone(completed_on=date(2024, 6, 30))) == 0
    assert delay_days(a_milestone(progress="ongoing", completed_on=None)) == 0


def test_reported_leaves_what_was_withdrawn_out_of_the_base() -> None:
    steps = [
        a_milestone("M1", evidence=(a_file(),)),
        a_milestone("M2", progress="withdrawn"),
        a_milestone("M3", progress="ongoing", due_on=PartialDate.parse("2024-07-01"), completed_on=None),
        a_milestone("M4", progress="not_started", due_on=PartialDate.parse("2024-07-08"), reported_at=None),
    ]

    seen = reported(steps, on=TODAY)

    assert (seen.total, seen.base, seen.completed, seen.withdrawn) == (4, 3, 1, 1)
    assert (seen.late, seen.longest_late_days) == (2, 9)
    assert (seen.files, seen.links) == (1, 0)
    assert seen.as_of == datetime(2024, 7, 15, 12, tzinfo=UTC)
    assert not seen.all_done


def test_reported_of_nothing_is_not_all_done() -> None:
    seen = reported([], on=TODAY)

    assert (seen.total, seen.late, seen.as_of, seen.all_done) == (0, 0, None, False)


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ([], None),
        (["completed", "completed"], "completed"),
        (["completed", "withdrawn"], "completed"),
        (["withdrawn"], "withdrawn"),
        (["not_started", "completed"], "ongoing"),
        (["not_started", "not_started"], "not_started"),
    ],
)
def test_overall_progress_is_one_word_for_several(states: list[str], word: str | None) -> None:
    assert overall_progress([a_milestone(progress=state) for state in states]) == word


def test_evidence_items_give_no_address_to_what_is_restricted() -> None:
    shown, hidden = evidence_items([a_file(), a_file(restricted=True)], "penalolen")

    assert shown.path.startswith("penalolen/evidence/")
    assert (hidden.path, hidden.url, hidden.restricted) == ("", "", True)


def test_evidence_items_follow_links_to_the_web_only() -> None:
    bad, good = evidence_items(
        [
            a_file(kind="link", file_name=None, url="javascript:alert(1)"),
            a_file(kind="link", file_name=None, url="https://example.org/"),
        ],
        "penalolen",
    )

    assert (bad.url, good.url) == ("", "https://example.org/")


def test_timeline_is_none_without_any_date() -> None:
    undated = a_milestone(starts_on=None, due_on=None, started_on=None, completed_on=None, progress="not_started")

    assert timeline_of([undated], "es", on=TODAY) is None
    assert timeline_of([a_milestone()], "es", on=TODAY) is not None
