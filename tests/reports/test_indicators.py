"""Every figure of the report, with its base and what is left out of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.factories.documents import (
    a_commitment,
    a_completed_milestone,
    a_milestone,
    a_piece_of_evidence,
    a_plan,
    an_assessment,
)

from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.register.assessment_documents import Rating
from ogpmonitor.register.documents import CommitmentDocument
from ogpmonitor.register.lateness import days_over
from ogpmonitor.reports.indicators import Indicators, Share, count

ON = date(2024, 10, 1)
HIGH = (frozenset({"substantial", "complete"}), frozenset({"major", "outstanding"}))


def counted(*commitments: CommitmentDocument, assessments: tuple[Any, ...] = (), plan: Any = None) -> Indicators:
    return count(plan or a_plan(), commitments, assessments, on=ON, deadlines=load_deadlines(), high=HIGH)


def test_withdrawn_milestones_leave_the_base_and_stay_in_the_original() -> None:
    commitment = a_commitment(
        milestones=(a_completed_milestone("M1", date(2024, 6, 1)), a_milestone("M2", progress="withdrawn"))
    )

    assert counted(commitment).completed == Share(1, 1, 1, original=Share(1, 2))


def test_late_is_counted_on_the_day_of_the_edition_of_open_milestones_with_a_date() -> None:
    commitment = a_commitment(
        milestones=(
            a_milestone("M1", progress="ongoing"),
            a_milestone("M2", due_on=PartialDate.parse("2024-10-01")),
            a_milestone("M3", due_on=None),
            a_completed_milestone("M4", date(2024, 9, 1)),
        )
    )

    assert counted(commitment).late == Share(1, 2, 1)


def test_late_days_end_with_completion_and_never_run_for_what_was_withdrawn() -> None:
    assert days_over(a_completed_milestone("M1", date(2024, 7, 10)), on=ON) == 10
    assert days_over(a_milestone(progress="ongoing"), on=ON) == 93
    assert days_over(a_milestone(progress="withdrawn"), on=ON) == 0
    assert days_over(a_milestone(due_on=None), on=ON) == 0


def test_on_time_leaves_out_what_lacks_a_date() -> None:
    commitment = a_commitment(
        milestones=(
            a_completed_milestone("M1", date(2024, 6, 30)),
            a_completed_milestone("M2", date(2024, 7, 1)),
            a_completed_milestone("M3", date(2024, 7, 1), due_on=None),
        )
    )

    assert counted(commitment).on_time == Share(1, 2, 1)


def test_ratings_count_only_what_was_assessed() -> None:
    major = (Rating(measures="completion", code="limited"), Rating(measures="diog", value="technology", code="major"))
    figures = counted(
        a_commitment("C1"),
        a_commitment("C2"),
        a_commitment("C3"),
        assessments=(an_assessment("C1", "no_evidence"), an_assessment("C2", ratings=major)),
    )

    assert figures.assessed == Share(2, 3)
    assert figures.ratings == (("no_evidence", 1), ("limited", 1))
    assert figures.high == Share(0, 2, 1)
    assert figures.opened == Share(1, 2, 1)


def test_an_assessment_is_in_time_one_month_after_the_last_milestone_or_the_planned_end() -> None:
    finished = a_commitment("C1", milestones=(a_completed_milestone("M1", date(2024, 7, 31)),))
    unfinished = a_commitment("C2", milestones=(a_milestone(),), ends_on=PartialDate.parse("2024-08"))
    endless = a_commitment("C3", milestones=(a_milestone(),))
    in_time = an_assessment("C1", published_at=datetime(2024, 8, 31, 12, tzinfo=UTC))

    assert counted(finished, unfinished, endless, assessments=(in_time,)).assessed_in_time == Share(1, 2, 1)
    late = an_assessment("C2", published_at=datetime(2024, 10, 1, 12, tzinfo=UTC))
    assert counted(unfinished, assessments=(late,)).assessed_in_time == Share(0, 1, 0)


def test_silences_longer_than_four_months_are_counted_within_the_plan() -> None:
    reports = [datetime(2022, 1, 10, tzinfo=UTC), datetime(2022, 5, 10, tzinfo=UTC), datetime(2024, 9, 1, tzinfo=UTC)]
    milestones = tuple(a_milestone(f"M{n}", reported_at=at) for n, at in enumerate(reports))

    assert counted(a_commitment(milestones=milestones)).gaps == Share(1, 4)
    assert counted(a_commitment(), plan=a_plan(submitted_on=None)).gaps == Share(0, 0)


def test_evidence_counts_milestones_and_pieces() -> None:
    commitment = a_commitment(
        milestones=(a_milestone("M1", evidence=(a_piece_of_evidence(), a_piece_of_evidence())), a_milestone("M2"))
    )

    figures = counted(commitment)

    assert (figures.evidenced, figures.evidence) == (Share(1, 2), 2)


def test_instants_count_for_the_day_it_was_where_the_jurisdiction_lies() -> None:
    evening = datetime(2024, 10, 1, 2, tzinfo=UTC)  # still 30 September in Chile
    commitment = a_commitment(milestones=(), ends_on=PartialDate.parse("2024-07-31"))
    due = load_deadlines().end_of_commitment.after(date(2024, 7, 31))
    rated = an_assessment(published_at=datetime.combine(due, evening.time(), UTC) + timedelta(days=1))
    figures = {
        zone: count(
            a_plan(), [commitment], [rated], on=date(2025, 6, 1), deadlines=load_deadlines(), high=HIGH, zone=zone
        )
        for zone in (UTC, ZoneInfo("America/Santiago"))
    }

    assert [figure.assessed_in_time.part for figure in figures.values()] == [0, 1]
