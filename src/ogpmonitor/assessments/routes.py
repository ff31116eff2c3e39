"""`/workbench/assessments`: the monitor's list, the form, the review before publishing, and what was published."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.assessments import answering, publishing, queries, service
from ogpmonitor.assessments.beside import EVALUATOR, read_beside
from ogpmonitor.assessments.board import boards
from ogpmonitor.assessments.declaring import Declared
from ogpmonitor.assessments.handling import (
    Sent,
    draft_of,
    elsewhere_of,
    one_of,
    open_of,
    path_to,
    rules_at,
    sent_by,
    slug_of,
    today_at,
)
from ogpmonitor.assessments.merging import marks_of, merge
from ogpmonitor.assessments.models import AssessmentStatus
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, Submission, read_submission, read_version
from ogpmonitor.assessments.showing import declare_page, earlier_of, form_page, published_page, review_page
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.forms import TOO_LONG
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page, place_of, saved, see_other, sends_itself
from ogpmonitor.mandates.queries import mandate_of
from ogpmonitor.register.queries import newest_published, published_plan

DEMO_EVALUATOR = "Ente de monitoreo (demo)"
LONGEST_STATEMENT = 2000
SAY_WHETHER = msgid("Say whether you have a conflict of interest.")
SAY_WHICH = msgid("Say what the conflict of interest is. It is published with the assessment.")


class AssessmentController(Controller):
    """Everything a monitor does here. Each address asks for a permission that only monitors hold."""

    path = "/{lang:str}/{tenant:str}/workbench/assessments"

    @get("/", permission=Permission.ASSESSMENT_READ)
    async def list(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        published = await newest_published(session, slug_of(request))
        found = boards(published[::-1], await queries.list_assessments(session), today=today_at(request))
        return page(
            request,
            "assessments/assessments.html",
            boards=found,
            discarded="discarded" in request.query_params,
            elsewhere=await elsewhere_of(request),
        )

    @get("/new", permission=Permission.ASSESSMENT_WRITE)
    async def new(
        self,
        request: AnyRequest,
        form: FromQuery[str] = "",
        plan: FromQuery[str] = "",
        commitment: FromQuery[str] = "",
    ) -> Response[bytes]:
        """Before the first word: the declaration of conflicts of interest."""
        carried = {"form": service.latest_form(form).code, "plan": plan, "commitment": commitment}
        return declare_page(request, _list_path(request), hidden=carried, typed={}, errors={})

    @post("/", permission=Permission.ASSESSMENT_WRITE)
    async def start(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Redirect | Response[bytes]:
        """Begin a draft about the newest edition, or go on with the one that was begun; 422 without a declaration."""
        sent = await sent_by(request)
        form = service.latest_form(one_of(sent, "form"))
        declared, errors = read_declaration(sent)
        if declared is None:
            carried = {name: one_of(sent, name) for name in ("form", "plan", "commitment")}
            return declare_page(request, _list_path(request), hidden=carried, typed=_typed(sent), errors=errors)
        published = await published_plan(session, slug_of(request), one_of(sent, "plan"))
        demo = bool(request.app.state.demo)
        mandate = await mandate_of(session, request.user.id)
        assessment = await service.start(
            session,
            published,
            form,
            commitment=one_of(sent, "commitment") or None,
            evaluator=DEMO_EVALUATOR if demo else (mandate and mandate.body) or "",
            declared=declared,
            language=place_of(request).lang,
            demo=demo,
            by=request.user,
        )
        return see_other(request, path_to(request, assessment.id))

    @get("/{assessment_id:uuid}", permission=Permission.ASSESSMENT_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The form of a draft, once conflicts are declared; the review of one that was sent; what was published."""
        sheet = await queries.get_sheet(session, slug_of(request), assessment_id)
        if sheet.assessment.status == AssessmentStatus.PUBLISHED:
            return published_page(request, sheet)
        if not sheet.dossier.has_declared:
            action = path_to(request, assessment_id) + "declare/"
            return declare_page(request, action, hidden={}, typed={}, errors={})
        if sheet.dossier.is_blind:
            return see_other(request, path_to(request, assessment_id) + "second/")
        if sheet.assessment.status == AssessmentStatus.COMMENT:
            return review_page(request, sheet)
        return await form_page(request, session, sheet, saved="saved" in request.query_params)

    @post("/{assessment_id:uuid}", permission=Permission.ASSESSMENT_WRITE)
    async def save(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Save the whole form, or show it again with everything typed and what is wrong or was written meanwhile.

        What a colleague saved meanwhile stays, question by question; 409 only where both changed the same one. A form
        that saves by itself is told the version and the marks it has now, or nothing but that it was not saved.
        """
        settings, by_itself = request.app.state.settings, sends_itself(request)
        sheet = await draft_of(request, session, assessment_id)
        sent = await sent_by(request, max_bytes=settings.max_upload_bytes)
        submission = read_submission(sent, answering.keys_of(sheet), max_bytes=settings.max_upload_bytes)
        typed, answers, contested = await _answers(request, session, sheet, submission)
        follows = any(name.startswith("follow_state:") for name in sent)
        beside = read_beside(sheet, sent, await earlier_of(request, session, sheet) if follows else [], submission)
        contested = [*contested, *beside.contested]
        if not submission.version or contested or submission.errors or beside.is_wrong:
            status = 422 if submission.version and not contested else 409
            if by_itself:
                return Response(b"", status_code=status, headers=dict(PRIVATE))
            return await form_page(request, session, sheet, submission, answers, beside=beside, status=status)
        await service.save_draft(
            session,
            sheet,
            answers,
            version=sheet.assessment.version,
            evaluator=beside.texts.get(EVALUATOR, sheet.assessment.evaluator),
            by=request.user,
            attachments=service.Attachments(request.app.state.storage, settings.max_upload_bytes, submission.uploads),
            more=beside.more(sheet),
        )
        if by_itself:
            return saved(str(sheet.assessment.version), seen=marks_of(sheet, typed, answers) | dict(beside.marks))
        target = "publish/" if one_of(sent, "then") == "review" else "?saved=1"
        return see_other(request, path_to(request, assessment_id) + target)

    @post("/{assessment_id:uuid}/discard", permission=Permission.ASSESSMENT_WRITE)
    async def discard(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect:
        sheet = await draft_of(request, session, assessment_id)
        version = read_version(await sent_by(request))
        await service.discard(session, sheet.assessment, version=version, by=request.user)
        return see_other(request, f"{_list_path(request)}?discarded=1")

    @get("/{assessment_id:uuid}/publish", permission=Permission.ASSESSMENT_PUBLISH)
    async def review(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """What is missing, and exactly what would be public; closed to who reviews it blind."""
        sheet = await open_of(request, session, assessment_id)
        if sheet.dossier.is_blind:
            return see_other(request, path_to(request, assessment_id) + "second/")
        return review_page(request, sheet)

    @post("/{assessment_id:uuid}/publish", permission=Permission.ASSESSMENT_PUBLISH)
    async def publish(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Publish what was reviewed; if it is not that any more, or not complete, show the review again."""
        sheet, rules = await open_of(request, session, assessment_id), rules_at(request)
        version = read_version(await sent_by(request))
        if version != sheet.assessment.version:
            return review_page(request, sheet, status=409)
        if publishing.publication_problems(sheet, rules):
            return review_page(request, sheet, status=422)
        await publishing.publish(
            session,
            sheet,
            version=version,
            key=request.app.state.signing_key,
            by=request.user,
            rules=rules,
        )
        return see_other(request, path_to(request, assessment_id) + "?published=1")


def read_declaration(sent: Sent) -> tuple[Declared | None, dict[str, str]]:
    """What a monitor declares, or what is missing of it by field."""
    conflict, statement = one_of(sent, "conflict"), one_of(sent, "statement")
    if conflict not in {"yes", "no"}:
        return None, {"conflict": SAY_WHETHER}
    if conflict == "yes" and not statement:
        return None, {"statement": SAY_WHICH}
    if len(statement) > LONGEST_STATEMENT:
        return None, {"statement": TOO_LONG}
    return Declared(conflict == "yes", statement), {}


def _typed(sent: Sent) -> dict[str, str]:
    return {name: one_of(sent, name) for name in ("conflict", "statement")}


def _list_path(request: AnyRequest) -> str:
    return f"{slug_of(request)}/workbench/assessments/"


async def _answers(
    request: AnyRequest, session: TenantSession, sheet: Sheet, submission: Submission
) -> tuple[Mapping[str, Given], Mapping[str, Given], Sequence[str]]:
    """The answers as typed, as they would be kept, and the questions that were changed meanwhile as well."""
    files = await queries.own_files(session, answering.file_ids(submission))
    sources = answering.Sources.of(sheet, files.values(), submission.language or sheet.assessment.language)
    typed: Mapping[str, Given] = answering.read_answers(submission, sources)
    answers, contested = merge(sheet, typed, submission)
    most = request.app.state.settings.max_files_per_form
    answering.check_answers(sheet, answers, submission, max_files=most)
    return typed, answers, contested
