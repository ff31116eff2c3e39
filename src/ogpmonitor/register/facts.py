"""What an edition says, in columns: derived from its documents alone, so that anyone can derive them again."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import CommitmentDocument, Document, PlanDocument
from ogpmonitor.register.models import CommitmentFact, Edition, MilestoneFact, PlanFact

DEGREES = ("worsened", "did_not_change", "marginal", "major", "outstanding")  # in rising order


@dataclass(frozen=True)
class Facts:
    """The rows of one edition."""

    plan: PlanFact
    commitments: Sequence[CommitmentFact]
    milestones: Sequence[MilestoneFact]

    @property
    def rows(self) -> list[Any]:
        """Every row."""
        return [self.plan, *self.commitments, *self.milestones]


def searchable(*texts: Localized | str | None) -> str:
    """`texts` in every language, lower case and without accents: what a search is matched against."""
    return plain(" ".join(word for text in texts if text for word in _in_every_language(text)))


def _in_every_language(text: Localized | str) -> Sequence[str]:
    """By language code, so that the same text always reads the same."""
    return [text] if isinstance(text, str) else [said for _, said in sorted(text.texts.items())]


def plain(text: str) -> str:
    """Lower case without accents: "Peñalolén" and "penalolen" are the same word to somebody searching."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def facts_of(edition: Edition, documents: Iterable[Document]) -> Facts:
    """The facts of `edition`, whose documents these are."""
    found = list(documents)
    plan = next(document for document in found if isinstance(document, PlanDocument))
    commitments = [document for document in found if isinstance(document, CommitmentDocument)]
    ratings = {d.commitment: d for d in found if isinstance(d, AssessmentDocument) and d.rating("completion")}
    milestones = [fact for document in commitments for fact in _milestone_facts(edition, document)]
    return Facts(
        plan=_plan_fact(edition, plan, milestones),
        commitments=[
            _commitment_fact(edition, document, position, ratings.get(document.code))
            for position, document in enumerate(commitments)
        ],
        milestones=milestones,
    )


def _plan_fact(edition: Edition, plan: PlanDocument, milestones: Sequence[MilestoneFact]) -> PlanFact:
    return PlanFact(
        jurisdiction=edition.jurisdiction,
        plan=edition.plan,
        edition_sha256=edition.sha256,
        edition_number=edition.number,
        editions_published_at=edition.published_at,
        reported_at=max((fact.reported_at for fact in milestones if fact.reported_at), default=None),
        status=plan.status,
        title_en=plan.title.in_("en"),
        title_es=plan.title.in_("es"),
        starts_on=plan.starts_on.first_day if plan.starts_on else None,
        ends_on=_last_day(plan.ends_on),
        search=searchable(plan.jurisdiction.name, plan.title, plan.foreword),
        demo=plan.demo,
    )


def _commitment_fact(
    edition: Edition, commitment: CommitmentDocument, position: int, rating: AssessmentDocument | None
) -> CommitmentFact:
    return CommitmentFact(
        jurisdiction=edition.jurisdiction,
        plan=edition.plan,
        code=commitment.code,
        position=position,
        title_en=commitment.title.in_("en"),
        title_es=commitment.title.in_("es"),
        declared_status=commitment.declared_status.status if commitment.declared_status else None,
        fulfilled=commitment.measure.is_fulfilled if commitment.measure else None,
        added=commitment.added,
        set_aside=commitment.set_aside,
        completion=rating.rating("completion") if rating else None,
        best_degree=best_degree(rating) if rating else None,
        assessed_at=rating.published_at if rating else None,
        search=searchable(
            commitment.code,
            commitment.title,
            commitment.summary,
            commitment.problem,
            commitment.axis,
            commitment.action,
        ),
        demo=commitment.demo,
        rating_demo=rating.demo if rating else False,
    )


def best_degree(rating: AssessmentDocument) -> str | None:
    """The highest degree of opening among the values assessed; None where none applied."""
    given = [given.code for given in rating.ratings if given.measures == "diog" and given.code in DEGREES]
    return max(given, key=DEGREES.index, default=None)


def _milestone_facts(edition: Edition, commitment: CommitmentDocument) -> list[MilestoneFact]:
    return [
        MilestoneFact(
            jurisdiction=edition.jurisdiction,
            plan=edition.plan,
            commitment=commitment.code,
            code=milestone.code,
            progress=milestone.progress,
            added=milestone.added or commitment.added,
            set_aside=milestone.set_aside or commitment.set_aside,
            due_on=_last_day(milestone.due_on),
            completed_on=milestone.completed_on,
            reported_at=milestone.reported_at,
            demo=milestone.demo or milestone.report_demo,
        )
        for milestone in commitment.milestones
    ]


def _last_day(day: PartialDate | None) -> Any:
    return day.last_day if day else None
