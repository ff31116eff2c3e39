"""`/`, `/{lang}/` and `/{lang}/about/`: the platform's own pages."""

from collections.abc import Sequence

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.i18n import negotiate
from ogpmonitor.kit.respond import AnyRequest, place_of, public_page
from ogpmonitor.portal import queries
from ogpmonitor.portal.routes.answering import about_of, today_at
from ogpmonitor.register.facts import plain
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory


class RootController(Controller):
    """The bare address greets in the reader's language."""

    @get("/", permission=Permission.PUBLIC)
    async def root(self, request: AnyRequest) -> Redirect:
        lang = negotiate(request.headers.get("accept-language"))
        headers = {"Vary": "Accept-Language", "Cache-Control": "private, no-store"}
        return Redirect(f"/{lang}/", status_code=302, headers=headers)


class PlatformController(Controller):
    """Who is monitored, search, and what this is."""

    path = "/{lang:str}"

    @get("/", permission=Permission.PUBLIC)
    async def home(self, request: AnyRequest, register: NamedDependency[RegisterSession]) -> Response[bytes]:
        directory: TenantDirectory = request.app.state.directory
        tenants = sorted(directory.all, key=lambda tenant: plain(tenant.name.in_(place_of(request).lang)))
        query = str(request.query_params.get("q", ""))[: queries.LONGEST_QUERY].strip()
        words = queries.words_of(query)
        overviews = await queries.overviews(register, {tenant.slug: today_at(tenant) for tenant in tenants})
        found = await queries.search(register, words) if words else None
        return public_page(
            request,
            "portal/home.html",
            tenants=[tenant for tenant in tenants if not tenant.is_archived],
            archived=[tenant for tenant in tenants if tenant.is_archived],
            overviews=overviews,
            by_slug={tenant.slug: tenant for tenant in tenants},
            query=query,
            found=found,
            tenants_found=_named(tenants, words),
        )

    @get(["/about", "/about-platform"], permission=Permission.PUBLIC)
    async def about(self, request: AnyRequest) -> Response[bytes]:
        """On a jurisdiction's own host `about` is the jurisdiction's; the second is the platform's everywhere."""
        return public_page(request, "portal/about.html", about=about_of(request))


def _named(tenants: Sequence[KnownTenant], words: Sequence[str]) -> list[KnownTenant]:
    """The jurisdictions whose names hold every word."""
    if not words:
        return []
    names = {
        tenant.slug: plain(" ".join([*tenant.name.texts.values(), *tenant.file.official_name.texts.values()]))
        for tenant in tenants
    }
    return [tenant for tenant in tenants if all(word in names[tenant.slug] for word in words)]
