"""Writing assessments: start one, save its draft, discard it. Publishing is `publishing.py`.

Only a monitor of the tenant may, and only while it is a draft; the row policies say the same of any SQL. The audit
record says who did what when, never what was answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments import queries
from ogpmonitor.assessments.answering import cited_file
from ogpmonitor.assessments.models import Assessment, AssessmentAnswer, AssessmentStatus
from ogpmonitor.assessments.queries import Sheet, given_answers
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence import service as evidence
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import clean_answers, problems
from ogpmonitor.method.forms import Form, load_method
from ogpmonitor.register.queries import Published

PUBLISHED_ALREADY = msgid("This assessment was published. It can be read, and never changed.")
CHANGED_MEANWHILE = msgid("Somebody else changed this while you were writing.")
COCREATION = "co_creation"


@dataclass(frozen=True)
class Attachments:
    """Files sent with a draft, by question, and where they are kept."""

    storage: Storage
    max_bytes: int
    uploads: Mapping[str, Sequence[Upload]] = field(default_factory=dict)


async def start(
    session: AsyncSession,
    published: Published,
    form: Form,
    *,
    commitment: str | None,
    evaluator: str,
    by: Actor,
    demo: bool = False,
) -> Assessment:
    """A draft on `form`, about the edition `published`; the one that was begun before where there is one.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        NotFound: the edition has no such commitment, or the form is not about one.
        Conflict: the plan is still being co-created.
    """
    if not permits(by, Permission.ASSESSMENT_WRITE):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if (form.about == "commitment") != (commitment is not None):
        raise NotFound("assessment.about")
    code = published.commitment(commitment).code if commitment else None
    if not is_open(published):
        raise Conflict("plan.in_cocreation", msgid("This plan is still being co-created: there is nothing to assess."))
    plan = published.edition.plan
    begun = await queries.find_assessment(session, form=form.code, plan=plan, commitment=code)
    if begun is not None:
        return begun
    now = utc_now()
    assessment = Assessment(
        form=form.code,
        plan=plan,
        commitment=code,
        form_version=form.version,
        edition_sha256=published.edition.sha256,
        status=AssessmentStatus.DRAFT,
        evaluator=evaluator,
        created_at=now,
        updated_at=now,
        demo=demo,
    )
    kept = await _only_once(session, assessment)
    if kept is assessment:
        await audit.record(
            session, "assessment.started", by=by, about=assessment, after={"form": form.ref, "plan": plan}
        )
    return kept


async def _only_once(session: AsyncSession, fresh: Assessment) -> Assessment:
    """`fresh` is kept, or else the draft that a colleague began at the same moment."""
    form, plan, commitment = fresh.form, fresh.plan, fresh.commitment
    try:
        async with session.begin_nested():
            session.add(fresh)
    except IntegrityError:
        begun = await queries.find_assessment(session, form=form, plan=plan, commitment=commitment)
        if begun is None:
            raise
        return begun
    return fresh


def is_open(published: Published) -> bool:
    """Whether the plan can be assessed: it was submitted."""
    return published.plan.status != COCREATION


def latest_form(code: str) -> Form:
    """The newest version of a form.

    Raises:
        NotFound: there is no such form.
    """
    try:
        return load_method().form(code)
    except KeyError:
        raise NotFound("form.not_found") from None


async def save_draft(
    session: AsyncSession,
    sheet: Sheet,
    answers: Mapping[str, Given],
    *,
    version: int,
    evaluator: str,
    by: Actor,
    attachments: Attachments | None = None,
) -> Assessment:
    """The draft says what `answers` say, as far as the form asks it, with the files attached; all of it or nothing.

    Saving what it says already changes nothing and leaves no trace.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it was published, or somebody else saved another version than `version`.
        Invalid: an answer is not one of the choices, too long, or to a question the form does not ask.
    """
    assessment = sheet.assessment
    _check_may_change(assessment, by)
    if assessment.version != version:
        raise Conflict("assessment.changed_meanwhile", CHANGED_MEANWHILE)
    judged = {key: given.as_answer() for key, given in answers.items() if not given.as_answer().is_empty}
    if problems(sheet.form, judged, sheet.asked_of):
        raise Invalid("assessment.answers", msgid("Some answers cannot be kept as they are."))
    kept = await _with_files(session, sheet, answers, attachments, by=by)
    before = given_answers(assessment)
    changed = sorted(key for key in {*before, *kept} if before.get(key) != kept.get(key))
    if not changed and assessment.evaluator == evaluator:
        return assessment
    _write(assessment, kept, changed)
    assessment.evaluator = evaluator
    assessment.updated_at = utc_now()  # so that this row is written, and its version rises, whatever changed
    await session.flush()
    await audit.record(session, "assessment.saved", by=by, about=assessment, after={"questions": changed})
    return assessment


async def _with_files(
    session: AsyncSession, sheet: Sheet, answers: Mapping[str, Given], attachments: Attachments | None, *, by: Actor
) -> dict[str, Given]:
    """The answers as the form asks for them; files are taken only where a shown question takes evidence."""
    uploads = attachments.uploads if attachments else {}
    judged: dict[str, Answer] = {}
    for key, given in answers.items():
        answer = given.as_answer()
        names = (*answer.citations, *(f"upload:{number}" for number in range(len(uploads.get(key, ())))))
        judged[key] = answer.model_copy(update={"citations": names})
    kept = {}
    for key, answer in clean_answers(sheet.form, judged, sheet.asked_of).items():
        given = answers[key].cleaned_as(answer)
        if attachments and answer.citations and uploads.get(key):
            fresh = [
                cited_file(await _submit(session, one, attachments, demo=sheet.assessment.demo, by=by))
                for one in uploads[key]
            ]
            given = Given(given.value, given.explanation, given.references, (*given.citations, *fresh))
        kept[key] = given
    return kept


async def _submit(
    session: AsyncSession, upload: Upload, attachments: Attachments, *, demo: bool, by: Actor
) -> Evidence:
    about = evidence.About(Localized.of("es", es=upload.file_name), demo=demo)
    return await evidence.submit_file(
        session, attachments.storage, upload, about, max_bytes=attachments.max_bytes, by=by
    )


def _write(assessment: Assessment, kept: Mapping[str, Given], changed: Sequence[str]) -> None:
    rows = {row.question: row for row in assessment.answers}
    for key in changed:
        if key not in kept:
            assessment.answers.remove(rows[key])
            continue
        given = kept[key]
        row = rows.get(key)
        if row is None:
            row = AssessmentAnswer(question=key)
            assessment.answers.append(row)
        row.value = given.value or None
        row.explanation = given.explanation
        row.references = given.references
        row.citations = [citation.model_dump(mode="json", exclude_none=True) for citation in given.citations]


async def discard(session: AsyncSession, assessment: Assessment, *, version: int, by: Actor) -> None:
    """The draft and its answers are gone. What was published stays for ever.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it was published, or somebody else saved another version than `version`.
    """
    _check_may_change(assessment, by)
    if assessment.version != version:
        raise Conflict("assessment.changed_meanwhile", CHANGED_MEANWHILE)
    await session.delete(assessment)
    await session.flush()
    await audit.record(session, "assessment.discarded", by=by, about=assessment)


def _check_may_change(assessment: Assessment, by: Actor) -> None:
    if not permits(by, Permission.ASSESSMENT_WRITE, assessment):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if assessment.status != AssessmentStatus.DRAFT:
        raise Conflict("assessment.published", PUBLISHED_ALREADY)
