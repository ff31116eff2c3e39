"""What a published assessment tells of how it came about: declarations, reviews, questions, replies."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ogpmonitor.assessments.dossier import Dossier
from ogpmonitor.assessments.models import Clarification, Reply
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.mandates.queries import public_mandate
from ogpmonitor.register import assessment_documents as told


def told_around(sheet: Sheet) -> dict[str, Any]:
    """The fields of the document that are no answers. Persons are numbered, never named."""
    dossier, assessment = sheet.dossier, sheet.assessment
    return {
        "newer_edition": _newer_edition(sheet),
        "mandate": public_mandate(dossier.mandate, dossier.zone) if dossier.mandate and dossier.mandate.body else None,
        "declarations": tuple(_declarations(dossier)),
        "recusals": tuple(_recusals(sheet)),
        "second_review": _second_review(dossier),
        "clarifications": tuple(_clarification(dossier, one) for one in dossier.clarifications),
        "right_of_reply": _right_of_reply(dossier),
        "recommendations": tuple(told.Recommendation.model_validate(one) for one in assessment.recommendations),
        "follow_ups": tuple(told.FollowUp.model_validate(one) for one in assessment.follow_ups),
        "corrects": _correction(sheet),
        "version": assessment.revision,
    }


def _newer_edition(sheet: Sheet) -> told.AssessedEdition | None:
    if sheet.newest is None or not sheet.has_changed_since:
        return None
    return told.AssessedEdition(number=sheet.newest.edition.number, sha256=sheet.newest.edition.sha256)


def monitor_numbers(dossier: Dossier) -> dict[UUID, int]:
    """The number of each monitor of this assessment: in the order in which they declared, then recused themselves."""
    people = [one.person_id for one in dossier.declarations] + [one.person_id for one in dossier.recusals]
    return {person: number for number, person in enumerate(dict.fromkeys(people), start=1)}


def _declarations(dossier: Dossier) -> Iterator[told.Declaration]:
    numbers = monitor_numbers(dossier)
    for one in dossier.declarations:
        yield told.Declaration(
            monitor=numbers[one.person_id],
            has_conflict=one.has_conflict,
            statement=one.statement,
            declared_on=dossier.day(one.declared_at),
        )


def _recusals(sheet: Sheet) -> Iterator[told.Recusal]:
    numbers, codes = monitor_numbers(sheet.dossier), set(sheet.commitments)
    for one in sheet.dossier.recusals:
        if one.commitment in codes:
            yield told.Recusal(monitor=numbers[one.person_id], commitment=one.commitment, reason=one.reason)


def _second_review(dossier: Dossier) -> told.SecondReview | None:
    review = dossier.review
    if review is None or review.handed_in_at is None:
        return None
    return told.SecondReview(
        handed_in_on=dossier.day(review.handed_in_at),
        compared=len(dossier.second),
        differed=len(dossier.differences),
        settled=tuple(
            told.Settled(question=one.question, first=one.first_value or None, second=one.value, words=one.settled)
            for one in dossier.differences
            if one.settled  # every one of them, by the time it is published
        ),
    )


def _clarification(dossier: Dossier, row: Clarification) -> told.Clarification:
    return told.Clarification(
        question=row.question,
        milestone=row.milestone,
        asked=row.asked,
        asked_on=dossier.day(row.asked_at),
        due_on=row.due_on,
        answer=row.answer,
        answered_on=dossier.day(row.answered_at) if row.answered_at else None,
    )


def _right_of_reply(dossier: Dossier) -> told.RightOfReply | None:
    window = dossier.window
    if window is None:
        return None
    return told.RightOfReply(
        sent_on=dossier.day(window.sent_at),
        until=window.last_day(dossier.zone),
        handed_in_on=dossier.day(window.handed_in_at) if window.handed_in_at else None,
        days=window.days,
        replies=tuple(_reply(dossier, one) for _, one in sorted(dossier.replies.items())),
    )


def _reply(dossier: Dossier, row: Reply) -> told.Reply:
    finding = told.Finding.model_validate({name: value for name, value in row.finding.items() if value is not None})
    return told.Reply(question=row.question, text=row.words, replied_on=dossier.day(row.replied_at), finding=finding)


def _correction(sheet: Sheet) -> told.Correction | None:
    old = sheet.dossier.corrected
    if old is None:
        return None
    code = f"{old.form}:{old.commitment}" if old.commitment else old.form
    newest = sheet.newest or sheet.published
    document = newest.documents.get(("assessment", code))
    if not isinstance(document, told.AssessmentDocument):
        return None
    before = document.corrects
    return told.Correction(
        sha256=newest.sha256_of("assessment", code),
        published_on=sheet.dossier.day(document.published_at),
        reason=sheet.assessment.correction or "",
        first_published_on=(before.first_published_on or before.published_on) if before else None,
    )
