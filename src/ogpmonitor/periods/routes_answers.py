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
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.limits.table import LINK
from ogpmonitor.periods import requested, requests
from ogpmonitor.periods.models import Period, ReportRequest, ReportState
from ogpmonitor.periods.queries import report_in
from ogpmonitor.periods.reporting import Occasion, report
from ogpmonitor.periods.screen import Desk, Filled, check_report, read_report, report_context
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.overview import step_of
from ogpmonitor.plans.routes import today_at


class LinkController(Controller):
    """The link itself. Looking at it takes nothing: mail programs look at links before people do."""

    path = "/{lang:str}/{tenant:str}/requests/{token:str}"

    @get("/", permission=Permission.PUBLIC, limit=LINK)
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

    @post("/", permission=Permission.PUBLIC, limit=LINK)
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

    @get("/milestones", permission=Permission.REQUEST_ANSWER, limit=LINK)
    async def list_milestones(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[bytes]:
        found = await _held(request, session)
        return page(request, "periods/request_answers.html", **await _overview(request, session, found, token))

    @get("/milestones/{milestone_id:uuid}", permission=Permission.REQUEST_ANSWER, limit=LINK)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        token: FromPath[str],
        milestone_id: FromPath[UUID],
    ) -> Response[bytes]:
        """One milestone with the form that reports it."""
        desk = await _desk(request, session, milestone_id)
        return _form(request, desk, token, Filled(desk.said(place_of(request).lang)))

    @post("/milestones/{milestone_id:uuid}", permission=Permission.REQUEST_ANSWER, limit=LINK)
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
            Conflict: the period was closed.
        """
        desk = await _desk(request, session, milestone_id, to_write=True)
        settings, max_bytes = request.app.state.settings, request.app.state.settings.max_upload_bytes
        sent = await read_report(request, most=settings.max_files_per_form, max_bytes=max_bytes)
        submission = check_report(request, desk, sent, max_bytes=max_bytes)
        if submission is None:
            return _form(request, desk, token, sent, status=409 if sent.is_contested else 422)
        occasion = Occasion(desk.today, request.user, desk.period)
        storage = request.app.state.storage
        await report(session, storage, desk.milestone, submission, occasion, max_bytes=max_bytes)
        return see_other(request, f"{_root(request, token)}thanks/")

    @get("/thanks", permission=Permission.REQUEST_ANSWER, limit=LINK)
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


async def _desk(request: AnyRequest, session: AsyncSession, milestone_id: UUID, *, to_write: bool = False) -> Desk:
    """The form's surroundings: the period that the request is about, and what was sent for it."""
    if milestone_id not in request.user.asked:
        raise NotFound("milestone.not_found")
    milestone = await plans.get_milestone(session, milestone_id, to_write=to_write)
    found = await _held(request, session)
    period = await session.get(Period, found.period_id) if found.period_id else None
    evidence = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
    return Desk(milestone, evidence, period, await report_in(session, milestone.id, period), today_at(request))


async def _overview(request: AnyRequest, session: AsyncSession, found: ReportRequest, token: str) -> dict[str, Any]:
    """Every milestone asked about with what became of its report; `left` is what still waits for the holder."""
    today = today_at(request)
    milestones = await requested.milestones_of(session, found)
    states = await requested.states_through(session, found)
    steps = [step_of(one, one.commitment.code, on=today, by=request.user) for one in milestones]
    return {
        "steps": steps,
        "states": states,
        "left": [step for step in steps if states.get(step.milestone.id) in {None, ReportState.RETURNED}],
        "root": _root(request, token),
        **_facts(request, found),
    }


def _form(request: AnyRequest, desk: Desk, token: str, filled: Filled, *, status: int = 200) -> Response[bytes]:
    root = _root(request, token)
    href = place_of(request).href
    action, back = href(f"{root}milestones/{desk.milestone.id}/"), href(f"{root}milestones/")
    context = report_context(request, desk, filled, action=action, back=back)
    return page(request, "periods/request_answer.html", status=status, root=root, **context)
