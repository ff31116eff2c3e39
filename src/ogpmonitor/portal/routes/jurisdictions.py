"""`/{lang}/{tenant}/`: a jurisdiction, its current plan, and what it says about itself."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, public_page
from ogpmonitor.portal import queries
from ogpmonitor.portal.routes.answering import tenant_of, today_at
from ogpmonitor.portal.standing import reported_together
from ogpmonitor.portal.summaries import summaries
from ogpmonitor.portal.verdicts import rated_together
from ogpmonitor.tenants.directory import KnownTenant


class JurisdictionController(Controller):
    """Who is monitored."""

    path = "/{lang:str}/{tenant:str}"

    @get("/", permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest, register: NamedDependency[RegisterSession]) -> Response[bytes]:
        tenant = tenant_of(request)
        today = today_at(tenant)
        plans = await queries.list_plans(register, tenant.slug)
        published = await queries.published_plan(register, tenant.slug, plans[0].plan) if plans else None
        return public_page(
            request,
            "portal/jurisdiction.html",
            about=_about(tenant),
            plans=plans,
            published=published,
            seen=reported_together(published.commitments, on=today) if published else None,
            rated=rated_together(published.assessments, len(published.commitments)) if published else None,
            rows=summaries(published, on=today) if published else [],
        )

    @get("/about", permission=Permission.PUBLIC)
    async def about(self, request: AnyRequest) -> Response[bytes]:
        return public_page(request, "portal/jurisdiction_about.html", about=_about(tenant_of(request)))


def _about(tenant: KnownTenant) -> Localized | None:
    """The page `about` of the jurisdiction's folder, in every language it has."""
    texts = {
        language: tenant.pages[f"about.{language}"]
        for language in tenant.file.languages
        if tenant.pages.get(f"about.{language}", "").strip()
    }
    if not texts:
        return None
    source = tenant.file.source_language
    return Localized.model_validate({"source": source if source in texts else next(iter(texts)), **texts})
