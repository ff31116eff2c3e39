"""Which assessments a monitoring body owes of a plan, until when, and how late each came: from documents alone.

Every day here is a day in the jurisdiction's zone.
"""

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Literal

from ogpmonitor.method.deadlines import Deadline, load_deadlines
from ogpmonitor.method.forms import Form, load_method
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import CommitmentDocument, PlanDocument
from ogpmonitor.register.lateness import carried_out_on
from ogpmonitor.register.parts import Source
from ogpmonitor.register.queries import Told

DutyState = Literal["late", "not_due", "no_date", "elsewhere", "in_time", "came_late", "published"]
# How addresses of OGP's own pages begin that hold an assessment given before, or beside, this register.
ELSEWHERE = {"inception": "/documents/inception-report-", "end-of-commitment": "/documents/end-of-commitment-report-"}


@dataclass(frozen=True, slots=True)
class Duty:
    """One form about one thing; without a commitment it is about the plan. `assessment` is what was published on it.

    `due_on` is None where no source gives the day it follows from. `published_on` is the day of the first version: a
    correction does not make an assessment late. `elsewhere` is a source that names an assessment published outside this
    register, on a day nobody here knows. `late_days` are those it is still owed, or that it came late.
    """

    form: Form
    commitment: CommitmentDocument | None
    assessment: AssessmentDocument | None
    elsewhere: Source | None
    due_on: date | None
    published_on: date | None
    late_days: int

    @property
    def state(self) -> DutyState:
        """`published` is what was published, and no date says whether in time."""
        if self.published_on is not None:
            return "published" if self.due_on is None else "came_late" if self.late_days else "in_time"
        if self.elsewhere is not None:
            return "elsewhere"
        return "no_date" if self.due_on is None else "late" if self.late_days else "not_due"


def duties(told: Told, today: date, zone: tzinfo) -> list[Duty]:
    """What is owed of a submitted plan: first of the plan, then of its commitments in their order.

    Nothing is owed of a plan that is being co-created, nor on a form for which no source sets a deadline. Of a plan
    whose submission to OGP no source gives, nothing can be late: the deadlines are OGP's, for plans it was given.
    """
    if not told.plan.is_submitted:
        return []
    owed = [form for form in latest_forms() if form.deadline]
    asked: list[tuple[Form, CommitmentDocument | None]] = [(form, None) for form in owed if form.about == "plan"]
    asked += [(form, one) for one in told.commitments for form in owed if form.about == "commitment"]
    return [_duty(told, form, one, today, zone) for form, one in asked]


def _duty(told: Told, form: Form, commitment: CommitmentDocument | None, today: date, zone: tzinfo) -> Duty:
    about = (form.code, commitment.code if commitment else None)
    assessment = next((one for one in told.assessments if (one.form, one.commitment) == about), None)
    elsewhere = _elsewhere(told, form, commitment)
    due_on = due(form, told.plan, commitment) if told.plan.submitted_on else None
    published_on = first_published_on(assessment, zone) if assessment else None
    until = published_on or (None if elsewhere else today)
    late = (until - due_on).days if until and due_on else 0
    return Duty(form, commitment, assessment, elsewhere, due_on, published_on, max(late, 0))


def _elsewhere(told: Told, form: Form, commitment: CommitmentDocument | None) -> Source | None:
    """The source that names such an assessment on OGP's own pages: of the commitment, or of the whole plan."""
    begins = ELSEWHERE.get(form.code)
    if commitment is None:
        named = [*told.plan.sources, *(source for one in told.commitments for source in one.sources)]
        summarised = [one.inception.source for one in told.commitments if one.inception and form.code == "inception"]
    else:
        named, summarised = [*commitment.sources], []
    found = [source for source in named if begins and source.url and begins in source.url]
    return next(iter([*found, *summarised]), None)


def first_published_on(assessment: AssessmentDocument, zone: tzinfo) -> date:
    """The day its first version was published, whatever was corrected since."""
    corrects = assessment.corrects
    if corrects is None:
        return assessment.published_at.astimezone(zone).date()
    return corrects.first_published_on or corrects.published_on


def latest_forms() -> list[Form]:
    """The newest version of every form, in the order they are due in."""
    method = load_method()
    found = [method.form(code) for code in sorted({code for code, _ in method.forms})]
    return sorted(found, key=lambda form: (form.deadline is None, form.code != "inception"))


def due(form: Form, plan: PlanDocument, commitment: CommitmentDocument | None) -> date | None:
    """The last day on which an assessment on `form` is in time; None where the dates it follows from are unknown."""
    deadline: Deadline | None = getattr(load_deadlines(), form.deadline) if form.deadline else None
    if deadline is None:
        return None
    if commitment is None:
        return deadline.after(plan.submitted_on.last_day) if plan.submitted_on else None
    ended = implemented_on(plan, commitment)
    return deadline.after(ended) if ended else None


def implemented_on(plan: PlanDocument, commitment: CommitmentDocument) -> date | None:
    """The day its last milestone was completed; while one is not, the day it was planned to end."""
    planned = commitment.ends_on or plan.ends_on
    return carried_out_on(commitment) or (planned.last_day if planned else None)
