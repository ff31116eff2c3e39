"""When somebody is reminded: arithmetic of days, and what a person chose."""

from datetime import date, timedelta

import pytest

from ogpmonitor.accounts.models import Role
from ogpmonitor.notifications.rules import AUDIENCE, Rhythm, is_told, kinds_for, load_rules, options_of, step_due

DUE = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("after", "step"),
    [(-15, None), (-14, -14), (-4, -14), (-3, -3), (0, -3), (1, 1), (6, 1), (7, 7), (29, 7), (30, 30), (400, 90)],
)
def test_the_latest_day_of_the_rule_that_has_come_counts(after: int, step: int | None) -> None:
    assert step_due("milestone", DUE, on=DUE + timedelta(days=after), is_mine=True) == step


def test_of_what_others_owe_one_hears_only_once_it_is_late() -> None:
    found = [step_due("milestone", DUE, on=DUE + timedelta(days=days), is_mine=False) for days in (-14, -3, 0, 1)]

    assert found == [None, None, None, 1]


@pytest.mark.parametrize(
    ("rhythm", "told"),
    [
        (Rhythm.DAILY, [True] * 7),
        (Rhythm.WEEKLY, [True, False, False, False, False, False, False]),
        (Rhythm.URGENT, [False, True, True, True, True, True, True]),
        (Rhythm.NEVER, [False] * 7),
    ],
)
def test_a_rhythm_says_on_which_days_of_a_week_one_hears(rhythm: Rhythm, told: list[bool]) -> None:
    """From Monday to Sunday, of what is due on Friday."""
    monday = DUE - timedelta(days=4)

    assert [is_told(rhythm, DUE, on=monday + timedelta(days=days)) for days in range(7)] == told


def test_every_kind_has_an_audience_and_every_audience_a_kind() -> None:
    rules = load_rules()

    assert set(AUDIENCE) | {"support"} == set(rules.reminders) | set(rules.news)  # that one is no matter of choice
    assert set(rules.reminders) & set(rules.news) == set()


def test_days_of_a_rule_are_in_order_and_ours() -> None:
    rules = load_rules()

    assert [kind for kind, one in rules.reminders.items() if list(one.days) != sorted(set(one.days))] == []
    assert rules.mark == "unconfirmed"


def test_nobody_chooses_about_what_they_never_hear() -> None:
    assert "assessment" not in kinds_for(Role.COORDINATOR)
    assert kinds_for(None) == []
    assert options_of("sent") == (Rhythm.AT_ONCE, Rhythm.NEVER)
