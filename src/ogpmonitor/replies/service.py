"""Writing the government's side: replies to an assessment sent for comment, and answers to clarifications.

The row policies take a reply only while the window is open, and keep with each the finding it replies to.
"""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.models import Clarification, Reply
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.audit import service as audit
from ogpmonitor.kit import events
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid

OVER = msgid("The time to reply is over. What was replied is published with the assessment.")
PUBLISHED = msgid("The assessment is published. It says that there was no answer.")
CHANGED_MEANWHILE = msgid("Somebody else changed this while you were writing. Read it again.")
LONGEST = 5000


async def reply(session: AsyncSession, sheet: Sheet, words: Mapping[str, str], *, by: Actor) -> None:
    """The replies to the questions named say this; an empty text takes a reply away. Saving the same changes nothing.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the time is over, or the reply was handed in.
    """
    _check(sheet, by)
    changed = []
    for question, text in words.items():
        row = sheet.dossier.replies.get(question)
        if (row.words if row else "") == text:
            continue
        changed.append(question)
        if row is None:
            row = Reply(assessment_id=sheet.assessment.id, question=question, words=text, replied_at=utc_now())
            row.replied_by = by.id
            session.add(row)
        elif text:
            row.words, row.replied_at, row.replied_by = text, utc_now(), by.id
        else:
            await session.delete(row)
    if changed:
        await session.flush()
        await audit.record(
            session, "assessment.replied", by=by, about=sheet.assessment, after={"questions": sorted(changed)}
        )


async def hand_in(session: AsyncSession, sheet: Sheet, *, by: Actor) -> None:
    """The government has no more to say: the time to reply ends now, and the monitor may go on.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the time is over, or the reply was handed in.
    """
    _check(sheet, by)
    window = sheet.dossier.window
    assert window is not None
    window.handed_in_at, window.handed_in_by = utc_now(), by.id
    await session.flush()
    await audit.record(session, "reply.handed_in", by=by, about=window, after={"replies": len(sheet.dossier.replies)})


def _check(sheet: Sheet, by: Actor) -> None:
    if not permits(by, Permission.ASSESSMENT_REPLY):
        raise NotPermitted(Permission.ASSESSMENT_REPLY)
    if sheet.dossier.window is None or not sheet.dossier.window.is_open(utc_now()):
        raise Conflict("reply.over", OVER)


async def answer(
    session: AsyncSession, row: Clarification, words: str, *, version: int, published: bool, by: Actor
) -> None:
    """The clarification is answered; the answer may be changed until the assessment is published.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the assessment is published, or somebody else saved another version than `version`.
    """
    if not permits(by, Permission.ASSESSMENT_REPLY):
        raise NotPermitted(Permission.ASSESSMENT_REPLY)
    if published:
        raise Conflict("clarification.published", PUBLISHED)
    if row.version != version:
        raise Conflict("clarification.changed", CHANGED_MEANWHILE)
    if row.answer == words:
        return
    row.answer, row.answered_at, row.answered_by = words, utc_now(), by.id
    await session.flush()
    await audit.record(session, "clarification.answered", by=by, about=row)
    await events.tell(session, "clarification.answered", str(row.id))
