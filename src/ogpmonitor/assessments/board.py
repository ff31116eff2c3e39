"""The monitor's list: what can be assessed, how far each assessment is, and when it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ogpmonitor.assessments.models import Assessment, AssessmentStatus
from ogpmonitor.assessments.service import is_open
from ogpmonitor.method.forms import Form
from ogpmonitor.register.documents import CommitmentDocument
from ogpmonitor.register.duties import due, latest_forms
from ogpmonitor.register.queries import Published


@dataclass(frozen=True)
class Entry:
    """One form about one thing. `due_on` is None where no source gives the date it counts from.

    A correction is never late: what it corrects was published.
    """

    form: Form
    commitment: CommitmentDocument | None
    assessment: Assessment | None
    due_on: date | None
    late_days: int

    @property
    def state(self) -> str:
        """none, draft, comment or published."""
        return self.assessment.status if self.assessment else "none"


@dataclass(frozen=True)
class PlanBoard:
    """One published plan: first its commitments, then what is about the plan as a whole."""

    published: Published
    is_open: bool
    commitments: Sequence[Entry]
    whole: Sequence[Entry]


def boards(published: Sequence[Published], assessments: Sequence[Assessment], *, today: date) -> list[PlanBoard]:
    """The list, newest plan first. `today` is a day in the tenant's zone."""
    begun = {(one.plan, one.form, one.commitment): one for one in assessments}
    return [_board(plan, begun, today) for plan in published]


def _board(published: Published, begun: Mapping[tuple[str, str, str | None], Assessment], today: date) -> PlanBoard:
    plan, forms = published.edition.plan, latest_forms()

    def entry(form: Form, commitment: CommitmentDocument | None) -> Entry:
        assessment = begun.get((plan, form.code, commitment.code if commitment else None))
        due_on = due(form, published.plan, commitment)
        owed = assessment is None or not (assessment.corrects_id or assessment.status == AssessmentStatus.PUBLISHED)
        late = (today - due_on).days if due_on and owed else 0
        return Entry(form, commitment, assessment, due_on, max(late, 0))

    return PlanBoard(
        published,
        is_open(published),
        [entry(form, one) for one in published.commitments for form in forms if form.about == "commitment"],
        [entry(form, None) for form in forms if form.about == "plan"],
    )
