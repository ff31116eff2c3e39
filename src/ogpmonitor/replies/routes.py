"""`/workbench/replies`: what the monitoring body wants from the government, and what it answers."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from pydantic import StringConstraints

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.assessments import publishing
from ogpmonitor.assessments import queries as assessments
from ogpmonitor.assessments.models import Assessment, AssessmentStatus, Clarification, ReplyWindow
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.reading import read_document
from ogpmonitor.assessments.schemas import anchor, tidy
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict, NotFound
from ogpmonitor.kit.forms import TOO_LONG, Form, FormModel, read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.method.forms import Form as MethodForm
from ogpmonitor.method.forms import load_method
from ogpmonitor.plans.recommendations import answer_recommendation, list_answers
from ogpmonitor.register.queries import newest_published
from ogpmonitor.replies import queries, service


class AnswerForm(FormModel):
    """The answer to a clarification."""

    answer: Annotated[str, StringConstraints(min_length=1, max_length=service.LONGEST)]
    version: int = 0


class RecommendationForm(FormModel):
    """The answer to a recommendation."""

    answer: Literal["accepted", "partly", "rejected"]
    words: Annotated[str, StringConstraints(min_length=1, max_length=service.LONGEST)]
    version: int = 0


class ReplyController(Controller):
    """The government's right of reply, and its answers."""

    path = "/{lang:str}/{tenant:str}/workbench/replies"

    @get("/", permission=Permission.REPLY_READ)
    async def index(
        self, request: AnyRequest, session: NamedDependency[TenantSession], saved: FromQuery[str] = ""
    ) -> Response[bytes]:
        """What waits for an answer: assessments to comment on, questions, recommendations."""
        published = await newest_published(session, _slug(request))
        now = utc_now()
        return page(
            request,
            "replies/replies.html",
            sent=[
                (
                    one,
                    window,
                    load_method().form(one.form, one.form_version),
                    _until(request, window),
                    window.is_open(now),
                )
                for one, window in await queries.sent_for_comment(session)
            ],
            asked=[(one, _late(request, one)) for one in await queries.list_clarifications(session)],
            recommended=queries.recommended(published, await list_answers(session)),
            saved=saved,
        )

    @get("/{assessment_id:uuid}", permission=Permission.REPLY_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes]:
        """The assessment as it was sent, with a place to reply beside each answer."""
        return _reply_page(request, await _sheet(request, session, assessment_id))

    @post("/{assessment_id:uuid}", permission=Permission.ASSESSMENT_REPLY)
    async def reply(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The replies are kept; with `then` they are handed in. 422 and 409 with everything typed."""
        sheet, sent = await _sheet(request, session, assessment_id), await read_form(request)
        questions = [one.question for one in _document(sheet).answers]
        words = {key: tidy(sent.get(f"reply:{key}")) for key in questions if f"reply:{key}" in sent}
        wrong = {key: TOO_LONG for key, text in words.items() if len(text) > service.LONGEST}
        if wrong:
            return _reply_page(request, sheet, typed=words, errors=wrong, status=422)
        stale = {key for key in words if str(sent.get(f"version:{key}") or "0") != _version(sheet, key)}
        if any(words[key] != _words(sheet, key) for key in stale):
            return _reply_page(request, sheet, typed=words, stale=stale, status=409)
        try:
            await service.reply(session, sheet, words, by=request.user)
            if sent.get("then") == "hand_in":
                await service.hand_in(session, sheet, by=request.user)
                return see_other(request, f"{_slug(request)}/workbench/replies/?saved=handed_in")
        except Conflict as refused:
            return _reply_page(request, sheet, typed=words, problem=refused.message, status=409)
        return see_other(request, f"{_slug(request)}/workbench/replies/?saved=reply")

    @get("/clarifications/{clarification_id:uuid}", permission=Permission.REPLY_READ)
    async def asked(
        self, request: AnyRequest, session: NamedDependency[TenantSession], clarification_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One question of the monitor, and the form that answers it."""
        row = await queries.get_clarification(session, clarification_id)
        done = await queries.is_published(session, row.assessment_id)
        form: Form[AnswerForm] = Form(data={"answer": row.answer or "", "version": str(row.version)})
        return _asked_page(request, row, form, is_published=done)

    @post("/clarifications/{clarification_id:uuid}", permission=Permission.ASSESSMENT_REPLY)
    async def answer(
        self, request: AnyRequest, session: NamedDependency[TenantSession], clarification_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The question is answered; 422 without an answer, 409 where somebody else answered meanwhile."""
        row = await queries.get_clarification(session, clarification_id, to_write=True)
        form = Form.of(AnswerForm, await read_form(request))
        done = await queries.is_published(session, row.assessment_id)
        if form.value is None:
            return _asked_page(request, row, form, is_published=done, status=422)
        try:
            await service.answer(
                session, row, form.value.answer, version=form.value.version, published=done, by=request.user
            )
        except Conflict as refused:
            return _asked_page(request, row, form, is_published=done, problem=refused.message, status=409)
        return see_other(request, f"{_slug(request)}/workbench/replies/?saved=answer")

    @get("/recommendations/{recommendation:uuid}", permission=Permission.REPLY_READ)
    async def recommendation(
        self, request: AnyRequest, session: NamedDependency[TenantSession], recommendation: FromPath[UUID]
    ) -> Response[bytes]:
        """One recommendation, and the form that answers it."""
        found, lang = await _recommended(request, session, recommendation), place_of(request).lang
        kept = found.answer
        words = Localized.model_validate(kept.words).in_(lang) if kept else ""
        data = {"answer": kept.answer if kept else "", "words": words, "version": str(kept.version if kept else 0)}
        return _recommendation_page(request, found, Form(data=data))

    @post("/recommendations/{recommendation:uuid}", permission=Permission.ASSESSMENT_REPLY)
    async def answer_recommendation(
        self, request: AnyRequest, session: NamedDependency[TenantSession], recommendation: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The recommendation is answered, in public once the plan is published; 422 and 409 as everywhere."""
        found, lang = await _recommended(request, session, recommendation), place_of(request).lang
        form = Form.of(RecommendationForm, await read_form(request))
        if form.value is None:
            return _recommendation_page(request, found, form, status=422)
        words = Localized.model_validate({"source": lang, lang: form.value.words})
        if found.answer is not None:
            before = Localized.model_validate(found.answer.words)
            words = before.with_text(lang, form.value.words) or words
        try:
            await answer_recommendation(
                session,
                found.recommendation.id,
                form.value.answer,
                words,
                plan=found.plan,
                version=form.value.version,
                by=request.user,
                demo=bool(request.app.state.demo),
            )
        except Conflict as refused:
            return _recommendation_page(request, found, form, problem=refused.message, status=409)
        return see_other(request, f"{_slug(request)}/workbench/replies/?saved=recommendation")


def _slug(request: AnyRequest) -> str:
    slug: str = place_of(request).tenant.slug
    return slug


def _late(request: AnyRequest, row: Clarification) -> bool:
    return row.is_late(utc_now(), place_of(request).tenant.zone)


def _form(assessment: Assessment) -> MethodForm:
    return load_method().form(assessment.form, assessment.form_version)


def _until(request: AnyRequest, window: ReplyWindow) -> date:
    """The last day on which a reply is taken, where the jurisdiction is."""
    return window.last_day(place_of(request).tenant.zone)


async def _sheet(request: AnyRequest, session: TenantSession, assessment_id: UUID) -> Sheet:
    sheet = await assessments.get_sheet(session, _slug(request), assessment_id)
    if sheet.assessment.status != AssessmentStatus.COMMENT:
        raise NotFound("assessment.not_found")
    return sheet


def _document(sheet: Sheet) -> Any:
    return publishing.document_of(sheet, at=utc_now().replace(microsecond=0))


def _version(sheet: Sheet, key: str) -> str:
    row = sheet.dossier.replies.get(key)
    return str(row.version if row else 0)


def _words(sheet: Sheet, key: str) -> str:
    row = sheet.dossier.replies.get(key)
    return row.words if row else ""


def _reply_page(
    request: AnyRequest,
    sheet: Sheet,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    stale: set[str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[bytes]:
    lang, document, window = place_of(request).lang, _document(sheet), sheet.dossier.window
    told = {anchor(key, "reply"): translate(lang, message) for key, message in (errors or {}).items()}
    return page(
        request,
        "replies/reply.html",
        status=status,
        sheet=sheet,
        document=document,
        parts=read_document(sheet.form, document, sheet.published.commitments),
        window=window,
        is_open=window is not None and window.is_open(utc_now()),
        kept={key: (row.words, row.version) for key, row in sheet.dossier.replies.items()},
        typed=typed or {},
        stale=stale or set(),
        anchor=anchor,
        errors=told,
        problems=list(told.items()),
        problem=translate(lang, problem) if problem else "",
    )


def _asked_page(
    request: AnyRequest,
    row: Clarification,
    form: Form[AnswerForm],
    *,
    is_published: bool,
    problem: str = "",
    status: int = 200,
) -> Response[bytes]:
    errors = _told(request, form)
    return page(
        request,
        "replies/clarification.html",
        status=status,
        row=row,
        question=_question_text(row),
        is_late=_late(request, row),
        is_published=is_published,
        form=form,
        errors=errors,
        problems=list(errors.items()),
        problem=translate(place_of(request).lang, problem) if problem else "",
        longest=service.LONGEST,
    )


def _question_text(row: Clarification) -> Localized | None:
    """The words of the question of the form that this is about, whatever its version."""
    if row.question is None:
        return None
    found = load_method().form(row.form).questions.get(row.question.partition("/")[0])
    return found.text if found else None


async def _recommended(request: AnyRequest, session: TenantSession, name: UUID) -> queries.Recommended:
    published = await newest_published(session, _slug(request))
    for one in queries.recommended(published, await list_answers(session)):
        if one.recommendation.id == str(name):
            return one
    raise NotFound("recommendation.not_found")


def _recommendation_page(
    request: AnyRequest, found: queries.Recommended, form: Form[Any], *, problem: str = "", status: int = 200
) -> Response[bytes]:
    errors = _told(request, form)
    return page(
        request,
        "replies/recommendation.html",
        status=status,
        found=found,
        form=form,
        errors=errors,
        problems=list(errors.items()),
        problem=translate(place_of(request).lang, problem) if problem else "",
        longest=service.LONGEST,
    )


def _told(request: AnyRequest, form: Form[Any]) -> dict[str, str]:
    lang = place_of(request).lang
    return {name: " ".join(translate(lang, one) for one in said) for name, said in form.errors.items()}
