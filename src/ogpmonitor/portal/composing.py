"""What the pages of a plan, of a commitment and of an assessment show: made alike of an edition and of a draft."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, tzinfo
from typing import Any

from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.method.vocabularies import load_policy_areas, load_values
from ogpmonitor.portal.drift import amendments_in
from ogpmonitor.portal.evidence import EvidenceItem, evidence_items
from ogpmonitor.portal.reading import Surroundings, answered_sections, argued_sections
from ogpmonitor.portal.standing import reported_together, timeline_of
from ogpmonitor.portal.summaries import summaries, summary_of
from ogpmonitor.portal.verdicts import rated_together, verdicts_of
from ogpmonitor.register import field_labels
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.balance import commitments_balance
from ogpmonitor.register.documents import CommitmentDocument
from ogpmonitor.register.duties import Duty, duties
from ogpmonitor.register.exchanges import ToldClarification, around, form_of, told_clarifications
from ogpmonitor.register.independence import independence_of
from ogpmonitor.register.lateness import delay_days, late_days
from ogpmonitor.register.parts import PublishedEvidence
from ogpmonitor.register.queries import Told
from ogpmonitor.register.recommendations import follow_ups_of, recommendations_in

# Questions about who leads, how many groups and meetings, and who monitors.
PARTICIPATION = ("EC01", "EC06", "EC07", "EC09")
ItemsOf = Callable[[Iterable[PublishedEvidence], str], Sequence[EvidenceItem]]


def plan_page(told: Told, *, on: date, zone: tzinfo, items_of: ItemsOf = evidence_items) -> dict[str, Any]:
    """What `portal/plan.html` shows of a plan `on` a day of the jurisdiction's zone; `items_of` as for a commitment."""
    questions = load_questionnaire().questions
    recommended = recommendations_in(told)
    return {
        "published": told,
        "seen": reported_together(told.commitments, on=on),
        "rated": rated_together(told.assessments, len(told.commitments)),
        "rows": summaries(told, on=on),
        "sections": answered_sections(told.plan),
        "whole": [(one, form_of(one)) for one in told.assessments if one.commitment is None],
        "participation": any(key in told.plan.answers for key in PARTICIPATION),
        "missing": _missing(told.plan.missing),
        "unanswered": sum(name in questions for name in told.plan.missing),
        "questions": len(questions),
        "status_labels": field_labels.STATUS_LABELS,
        "amendments": amendments_in(told),
        "fulfilled": commitments_balance(told.commitments),
        "documents": items_of(told.plan.evidence, told.plan.jurisdiction.slug),
        "duties": duties(told, on, zone),
        "deadlines": load_deadlines(),
        "recommended": [one for one in recommended if one.is_open],
        "followed": sum(not one.is_open for one in recommended),
    }


def commitment_page(
    told: Told,
    commitment: CommitmentDocument,
    jurisdiction: str,
    lang: str,
    *,
    on: date,
    zone: tzinfo,
    items_of: ItemsOf = evidence_items,
) -> dict[str, Any]:
    """What `portal/commitment.html` shows; `items_of` says where each piece of evidence is read."""
    return {
        "published": told,
        "summary": summary_of(told, commitment, on=on),
        "steps": [
            (step, late_days(step, on=on), delay_days(step), items_of(step.evidence, jurisdiction))
            for step in commitment.milestones
        ],
        "asked_about": {step.code: _asked_about(told, commitment.code, step.code) for step in commitment.milestones},
        "own_evidence": items_of(commitment.evidence, jurisdiction),
        "timeline": timeline_of(commitment.milestones, lang, on=on),
        "assessments": [assessment_shown(told, one, jurisdiction) for one in told.assessments_of(commitment.code)],
        "sha256": told.sha256_of("commitment", commitment.code),
        "missing": _missing(commitment.missing),
        "duty": _duty_about(told, commitment, on, zone),
        "values": load_values(),
        "areas": load_policy_areas(),
        "labels": field_labels,
    }


def assessment_shown(told: Told, one: AssessmentDocument, jurisdiction: str) -> dict[str, Any]:
    """An assessment as the templates show it."""
    steps = [step for commitment in told.commitments for step in commitment.milestones]
    surroundings = Surroundings(
        jurisdiction,
        [commitment.code for commitment in told.commitments],
        frozenset(evidence.sha256 for step in steps for evidence in step.evidence if evidence.restricted),
    )
    return {
        "document": one,
        "form": form_of(one),
        "verdicts": verdicts_of(one),
        "sections": argued_sections(one, surroundings),
        "around": around(one),
        "independence": independence_of(one),
        "recommendations": recommendations_in(told, made_in=one),
        "follow_ups": follow_ups_of(told, one),
        "sha256": told.sha256_of("assessment", one.code),
    }


def _duty_about(told: Told, commitment: CommitmentDocument, on: date, zone: tzinfo) -> Duty | None:
    """The assessment owed of one commitment; None while the plan is being co-created."""
    return next((duty for duty in duties(told, on, zone) if duty.commitment == commitment), None)


def _asked_about(told: Told, commitment: str, milestone: str) -> list[ToldClarification]:
    """What the monitor asked about one milestone, in every assessment of the edition."""
    name = f"{commitment}/{milestone}"
    return [
        asked
        for one in told.assessments
        for asked in told_clarifications((c for c in one.clarifications if c.milestone == name), one.language)
    ]


def _missing(names: tuple[str, ...]) -> list[str]:
    """The labels of what no source gives; questions of the plan's questionnaire are told by their number elsewhere."""
    return [field_labels.FIELD_LABELS[name] for name in names if name in field_labels.FIELD_LABELS]
