"""How far things are, says the government: pure arithmetic over what milestones report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ogpmonitor.kit.charts import Span, Timeline, draw_timeline
from ogpmonitor.register.balance import Balance, aside_of, milestones_balance
from ogpmonitor.register.documents import CommitmentDocument, PublishedMilestone
from ogpmonitor.register.lateness import OVER, late_days


@dataclass(frozen=True, slots=True)
class Reported:
    """What is reported about some milestones on a day. The base leaves out what was set aside."""

    total: int
    completed: int
    withdrawn: int  # or set aside by an amendment
    late: int
    longest_late_days: int
    as_of: datetime | None
    files: int
    links: int
    demo: bool
    balance: Balance

    @property
    def base(self) -> int:
        """The milestones still owed or done."""
        return self.total - self.withdrawn

    @property
    def all_done(self) -> bool:
        """Whether every milestone that was not set aside is reported as completed."""
        return self.base > 0 and self.completed == self.base


def reported(milestones: Iterable[PublishedMilestone], *, on: date) -> Reported:
    """The sums over `milestones` as they stand `on` a day of the tenant's zone."""
    steps = list(milestones)
    late = [late_days(step, on=on) for step in steps]
    evidence = [one for step in steps for one in step.evidence]
    balance = milestones_balance(steps)
    return Reported(
        total=len(steps),
        completed=balance.done,
        withdrawn=balance.set_aside,
        late=sum(days > 0 for days in late),
        longest_late_days=max(late, default=0),
        as_of=max((step.reported_at for step in steps if step.reported_at), default=None),
        files=sum(one.kind == "file" for one in evidence),
        links=sum(one.kind == "link" for one in evidence),
        demo=any(step.demo or step.report_demo for step in steps),
        balance=balance,
    )


def reported_together(commitments: Iterable[CommitmentDocument], *, on: date) -> Reported:
    """The sums over every milestone of `commitments`."""
    return reported((step for commitment in commitments for step in commitment.milestones), on=on)


def overall_progress(milestones: Sequence[PublishedMilestone]) -> str | None:
    """One word for several milestones, by what they share; None where there are none."""
    states = {"withdrawn" if aside_of(step) else step.progress for step in milestones}
    if len(states) == 1:
        return states.pop()
    if not states:
        return None
    return "completed" if states <= OVER else "ongoing"


def timeline_of(milestones: Iterable[PublishedMilestone], lang: str, *, on: date) -> Timeline | None:
    """Planned against actual, each row a link to its milestone on the same page; None without any date."""
    spans = [_span(step, lang) for step in milestones]
    return (
        draw_timeline(spans, today=on) if any(span.planned_to or span.began or span.ended for span in spans) else None
    )


def _span(step: PublishedMilestone, lang: str) -> Span:
    return Span(
        label=f"{step.code} · {step.title.in_(lang)}",
        state="withdrawn" if aside_of(step) else step.progress,
        planned_from=step.starts_on.first_day if step.starts_on else None,
        planned_to=step.due_on.last_day if step.due_on else None,
        began=step.started_on,
        ended=step.completed_on if step.progress == "completed" else None,
        href=f"#{step.code}",
    )
