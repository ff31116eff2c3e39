"""`/workbench/monitoring`: who monitors this jurisdiction; `/desk/mandates`: confirming and ending mandates."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.letters import Letter, send_invitation
from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit.refusals import list_refusals
from ogpmonitor.kit.db import TenantSession, seal, utc_now
from ogpmonitor.kit.errors import Conflict, NotFound
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.mandates import queries, service
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.mandates.schemas import ColleagueForm, DecisionForm, ProposalForm, ReasonForm
from ogpmonitor.method.independence import load_independence
from ogpmonitor.tenants.directory import TenantDirectory


class MonitoringController(Controller):
    """What a jurisdiction sees of its monitoring bodies, and how it proposes one."""

    path = "/{lang:str}/{tenant:str}/workbench/monitoring"

    @get("/", permission=Permission.MANDATE_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        return await _own_page(request, session, Form(), done=done)

    @post("/", permission=Permission.MANDATE_PROPOSE)
    async def propose(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """The proposal waits for OGP's staff or an operator; 422 with messages and all that was typed."""
        form = Form.of(ProposalForm, await read_form(request))
        if form.value is None:
            return await _own_page(request, session, form, status=422)
        demo, lang = bool(request.app.state.demo), place_of(request).lang
        await service.propose(session, form.value, language=lang, by=request.user, demo=demo)
        return see_other(request, f"{place_of(request).tenant.slug}/workbench/monitoring/?done=proposed")

    @post("/colleagues", permission=Permission.BODY_MANAGE)
    async def ask_colleague(
        self, request: AnyRequest, session: NamedDependency[TenantSession]
    ) -> Response[bytes] | Redirect:
        """The own body wants one more person here; 422 or 409 with messages and all that was typed."""
        form = Form.of(ColleagueForm, await read_form(request))
        own = await queries.mandate_of(session, request.user.id)
        if own is None:
            raise NotFound("mandate.not_found")
        if form.value is None:
            return await _own_page(request, session, Form(), colleague=form, status=422)
        try:
            await service.ask_colleague(session, own, name=form.value.name, email=form.value.email, by=request.user)
        except Conflict as refused:
            form.add("email", refused.message)
            return await _own_page(request, session, Form(), colleague=form, status=409)
        return see_other(request, f"{place_of(request).tenant.slug}/workbench/monitoring/?done=asked")


class MandateController(Controller):
    """Where OGP's staff and operators confirm monitoring bodies."""

    path = "/{lang:str}/desk/mandates"

    @get("/", permission=Permission.MANDATE_CONFIRM)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        """The mandates of every jurisdiction, what waits for a decision first."""
        return await _desk_page(request, session, done=done)

    @post("/{slug:str}/{mandate_id:uuid}/confirm", permission=Permission.MANDATE_CONFIRM)
    async def confirm(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        slug: FromPath[str],
        mandate_id: FromPath[UUID],
    ) -> Response[bytes] | Redirect:
        """The mandate stands and its people are invited; 409 with the reason where it cannot.

        In the demonstration, where no letter leaves the house, the page shows the links.
        """
        mandate = await _mandate(request, session, slug, mandate_id)
        try:
            await service.confirm(session, mandate, by=request.user)
        except Conflict as refused:
            return await _desk_page(request, session, problem=(mandate_id, refused.message), status=409)
        links = await _invite(request, session, mandate, slug)
        if request.app.state.demo:
            return await _desk_page(request, session, done="confirmed", links=links)
        return see_other(request, "desk/mandates/?done=confirmed")

    @post("/{slug:str}/{mandate_id:uuid}/colleague", permission=Permission.MANDATE_CONFIRM)
    async def decide_colleague(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        slug: FromPath[str],
        mandate_id: FromPath[UUID],
    ) -> Response[bytes] | Redirect:
        """The person whom the body asked for monitors and is invited, or does not; 409 with the reason."""
        mandate = await _mandate(request, session, slug, mandate_id)
        form = Form.of(DecisionForm, await read_form(request))
        if form.value is None:
            raise NotFound("colleague.not_found")
        email, yes = form.value.email, form.value.decision == "confirm"
        try:
            await service.decide_colleague(session, mandate, email=email, confirmed=yes, by=request.user)
        except Conflict as refused:
            return await _desk_page(request, session, problem=(mandate_id, refused.message), status=409)
        links = await _invite(request, session, mandate, slug, only=email) if yes else []
        done = "colleague" if yes else "colleague-refused"
        if links and request.app.state.demo:
            return await _desk_page(request, session, done=done, links=links)
        return see_other(request, f"desk/mandates/?done={done}")

    @post("/{slug:str}/{mandate_id:uuid}/end", permission=Permission.MANDATE_CONFIRM)
    async def end(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        slug: FromPath[str],
        mandate_id: FromPath[UUID],
    ) -> Response[bytes] | Redirect:
        """The proposal is turned down, or the mandate ends; 422 without a reason."""
        mandate = await _mandate(request, session, slug, mandate_id)
        form = Form.of(ReasonForm, await read_form(request))
        if form.value is None:
            problem = (mandate_id, next(iter(form.errors.values()))[0])
            return await _desk_page(request, session, problem=problem, status=422)
        try:
            await service.end(session, mandate, reason=form.value.reason, by=request.user)
        except Conflict as refused:
            return await _desk_page(request, session, problem=(mandate_id, refused.message), status=409)
        return see_other(request, "desk/mandates/?done=ended")


async def _mandate(request: AnyRequest, session: TenantSession, slug: str, mandate_id: UUID) -> Mandate:
    directory: TenantDirectory = request.app.state.directory
    tenant = next((one for one in directory.all if one.slug == slug), None)
    if tenant is None:
        raise NotFound("tenant.not_found")
    await seal(session, tenant.id, request.user.id)
    return await queries.get_mandate(session, mandate_id)


async def _invite(
    request: AnyRequest, session: TenantSession, mandate: Mandate, slug: str, *, only: str = ""
) -> list[tuple[str, str]]:
    """Name and link of everybody who was sent a letter."""
    directory: TenantDirectory = request.app.state.directory
    tenant = await directory.get(slug)
    names = {one["email"].lower(): one["name"] for one in mandate.people}
    language, links = tenant.file.source_language, []
    for invited in await service.invite_people(session, mandate, language=language, by=request.user, only=only):
        letter = Letter(
            names[invited.email],
            Role.MONITOR,
            request.user.name,
            place=tenant.name,
            until=mandate.ends_on,
            body=mandate.body,
        )
        base_url = place_of(request).base_url
        link = await send_invitation(session, invited, letter, base_url=base_url)
        links.append((letter.name, link))
    return links


async def _own_page(
    request: AnyRequest,
    session: TenantSession,
    form: Form[ProposalForm],
    *,
    colleague: Form[ColleagueForm] | None = None,
    done: str = "",
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    now, zone = utc_now(), place_of(request).tenant.zone
    mandates = await queries.list_mandates(session)
    errors = {name: " ".join(translate(lang, one) for one in said) for name, said in form.errors.items()}
    wanted = colleague or Form()
    own = await queries.mandate_of(session, request.user.id) if permits(request.user, Permission.BODY_MANAGE) else None
    return page(
        request,
        "mandates/monitoring.html",
        status=status,
        mandates=[(one, one.state(now, zone), Localized.model_validate(one.mandate)) for one in mandates],
        form=form,
        errors=errors,
        problems=list(errors.items()),
        own=own,
        colleague={name: str(wanted[name]) for name in ("name", "email")},
        colleague_errors={name: translate(lang, said[0]) for name, said in wanted.errors.items()},
        refusals=await list_refusals(session) if permits(request.user, Permission.ASSESSMENT_READ) else None,
        cooling_off=load_independence().government_before_monitor,
        done=done,
    )


async def _desk_page(
    request: AnyRequest,
    session: TenantSession,
    *,
    done: str = "",
    problem: tuple[UUID, str] | None = None,
    links: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> Response[bytes]:
    if request.method == "POST":  # it was sealed to the jurisdiction of the mandate
        await seal(session, None, request.user.id)
    directory: TenantDirectory = request.app.state.directory
    now = utc_now()
    rows: list[dict[str, Any]] = [
        {
            "mandate": one,
            "tenant": tenant,
            "state": one.state(now, tenant.zone),
            "words": Localized.model_validate(one.mandate),
        }
        for one in await queries.list_mandates(session)
        for tenant in directory.all
        if tenant.is_home_of(one)
    ]
    rows.sort(key=lambda row: row["state"] != "proposed")  # stable: the newest first among each
    told = (problem[0], translate(place_of(request).lang, problem[1])) if problem else None
    return page(request, "mandates/mandates.html", status=status, rows=rows, done=done, problem=told, links=links)
