"""The workbench's first page: what is due or late, where each milestone stands, and what is not published yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.models import Commitment, Milestone, Plan, Progress
from ogpmonitor.plans.service import late_days
from ogpmonitor.register.balance import Balance, Counted, balance_of
from ogpmonitor.register.lateness import is_over

SOON_DAYS = 90


@dataclass(frozen=True)
class Step:
    """One milestone as the workbench lists it. `may_report` says whether this reader may report on it."""

    milestone: Milestone
    commitment: str
    title: Localized
    unit: Localized | None
    late_days: int
    due_in_days: int | None
    may_report: bool

    @property
    def is_urgent(self) -> bool:
        """Late, or due soon and still open."""
        is_open = not is_over(self.milestone.progress, self.milestone.set_aside)
        return is_open and self.due_in_days is not None and self.due_in_days <= SOON_DAYS


@dataclass(frozen=True)
class Chapter:
    """One commitment with its steps."""

    code: str
    title: Localized
    demo: bool
    steps: Sequence[Step]

    @property
    def balance(self) -> Balance:
        """Its milestones completed, against the current plan and the original one."""
        return _balance(self.steps)


@dataclass(frozen=True)
class Overview:
    """One plan at work. `urgent` is late or due soon: first what this reader may report, the longest late first."""

    plan: Plan
    title: Localized
    chapters: Sequence[Chapter]
    urgent: Sequence[Step]

    @property
    def steps(self) -> int:
        """How many milestones the plan has."""
        return sum(len(chapter.steps) for chapter in self.chapters)

    @property
    def balance(self) -> Balance:
        """All its milestones completed, against the current plan and the original one."""
        return _balance([step for chapter in self.chapters for step in chapter.steps])

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(step.late_days > 0 for chapter in self.chapters for step in chapter.steps)


def _balance(steps: Sequence[Step]) -> Balance:
    """A milestone reported as withdrawn counts as set aside."""
    milestones = [(step.milestone, step.milestone.progress) for step in steps]
    return balance_of(
        (
            Counted(one.added, one.set_aside or ("withdrawn" if progress == Progress.WITHDRAWN else None)),
            progress == Progress.COMPLETED,
        )
        for one, progress in milestones
    )


def overview_of(plan: Plan, *, on: date, by: Actor) -> Overview:
    """`plan` (loaded whole) as `by` sees it on the day `on` of the tenant's time zone.

    A contact finds the commitments of its own unit first; everyone else finds them in the plan's order.
    """
    chapters = [_chapter(commitment, on=on, by=by) for commitment in plan.commitments]
    urgent = [step for chapter in chapters for step in chapter.steps if step.is_urgent]
    if by.role == Role.CONTACT:
        chapters.sort(key=lambda chapter: not any(step.may_report for step in chapter.steps))
    urgent.sort(key=lambda step: (not step.may_report, step.due_in_days))
    return Overview(plan, Localized.model_validate(plan.title), chapters, urgent)


def _chapter(commitment: Commitment, *, on: date, by: Actor) -> Chapter:
    steps = [step_of(milestone, commitment.code, on=on, by=by) for milestone in commitment.milestones]
    return Chapter(commitment.code, Localized.model_validate(commitment.title), commitment.demo, steps)


def step_of(milestone: Milestone, commitment: str, *, on: date, by: Actor) -> Step:
    """`milestone` of the commitment with that code, as `by` sees it on the day `on`."""
    due = PartialDate.parse(milestone.due_on).last_day if milestone.due_on else None
    return Step(
        milestone=milestone,
        commitment=commitment,
        title=Localized.model_validate(milestone.title),
        unit=Localized.model_validate(milestone.responsible_unit) if milestone.responsible_unit else None,
        late_days=late_days(milestone, on=on),
        due_in_days=(due - on).days if due else None,
        may_report=permits(by, Permission.MILESTONE_REPORT, milestone),
    )
