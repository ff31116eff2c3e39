"""`/requests/{token}`: the link of a request, and the pages of whoever took it. Nobody needs an account here."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.evidence.queries import evidence_of_milestones
from ogpmonitor.evidence.sniffing import KINDS
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.i18n import LANGUAGES, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.periods import answering, requested, requests
from ogpmonitor.periods.models import ReportRequest
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.overview import step_of
from ogpmonitor.plans.routes import today_at
from ogpmonitor.plans.schemas import FILES, LONGEST

MEBIBYTE = 1024 * 1024
# Where a message leads that belongs to no field one can see.
PLACES = {"": "progress", "version": "progress"}


class LinkController(Controller):
    """The link itself. Looking at it takes nothing: mail programs look at links before people do."""

    path = "/{lang:str}/{tenant:str}/requests/{token:str}"

    @get("/", permission=Permission.PUBLIC)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[Any]:
        """What is asked of whom, and a button; for the browser that took it, the milestones; 410 for everyone else."""
        found = await requests.find_by_token(session, token)
        if not requests.is_standing(found):
            return _gone(request, found)
        if found.opened_at is None:
            return page(request, "periods/request_link.html", **_facts(request, found))
        if requests.is_held(found, request.cookies.get(requests.COOKIE)):
            return see_other(request, f"{_root(request, token)}milestones/")
        return _gone(request, found)

    @post("/", permission=Permission.PUBLIC)
    async def take(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[Any]:
        """This browser holds the request until its last day, and no other does."""
        found = await requests.find_by_token(session, token)
        held = requests.is_held(found, request.cookies.get(requests.COOKIE)) and requests.is_standing(found)
        if not held and (found.opened_at is not None or not requests.is_standing(found)):
            return _gone(request, found)
        answer = see_other(request, f"{_root(request, token)}milestones/")
        if held:
            return answer
        key = await requests.take(session, found)
        seconds = int((found.expires_at - utc_now()).total_seconds())
        for lang in LANGUAGES:
            answer.set_cookie(
                requests.COOKIE,
                key,
                max_age=max(seconds, 1),
                path=place_of(request).href(_root(request, token).rstrip("/"), lang),
                httponly=True,
                samesite="lax",
                secure=request.app.state.settings.cookie_secure,
            )
        return answer


class AnswerController(Controller):
    """What the holder of a request sees: exactly the milestones asked about, and the form of each."""

    path = "/{lang:str}/{tenant:str}/requests/{token:str}"

    @get("/milestones", permission=Permission.REQUEST_ANSWER)
    async def list_milestones(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[bytes]:
        found = await _held(request, session)
        return page(request, "periods/request_answers.html", **await _overview(request, session, found, token))

    @get("/milestones/{milestone_id:uuid}", permission=Permission.REQUEST_ANSWER)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        token: FromPath[str],
        milestone_id: FromPath[UUID],
    ) -> Response[bytes]:
        """One milestone with the form that reports it."""
        milestone = await _asked(request, session, milestone_id)
        return await _form(request, session, milestone, token, answering.known(milestone, place_of(request).lang))

    @post("/milestones/{milestone_id:uuid}", permission=Permission.REQUEST_ANSWER)
    async def report(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        token: FromPath[str],
        milestone_id: FromPath[UUID],
    ) -> Response[Any] | Redirect:
        """The report is saved whole, or nothing of it: 422 with messages, 409 with both texts, and all that was typed.

        Raises:
            NotFound: it is not among the milestones asked about.
        """
        milestone = await _asked(request, session, milestone_id, to_write=True)
        backing = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
        settings, lang = request.app.state.settings, place_of(request).lang
        rules = {"on": today_at(request), "max_bytes": settings.max_upload_bytes}
        sent = await read_form(request)
        answer = await answering.read(sent, milestone, backing, lang=lang, demo=request.app.state.demo, **rules)
        if answer.submission is None:
            status = 409 if answer.is_contested else 422
            return await _form(request, session, milestone, token, answer, status=status)
        storage = request.app.state.storage
        await answering.save(session, storage, milestone, answer.submission, by=request.user, **rules)
        return see_other(request, f"{_root(request, token)}thanks/?milestone={milestone.id}")

    @get("/thanks", permission=Permission.REQUEST_ANSWER)
    async def thanks(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[bytes]:
        """What was kept, what is still asked, and what happens next."""
        found = await _held(request, session)
        return page(request, "periods/request_thanks.html", **await _overview(request, session, found, token))


def _root(request: AnyRequest, token: str) -> str:
    return f"{place_of(request).tenant.slug}/requests/{token}/"


def _facts(request: AnyRequest, found: ReportRequest) -> dict[str, Any]:
    tenant = place_of(request).tenant
    return {
        "asked": found,
        "last_day": requests.last_day(found, tenant.zone),
        "office": tenant.file.words.unit,
    }


def _gone(request: AnyRequest, found: ReportRequest) -> Response[bytes]:
    """Why the link opens nothing any more. It does not say what was asked."""
    facts = {"state": requests.state_of(found), **_facts(request, found)}
    return page(request, "periods/request_gone.html", status=410, **facts)


async def _held(request: AnyRequest, session: AsyncSession) -> ReportRequest:
    return await requested.get_request(session, request.user.request_id)


async def _asked(
    request: AnyRequest, session: AsyncSession, milestone_id: UUID, *, to_write: bool = False
) -> Milestone:
    if milestone_id not in request.user.asked:
        raise NotFound("milestone.not_found")
    return await plans.get_milestone(session, milestone_id, to_write=to_write)


async def _overview(request: AnyRequest, session: AsyncSession, found: ReportRequest, token: str) -> dict[str, Any]:
    today = today_at(request)
    milestones = await requested.milestones_of(session, found)
    steps = [step_of(one, one.commitment.code, on=today, by=request.user) for one in milestones]
    reported = {
        one.id
        for one in milestones
        if one.reported_at and found.opened_at and one.reported_at >= found.opened_at.replace(microsecond=0)
    }
    return {
        "steps": steps,
        "reported": reported,
        "left": [step for step in steps if step.milestone.id not in reported],
        "root": _root(request, token),
        **_facts(request, found),
    }


async def _form(
    request: AnyRequest,
    session: AsyncSession,
    milestone: Milestone,
    token: str,
    answer: answering.Answer,
    *,
    status: int = 200,
) -> Response[bytes]:
    lang, today, settings = place_of(request).lang, today_at(request), request.app.state.settings
    problems = [(name, translate(lang, message)) for name, message in answer.errors]
    backing = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
    content = milestone.content
    return page(
        request,
        "periods/request_answer.html",
        status=status,
        root=_root(request, token),
        step=step_of(milestone, milestone.commitment.code, on=today, by=request.user),
        milestone=milestone,
        expected=Localized.model_validate(content["expected_output"]) if content.get("expected_output") else None,
        evidence=[(one, Localized.model_validate(one.title)) for one in backing],
        typed=_Typed(answer.typed),
        errors=_Typed(dict(reversed(problems))),
        problems=[(PLACES.get(name, name), message) for name, message in problems],
        differences=answer.differences,
        version=milestone.version if answer.is_contested else answer.typed.get("version", milestone.version),
        today=today,
        lost_files=[upload.file_name for upload in answer.uploads.values()],
        file_places=list(range(1, min(FILES, settings.max_files_per_form) + 1)),
        accept=",".join(ending for endings in KINDS.values() for ending in endings),
        max_megabytes=settings.max_upload_bytes // MEBIBYTE,
        longest=LONGEST,
    )


class _Typed(dict[str, Any]):
    """What stands in each field; a field nobody filled in is empty."""

    def __missing__(self, name: str) -> str:
        return ""
