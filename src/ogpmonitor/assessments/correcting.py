"""Correcting what was published: a new draft with the same answers, which replaces the old one when it is published.

The old one is never edited: it stays in the register under its name, in every edition that holds it.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments import queries
from ogpmonitor.assessments.declaring import Declared, declare
from ogpmonitor.assessments.models import Assessment, AssessmentAnswer, AssessmentStatus
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid

NOT_PUBLISHED = msgid("Only what was published can be corrected.")
OPEN_ALREADY = msgid("A correction or another draft of this assessment is open already.")


async def correct(session: AsyncSession, sheet: Sheet, reason: str, *, declared: Declared, by: Actor) -> Assessment:
    """A draft with the answers that were published, under the same form and edition, that says why it is written.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it was not published, was corrected before, or another draft of it is open.
    """
    old = sheet.assessment
    if not permits(by, Permission.ASSESSMENT_WRITE, old):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if old.status != AssessmentStatus.PUBLISHED:
        raise Conflict("correction.not_published", NOT_PUBLISHED)
    newest = await queries.find_assessment(session, form=old.form, plan=old.plan, commitment=old.commitment)
    if newest is None or newest.id != old.id:
        raise Conflict("correction.open", OPEN_ALREADY)
    now = utc_now()
    names = ("form", "form_version", "plan", "commitment", "edition_sha256", "evaluator", "language", "demo")
    kept = {name: getattr(old, name) for name in names}
    fresh = Assessment(
        **kept,
        status=AssessmentStatus.DRAFT,
        created_at=now,
        updated_at=now,
        corrects_id=old.id,
        correction=reason,
        revision=old.revision + 1,
        recommendations=list(old.recommendations),
        follow_ups=list(old.follow_ups),
    )
    session.add(fresh)
    await session.flush()
    await declare(session, fresh, declared, by=by)
    session.add_all(
        AssessmentAnswer(
            assessment_id=fresh.id,
            question=row.question,
            value=row.value,
            explanation=row.explanation,
            references=row.references,
            citations=list(row.citations),
        )
        for row in old.answers
        if not _recused(sheet, old, row.question)
    )
    await session.flush()
    await audit.record(session, "assessment.corrected", by=by, about=fresh, after={"form": old.form}, reason=reason)
    return fresh


def _recused(sheet: Sheet, old: Assessment, question: str) -> bool:
    """Whether whoever corrects takes no part in this: such answers a colleague must give again."""
    return sheet.dossier.recused_from(old.commitment) or sheet.dossier.recused_from(question.partition("/")[2])
