"""`/workbench/assessments`: the monitor's list, the form, the review before publishing, and what was published."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.assessments import answering, publishing, queries, service
from ogpmonitor.assessments.board import boards
from ogpmonitor.assessments.models import AssessmentStatus
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.reading import read_document
from ogpmonitor.assessments.schemas import (
    PARTS,
    Given,
    Submission,
    anchor,
    number_of,
    read_submission,
    read_version,
    tidy,
)
from ogpmonitor.assessments.screen import screen_of
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict, NotFound
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.queries import published_plan

DEMO_EVALUATOR = "Ente de monitoreo (demo)"
LONGEST_FILE_NAME = 200
Sent = Mapping[str, Sequence[Any]]


class AssessmentController(Controller):
    """Everything a monitor does here. Each address asks for a permission that only monitors hold."""

    path = "/{lang:str}/{tenant:str}/workbench/assessments"

    @get("/", permission=Permission.ASSESSMENT_READ)
    async def list(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        published = await queries.list_published(session, _slug(request))
        found = boards(published, await queries.list_assessments(session), today=_today(request))
        discarded = "discarded" in request.query_params
        return page(request, "assessments/assessments.html", boards=found, discarded=discarded)

    @post("/", permission=Permission.ASSESSMENT_WRITE)
    async def start(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Redirect:
        """Begin a draft about the newest edition, or go on with the one that was begun."""
        sent = await _sent(request)
        form = service.latest_form(_one(sent, "form"))
        published = await published_plan(session, _slug(request), _one(sent, "plan"))
        demo = bool(request.app.state.demo)
        assessment = await service.start(
            session,
            published,
            form,
            commitment=_one(sent, "commitment") or None,
            evaluator=DEMO_EVALUATOR if demo else "",
            demo=demo,
            by=request.user,
        )
        return see_other(request, _path(request, assessment.id))

    @get("/{assessment_id:uuid}", permission=Permission.ASSESSMENT_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The form of a draft; what was published of anything else."""
        sheet = await queries.get_sheet(session, _slug(request), assessment_id)
        if sheet.assessment.status == AssessmentStatus.DRAFT:
            return _form_page(request, sheet, saved="saved" in request.query_params)
        return _published_page(request, sheet)

    @post("/{assessment_id:uuid}", permission=Permission.ASSESSMENT_WRITE)
    async def save(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Save the whole form, or show it again with everything typed and what is wrong or was written meanwhile."""
        settings = request.app.state.settings
        sheet = await _draft(request, session, assessment_id)
        sent = await _sent(request, max_bytes=settings.max_upload_bytes)
        submission = read_submission(sent, answering.keys_of(sheet), max_bytes=settings.max_upload_bytes)
        files = await queries.own_files(session, answering.file_ids(submission))
        sources = answering.Sources.of(sheet, files.values(), place_of(request).lang)
        answers = answering.read_answers(submission, sources)
        answering.check_answers(sheet, answers, submission, max_files=settings.max_files_per_form)
        if submission.version != sheet.assessment.version:
            return _form_page(request, sheet, submission, answers, status=409)
        if submission.errors:
            return _form_page(request, sheet, submission, answers, status=422)
        await service.save_draft(
            session,
            sheet,
            answers,
            version=submission.version,
            evaluator=submission.evaluator or sheet.assessment.evaluator,
            by=request.user,
            attachments=service.Attachments(request.app.state.storage, settings.max_upload_bytes, submission.uploads),
        )
        target = "publish/" if _one(sent, "then") == "review" else "?saved=1"
        return see_other(request, _path(request, assessment_id) + target)

    @post("/{assessment_id:uuid}/discard", permission=Permission.ASSESSMENT_WRITE)
    async def discard(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect:
        sheet = await _draft(request, session, assessment_id)
        version = read_version(await _sent(request))
        await service.discard(session, sheet.assessment, version=version, by=request.user)
        return see_other(request, f"{_slug(request)}/workbench/assessments/?discarded=1")

    @get("/{assessment_id:uuid}/publish", permission=Permission.ASSESSMENT_PUBLISH)
    async def review(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes]:
        """What is missing, and exactly what would be public."""
        return _review_page(request, await _draft_to_read(request, session, assessment_id))

    @post("/{assessment_id:uuid}/publish", permission=Permission.ASSESSMENT_PUBLISH)
    async def publish(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Publish what was reviewed; if it is not that any more, or not complete, show the review again."""
        sheet = await _draft(request, session, assessment_id)
        version = read_version(await _sent(request))
        if version != sheet.assessment.version:
            return _review_page(request, sheet, status=409)
        if publishing.publication_problems(sheet):
            return _review_page(request, sheet, status=422)
        await publishing.publish(
            session,
            sheet,
            version=version,
            language=place_of(request).lang,
            key=request.app.state.signing_key,
            by=request.user,
        )
        return see_other(request, _path(request, assessment_id) + "?published=1")


async def _draft(request: AnyRequest, session: TenantSession, assessment_id: UUID) -> Sheet:
    """The draft, which nobody else writes meanwhile.

    Raises:
        Conflict: it was published.
    """
    return _only_draft(await queries.get_sheet(session, _slug(request), assessment_id, alone=True))


async def _draft_to_read(request: AnyRequest, session: TenantSession, assessment_id: UUID) -> Sheet:
    return _only_draft(await queries.get_sheet(session, _slug(request), assessment_id))


def _only_draft(sheet: Sheet) -> Sheet:
    if sheet.assessment.status != AssessmentStatus.DRAFT:
        raise Conflict("assessment.published", service.PUBLISHED_ALREADY)
    return sheet


def _form_page(
    request: AnyRequest,
    sheet: Sheet,
    submission: Submission | None = None,
    typed: Mapping[str, Given] | None = None,
    *,
    status: int = 200,
    saved: bool = False,
) -> Response[bytes]:
    screen = screen_of(sheet, submission, typed=typed)
    signing = submission.errors.get("", {}).get("evaluator", ()) if submission else ()
    errors = [*screen.errors, *((publishing.EVALUATOR, message) for message in signing)]
    return page(
        request,
        "assessments/assessment_form.html",
        status=status,
        sheet=sheet,
        screen=screen,
        summary=[(field_id, translate(place_of(request).lang, message)) for field_id, message in errors],
        submission=submission,
        is_stale=status == 409,
        saved=saved,
        max_files=request.app.state.settings.max_files_per_form,
    )


def _review_page(request: AnyRequest, sheet: Sheet, *, status: int = 200) -> Response[bytes]:
    now = utc_now().replace(microsecond=0)
    document = publishing.document_of(sheet, language=place_of(request).lang, at=now)
    found = [
        (one.key if one.key == publishing.EVALUATOR else anchor(one.key, PARTS.get(one.message, "")), one)
        for one in publishing.publication_problems(sheet)
    ]
    return page(
        request,
        "assessments/review.html",
        status=status,
        sheet=sheet,
        document=document,
        parts=read_document(sheet.form, document, sheet.published.commitments),
        problems=found,
        asked={one.key: (number_of(one.question), one) for one in sheet.form.askings(sheet.asked_of)},
        is_stale=status == 409,
    )


def _published_page(request: AnyRequest, sheet: Sheet) -> Response[bytes]:
    """What the register says of it now.

    Raises:
        NotFound: the register does not hold it.
    """
    newest = sheet.newest or sheet.published
    code = publishing.code_of(sheet.assessment)
    document = newest.documents.get(("assessment", code))
    if not isinstance(document, AssessmentDocument):
        raise NotFound("assessment.not_found")
    return page(
        request,
        "assessments/assessment.html",
        sheet=sheet,
        document=document,
        parts=read_document(sheet.form, document, sheet.published.commitments),
        sha256=newest.sha256_of("assessment", code),
        just_published="published" in request.query_params,
    )


async def _sent(request: AnyRequest, *, max_bytes: int = 0) -> Sent:
    """Everything that was sent, by name; files are read as far as they could be taken."""
    form = await read_form(request)
    sent: dict[str, list[Any]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            file_name = tidy(value.filename)[-LONGEST_FILE_NAME:] or "documento"
            value = Upload(file_name, await value.read(max_bytes + 1))  # noqa: PLW2901  a file is read, a text stays
        sent.setdefault(name, []).append(value)
    return sent


def _one(sent: Sent, name: str) -> str:
    return next((tidy(value) for value in sent.get(name, ()) if isinstance(value, str)), "")


def _slug(request: AnyRequest) -> str:
    slug: str = place_of(request).tenant.slug
    return slug


def _path(request: AnyRequest, assessment_id: UUID) -> str:
    return f"{_slug(request)}/workbench/assessments/{assessment_id}/"


def _today(request: AnyRequest) -> date:
    today: date = place_of(request).tenant.day_at(utc_now())
    return today
