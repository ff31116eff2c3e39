"""The government's right of reply: sending an assessment for comment, and taking it up again afterwards.

The time ends by itself. Whoever replies may end it sooner; nobody can make it longer, and until it ends nothing is
published: the database says so too (`workbench.check_status`).
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.models import AssessmentStatus, ReplyWindow
from ogpmonitor.assessments.publishing import form_problems
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.service import CHANGED_MEANWHILE, PUBLISHED_ALREADY
from ogpmonitor.audit import service as audit
from ogpmonitor.kit import events
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.method.independence import load_independence

SENT_BEFORE = msgid("This was sent for comment before. Once is enough: publish it, with what was replied.")
STILL_OPEN = msgid("The government may still reply. Until then nothing of it can be changed or published.")
NOT_SENT = msgid("This was not sent for comment.")


async def send(session: AsyncSession, sheet: Sheet, *, version: int, zone: ZoneInfo, by: Actor) -> ReplyWindow:
    """The government can read the assessment and reply, until the end of the last day in its `zone`.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it was sent before, or somebody saved another version than the one that was reviewed.
        Invalid: the form still asks for something.
    """
    assessment = sheet.assessment
    _check(sheet, by)
    if assessment.status != AssessmentStatus.DRAFT or sheet.dossier.window is not None:
        raise Conflict("assessment.sent", SENT_BEFORE)
    if assessment.version != version:
        raise Conflict("assessment.changed_meanwhile", CHANGED_MEANWHILE)
    if form_problems(sheet):
        raise Invalid("assessment.incomplete", msgid("The form still asks for something. Nothing was sent."))
    assessment.status = AssessmentStatus.COMMENT
    await session.flush()
    now, days = utc_now(), load_independence().reply.days
    window = ReplyWindow(assessment_id=assessment.id, sent_at=now, ends_at=end_of(now, days, zone), days=days)
    session.add(window)
    await session.flush()
    await audit.record(session, "assessment.sent", by=by, about=assessment, after={"days": days})
    await events.tell(session, "assessment.sent", str(assessment.id))
    return window


def end_of(sent_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The first instant after the last of `days` whole days that follow the day of `sent_at`, in `zone`."""
    last = sent_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time(), zone)


async def revise(session: AsyncSession, sheet: Sheet, *, by: Actor) -> None:
    """It is a draft again, with what was replied beside it. The replies stay, with the findings they replied to.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it was not sent, or the government may still reply.
    """
    assessment, window = sheet.assessment, sheet.dossier.window
    _check(sheet, by)
    if assessment.status != AssessmentStatus.COMMENT or window is None:
        raise Conflict("assessment.not_sent", NOT_SENT)
    if window.is_open(utc_now()):
        raise Conflict("assessment.reply_open", STILL_OPEN)
    assessment.status = AssessmentStatus.DRAFT
    await session.flush()
    await audit.record(session, "assessment.revised", by=by, about=assessment)


def _check(sheet: Sheet, by: Actor) -> None:
    if not permits(by, Permission.ASSESSMENT_PUBLISH, sheet.assessment):
        raise NotPermitted(Permission.ASSESSMENT_PUBLISH)
    if sheet.assessment.status == AssessmentStatus.PUBLISHED:
        raise Conflict("assessment.published", PUBLISHED_ALREADY)
