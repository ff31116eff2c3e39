"""Publishing an assessment: from the workbench's rows to a document of the register, in the monitor's own voice.

It needs nobody's consent and carries nothing of the government's that was not published: the edition holds the plan and
its commitments exactly as they stood, and the database refuses any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.assessments.dossier import Dossier
from ogpmonitor.assessments.models import Assessment, AssessmentStatus
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.service import CHANGED_MEANWHILE, PUBLISHED_ALREADY
from ogpmonitor.assessments.telling import told_around
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence, Voice
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import AnswerProblem, clean_answers, problems, visible_questions
from ogpmonitor.method.forms import Asking
from ogpmonitor.register.assessment_documents import AssessedEdition, AssessmentDocument, PublishedAnswer, Rating
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.service import Address, append_edition

WHO_SIGNS = msgid("Say which body signs the assessment.")
UNDECLARED = msgid("Declare your conflicts of interest for this assessment, or that there are none.")
UNDER_WAY = msgid("The second review is under way. Its reviewer hands it in first.")
UNSETTLED = msgid("Settle where the two reviews differ.")
NO_SECOND = msgid("A second monitor reviews it first, without seeing your answers.")
REPLY_OPEN = msgid("The government may still reply.")
NOT_SENT = msgid("Send it to the government for comment first.")
# These stand where the key of a question would.
EVALUATOR, DECLARATION, SECOND_REVIEW, RIGHT_OF_REPLY = "evaluator", "declaration", "second_review", "right_of_reply"


@dataclass(frozen=True)
class Rules:
    """What a jurisdiction asks for before publication, beyond the form: see `tenants.schemas.Switches`."""

    second_review: bool = False
    right_of_reply: bool = False


def form_problems(sheet: Sheet) -> tuple[AnswerProblem, ...]:
    """What the form and the second review still ask for, in the form's order."""
    unsigned = () if sheet.assessment.evaluator.strip() else (AnswerProblem(EVALUATOR, WHO_SIGNS),)
    given = problems(sheet.form, _judged(sheet), sheet.asked_of, publishing=True)
    return (*unsigned, *given, *_review_problems(sheet.dossier))


def _review_problems(dossier: Dossier) -> Iterator[AnswerProblem]:
    if dossier.review is not None and dossier.review.handed_in_at is None:
        yield AnswerProblem(SECOND_REVIEW, UNDER_WAY)
    elif any(not one.settled for one in dossier.differences):
        yield AnswerProblem(SECOND_REVIEW, UNSETTLED)


def publication_problems(sheet: Sheet, rules: Rules = Rules()) -> tuple[AnswerProblem, ...]:
    """Why this assessment cannot be published yet, in the form's order; empty when it can."""
    dossier, found = sheet.dossier, list(form_problems(sheet))
    if not dossier.has_declared:
        found.append(AnswerProblem(DECLARATION, UNDECLARED))
    if rules.second_review and dossier.review is None and dossier.corrected is None:
        found.append(AnswerProblem(SECOND_REVIEW, NO_SECOND))
    if dossier.window is not None and dossier.window.is_open(utc_now()):
        found.append(AnswerProblem(RIGHT_OF_REPLY, REPLY_OPEN))
    if rules.right_of_reply and dossier.window is None:
        found.append(AnswerProblem(RIGHT_OF_REPLY, NOT_SENT))
    return tuple(found)


def code_of(assessment: Assessment) -> str:
    """What the register calls the assessment: its form, and the commitment it is about."""
    return f"{assessment.form}:{assessment.commitment}" if assessment.commitment else assessment.form


def document_of(sheet: Sheet, *, at: datetime) -> AssessmentDocument:
    """Exactly what would be public: every answer to a question shown, with its argument and what it rests on."""
    assessment, edition = sheet.assessment, sheet.published.edition
    cleaned = clean_answers(sheet.form, _judged(sheet), sheet.asked_of)
    return AssessmentDocument(
        code=code_of(assessment),
        form=assessment.form,
        form_version=assessment.form_version,
        commitment=assessment.commitment,
        assessed_edition=AssessedEdition(number=edition.number, sha256=edition.sha256),
        evaluator=assessment.evaluator,
        language=assessment.language,
        published_at=at,
        answers=tuple(_published_answer(sheet, key, answer) for key, answer in cleaned.items()),
        ratings=tuple(_ratings(sheet, cleaned)),
        demo=assessment.demo,
        **told_around(sheet),
    )


async def publish(
    session: TenantSession,
    sheet: Sheet,
    *,
    version: int,
    key: SigningKey,
    by: Actor,
    rules: Rules = Rules(),
) -> Edition:
    """A new edition of the plan holds the assessment, and the draft is one no more; both or neither.

    Raises:
        NotPermitted: `by` is no monitor of this tenant.
        Conflict: it was published before, or somebody saved another version than the one that was reviewed.
        Invalid: the form still asks for something; see `publication_problems`.
    """
    assessment, edition = sheet.assessment, sheet.published.edition
    if not permits(by, Permission.ASSESSMENT_PUBLISH, assessment):
        raise NotPermitted(Permission.ASSESSMENT_PUBLISH)
    if assessment.status == AssessmentStatus.PUBLISHED:
        raise Conflict("assessment.published", PUBLISHED_ALREADY)
    if assessment.version != version:
        raise Conflict("assessment.changed_meanwhile", CHANGED_MEANWHILE)
    if publication_problems(sheet, rules):
        raise Invalid("assessment.incomplete", msgid("The form still asks for something. Nothing was published."))
    now = utc_now().replace(microsecond=0)
    document = document_of(sheet, at=now)
    assessment.status = AssessmentStatus.PUBLISHED
    assessment.published_at = now
    await session.flush()
    await _mark_published(session, document, now)
    published = await append_edition(
        session, Address(edition.jurisdiction, edition.plan), [document], voice="monitor", key=key
    )
    await audit.record(session, "assessment.published", by=by, about=assessment, after={"edition": published.number})
    return published


async def _mark_published(session: TenantSession, document: AssessmentDocument, at: datetime) -> None:
    own = {UUID(c.evidence_id) for answer in document.answers for c in answer.citations if c.own_file and c.evidence_id}
    if own:
        await session.execute(
            update(Evidence)
            .where(Evidence.id.in_(own), Evidence.voice == Voice.MONITOR, Evidence.published_at.is_(None))
            .values(published_at=at)
        )


def _judged(sheet: Sheet) -> dict[str, Answer]:
    return {key: given.as_answer() for key, given in sheet.answers.items()}


def _published_answer(sheet: Sheet, key: str, answer: Answer) -> PublishedAnswer:
    given = sheet.answers[key].cleaned_as(answer)
    return PublishedAnswer(
        question=key,
        value=given.value or None,
        explanation=given.explanation,
        references=given.references,
        citations=given.citations,
    )


def _ratings(sheet: Sheet, cleaned: dict[str, Answer]) -> Iterator[Rating]:
    """What was rated for the plan or commitment as a whole.

    What is asked once per commitment of a plan stays with its answer: a rating names no commitment.
    """
    shown = {asking.key for asking in visible_questions(sheet.form, cleaned, sheet.asked_of)}
    for asking in sheet.form.askings(sheet.asked_of):
        code = _rated(sheet, asking, cleaned) if asking.key in shown else _set_aside(sheet, asking, cleaned)
        if code and asking.question.measures and asking.commitment is None:
            yield Rating(measures=asking.question.measures, value=asking.question.value, code=code)


def _rated(sheet: Sheet, asking: Asking, cleaned: dict[str, Answer]) -> str | None:
    answer = cleaned.get(asking.key)
    return answer.value if answer and sheet.form.scale_of(asking.question) else None


def _set_aside(sheet: Sheet, asking: Asking, cleaned: dict[str, Answer]) -> str | None:
    """The code "not applicable" where that answer is why nothing was rated: it differs from not having been asked."""
    condition = asking.question.shown_if
    if condition is None:
        return None
    answer = cleaned.get(condition.question)
    na_option = sheet.form.questions[condition.question].na_option
    return na_option if answer and na_option and answer.value == na_option else None
