"""When a milestone is late, and by how much: pure arithmetic, the same for every room.

A due date known to the month or the year is over after its last day. Every `on` is a day in the jurisdiction's zone.
"""

from datetime import date

from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.documents import CommitmentDocument, PublishedMilestone

OVER = frozenset({"completed", "withdrawn"})


def is_over(progress: str, set_aside: str | None = None) -> bool:
    """Whether nothing is owed any more: completed, withdrawn, or set aside by an amendment."""
    return progress in OVER or set_aside is not None


def days_late(due_on: PartialDate | None, progress: str, *, on: date, set_aside: str | None = None) -> int:
    """Days since `due_on`, while something is owed; 0 on the very day, or without one."""
    if due_on is None or is_over(progress, set_aside):
        return 0
    return max(0, (on - due_on.last_day).days)


def late_days(milestone: PublishedMilestone, *, on: date) -> int:
    """Days since it was due, while something is owed; 0 when it is not late or has no date."""
    return days_late(milestone.due_on, milestone.progress, on=on, set_aside=milestone.set_aside)


def delay_days(milestone: PublishedMilestone) -> int:
    """Days between the day it was due and the day it was completed; 0 when in time, not completed or without dates."""
    if milestone.due_on is None or milestone.completed_on is None or milestone.progress != "completed":
        return 0
    return max(0, (milestone.completed_on - milestone.due_on.last_day).days)


def days_over(milestone: PublishedMilestone, *, on: date) -> int:
    """Days from the day it was due to the day it was completed, or `on` while it is open; 0 in time or set aside."""
    return late_days(milestone, on=on) or delay_days(milestone)


def carried_out_on(commitment: CommitmentDocument) -> date | None:
    """The day its last milestone was completed; None while one is open, or where none was completed."""
    days = [milestone.completed_on for milestone in commitment.milestones if milestone.completed_on]
    all_over = all(is_over(milestone.progress, milestone.set_aside) for milestone in commitment.milestones)
    return max(days) if days and all_over else None
