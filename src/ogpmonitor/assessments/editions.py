"""The edition an assessment looks at, and what the plan says since: the monitor sees the difference and decides."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.models import AssessmentStatus
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.service import CHANGED_MEANWHILE, SENT_FOR_COMMENT
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.differences import TextDifference
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.register.amended import words_of
from ogpmonitor.register.changes import changes_between
from ogpmonitor.register.field_labels import path_label
from ogpmonitor.register.wording import compare


@dataclass(frozen=True)
class Difference:
    """One field of what is assessed that reads otherwise in the newest edition; of a commitment or of the plan."""

    commitment: str | None
    label: str
    text: TextDifference | None  # None: the whole commitment was added or dropped
    is_added: bool = False


def differences(sheet: Sheet, lang: str) -> Iterator[Difference]:
    """What the newest edition says otherwise about what is assessed, in the plan's order."""
    if sheet.newest is None:
        return
    own = sheet.assessment.commitment
    before = {
        at: one for at, one in sheet.published.documents.items() if at[0] == "commitment" and own in (None, at[1])
    }
    after = {at: one for at, one in sheet.newest.documents.items() if at[0] == "commitment" and own in (None, at[1])}
    for document in changes_between(before, after):
        if document.is_added or document.is_dropped:
            yield Difference(document.code, "", None, document.is_added)
        for change in document.changes:
            old, new = (words_of(value, change.field, lang) for value in (change.old, change.new))
            yield Difference(document.code, path_label(lang, change.path), compare(old, new))


async def move_to_newest(session: AsyncSession, sheet: Sheet, *, version: int, by: Actor) -> None:
    """The draft looks at the newest edition. Its answers stay, but those on commitments that are no longer there.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it is no draft, somebody else saved another version, or there is no newer edition.
    """
    assessment = sheet.assessment
    if not permits(by, Permission.ASSESSMENT_WRITE, assessment):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if assessment.status != AssessmentStatus.DRAFT or assessment.corrects_id is not None:
        raise Conflict("assessment.sent", SENT_FOR_COMMENT)
    if assessment.version != version or sheet.newest is None:
        raise Conflict("assessment.changed_meanwhile", CHANGED_MEANWHILE)
    codes = {one.code for one in sheet.newest.commitments}
    for row in list(assessment.answers):
        code = row.question.partition("/")[2]
        if code and code not in codes:
            assessment.answers.remove(row)
    assessment.edition_sha256 = sheet.newest.edition.sha256
    assessment.updated_at = utc_now()
    await session.flush()
    told = {"edition": sheet.newest.edition.number}
    await audit.record(session, "assessment.moved", by=by, about=assessment, after=told)
