"""The blind second review: another monitor rates the same questions, then both settle where they differ.

While it is under way the database shows its reviewer none of the first monitor's answers, and shows nobody else the
reviewer's. Whoever has written an answer cannot be the reviewer.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.models import AssessmentAnswer, AssessmentStatus, SecondAnswer, SecondReview
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.method.forms import Asking

BEGUN_BEFORE = msgid("A second review of this assessment was begun before.")
NOT_SECOND = msgid("Who wrote an answer, or declared no conflicts of interest, cannot be the second reviewer.")
NOT_A_CHOICE = msgid("This answer is not one of the choices.")
HANDED_IN = msgid("This second review was handed in. It is not changed any more.")
RATE_FIRST = msgid("Rate at least one question before you hand it in.")


def rated_questions(sheet: Sheet) -> Sequence[Asking]:
    """What a second monitor rates: every question with one choice, in the form's order, whatever opens it."""
    return [one for one in sheet.form.askings(sheet.asked_of) if one.question.kind == "choice"]


async def begin(session: AsyncSession, sheet: Sheet, *, by: Actor) -> SecondReview:
    """`by` is the second reviewer, and no longer sees the first one's answers.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: there is a second review, the assessment is no draft, or `by` wrote in it or declared nothing.
    """
    if not permits(by, Permission.ASSESSMENT_WRITE, sheet.assessment):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if sheet.dossier.review is not None:
        raise Conflict("second_review.begun", BEGUN_BEFORE)
    row = SecondReview(assessment_id=sheet.assessment.id, reviewer_id=by.id, begun_at=utc_now())
    try:
        async with session.begin_nested():
            session.add(row)
    except DBAPIError as error:
        raise Conflict("second_review.not_second", NOT_SECOND) from error
    await audit.record(session, "second_review.begun", by=by, about=row)
    return row


async def rate(session: AsyncSession, sheet: Sheet, rated: Mapping[str, tuple[str, str]], *, by: Actor) -> None:
    """The second review says `rated`: a code and an explanation by question; an empty pair takes an answer away.

    Raises:
        Conflict: it was handed in, or is somebody else's.
        Invalid: a code is not one of the question's choices.
    """
    review = _own(sheet, by)
    questions = {one.key: one.question for one in rated_questions(sheet)}
    for key, (value, explanation) in rated.items():
        scale = sheet.form.scale_of(questions[key]) if key in questions else None
        if key not in questions or (value and (scale is None or scale.option(value) is None)):
            raise Invalid("second_review.value", NOT_A_CHOICE, field=key)
        known = sheet.dossier.second.get(key)
        if not value and not explanation:
            if known is not None:
                await session.delete(known)
            continue
        row = known or SecondAnswer(review_id=review.id, question=key)
        row.value, row.explanation = value or None, explanation
        session.add(row)
    await session.flush()


async def hand_in(session: AsyncSession, sheet: Sheet, *, by: Actor) -> Sequence[SecondAnswer]:
    """The second review is final; both sides are open to each other, and what differs is returned, to be settled.

    Raises:
        Conflict: it was handed in, or is somebody else's.
        Invalid: nothing was rated.
    """
    review = _own(sheet, by)
    rated = (await session.scalars(select(SecondAnswer).where(SecondAnswer.review_id == review.id))).all()
    if not rated:
        raise Invalid("second_review.empty", RATE_FIRST)
    review.handed_in_at = utc_now()
    await session.flush()
    answers = select(AssessmentAnswer.question, AssessmentAnswer.value).where(
        AssessmentAnswer.assessment_id == sheet.assessment.id
    )
    first = {one.question: one.value or "" for one in await session.execute(answers)}
    for row in rated:
        row.first_value = first.get(row.question, "")
    await session.flush()
    differing = [row for row in rated if row.differs]
    await audit.record(session, "second_review.handed_in", by=by, about=review, after={"differing": len(differing)})
    return differing


async def settle(session: AsyncSession, sheet: Sheet, words: Mapping[str, str], *, by: Actor) -> None:
    """Each difference named in `words` says why the answer is what it is now; published with the assessment.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: the assessment is no draft.
    """
    if not permits(by, Permission.ASSESSMENT_WRITE, sheet.assessment):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if sheet.assessment.status != AssessmentStatus.DRAFT:
        raise Conflict("second_review.no_draft", HANDED_IN)
    for row in sheet.dossier.differences:
        if row.question in words:
            row.settled = words[row.question] or None
    await session.flush()


def _own(sheet: Sheet, by: Actor) -> SecondReview:
    review = sheet.dossier.review
    if review is None or review.reviewer_id != by.id or review.handed_in_at is not None:
        raise Conflict("second_review.handed_in", HANDED_IN)
    return review
