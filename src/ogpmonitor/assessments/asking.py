"""Requests for clarification: what the monitor asks the government while it writes, about an answer or a milestone."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.models import AssessmentStatus, Clarification
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.audit import service as audit
from ogpmonitor.kit import events
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.method.independence import load_independence

LONGEST_QUESTION = 2000
ABOUT_NOTHING = msgid("Choose what the question is about.")
ONLY_DRAFTS = msgid("Only while you write can something be asked.")


def subjects_of(sheet: Sheet) -> dict[str, str]:
    """What can be asked about: questions of the form and milestones of the edition, by `question:` or `milestone:`."""
    from_form = {f"question:{one.key}": one.key for one in sheet.form.askings(sheet.asked_of)}
    codes = set(sheet.commitments)
    steps = {
        f"milestone:{commitment.code}/{milestone.code}": f"{commitment.code} · {milestone.code}"
        for commitment in sheet.published.commitments
        if commitment.code in codes
        for milestone in commitment.milestones
    }
    return from_form | steps


def usual_due(today: date) -> date:
    """The day by which the government answers when nothing else is said."""
    return today + timedelta(days=load_independence().clarification.days)


async def ask(
    session: AsyncSession, sheet: Sheet, subject: str, asked: str, *, due_on: date, by: Actor, demo: bool = False
) -> Clarification:
    """The government is asked, and can answer until the assessment is published; late answers say so.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: the assessment is no draft.
        Invalid: `subject` is neither a question of the form nor a milestone of the edition.
    """
    assessment = sheet.assessment
    if not permits(by, Permission.ASSESSMENT_WRITE, assessment):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if assessment.status != AssessmentStatus.DRAFT:
        raise Conflict("clarification.no_draft", ONLY_DRAFTS)
    if subject not in subjects_of(sheet):
        raise Invalid("clarification.subject", ABOUT_NOTHING, field="subject")
    kind, _, name = subject.partition(":")
    row = Clarification(
        assessment_id=assessment.id,
        form=assessment.form,
        plan=assessment.plan,
        commitment=assessment.commitment or (name.partition("/")[0] if kind == "milestone" else None),
        question=name if kind == "question" else None,
        milestone=name if kind == "milestone" else None,
        asked=asked,
        asked_at=utc_now(),
        asked_by=by.id,
        due_on=due_on,
        demo=demo,
    )
    session.add(row)
    await session.flush()
    await audit.record(session, "clarification.asked", by=by, about=row, after={"about": subject})
    await events.tell(session, "clarification.asked", str(row.id))
    return row


def about_of(row: Clarification) -> str:
    """The subject of a clarification, as `subjects_of` names it."""
    return f"question:{row.question}" if row.question else f"milestone:{row.milestone}"
