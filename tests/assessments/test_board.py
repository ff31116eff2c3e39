"""`assessments/board.py`: what can be assessed, how far each assessment is, and how late."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from tests.factories.documents import SHA, a_commitment, a_plan

from ogpmonitor.assessments.board import PlanBoard, boards
from ogpmonitor.assessments.models import Assessment, AssessmentStatus
from ogpmonitor.register.documents import canonical, name_of
from ogpmonitor.register.models import Edition, EditionEntry
from ogpmonitor.register.queries import Published

TODAY = date(2024, 11, 9)


def published(status: str = "ended") -> Published:
    """An edition of a plan with one commitment, which was to end in September 2024."""
    documents = (a_plan(status=status), a_commitment())
    bodies = [canonical(one) for one in documents]
    entries = [
        EditionEntry(kind=one.kind, code=one.code, document_sha256=name_of(body))
        for one, body in zip(documents, bodies, strict=True)
    ]
    return Published(Edition(plan="2021-2024", sha256=SHA), entries, {name_of(body): body for body in bodies})


def the_board(*begun: Assessment, status: str = "ended") -> PlanBoard:
    (found,) = boards([published(status)], begun, today=TODAY)
    return found


def test_boards_of_nothing_published_are_empty() -> None:
    assert boards([], [], today=TODAY) == []


def test_every_form_is_listed_with_the_day_it_is_due() -> None:
    board = the_board()

    assert [(one.form.code, one.due_on, one.late_days, one.state) for one in [*board.commitments, *board.whole]] == [
        ("end-of-commitment", date(2024, 10, 30), 10, "none"),
        ("inception", date(2022, 1, 16), 1028, "none"),
        ("end-of-term", None, 0, "none"),
    ]
    assert (board.is_open, the_board(status="co_creation").is_open) == (True, False)


@pytest.mark.parametrize(("status", "late_days"), [(AssessmentStatus.DRAFT, 10), (AssessmentStatus.PUBLISHED, 0)])
def test_a_draft_is_late_and_what_was_published_is_not(status: AssessmentStatus, late_days: int) -> None:
    begun = Assessment(
        form="end-of-commitment",
        plan="2021-2024",
        commitment="C1",
        status=status,
        published_at=datetime(2024, 12, 1, tzinfo=UTC),
    )

    (entry,) = the_board(begun).commitments

    assert (entry.state, entry.late_days) == (status, late_days)


def test_a_correction_that_is_being_written_is_not_late() -> None:
    begun = Assessment(
        form="end-of-commitment",
        plan="2021-2024",
        commitment="C1",
        status=AssessmentStatus.DRAFT,
        corrects_id=uuid4(),
    )

    (entry,) = the_board(begun).commitments

    assert (entry.state, entry.late_days) == ("draft", 0)
