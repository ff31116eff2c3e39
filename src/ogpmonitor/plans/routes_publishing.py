"""`/workbench/publish`: what publishing would change, and publishing what was chosen of it."""

from collections.abc import Collection
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid
from ogpmonitor.kit.formats import reading_in
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.plans import queries
from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.previewing import previews_of
from ogpmonitor.plans.publishing import CHANGED_SINCE_PREVIEW, preview, publish
from ogpmonitor.plans.routes import jurisdiction_at
from ogpmonitor.plans.schemas import PublishForm

NOTHING_CHOSEN = msgid("Tick at least one change. Nothing was published.")


class PublishController(Controller):
    """The coordinator's last look, and the step that makes things public."""

    path = "/{lang:str}/{tenant:str}/workbench/publish"

    @get("/", permission=Permission.PLAN_PUBLISH)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromQuery[str] = ""
    ) -> Response[bytes]:
        """What would change in `plan`, or in the newest one; nothing is written by looking."""
        plans = await queries.list_plans(session)
        if not plans:
            return page(request, "plans/publish.html", plan=None, plans=[], unpublished=0)
        chosen = await queries.get_plan(session, plan or plans[0].slug)
        return await _show(request, session, chosen)

    @post("/", permission=Permission.PLAN_PUBLISH)
    async def publish(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """One edition says what was ticked. What was not seen is not published: then the new preview comes back (409).

        Raises:
            Invalid: the form names no plan.
            NotFound: the tenant has no such plan.
            Conflict: nothing would change.
        """
        form = Form.of(PublishForm, await read_form(request))
        if form.value is None:
            raise Invalid("publish.form")
        plan = await queries.get_plan(session, form.value.plan)
        if not form.value.places:
            return await _show(request, session, plan, status=422, problem=NOTHING_CHOSEN, ticked=())
        try:
            edition = await publish(
                session,
                plan,
                jurisdiction_at(request),
                key=request.app.state.signing_key,
                by=request.user,
                chosen=form.value.places,
                as_previewed=form.value.state,
            )
        except Conflict as changed:
            if changed.code != CHANGED_SINCE_PREVIEW:
                raise
            return await _show(request, session, plan, status=409, problem=changed.message, ticked=form.value.chosen)
        return see_other(request, f"{place_of(request).tenant.slug}/plans/{plan.slug}/editions/{edition.number}/")


async def _show(
    request: AnyRequest,
    session: TenantSession,
    plan: Plan,
    *,
    status: int = 200,
    problem: str = "",
    ticked: Collection[str] | None = None,
) -> Response[bytes]:
    """The preview; `ticked` are the keys of what was chosen before, None ticks everything."""
    place = place_of(request)
    seen = await preview(session, plan, jurisdiction_at(request))
    with reading_in(place.tenant.zone):
        documents = previews_of(seen.changes, place.lang)
    is_ticked = {one.key: ticked is None or seen.latest is None or one.key in ticked for one in documents}
    context: dict[str, Any] = {
        "plan": plan,
        "plan_title": Localized.model_validate(plan.title),
        "plans": [(one.slug, Localized.model_validate(one.title)) for one in await queries.list_plans(session)],
        "latest": seen.latest,
        "documents": documents,
        "is_ticked": is_ticked,
        "ticked": sum(is_ticked.values()),
        "state": seen.state,
        "problem": translate(place.lang, problem) if problem else "",
        "unpublished": len(documents),
    }
    return page(request, "plans/publish.html", status=status, **context)
