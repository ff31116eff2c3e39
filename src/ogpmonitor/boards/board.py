"""Who has reported and who is missing: pure arithmetic over a plan's milestones and what was said about them.

Every `on` is a day in the tenant's time zone. A milestone belongs to the unit that answers for it; those that name no
unit stand together under the slug `NOBODY`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal
from uuid import UUID

from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.periods.models import Period, ReportState
from ogpmonitor.plans.overview import Overview, Step
from ogpmonitor.register.lateness import is_over
from ogpmonitor.register.units import NOBODY, unit_slug

State = Literal["reported", "waiting", "returned", "missing", "not_asked"]
Age = Literal["fresh", "stale", "never"]
STATES: Mapping[str, State] = {
    ReportState.ACCEPTED: "reported",
    ReportState.SUBMITTED: "waiting",
    ReportState.RETURNED: "returned",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One report of the period at hand: how far it has come, and what the coordinator wrote who returned it."""

    state: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One milestone with what was said about it. `is_owed`: a report on it is expected in the period at hand."""

    step: Step
    state: State
    note: str | None
    last_on: date | None  # of the last report, in any period
    days_ago: int | None
    age: Age
    is_open: bool

    @property
    def is_late(self) -> bool:
        """Whether it should have been completed by now."""
        return self.step.late_days > 0


@dataclass(frozen=True)
class Tally:
    """How many milestones stand where. `base` is how many were asked for a report in the period at hand."""

    items: Sequence[Item]

    def count(self, state: State) -> int:
        """How many of the milestones asked for stand there."""
        return sum(item.state == state for item in self.items)

    @property
    def base(self) -> int:
        """The milestones asked for a report."""
        return sum(item.state != "not_asked" for item in self.items)

    @property
    def open(self) -> int:
        """The milestones on which something is still owed."""
        return sum(item.is_open for item in self.items)

    @property
    def late(self) -> int:
        """The milestones that should have been completed by now."""
        return sum(item.is_late for item in self.items)

    @property
    def longest_late_days(self) -> int:
        """How late the latest of them is."""
        return max((item.step.late_days for item in self.items), default=0)

    @property
    def stale(self) -> int:
        """The open milestones without a report within what is expected."""
        return sum(item.is_open and item.age != "fresh" for item in self.items)

    @property
    def oldest(self) -> Item | None:
        """Of the open milestones, the one whose last report is oldest; one that was never reported comes first."""
        return max(
            (item for item in self.items if item.is_open),
            key=lambda item: (item.age == "never", item.days_ago or 0),
            default=None,
        )


@dataclass(frozen=True)
class UnitTally(Tally):
    """The milestones of one unit. `name` is None for those that name no unit."""

    slug: str = NOBODY
    name: Localized | None = None

    @property
    def next_due(self) -> Item | None:
        """Of its open milestones that are not late, the one due first."""
        ahead = [item for item in self.items if item.is_open and (item.step.due_in_days or -1) >= 0]
        return min(ahead, key=lambda item: item.step.due_in_days or 0, default=None)


@dataclass(frozen=True)
class Board:
    """A plan's milestones by unit, and all together."""

    units: Sequence[UnitTally]
    total: Tally

    def unit(self, slug: str) -> UnitTally | None:
        """The unit called so in an address."""
        return next((unit for unit in self.units if unit.slug == slug), None)


def period_at(periods: Iterable[Period], *, on: date) -> Period | None:
    """The period that takes reports `on` that day; of several the one that closes first. None where none is open."""
    taking = [one for one in periods if one.closed_at is None and one.opens_on <= on <= one.closes_on]
    return min(taking, key=lambda one: one.closes_on, default=None)


def next_period(periods: Iterable[Period], *, on: date) -> Period | None:
    """The next period to open after that day."""
    coming = [one for one in periods if one.closed_at is None and one.opens_on > on]
    return min(coming, key=lambda one: one.opens_on, default=None)


def age_of(last_on: date | None, *, on: date) -> Age:
    """Whether a report of that day is as recent as the programme expects (four months)."""
    if last_on is None:
        return "never"
    return "stale" if load_deadlines().publication.after(last_on) < on else "fresh"


@dataclass(frozen=True)
class Heard:
    """What was said about milestones, by their id; `has_period` says whether anybody is asked for reports now."""

    now: Mapping[UUID, Said]
    last_at: Mapping[UUID, datetime]
    zone: tzinfo
    has_period: bool


def board_of(overview: Overview, heard: Heard, *, on: date) -> Board:
    """`overview` by unit, in alphabetical order; milestones without a unit come last."""
    items = [item_of(step, heard, on=on) for chapter in overview.chapters for step in chapter.steps]
    by_unit: dict[str, list[Item]] = {}
    for item in items:
        by_unit.setdefault(unit_slug(item.step.unit), []).append(item)
    units = [UnitTally(found, slug, found[0].step.unit) for slug, found in by_unit.items()]
    units.sort(key=lambda unit: (unit.name is None, unit.slug))
    return Board(units, Tally(items))


def item_of(step: Step, heard: Heard, *, on: date) -> Item:
    """One milestone with what was said about it."""
    milestone = step.milestone
    is_open = not is_over(milestone.progress, milestone.set_aside)
    said = heard.now.get(milestone.id)
    instants = [at for at in (heard.last_at.get(milestone.id), milestone.reported_at) if at]
    last_on = max(instants).astimezone(heard.zone).date() if instants else None
    return Item(
        step=step,
        state=_state(said, is_asked=heard.has_period and is_open),
        note=said.note if said else None,
        last_on=last_on,
        days_ago=max(0, (on - last_on).days) if last_on else None,
        age=age_of(last_on, on=on),
        is_open=is_open,
    )


def _state(said: Said | None, *, is_asked: bool) -> State:
    if said is not None:
        return STATES[said.state]
    return "missing" if is_asked else "not_asked"
