"""`/workbench/preview`: a plan and its commitments as the public will see them, before anything is published."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.respond import AnyRequest, page, place_of
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.plans.routes import jurisdiction_at
from ogpmonitor.portal.composing import commitment_page, plan_page
from ogpmonitor.preview.drafting import draft_of, items_at_the_desk


class PreviewController(Controller):
    """The public pages, made from what the government is still working on. Never kept or indexed; nothing written."""

    path = "/{lang:str}/{tenant:str}/workbench/preview/plans/{plan:str}"

    @get("/", permission=Permission.PLAN_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[bytes]:
        """The plan's page.

        Raises:
            NotFound: the tenant has no such plan.
        """
        draft = await draft_of(session, await get_plan(session, plan), jurisdiction_at(request))
        tenant = place_of(request).tenant
        shown = plan_page(draft, on=tenant.day_at(utc_now()), zone=tenant.zone, items_of=items_at_the_desk)
        return page(request, "portal/plan.html", asked=None, **shown)

    @get("/commitments/{code:str}", permission=Permission.PLAN_READ)
    async def commitment(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str], code: FromPath[str]
    ) -> Response[bytes]:
        """The page of one commitment, by its code without regard to case.

        Raises:
            NotFound: the tenant has no such plan, or the plan no such commitment.
        """
        place = place_of(request)
        draft = await draft_of(session, await get_plan(session, plan), jurisdiction_at(request))
        shown = commitment_page(
            draft,
            draft.commitment(code),
            place.tenant.slug,
            place.lang,
            on=place.tenant.day_at(utc_now()),
            zone=place.tenant.zone,
            items_of=items_at_the_desk,
        )
        return page(request, "portal/commitment.html", asked=None, **shown)
