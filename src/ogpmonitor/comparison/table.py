"""The comparison itself: rows, their order and their sum. Values in, values out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Literal

from ogpmonitor.comparison.queries import PlanInNumbers
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.deadlines import Deadline
from ogpmonitor.register.facts import plain

Order = Literal["ascending", "descending"]
Key = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Who is compared, and what day it is there."""

    slug: str
    name: Localized
    is_member: bool
    status: Localized
    zone: tzinfo
    today: date


@dataclass(frozen=True, slots=True)
class Row:
    """One jurisdiction. `plan` is None where nothing has been published."""

    who: Jurisdiction
    plan: PlanInNumbers | None
    reported_on: date | None
    months_since: int | None
    is_stale: bool

    @property
    def base(self) -> int | None:
        """Milestones that count: those not withdrawn."""
        return self.plan.milestones - self.plan.withdrawn if self.plan else None

    @property
    def not_assessed(self) -> int | None:
        """Commitments without a published rating of completion."""
        return self.plan.commitments - self.plan.assessed if self.plan else None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of what can be added up, and how many rows it covers."""

    rows: int
    published: int
    commitments: int
    milestones: int
    base: int
    completed: int
    withdrawn: int
    late: int
    undated: int
    ratings: Mapping[str, int]
    assessed: int
    stale: int


def row_of(who: Jurisdiction, plan: PlanInNumbers | None, expected: Deadline) -> Row:
    """The row of one jurisdiction. Public information is stale when nothing was reported for longer than `expected`.

    The expectation lasts as long as the plan: of one that has ended it is asked on its last day.
    """
    if plan is None or plan.reported_at is None:
        return Row(who, plan, None, None, is_stale=False)
    reported = plan.reported_at.astimezone(who.zone).date()
    asked_on = min(who.today, plan.ends_on) if plan.ends_on else who.today
    return Row(who, plan, reported, months_between(reported, who.today), is_stale=expected.after(reported) < asked_on)


def months_between(earlier: date, later: date) -> int:
    """Whole months from `earlier` to `later`; 0 when it is not earlier."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    return max(0, months)


SORTS: Mapping[str, Callable[[Row, str], Key]] = {
    "name": lambda row, lang: plain(row.who.name.in_(lang)),
    "member": lambda row, _: int(row.who.is_member),
    "period": lambda row, _: row.plan.ends_on if row.plan else None,
    "commitments": lambda row, _: row.plan.commitments if row.plan else None,
    "completed": lambda row, _: row.plan.completed / row.base if row.plan and row.base else None,
    "late": lambda row, _: row.plan.late if row.plan and row.plan.milestones else None,
    "rated": lambda row, _: _high(row),
    "updated": lambda row, _: row.reported_on,
}
HIGH = ("substantial", "complete")


def _high(row: Row) -> float | None:
    """The share of those assessed that were carried out to a high degree."""
    if row.plan is None or not row.plan.assessed:
        return None
    return sum(row.plan.ratings.get(code, 0) for code in HIGH) / row.plan.assessed


def sorted_rows(rows: Iterable[Row], sort: str, order: Order, lang: str) -> list[Row]:
    """By `sort`, rows of which it cannot be said always last, and by name among equals."""
    by_name = sorted(rows, key=lambda row: plain(row.who.name.in_(lang)))
    keyed = [(SORTS[sort](row, lang), row) for row in by_name]
    known = sorted(
        ((key, row) for key, row in keyed if key is not None),
        key=lambda pair: pair[0],
        reverse=order == "descending",
    )
    return [row for _, row in known] + [row for key, row in keyed if key is None]


def total_of(rows: Sequence[Row]) -> Total:
    """The sum over `rows`."""
    plans = [row.plan for row in rows if row.plan]
    ratings: dict[str, int] = {}
    for plan in plans:
        for code, number in plan.ratings.items():
            ratings[code] = ratings.get(code, 0) + number
    return Total(
        rows=len(rows),
        published=len(plans),
        commitments=sum(plan.commitments for plan in plans),
        milestones=sum(plan.milestones for plan in plans),
        base=sum(plan.milestones - plan.withdrawn for plan in plans),
        completed=sum(plan.completed for plan in plans),
        withdrawn=sum(plan.withdrawn for plan in plans),
        late=sum(plan.late for plan in plans),
        undated=sum(plan.undated for plan in plans),
        ratings=ratings,
        assessed=sum(ratings.values()),
        stale=sum(row.is_stale for row in rows),
    )
