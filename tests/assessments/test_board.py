"""`assessments/board.py`: what can be assessed and when it is due."""

from datetime import date

import pytest

from ogpmonitor.assessments.board import boards, due, implemented_on, latest_forms
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.documents import CommitmentDocument, Jurisdiction, PlanDocument, PublishedMilestone

TITLE = Localized.of("es", es="Título")


def a_plan(**given: object) -> PlanDocument:
    """A submitted plan that ends in September 2024."""
    facts = {"slug": "p", "title": TITLE, "status": "submitted", "source_language": "es", "ends_on": "2024-09"}
    jurisdiction = Jurisdiction(slug="x", name=TITLE, country="CL")
    return PlanDocument.model_validate({**facts, "jurisdiction": jurisdiction, **given})


def a_commitment(*milestones: tuple[str, date | None], ends_on: str | None = None) -> CommitmentDocument:
    """A commitment with milestones of this progress, completed on this day."""
    steps = [
        PublishedMilestone(code=f"M{number}", title=TITLE, progress=progress, completed_on=day)
        for number, (progress, day) in enumerate(milestones)
    ]
    ends = PartialDate.parse(ends_on) if ends_on else None
    return CommitmentDocument(code="C1", number="1", title=TITLE, ends_on=ends, milestones=tuple(steps))


@pytest.mark.parametrize(
    ("commitment", "expected"),
    [
        (a_commitment(("completed", date(2023, 5, 1)), ("completed", date(2023, 3, 1))), date(2023, 5, 1)),
        (a_commitment(("completed", date(2023, 5, 1)), ("withdrawn", None)), date(2023, 5, 1)),
        (a_commitment(("completed", date(2023, 5, 1)), ("ongoing", None)), date(2024, 9, 30)),
        (a_commitment(("withdrawn", None)), date(2024, 9, 30)),
        (a_commitment(ends_on="2023-12"), date(2023, 12, 31)),
        (a_commitment(), date(2024, 9, 30)),
    ],
)
def test_implemented_on_is_the_last_completion_or_the_planned_end(
    commitment: CommitmentDocument, expected: date
) -> None:
    assert implemented_on(a_plan(), commitment) == expected


def test_due_follows_the_data_and_is_unknown_without_a_date() -> None:
    forms = {form.code: form for form in latest_forms()}

    assert due(forms["end-of-commitment"], a_plan(), a_commitment()) == date(2024, 10, 30)
    assert due(forms["end-of-commitment"], a_plan(ends_on=None), a_commitment()) is None
    assert due(forms["inception"], a_plan(submitted_on="2021-11-16"), None) == date(2022, 1, 16)
    assert due(forms["inception"], a_plan(), None) is None
    assert due(forms["end-of-term"], a_plan(), None) is None


def test_boards_of_nothing_published_are_empty() -> None:
    assert boards([], [], today=date(2024, 1, 1)) == []
