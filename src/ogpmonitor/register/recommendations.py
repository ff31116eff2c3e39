"""Recommendations of the monitor with what the government answers and what became of them, all of one edition."""

from collections.abc import Sequence
from dataclasses import dataclass

from ogpmonitor.kit.localized import Localized
from ogpmonitor.register.assessment_documents import AssessmentDocument, FollowUp, Recommendation
from ogpmonitor.register.documents import PlanDocument, RecommendationAnswer
from ogpmonitor.register.exchanges import written
from ogpmonitor.register.queries import Told


@dataclass(frozen=True, slots=True)
class ToldFollowUp:
    """What a later assessment found about a recommendation."""

    follow_up: FollowUp
    text: Localized  # as it was recommended
    words: Localized | None
    found_in: AssessmentDocument
    answer: RecommendationAnswer | None


@dataclass(frozen=True, slots=True)
class ToldRecommendation:
    """A recommendation. `answer` is None until the government answers, `follow_up` until a later assessment looks."""

    recommendation: Recommendation
    text: Localized
    addressee: Localized
    made_in: AssessmentDocument
    answer: RecommendationAnswer | None
    follow_up: ToldFollowUp | None

    @property
    def is_open(self) -> bool:
        """Whether no assessment has found it followed."""
        return self.follow_up is None or self.follow_up.follow_up.state != "followed"


def recommendations_in(told: Told, *, made_in: AssessmentDocument | None = None) -> list[ToldRecommendation]:
    """Every recommendation of an edition, or of one of its assessments, in the order they were made."""
    found = [made_in] if made_in else told.assessments
    return [
        ToldRecommendation(
            one,
            written(one.text, document.language),
            written(one.addressee, document.language),
            document,
            answer_to(told.plan, one.id),
            _latest(told, one.id),
        )
        for document in found
        for one in document.recommendations
    ]


def follow_ups_of(told: Told, document: AssessmentDocument) -> Sequence[ToldFollowUp]:
    """What `document` found about recommendations that were made before it."""
    return [_told_follow_up(told, document, one) for one in document.follow_ups]


def answer_to(plan: PlanDocument, recommendation: str) -> RecommendationAnswer | None:
    """The government's newest answer, or None: it has not answered yet."""
    return next((one for one in reversed(plan.recommendation_answers) if one.recommendation == recommendation), None)


def _latest(told: Told, recommendation: str) -> ToldFollowUp | None:
    for document in sorted(told.assessments, key=lambda one: one.published_at, reverse=True):
        for one in document.follow_ups:
            if one.recommendation == recommendation:
                return _told_follow_up(told, document, one)
    return None


def _told_follow_up(told: Told, document: AssessmentDocument, one: FollowUp) -> ToldFollowUp:
    words = written(one.words, document.language) if one.words.strip() else None
    answer = answer_to(told.plan, one.recommendation)
    return ToldFollowUp(one, written(one.text, document.language), words, document, answer)
