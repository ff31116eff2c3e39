"""The figures of an end-of-term report: counted from one edition, on the day it was published, each with its base."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from itertools import pairwise

from ogpmonitor.method.deadlines import Deadlines
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.balance import milestones_balance
from ogpmonitor.register.documents import CommitmentDocument, PlanDocument, PublishedMilestone
from ogpmonitor.register.lateness import carried_out_on, days_over, is_over


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `base`. `left_out` are the cases outside the base, because nothing can be said of them."""

    part: int
    base: int
    left_out: int = 0
    original: "Share | None" = None  # the same of the plan as it was submitted, where that can differ


@dataclass(frozen=True, slots=True)
class Indicators:
    """What an end-of-term report counts. Codes of ratings are those of the scale `completion`."""

    completed: Share  # milestones reported completed; what was set aside is left out
    late: Share  # milestones still open after their date, of those open; without a date they are left out
    on_time: Share  # completed by their date, of those completed; without both dates they are left out
    evidenced: Share  # milestones with evidence
    evidence: int
    assessed: Share  # commitments with a published rating of completion
    ratings: tuple[tuple[str, int], ...]  # how many commitments got each code
    high: Share  # rated substantial or complete, of those rated
    opened: Share  # rated major or outstanding in at least one value, of those rated
    assessed_in_time: Share  # end-of-commitment assessments by their date; without an end date they are left out
    gaps: Share  # intervals between reports that were longer than the method expects


def completion_of(assessments: Iterable[AssessmentDocument], commitment: str) -> AssessmentDocument | None:
    """The assessment that rates the completion of `commitment`, the newest if there were several."""
    rated = [a for a in assessments if a.commitment == commitment and a.rating("completion")]
    return max(rated, key=lambda assessment: assessment.published_at, default=None)


def count(
    plan: PlanDocument,
    commitments: Sequence[CommitmentDocument],
    assessments: Sequence[AssessmentDocument],
    *,
    on: date,
    deadlines: Deadlines,
    high: tuple[frozenset[str], frozenset[str]],
    zone: tzinfo = UTC,
) -> Indicators:
    """Every figure as it stood `on` that day; `high` are the codes of strong completion and of strong opening.

    Instants count for the day they fell on in `zone`, where the jurisdiction lies.
    """
    milestones = [milestone for commitment in commitments for milestone in commitment.milestones]
    ratings = [(c, completion_of(assessments, c.code)) for c in commitments]
    rated = [assessment for _, assessment in ratings if assessment]
    codes = [str(assessment.rating("completion")) for assessment in rated]
    opened = [a for a in rated if any(r.measures == "diog" and r.code in high[1] for r in a.ratings)]
    unrated = len(commitments) - len(rated)
    return Indicators(
        completed=_completed(milestones),
        late=_late(milestones, on),
        on_time=_on_time(milestones),
        evidenced=Share(sum(bool(m.evidence) for m in milestones), len(milestones)),
        evidence=sum(len(m.evidence) for m in milestones),
        assessed=Share(len(rated), len(commitments)),
        ratings=tuple((code, codes.count(code)) for code in dict.fromkeys(codes)),
        high=Share(sum(code in high[0] for code in codes), len(rated), unrated),
        opened=Share(len(opened), len(rated), unrated),
        assessed_in_time=_in_time(ratings, deadlines, on, zone),
        gaps=_gaps(plan, milestones, deadlines, on, zone),
    )


def _completed(milestones: Sequence[PublishedMilestone]) -> Share:
    balance = milestones_balance(milestones)
    return Share(balance.done, balance.base, balance.set_aside, Share(balance.original_done, balance.original))


def _late(milestones: Sequence[PublishedMilestone], on: date) -> Share:
    still_open = [m for m in milestones if not is_over(m.progress, m.set_aside)]
    dated = [m for m in still_open if m.due_on]
    return Share(sum(days_over(m, on=on) > 0 for m in dated), len(dated), len(still_open) - len(dated))


def _on_time(milestones: Sequence[PublishedMilestone]) -> Share:
    completed = [m for m in milestones if m.progress == "completed" and m.set_aside is None]
    dated = [m for m in completed if m.due_on and m.completed_on]
    return Share(sum(days_over(m, on=date.max) == 0 for m in dated), len(dated), len(completed) - len(dated))


def ended_on(commitment: CommitmentDocument) -> date | None:
    """The day its last milestone was completed or, while one is open, its planned end; None where neither is known."""
    return carried_out_on(commitment) or (commitment.ends_on.last_day if commitment.ends_on else None)


def _in_time(
    ratings: Sequence[tuple[CommitmentDocument, AssessmentDocument | None]],
    deadlines: Deadlines,
    on: date,
    zone: tzinfo,
) -> Share:
    due = [(deadlines.end_of_commitment.after(end), a) for c, a in ratings if (end := ended_on(c))]
    passed = [(day, assessment) for day, assessment in due if day < on or assessment]
    in_time = sum(a is not None and a.published_at.astimezone(zone).date() <= day for day, a in passed)
    return Share(in_time, len(passed), len(ratings) - len(passed))


def _gaps(
    plan: PlanDocument, milestones: Sequence[PublishedMilestone], deadlines: Deadlines, on: date, zone: tzinfo
) -> Share:
    """Over the days on which reports were made, from submission to the plan's end or `on`, whichever came first.

    An edition knows the latest report of each milestone only, so this can count too many gaps, never too few.
    """
    if plan.submitted_on is None:
        return Share(0, 0)
    start = plan.submitted_on.last_day
    end = min(on, plan.ends_on.last_day) if plan.ends_on else on
    days = sorted({m.reported_at.astimezone(zone).date() for m in milestones if m.reported_at})
    stops = [start, *(day for day in days if start < day < end), end]
    pairs = list(pairwise(stops)) if start < end else []
    return Share(sum(after > deadlines.publication.after(before) for before, after in pairs), len(pairs))
