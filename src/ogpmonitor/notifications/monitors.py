"""What a monitor owes and waits for, read with its own eyes: nobody else sees its drafts."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Role
from ogpmonitor.assessments.models import Assessment, AssessmentStatus, Clarification, ReplyWindow
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.notifications.duties import Duty, Reader
from ogpmonitor.notifications.government import clarification_duty, form_words, workbench
from ogpmonitor.register import duties as owed
from ogpmonitor.register.queries import Published, newest_published

MAY_REPLY = msgid("The government may reply: %(what)s")
PUBLISH_NOW = msgid("Publish what was sent for comment: %(what)s")
PUBLISH_DAYS = timedelta(days=14)  # after the time to reply; ours


async def monitor_duties(session: AsyncSession, reader: Reader) -> list[Duty]:
    """Assessments that are owed, replies that are waited for or over, and questions without an answer."""
    if reader.actor.role != Role.MONITOR:
        return []
    begun = {
        (one.plan, one.form, one.commitment): one
        for one in await session.scalars(select(Assessment).where(Assessment.status != AssessmentStatus.PUBLISHED))
    }
    found = [
        duty
        for published in await newest_published(session, reader.tenant.slug)
        for duty in _assessments(reader, published, begun)
    ]
    windows = select(Assessment, ReplyWindow).join(ReplyWindow, ReplyWindow.assessment_id == Assessment.id)
    sent = await session.execute(windows.where(Assessment.status == AssessmentStatus.COMMENT))
    found += [_sent(reader, one, window) for one, window in sent]
    asked = (
        select(Clarification)
        .join(Assessment, Assessment.id == Clarification.assessment_id)
        .where(Clarification.answered_at.is_(None), Assessment.status != AssessmentStatus.PUBLISHED)
    )
    for row in await session.scalars(asked):
        path = f"assessments/{row.assessment_id}/clarifications/"
        found.append(clarification_duty(reader, row, path, is_mine=False))
    return found


def _assessments(
    reader: Reader, published: Published, begun: dict[tuple[str, str, str | None], Assessment]
) -> list[Duty]:
    """What is owed of one plan; what was sent for comment stands with the replies instead."""
    plan, found = published.edition.plan, []
    for duty in owed.duties(published, reader.today, reader.tenant.zone):
        code = duty.commitment.code if duty.commitment else None
        draft = begun.get((plan, duty.form.code, code))
        if duty.state not in {"late", "not_due"} or (draft and draft.status == AssessmentStatus.COMMENT):
            continue
        what = f"{duty.form.title.in_(reader.lang)} · {code or plan}"
        path = f"assessments/{draft.id}/" if draft else "assessments/"
        about = duty.commitment.title.in_(reader.lang) if duty.commitment else published.plan.title.in_(reader.lang)
        subject = f"{plan}/{duty.form.code}/{code or ''}"
        found.append(Duty("assessment", subject, what, about, workbench(reader, path), duty.due_on))
    return found


def _sent(reader: Reader, assessment: Assessment, window: ReplyWindow) -> Duty:
    """Waited for while the government may reply; afterwards the monitor's to publish."""
    is_open = window.is_open(utc_now())
    last_day = window.last_day(reader.tenant.zone)
    return Duty(
        "reply",
        f"{assessment.id}/{'wait' if is_open else 'publish'}",
        translate(reader.lang, MAY_REPLY if is_open else PUBLISH_NOW, what=form_words(assessment, reader.lang)),
        "",
        workbench(reader, f"assessments/{assessment.id}/"),
        last_day if is_open else last_day + PUBLISH_DAYS,
        is_mine=not is_open,
    )
