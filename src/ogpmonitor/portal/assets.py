"""What the site needs besides pages: files for the browser, each tenant's logo and accent, the components."""

from litestar import Controller, Response, get
from litestar.params import FromPath

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.gallery import GALLERY, gallery_context
from ogpmonitor.kit.headers import FILE_POLICY
from ogpmonitor.kit.respond import AnyRequest, page
from ogpmonitor.kit.static import StaticFiles, tenant_css
from ogpmonitor.tenants.directory import TenantDirectory

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
# An image opened by itself must stay an image.
SVG_HEADERS = {**FOR_EVER, "Content-Security-Policy": f"{FILE_POLICY}; style-src 'unsafe-inline'"}


class StaticController(Controller):
    """Addresses name content (a fingerprint or a digest), so answers are kept for ever."""

    path = "/static"

    @get("/tenants/{file:str}", permission=Permission.PUBLIC)
    async def tenant_file(self, request: AnyRequest, file: FromPath[str]) -> Response[str]:
        slug, _, kind = file.rpartition(".")
        directory: TenantDirectory = request.app.state.directory
        tenant = await directory.get(slug)
        if kind == "css":
            css = tenant_css(tenant.accent, tenant.accent_dark)
            return Response(css, media_type="text/css; charset=utf-8", headers=dict(FOR_EVER))
        if kind == "svg":
            return Response(tenant.logo_svg, media_type="image/svg+xml", headers=dict(SVG_HEADERS))
        raise NotFound

    @get("/{fingerprint:str}/{name:path}", permission=Permission.PUBLIC)
    async def file(self, request: AnyRequest, fingerprint: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        files: StaticFiles = request.app.state.static
        found = files.find(fingerprint, str(name).lstrip("/"))
        if found is None:
            raise NotFound
        return Response(found.content, media_type=found.media_type, headers=dict(FOR_EVER))


class ComponentsController(Controller):
    """Every component in every state: for those who build pages, in development only."""

    path = "/{lang:str}/workbench/components"

    @get("/", permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest) -> Response[bytes]:
        if not request.app.state.settings.development:
            raise NotFound
        return page(request, GALLERY, **gallery_context())
