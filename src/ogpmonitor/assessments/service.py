"""Writing assessments: start one, save its draft, discard it. Publishing is `publishing.py`.

Only a monitor of the tenant may, and only while it is a draft; the row policies say the same of any SQL. The audit
record says who did what when, never what was answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments import queries
from ogpmonitor.assessments.answering import cited_file
from ogpmonitor.assessments.declaring import Declared, declare
from ogpmonitor.assessments.models import Assessment, AssessmentAnswer, AssessmentNote, AssessmentStatus
from ogpmonitor.assessments.queries import Sheet, given_answers
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence import service as evidence
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotFound, NotPermitted
from ogpmonitor.kit.i18n import DEFAULT_LANGUAGE, msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import clean_answers, problems
from ogpmonitor.method.forms import Form, load_method
from ogpmonitor.register.queries import Published

PUBLISHED_ALREADY = msgid("This assessment was published. It can be read, and never changed.")
CHANGED_MEANWHILE = msgid("Somebody else changed this while you were writing.")
BLIND = msgid("You are the second reviewer: hand in your review before you see or write the answers.")
SENT_FOR_COMMENT = msgid("This was sent to the government for comment. It cannot be changed meanwhile.")
ASKED_ALREADY = msgid("The government was asked something about this draft. It cannot be discarded any more.")


@dataclass(frozen=True)
class Attachments:
    """Files sent with a draft, by question, and where they are kept."""

    storage: Storage
    max_bytes: int
    uploads: Mapping[str, Sequence[Upload]] = field(default_factory=dict)


@dataclass(frozen=True)
class More:
    """What a draft says beside its answers: recommendations, what became of earlier ones, private notes, its language.

    An empty language leaves it as it is.
    """

    recommendations: Sequence[dict[str, Any]] = ()
    follow_ups: Sequence[dict[str, Any]] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    language: str = ""


async def start(
    session: AsyncSession,
    published: Published,
    form: Form,
    *,
    commitment: str | None,
    evaluator: str,
    declared: Declared,
    by: Actor,
    language: str = DEFAULT_LANGUAGE,
    demo: bool = False,
) -> Assessment:
    """A draft on `form`, about the edition `published`; the one that was begun before where there is one.

    `by` has declared its conflicts of interest for it, and so may write in it.

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
    if begun is not None and begun.status != AssessmentStatus.PUBLISHED:
        await declare(session, begun, declared, by=by)
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
        language=language,
        created_at=now,
        updated_at=now,
        demo=demo,
    )
    kept = await _only_once(session, assessment)
    await declare(session, kept, declared, by=by)
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
    return published.plan.is_submitted


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
    more: More | None = None,
) -> Assessment:
    """The draft says what `answers` say, as far as the form asks it, with the files attached; all of it or nothing.

    Answers on a commitment from which `by` is recused stay as they are. `more` is what is not an answer.

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
    if sheet.dossier.is_blind:
        raise Conflict("assessment.blind", BLIND)
    answers = _own_part(sheet, answers)
    judged = {key: given.as_answer() for key, given in answers.items() if not given.as_answer().is_empty}
    if problems(sheet.form, judged, sheet.asked_of):
        raise Invalid("assessment.answers", msgid("Some answers cannot be kept as they are."))
    kept = await _with_files(session, sheet, answers, attachments, by=by)
    before = given_answers(assessment)
    changed = sorted(key for key in {*before, *kept} if before.get(key) != kept.get(key))
    noted = await _note(session, sheet, more.notes, at=utc_now()) if more else False
    fresh = more is not None and (
        more.recommendations != assessment.recommendations
        or more.follow_ups != assessment.follow_ups
        or (more.language or assessment.language) != assessment.language
    )
    if not (changed or noted or fresh) and assessment.evaluator == evaluator:
        return assessment
    if more is not None and fresh:
        assessment.recommendations, assessment.follow_ups = list(more.recommendations), list(more.follow_ups)
        assessment.language = more.language or assessment.language
    _write(assessment, kept, changed)
    assessment.evaluator = evaluator
    assessment.updated_at = utc_now()  # so that this row is written, and its version rises, whatever changed
    await session.flush()
    await audit.record(session, "assessment.saved", by=by, about=assessment, after={"questions": changed})
    return assessment


def _own_part(sheet: Sheet, answers: Mapping[str, Given]) -> dict[str, Given]:
    """`answers`, with those of others where whoever writes is recused."""
    kept, dossier = sheet.answers, sheet.dossier
    whole = dossier.recused_from(sheet.assessment.commitment)
    own = {}
    for key in {**kept, **answers}:
        foreign = whole or dossier.recused_from(key.partition("/")[2] or None)
        given = kept.get(key) if foreign else answers.get(key)
        if given is not None:
            own[key] = given
    return own


async def _note(session: AsyncSession, sheet: Sheet, notes: Mapping[str, str], *, at: datetime) -> bool:
    """The monitors' own notes say `notes`; whether anything changed."""
    changed = False
    for key, words in notes.items():
        row = sheet.dossier.notes.get(key)
        if (row.words if row else "") == words:
            continue
        changed = True
        if row is None:
            session.add(AssessmentNote(assessment_id=sheet.assessment.id, question=key, words=words, written_at=at))
        elif words:
            row.words, row.written_at = words, at
        else:
            await session.delete(row)
    return changed


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
    try:
        async with session.begin_nested():
            await session.delete(assessment)
    except IntegrityError as error:
        raise Conflict("assessment.asked", ASKED_ALREADY) from error
    await audit.record(session, "assessment.discarded", by=by, about=assessment)


def _check_may_change(assessment: Assessment, by: Actor) -> None:
    if not permits(by, Permission.ASSESSMENT_WRITE, assessment):
        raise NotPermitted(Permission.ASSESSMENT_WRITE)
    if assessment.status == AssessmentStatus.COMMENT:
        raise Conflict("assessment.sent", SENT_FOR_COMMENT)
    if assessment.status != AssessmentStatus.DRAFT:
        raise Conflict("assessment.published", PUBLISHED_ALREADY)
