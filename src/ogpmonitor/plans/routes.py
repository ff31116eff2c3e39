"""`/workbench`: a plan at work. What is due or late, and where each milestone stands."""

from datetime import date
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.plans import queries
from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.onboarding import Onboarding, onboarding
from ogpmonitor.plans.overview import overview_of
from ogpmonitor.plans.publishing import preview
from ogpmonitor.register.documents import Jurisdiction

SAVING = frozenset({"report", "accepted"})
SAVED = msgid("Saved. Nothing is public until you publish.")
SAVED_BY_CONTACT = msgid("Sent. The open government unit reads it and then publishes it.")


def today_at(request: AnyRequest) -> date:
    """The day it is where the tenant is."""
    today: date = place_of(request).tenant.day_at(utc_now())
    return today


def jurisdiction_at(request: AnyRequest) -> Jurisdiction:
    """Whose register a publication goes to."""
    file = place_of(request).tenant.file
    return Jurisdiction(slug=file.slug, name=file.name, country=file.country)


class WorkbenchController(Controller):
    """The government's desk in one tenant. A monitor's desk is elsewhere."""

    path = "/{lang:str}/{tenant:str}/workbench"

    @get("/", permission=Permission.WORKBENCH_ENTER)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromQuery[str] = "",
        saved: FromQuery[str] = "",
    ) -> Response[Any]:
        """The tenant's plans, the newest opened unless `plan` names another; `saved` says what just happened."""
        if request.user.role == Role.MONITOR:
            return see_other(request, f"{place_of(request).tenant.slug}/workbench/assessments/")
        plans = await queries.list_plans(session)
        if not plans:
            return page(request, "plans/workbench.html", onboarding=await _onboarding(request, session), **_NO_PLAN)
        shown = await queries.get_plan(session, plan or plans[0].slug)
        seen = await preview(session, shown, jurisdiction_at(request))
        context: dict[str, Any] = {
            "plans": [(one.slug, Localized.model_validate(one.title)) for one in plans],
            "overview": overview_of(shown, on=today_at(request), by=request.user),
            "latest": seen.latest,
            "published_days": (utc_now() - seen.latest.published_at).days if seen.latest else 0,
            "unpublished": len(seen.changes),
            "may_publish": permits(request.user, Permission.PLAN_PUBLISH, shown),
            "flashes": [{"kind": "done", "text": _saved_words(request)}] if saved in SAVING else [],
            "onboarding": await _onboarding(request, session, shown),
        }
        return page(request, "plans/workbench.html", **context)


async def _onboarding(request: AnyRequest, session: TenantSession, plan: Plan | None = None) -> Onboarding | None:
    """What is left to do until the first publication, for who can do it."""
    tenant = place_of(request).tenant
    if not permits(request.user, Permission.PLAN_WRITE):
        return None
    return await onboarding(session, plan, jurisdiction=tenant.slug, languages=tenant.file.languages)


def _saved_words(request: AnyRequest) -> str:
    words = SAVED if permits(request.user, Permission.PLAN_PUBLISH) else SAVED_BY_CONTACT
    return translate(place_of(request).lang, words)


_NO_PLAN: dict[str, Any] = {
    "plans": [],
    "overview": None,
    "latest": None,
    "published_days": 0,
    "unpublished": 0,
    "may_publish": False,
    "flashes": [],
}
