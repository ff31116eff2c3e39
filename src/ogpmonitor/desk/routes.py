"""`/desk/jurisdictions`: who works here, in which state, how far; suspending, archiving, support. `/desk/record`."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.comparison.duties import owed_by
from ogpmonitor.comparison.queries import PlanInNumbers, current_plans
from ogpmonitor.comparison.table import Jurisdiction
from ogpmonitor.desk import queries, service, wording
from ogpmonitor.desk.schemas import StateForm
from ogpmonitor.kit.db import RegisterSession, TenantSession, seal, utc_now
from ogpmonitor.kit.errors import Conflict, NotFound
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.register.facts import plain
from ogpmonitor.register.queries import newest_published
from ogpmonitor.support import queries as support
from ogpmonitor.support import service as supporting
from ogpmonitor.support.schemas import MOST_HOURS, SupportForm
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory
from ogpmonitor.tenants.models import State


@dataclass(frozen=True)
class Row:
    """One jurisdiction: what the desk counts of it, its current plan as published, and what its monitor owes."""

    tenant: KnownTenant
    counts: queries.Counts | None  # None: added a moment ago
    plan: PlanInNumbers | None
    owed_late: int


@dataclass(frozen=True)
class Answer:
    """What a form of the page sent and why it was not done: `form` is "state" or "support"."""

    form: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    refused: str = ""


class JurisdictionsController(Controller):
    """Every jurisdiction for the platform's people. Numbers and what is published; no word of a draft."""

    path = "/{lang:str}/desk/jurisdictions"

    @get("/", permission=Permission.DESK_READ)
    async def list_all(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        register: NamedDependency[RegisterSession],
    ) -> Response[bytes]:
        """The archived ones come last."""
        rows = await _rows(request, session, register)
        return page(request, "desk/jurisdictions.html", rows=rows)

    @get("/{slug:str}", permission=Permission.DESK_READ)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        slug: FromPath[str],
        done: FromQuery[str] = "",
    ) -> Response[bytes]:
        return await _page(request, session, _tenant(request, slug), Answer(), done=done)

    @post("/{slug:str}/state", permission=Permission.TENANT_SUSPEND)
    async def set_state(
        self, request: AnyRequest, session: NamedDependency[TenantSession], slug: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The jurisdiction has the state; 422 without a reason, 409 where it has it already."""
        tenant = _tenant(request, slug)
        await seal(session, tenant.id, request.user.id)
        form = Form.of(StateForm, await read_form(request))
        if form.value is None:
            return await _page(request, session, tenant, _answer(request, "state", form), status=422)
        try:
            await service.set_state(session, form.value.state, reason=form.value.reason, by=request.user)
        except Conflict as refused:
            answer = _answer(request, "state", form, refused)
            return await _page(request, session, tenant, answer, status=409)
        return see_other(request, f"desk/jurisdictions/{slug}/?done={form.value.state}")

    @post("/{slug:str}/support", permission=Permission.SUPPORT_ASK)
    async def begin_support(
        self, request: AnyRequest, session: NamedDependency[TenantSession], slug: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The operator reads along there, announced; 422 without reason or hours, 409 where it does already."""
        tenant = _tenant(request, slug)
        await seal(session, tenant.id, request.user.id)
        form = Form.of(SupportForm, await read_form(request))
        if form.value is None:
            return await _page(request, session, tenant, _answer(request, "support", form), status=422)
        try:
            await supporting.begin(session, form.value, by=request.user)
        except Conflict as refused:
            answer = _answer(request, "support", form, refused)
            return await _page(request, session, tenant, answer, status=409)
        return see_other(request, f"{slug}/workbench/")

    @post("/{slug:str}/support/{access_id:uuid}/end", permission=Permission.SUPPORT_ASK)
    async def end_support(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        slug: FromPath[str],
        access_id: FromPath[UUID],
    ) -> Redirect:
        """The access is over; 409 where it was already."""
        await seal(session, _tenant(request, slug).id, request.user.id)
        await supporting.end(session, await support.get_access(session, access_id), by=request.user)
        return see_other(request, f"desk/jurisdictions/{slug}/?done=ended")


class RecordController(Controller):
    """Who did what on the platform as a whole."""

    path = "/{lang:str}/desk/record"

    @get("/", permission=Permission.DESK_READ)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        jurisdiction: FromQuery[str] = "",
        before: FromQuery[int] = 0,
    ) -> Response[bytes]:
        """The newest first; of one jurisdiction only, if it is asked for."""
        lang = place_of(request).lang
        told = await queries.list_deeds(session, jurisdiction=jurisdiction, before=max(before, 0))
        shown = told[: queries.PAGE]
        directory: TenantDirectory = request.app.state.directory
        return page(
            request,
            "desk/record.html",
            lines=[_line(one, lang) for one in shown],
            tenants={tenant.slug: tenant for tenant in directory.all},
            choices=[{"code": tenant.slug, "label": tenant.name} for tenant in directory.all],
            chosen=jurisdiction,
            older=shown[-1].deed.id if len(told) > queries.PAGE else 0,
        )


def _line(told: queries.Told, lang: str) -> dict[str, Any]:
    deed = told.deed
    return {
        "deed": deed,
        "who": wording.who_of(told, lang),
        "what": translate(lang, wording.DEEDS[deed.action]) if deed.action in wording.DEEDS else deed.action,
        "about": wording.about_of(deed, lang),
        "whom": wording.whom_of(told),
    }


def _tenant(request: AnyRequest, slug: str) -> KnownTenant:
    directory: TenantDirectory = request.app.state.directory
    found = next((one for one in directory.all if one.slug == slug), None)
    if found is None:
        raise NotFound("tenant.not_found")
    return found


def _answer(request: AnyRequest, name: str, form: Form[Any], refused: Conflict | None = None) -> Answer:
    lang = place_of(request).lang
    errors = {key: " ".join(translate(lang, one) for one in said) for key, said in form.errors.items()}
    return Answer(name, dict(form.data), errors, translate(lang, refused.message) if refused else "")


async def _rows(request: AnyRequest, session: AsyncSession, register: RegisterSession) -> list[Row]:
    """Always the same number of queries."""
    directory: TenantDirectory = request.app.state.directory
    lang, now = place_of(request).lang, utc_now()
    counts = await queries.desk_counts(session)
    plans = await current_plans(register, {one.slug: one.day_at(now) for one in directory.all})
    who = [Jurisdiction(t.slug, t.name, t.badge.is_member, t.badge.label, t.zone, t.day_at(now)) for t in directory.all]
    owed, _ = owed_by(who, await newest_published(register), lang)
    late = Counter(one.who.slug for one in owed if one.state == "late")
    rows = [Row(one, counts.get(one.slug), plans.get(one.slug), late[one.slug]) for one in directory.all]
    return sorted(rows, key=lambda row: (row.tenant.is_archived, plain(row.tenant.name.in_(lang))))


async def _page(
    request: AnyRequest,
    session: AsyncSession,
    tenant: KnownTenant,
    answer: Answer,
    *,
    done: str = "",
    status: int = 200,
) -> Response[bytes]:
    await seal(session, tenant.id, request.user.id)
    accesses = [(one, one.access.state(utc_now())) for one in await support.list_accesses(session)]
    counts = (await queries.desk_counts(session)).get(tenant.slug)
    states = await queries.states_of(session, tenant.slug)
    return page(
        request,
        "desk/jurisdiction.html",
        status=status,
        shown=tenant,
        state=State(states[0][0].state) if states else State.ACTIVE,
        states=states,
        counts=counts,
        step_words=wording.STEPS,
        accesses=accesses,
        is_supporting=any(state == "open" and one.access.person_id == request.user.id for one, state in accesses),
        most_hours=MOST_HOURS,
        answer=answer,
        done=done,
    )
