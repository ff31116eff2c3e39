"""Progress against the current plan and against the original one: what is set aside never flatters a share."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ogpmonitor.kit.static import StaticFiles
from ogpmonitor.kit.templating import Templates
from ogpmonitor.portal.standing import overall_progress, reported
from ogpmonitor.register.balance import Balance, commitments_balance, milestones_balance
from ogpmonitor.register.documents import CommitmentDocument, PublishedMilestone
from ogpmonitor.register.lateness import carried_out_on, late_days
from ogpmonitor.settings import Settings

TITLE = {"source": "es", "es": "Algo"}
DONE = {"basis": "action", "action": TITLE}
OPEN = {"basis": "action"}


def commitment(number: int, **given: Any) -> CommitmentDocument:
    return CommitmentDocument.model_validate({"code": f"C{number}", "number": str(number), "title": TITLE, **given})


def milestone(**given: Any) -> PublishedMilestone:
    return PublishedMilestone.model_validate({"code": "M1", "title": TITLE, **given})


def santiago() -> list[CommitmentDocument]:
    """167 commitments: 134 fulfilled by the government's own measure, 18 open, 15 set aside."""
    fulfilled = [commitment(n, measure=DONE) for n in range(134)]
    still_open = [commitment(n, measure=OPEN) for n in range(134, 152)]
    aside = [commitment(n, measure=OPEN, set_aside="deprioritised") for n in range(152, 167)]
    return [*fulfilled, *still_open, *aside]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", "134 de 152 (88 %) · 15 dejados de lado · 80 % de los 167 originales"),
        ("en", "134 of 152 (88%) · 15 set aside · 80% of the original 167"),
    ],
)
def test_balance_of_santiago_reads_as_its_source(lang: str, words: str) -> None:
    templates = Templates(Settings.model_fields["templates_folder"].default, StaticFiles())
    macros: Any = templates.environment(lang).get_template("components/figures.html").module

    said = macros.balance_figure(commitments_balance(santiago()))

    assert said.striptags() == words


def test_balance_counts_both_measures() -> None:
    both = {"basis": "both", "investment": {"amount": 5}}
    counted = commitments_balance(
        [
            commitment(1, measure={"basis": "investment", "investment": {"amount": 5}}),
            commitment(2, measure=both),
            commitment(3, declared_status={"status": "fulfilled", "as_found": "Cumplidos"}),
            commitment(4, declared_status={"status": "pending", "as_found": "En curso"}),
            commitment(5),
        ]
    )

    assert counted == Balance(done=2, base=5, set_aside=0, added=0, original=5, original_done=2)


def test_balance_is_silent_where_a_government_says_nothing() -> None:
    assert commitments_balance([commitment(1), commitment(2)]) is None
    assert commitments_balance([]) is None


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], Balance(0, 0, 0, 0, 0, 0)),
        ([{"progress": "completed"}, {}], Balance(1, 2, 0, 0, 2, 1)),
        ([{"progress": "completed", "added": True}, {}], Balance(1, 2, 0, 1, 1, 0)),
        ([{"progress": "completed", "set_aside": "withdrawn"}, {}], Balance(0, 1, 1, 0, 2, 0)),
        ([{"progress": "withdrawn"}, {"progress": "completed"}], Balance(1, 1, 1, 0, 2, 1)),
        ([{"set_aside": "deprioritised", "added": True}, {}], Balance(0, 1, 1, 1, 1, 0)),
    ],
)
def test_balance_keeps_what_was_set_aside_in_the_original(items: list[Mapping[str, Any]], expected: Balance) -> None:
    assert milestones_balance(milestone(**one) for one in items) == expected


def test_what_is_set_aside_is_never_late() -> None:
    due = {"due_on": "2024-01-31"}
    on = date(2024, 3, 1)

    assert late_days(milestone(**due), on=on) == 30
    assert late_days(milestone(**due, set_aside="deprioritised"), on=on) == 0


def test_set_aside_leaves_the_rest_of_a_commitment_carried_out() -> None:
    done = milestone(progress="completed", completed_on=date(2024, 2, 1))
    aside = milestone(code="M2", set_aside="withdrawn")

    assert carried_out_on(commitment(1, milestones=[done, milestone(code="M2")])) is None
    assert carried_out_on(commitment(1, milestones=[done, aside])) == date(2024, 2, 1)
    assert overall_progress([done, aside]) == "completed"


def test_what_is_reported_counts_set_aside_apart() -> None:
    at = datetime(2024, 2, 1, tzinfo=UTC)
    seen = reported(
        [
            milestone(progress="completed", reported_at=at),
            milestone(set_aside="withdrawn"),
            milestone(progress="ongoing"),
        ],
        on=date(2024, 3, 1),
    )

    assert (seen.total, seen.base, seen.completed, seen.withdrawn) == (3, 2, 1, 1)
    assert seen.balance == Balance(done=1, base=2, set_aside=1, added=0, original=3, original_done=1)
