"""One line for each commitment of a plan: what is reported, what is rated, where the two differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ogpmonitor.portal.standing import Reported, overall_progress, reported
from ogpmonitor.portal.verdicts import Difference, Verdict, difference, verdicts_of
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import CommitmentDocument
from ogpmonitor.register.queries import Told


@dataclass(frozen=True, slots=True)
class Summary:
    """A commitment at a glance. `verdicts` is empty where no assessment was published; `published` says when it was."""

    commitment: CommitmentDocument
    progress: str | None
    seen: Reported
    rating: AssessmentDocument | None
    verdicts: Sequence[Verdict]
    difference: Difference | None

    @property
    def completion(self) -> Verdict | None:
        """How much was done, as rated."""
        return next((verdict for verdict in self.verdicts if verdict.measures == "completion"), None)

    @property
    def openness(self) -> Sequence[Verdict]:
        """Whether it opened government, for each value that was rated."""
        return [verdict for verdict in self.verdicts if verdict.measures == "diog"]


def summary_of(published: Told, commitment: CommitmentDocument, *, on: date) -> Summary:
    """How `commitment` stands `on` a day of the jurisdiction's zone."""
    seen = reported(commitment.milestones, on=on)
    rating = next((one for one in published.assessments_of(commitment.code) if one.rating("completion")), None)
    declared = commitment.declared_status.status if commitment.declared_status else None
    return Summary(
        commitment,
        overall_progress(commitment.milestones),
        seen,
        rating,
        verdicts_of(rating) if rating else [],
        difference(seen, declared, rating.rating("completion") if rating else None),
    )


def summaries(published: Told, *, on: date) -> list[Summary]:
    """Every commitment, in the plan's order."""
    return [summary_of(published, commitment, on=on) for commitment in published.commitments]
