"""`/sitemap.xml`, `/robots.txt` and `/.well-known/security.txt`."""

from datetime import date

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession, utc_now
from ogpmonitor.kit.i18n import DEFAULT_LANGUAGE, LANGUAGES
from ogpmonitor.kit.respond import AnyRequest, shared
from ogpmonitor.opendata.queries import public_pages
from ogpmonitor.opendata.sitemap import sitemap
from ogpmonitor.tenants.directory import TenantDirectory

PRIVATE_PATHS = ("/*/*/workbench/", "/*/workbench/", "/*/sign-in/", "/*/desk/")
TEXT = "text/plain"  # the framework says which letters


class WellKnownController(Controller):
    """What programs look for before anything else."""

    @get("/sitemap.xml", permission=Permission.PUBLIC)
    async def sitemap(self, request: AnyRequest, register: NamedDependency[RegisterSession]) -> Response[bytes]:
        directory: TenantDirectory = request.app.state.directory
        pages = await public_pages(register, [tenant.slug for tenant in directory.all])
        body = sitemap(pages, base_url=request.app.state.settings.base_url, languages=tuple(LANGUAGES))
        return shared(request, body, "application/xml; charset=utf-8")

    @get("/robots.txt", permission=Permission.PUBLIC)
    async def robots(self, request: AnyRequest) -> Response[bytes]:
        """A demonstration speaks of real places and holds invented content: search engines are asked to stay away."""
        closed = ("/",) if request.app.state.demo else PRIVATE_PATHS
        lines = [
            "User-agent: *",
            *(f"Disallow: {path}" for path in closed),
            "",
            f"Sitemap: {_base(request)}/sitemap.xml",
        ]
        return shared(request, _text(lines), TEXT)

    @get("/.well-known/security.txt", permission=Permission.PUBLIC)
    async def security_txt(self, request: AnyRequest) -> Response[bytes]:
        """RFC 9116. The date renews itself while the service runs, and is the same for a month."""
        told = request.app.state.settings.security_contact
        lines = [
            f"Contact: {told or f'{_base(request)}/{DEFAULT_LANGUAGE}/about/#security'}",
            f"Expires: {half_a_year_after(utc_now().date()).isoformat()}T00:00:00Z",
            f"Preferred-Languages: {', '.join(LANGUAGES)}",
            f"Canonical: {_base(request)}/.well-known/security.txt",
        ]
        return shared(request, _text(lines), TEXT)


def half_a_year_after(day: date) -> date:
    """The first day of the sixth month after that of `day`."""
    years, month = divmod(day.month - 1 + 6, 12)
    return date(day.year + years, month + 1, 1)


def _base(request: AnyRequest) -> str:
    base: str = request.app.state.settings.base_url
    return base.rstrip("/")


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
