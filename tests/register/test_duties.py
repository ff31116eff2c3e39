"""Which assessments are owed, until when, and how late each came."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.factories.documents import (
    SHA,
    a_commitment,
    a_completed_milestone,
    a_milestone,
    a_plan,
    an_assessment,
    said,
    told_by,
)

from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.assessment_documents import Correction
from ogpmonitor.register.documents import CommitmentDocument, InceptionSummary
from ogpmonitor.register.duties import Duty, due, duties, implemented_on, latest_forms
from ogpmonitor.register.parts import Source

ZONE = ZoneInfo("America/Santiago")
TODAY = date(2024, 11, 9)
FORMS = {form.code: form for form in latest_forms()}
FIRST, LAST = a_completed_milestone("M1", date(2023, 5, 1)), a_completed_milestone("M2", date(2023, 7, 20))


def day(text: str) -> PartialDate:
    return PartialDate.parse(text)


def the_duty(commitment: CommitmentDocument, *others: object, today: date = TODAY) -> Duty:
    """What is owed of `commitment` in a plan of these documents."""
    owed = duties(told_by(a_plan(), commitment, *others), today, ZONE)
    return next(duty for duty in owed if duty.commitment == commitment)


@pytest.mark.parametrize(
    ("commitment", "expected"),
    [
        (a_commitment(milestones=(LAST, FIRST)), date(2023, 7, 20)),
        (a_commitment(milestones=(FIRST, a_milestone("M2", progress="withdrawn"))), date(2023, 5, 1)),
        (a_commitment(milestones=(FIRST, a_milestone("M2", set_aside="deprioritised"))), date(2023, 5, 1)),
        (a_commitment(milestones=(FIRST, a_milestone("M2", progress="ongoing"))), date(2024, 9, 30)),
        (a_commitment(milestones=(a_milestone(progress="withdrawn"),)), date(2024, 9, 30)),
        (a_commitment(milestones=(a_milestone(progress="not_started"),), ends_on=day("2023-12")), date(2023, 12, 31)),
        (a_commitment(milestones=(FIRST, LAST), ends_on=day("2023-12")), date(2023, 7, 20)),
        (a_commitment(), date(2024, 9, 30)),
    ],
)
def test_implemented_on_is_the_last_completion_or_the_planned_end(
    commitment: CommitmentDocument, expected: date
) -> None:
    assert implemented_on(a_plan(), commitment) == expected


@pytest.mark.parametrize(
    ("submitted_on", "expected"),
    [
        ("2021-11-16", date(2022, 1, 16)),
        ("2021-12-31", date(2022, 2, 28)),
        ("2023-12-31", date(2024, 2, 29)),
        ("2023-12", date(2024, 2, 29)),
    ],
)
def test_inception_is_due_two_calendar_months_after_submission(submitted_on: str, expected: date) -> None:
    assert due(FORMS["inception"], a_plan(submitted_on=day(submitted_on)), None) == expected


def test_end_of_commitment_is_due_one_calendar_month_after_its_end() -> None:
    assert due(FORMS["end-of-commitment"], a_plan(), a_commitment(ends_on=day("2023-01-31"))) == date(2023, 2, 28)
    assert due(FORMS["end-of-commitment"], a_plan(), a_commitment()) == date(2024, 10, 30)


def test_without_a_date_to_count_from_nothing_is_late() -> None:
    plan = a_plan(ends_on=None, submitted_on=None)

    owed = duties(told_by(plan, a_commitment()), TODAY, ZONE)

    assert [(duty.form.code, duty.due_on, duty.late_days, duty.state) for duty in owed] == [
        ("inception", None, 0, "no_date"),
        ("end-of-commitment", None, 0, "no_date"),
    ]
    assert due(FORMS["end-of-term"], a_plan(), None) is None


@pytest.mark.parametrize(
    ("today", "state", "late_days"),
    [(date(2024, 10, 29), "not_due", 0), (date(2024, 10, 30), "not_due", 0), (date(2024, 10, 31), "late", 1)],
)
def test_the_last_day_is_still_in_time(today: date, state: str, late_days: int) -> None:
    owed = the_duty(a_commitment(), today=today)

    assert (owed.state, owed.late_days, owed.published_on) == (state, late_days, None)


def test_an_assessment_is_owed_of_what_was_never_begun() -> None:
    never = a_commitment(milestones=(a_milestone(progress="not_started"),))

    assert (the_duty(never).state, the_duty(never).late_days) == ("late", 10)


@pytest.mark.parametrize(
    ("published_at", "day_there", "state", "late_days"),
    [
        (datetime(2024, 10, 31, 2, 59, tzinfo=UTC), date(2024, 10, 30), "in_time", 0),
        (datetime(2024, 10, 31, 3, 0, tzinfo=UTC), date(2024, 10, 31), "came_late", 1),
        (datetime(2024, 11, 12, 12, tzinfo=UTC), date(2024, 11, 12), "came_late", 13),
    ],
)
def test_the_day_of_publication_is_the_day_it_was_there(
    published_at: datetime, day_there: date, state: str, late_days: int
) -> None:
    owed = the_duty(a_commitment(), an_assessment(published_at=published_at), today=date(2030, 1, 1))

    assert (owed.published_on, owed.state, owed.late_days) == (day_there, state, late_days)


def test_what_was_published_without_a_date_to_count_from_is_neither_late_nor_in_time() -> None:
    told = told_by(a_plan(ends_on=None), a_commitment(), an_assessment())

    assert duties(told, TODAY, ZONE)[1].state == "published"


def test_a_correction_does_not_make_an_assessment_late() -> None:
    first, second = date(2024, 10, 20), date(2025, 2, 1)
    correction = Correction(sha256=SHA, published_on=first, reason="Una cifra")
    again = Correction(sha256=SHA, published_on=second, first_published_on=first, reason="Otra cifra")

    once = the_duty(a_commitment(), an_assessment(version=2, corrects=correction))
    twice = the_duty(a_commitment(), an_assessment(version=3, corrects=again))

    assert [(duty.published_on, duty.state) for duty in (once, twice)] == [(first, "in_time"), (first, "in_time")]


def test_an_assessment_settles_only_what_it_is_about() -> None:
    told = told_by(a_plan(), a_commitment(), a_commitment("C2"), an_assessment("C2"))

    owed = duties(told, TODAY, ZONE)

    assert [(duty.form.code, duty.commitment and duty.commitment.code, duty.state) for duty in owed] == [
        ("inception", None, "late"),
        ("end-of-commitment", "C1", "late"),
        ("end-of-commitment", "C2", "came_late"),
    ]


def test_of_a_plan_that_was_never_submitted_nothing_can_be_late() -> None:
    owed = duties(told_by(a_plan(submitted_on=None), a_commitment()), TODAY, ZONE)

    assert [duty.state for duty in owed] == ["no_date", "no_date"]


@pytest.mark.parametrize(
    ("plan", "commitment", "states"),
    [
        ("https://x.org/documents/inception-report-action-plan-x/", "", ["elsewhere", "late"]),
        ("https://x.org/documents/end-of-commitment-report-x/", "", ["late", "late"]),
        ("", "https://x.org/documents/end-of-commitment-report-x/", ["late", "elsewhere"]),
        ("https://x.org/documents/action-plan-x/", "https://x.org/documents/self-assessment/", ["late", "late"]),
    ],
)
def test_what_a_source_says_was_published_elsewhere_is_not_late(plan: str, commitment: str, states: list[str]) -> None:
    told = told_by(
        a_plan(sources=(Source(title="Una fuente", url=plan),)),
        a_commitment(sources=(Source(title="Una fuente", url=commitment),)),
    )

    owed = duties(told, TODAY, ZONE)

    assert [duty.state for duty in owed] == states
    assert [bool(duty.late_days) for duty in owed] == [state == "late" for state in states]


def test_the_summary_of_an_inception_report_tells_that_there_was_one() -> None:
    source = Source(title="Informe de inicio")
    summary = InceptionSummary(verifiable="yes", relevant="yes", novelty=said("x"), change=said("y"), source=source)

    inception, commitment = duties(told_by(a_plan(), a_commitment(inception=summary)), TODAY, ZONE)

    assert (inception.state, inception.elsewhere, commitment.state) == ("elsewhere", source, "late")


def test_nothing_is_owed_of_a_plan_that_is_being_co_created() -> None:
    assert duties(told_by(a_plan(status="co_creation"), a_commitment()), TODAY, ZONE) == []
