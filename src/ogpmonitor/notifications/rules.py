"""What people are reminded of and when, as data, and the arithmetic of it: days in, days out."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field

from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark


class Rhythm(StrEnum):
    """How often somebody wants to hear of one kind of thing."""

    DAILY = "daily"
    WEEKLY = "weekly"
    URGENT = "urgent"
    NEVER = "never"
    AT_ONCE = "at_once"


class Reminder(Data):
    """When people are reminded of one kind of duty; `mine` and `waiting` say why they hear of it."""

    days: tuple[int, ...] = Field(min_length=1)
    due_after: int | None = Field(default=None, ge=1)
    label: Localized
    mine: Localized
    waiting: Localized


class News(Data):
    """What is told at once."""

    label: Localized


class Rules(Data):
    """Everything people hear of."""

    source_language: str
    code: str
    version: int
    morning_hour: int = Field(ge=0, le=12)  # of the tenant's clock
    urgent_days: int = Field(ge=0)
    mark: Mark
    source_note: Localized
    reminders: Mapping[str, Reminder]
    news: Mapping[str, News]


# Who hears of each kind at all; the page of choices shows nobody anything else.
AUDIENCE: Mapping[str, tuple[Role | PlatformRole, ...]] = {
    "milestone": (Role.COORDINATOR, Role.CONTACT),
    "period": (Role.COORDINATOR, Role.CONTACT),
    "report": (Role.COORDINATOR, Role.CONTACT),
    "request": (Role.COORDINATOR,),
    "reply": (Role.COORDINATOR, Role.MONITOR),
    "clarification": (Role.COORDINATOR, Role.MONITOR),
    "recommendation": (Role.COORDINATOR,),
    "assessment": (Role.MONITOR,),
    "sent": (Role.COORDINATOR,),
    "asked": (Role.COORDINATOR,),
    "answered": (Role.MONITOR,),
    "published": (Role.MONITOR,),
    "proposed": (PlatformRole.OGP_STAFF,),
    "confirmed": (Role.MONITOR,),
}


@cache
def load_rules() -> Rules:
    """The rules, read once."""
    return read_toml(Path(__file__).with_name("rules.toml"), Rules)


def step_due(kind: str, due_on: date, *, on: date, is_mine: bool) -> int | None:
    """The latest day of the rule that has come by `on`: 7 once something due is a week late; None before the first.

    Only the latest: whoever was not reminded for a month hears of a thing once, not four times. Of what others owe, one
    hears only once it is late.
    """
    passed = [days for days in load_rules().reminders[kind].days if (on - due_on).days >= days]
    step = max(passed, default=None)
    return None if step is None or (step < 0 and not is_mine) else step


def is_told(rhythm: Rhythm, due_on: date, *, on: date) -> bool:
    """Whether somebody with this rhythm hears on the day `on` of what is due on `due_on`. The week begins on Monday."""
    if rhythm == Rhythm.NEVER:
        return False
    if rhythm == Rhythm.WEEKLY:
        return on.weekday() == 0
    return rhythm != Rhythm.URGENT or (due_on - on).days <= load_rules().urgent_days


def options_of(kind: str) -> tuple[Rhythm, ...]:
    """What one may choose for a kind; the first is what holds where nobody chose."""
    if kind in load_rules().news:
        return Rhythm.AT_ONCE, Rhythm.NEVER
    return Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.URGENT, Rhythm.NEVER


def kinds_for(role: Role | PlatformRole | None) -> list[str]:
    """The kinds that somebody with this role can hear of, in the order of the rules."""
    return [kind for kind, roles in AUDIENCE.items() if role in roles]


def label_of(kind: str) -> Localized:
    """What the kind is called."""
    rules = load_rules()
    return rules.news[kind].label if kind in rules.news else rules.reminders[kind].label
