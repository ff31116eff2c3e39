"""Arriving: the session begins, the browser gets its cookie and goes to its work; or it is told why not."""

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from litestar import Response
from litestar.response import Redirect

from ogpmonitor.accounts import entries, service
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.browsers import browser_name
from ogpmonitor.accounts.middleware import COOKIE
from ogpmonitor.accounts.models import Person, PlatformRole, Role
from ogpmonitor.accounts.problems import Reason, SignInRefused
from ogpmonitor.accounts.service import Came
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.respond import AnyRequest, page, place_of
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory

LOCAL_PATH = re.compile(rf"/({'|'.join(LANGUAGES)})/[A-Za-z0-9._~%/?&=+:,-]*")
NOWHERE = "?done=no-role"
DOORS = frozenset({"sign-in", "sign-out"})
log = structlog.get_logger()


def local_path(wanted: str) -> str:
    """`wanted`, if it is a page of this very host; "" for anything that might lead a person elsewhere."""
    if not LOCAL_PATH.fullmatch(wanted) or "//" in wanted:
        return ""
    parts = urlsplit(wanted)
    segments = parts.path.strip("/").split("/")
    leads_back = not DOORS.isdisjoint(segments[1:3])
    return "" if parts.scheme or parts.netloc or leads_back else wanted


def origin_of(request: AnyRequest) -> str:
    """The beginning of our own addresses where the request was made: the platform's, or a tenant's own host."""
    base_url: str = request.app.state.settings.base_url.rstrip("/")
    if not place_of(request).home:
        return base_url
    return f"{urlsplit(base_url).scheme}://{request.headers['host']}"  # a host that the directory knows


def tenant_at_hand(request: AnyRequest, wanted: str = "") -> KnownTenant | None:
    """Whose people are about to sign in: those of the address, of the host, or of the page they want."""
    place, directory = place_of(request), request.app.state.directory
    if place.tenant is not None:
        return place.tenant  # type: ignore[no-any-return]  # the kit does not know what a tenant is
    segments = urlsplit(wanted).path.strip("/").split("/")
    slug = place.home or (segments[1] if len(segments) > 1 else "")
    return next((one for one in directory.all if one.slug == slug), None)


def browser_of(request: AnyRequest) -> str:
    """What this browser holds while it signs in; new where it holds nothing."""
    return request.cookies.get(entries.COOKIE) or entries.new_browser()


def hold(request: AnyRequest, answer: Response[bytes] | Redirect, browser: str, *, lasting: timedelta) -> None:
    """The browser holds `browser` for as long as something may be under way in it."""
    answer.set_cookie(
        entries.COOKIE,
        browser,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.cookie_secure,
        max_age=int(lasting.total_seconds()),
    )


async def arrive(
    request: AnyRequest, session: TenantSession, person: Person, came: Came, *, wanted: str, lang: str | None = None
) -> Redirect:
    """`person` is signed in here, under a token of its own; whoever was signed in at this browser is not any more.

    Whose session counts nowhere is told so on the page of its sessions.
    """
    settings = request.app.state.settings
    lasting = timedelta(hours=settings.session_hours)
    if before := request.cookies.get(COOKIE):
        await service.end_session(session, before)
    came = replace(came, browser=browser_name(request.headers.get("user-agent", "")))
    token = await service.sign_in(session, person, came, lasting=lasting)
    log.info("sign_in.done", person=str(person.id), way=came.way.value, provider=came.provider)
    first = await first_page(session, person, token, request)
    home = place_of(request).href(first or "account/", lang) + ("" if first else NOWHERE)
    answer = Redirect(local_path(wanted) or home, status_code=303)
    answer.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="lax",
        secure=settings.cookie_secure,
        max_age=int(lasting.total_seconds()),
    )
    return answer


async def first_page(session: TenantSession, person: Person, token: str, request: AnyRequest) -> str:
    """Where this person's work begins, as far as the session that `token` opens counts; "" where it counts nowhere."""
    settings = request.app.state.settings
    directory: TenantDirectory = request.app.state.directory
    idle = timedelta(minutes=settings.session_idle_minutes)

    async def actor_at(tenant_id: UUID | None) -> Actor | None:
        return await service.find_actor(session, token, tenant_id=tenant_id, idle=idle, demo=settings.demo)

    actor = await actor_at(None)
    if actor is None:
        return ""
    if actor.platform_role in set(PlatformRole):
        return "desk/"
    for membership in await service.own_memberships(session, person.id):
        tenant = next((one for one in directory.all if one.is_home_of(membership)), None)
        there = await actor_at(tenant.id) if tenant else None
        if tenant and there and there.role:
            return f"{tenant.slug}/workbench/" + ("assessments/" if there.role == Role.MONITOR else "")
    return ""


def refused(request: AnyRequest, error: SignInRefused, *, where: str, wanted: str = "") -> Response[bytes]:
    """The page that says in plain words why nobody was signed in, with a reference; the log says more under it.

    `where` names the provider, or says that it was a link.
    """
    reference = secrets.token_hex(4).upper()
    log.warning("sign_in.refused", reference=reference, reason=error.reason.value, where=where, detail=error.detail)
    owner = next((one for one in request.app.state.directory.all if where.startswith(f"{one.slug}/")), None)
    tenant = tenant_at_hand(request, wanted) or owner
    status = 503 if error.reason == Reason.AWAY else error.status
    return page(
        request,
        "accounts/refused.html",
        status=status,
        reason=error.reason.value,
        reference=reference,
        wanted=local_path(wanted),
        whom_to_ask=tenant,
    )
