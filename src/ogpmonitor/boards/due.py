"""What waits for the person who is signed in: pure, by role. Every `on` is a day in the tenant's time zone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ogpmonitor.boards.board import Board, Item, State
from ogpmonitor.periods.models import MilestoneReport, Period, ReportState

CLOSING_DAYS = 14


@dataclass(frozen=True)
class Pending:
    """A report that waits: for the coordinator to accept it, or for its unit to correct it."""

    item: Item
    report: MilestoneReport
    period: Period | None


@dataclass(frozen=True)
class Due:
    """What is due. `to_report` and `returned` hold only what this person may report on, unless it coordinates."""

    to_review: Sequence[Pending]
    returned: Sequence[Pending]
    to_report: Sequence[Item]
    late: Sequence[Item]
    closing: Sequence[tuple[Period, int]]  # with the days that are left

    @property
    def count(self) -> int:
        """How many things wait."""
        return len(self.to_review) + len(self.returned) + len(self.to_report) + len(self.late)


def coordinator_due(board: Board, pending: Iterable[MilestoneReport], periods: Sequence[Period], *, on: date) -> Due:
    """What waits for the coordination: reports to accept, reports to chase, periods that close soon."""
    found = _pending(board, pending, periods)
    return Due(
        to_review=[one for one in found if one.report.state == ReportState.SUBMITTED],
        returned=[one for one in found if one.report.state == ReportState.RETURNED],
        to_report=[],
        late=late_items(board.total.items, silent=True),
        closing=closing(periods, on=on),
    )


def contact_due(board: Board, pending: Iterable[MilestoneReport], periods: Sequence[Period], *, on: date) -> Due:
    """What waits for a unit's contact: its own milestones to correct, to report now, or late."""
    own = [item for item in board.total.items if item.step.may_report]
    returned = [
        one
        for one in _pending(board, pending, periods)
        if one.report.state == ReportState.RETURNED and one.item.step.may_report
    ]
    to_report = sorted((item for item in own if item.state == "missing"), key=_longest_late_first)
    named = {id(item) for item in to_report} | {id(one.item) for one in returned}
    late = [item for item in late_items(own, silent=True) if id(item) not in named]
    return Due([], returned, to_report, late, closing(periods, on=on))


def viewer_due(board: Board) -> Due:
    """What somebody who only reads should know: what is late."""
    return Due([], [], [], late_items(board.total.items), [])


def late_items(items: Iterable[Item], *, silent: bool = False) -> list[Item]:
    """The late ones, the longest late first; `silent` leaves out those with a report that is accepted or waits."""
    heard: tuple[State, ...] = ("reported", "waiting", "returned") if silent else ()
    return sorted((one for one in items if one.is_late and one.state not in heard), key=_longest_late_first)


def closing(periods: Iterable[Period], *, on: date) -> list[tuple[Period, int]]:
    """The open periods that close within `CLOSING_DAYS` or are past their last day, with the days left (or below 0)."""
    left = [(one, (one.closes_on - on).days) for one in periods if one.closed_at is None and one.opens_on <= on]
    return [(one, days) for one, days in left if days <= CLOSING_DAYS]


def _longest_late_first(item: Item) -> tuple[int, str, int]:
    return -item.step.late_days, item.step.commitment, item.step.milestone.position


def _pending(board: Board, reports: Iterable[MilestoneReport], periods: Sequence[Period]) -> list[Pending]:
    items: Mapping[UUID, Item] = {item.step.milestone.id: item for item in board.total.items}
    by_id = {period.id: period for period in periods}
    return [
        Pending(items[one.milestone_id], one, by_id.get(one.period_id) if one.period_id else None) for one in reports
    ]
