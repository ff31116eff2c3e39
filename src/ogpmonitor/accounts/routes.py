"""`/sign-in` and `/sign-out`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy import select

from ogpmonitor.accounts import service
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.middleware import COOKIE
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import Database, TenantSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import Form, FormModel, read_form
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.limits.table import SIGN_IN
from ogpmonitor.tenants.directory import TenantDirectory

ROLES_IN_ORDER = (Role.COORDINATOR, Role.CONTACT, Role.MONITOR, Role.VIEWER)
LARGEST_FORM_BYTES = 16 * 1024  # two short fields, sent by anyone
LOCAL_PATH = re.compile(rf"/({'|'.join(LANGUAGES)})/[A-Za-z0-9._~%/?&=+:,-]*")
Wanted = Annotated[str, QueryParameter(name="next")]


class PersonaChoice(FormModel):
    """Which of the demo's invented people to be, and where to go then."""

    persona: str
    next: str = ""


@dataclass(frozen=True)
class Entrance:
    """One persona one may enter as. `role` is a role in a tenant or on the platform; `unit` tells it from others."""

    persona: str
    role: str
    unit: str | None = None


@dataclass(frozen=True)
class House:
    """The personas of one jurisdiction."""

    slug: str
    name: Localized
    logo_url: str
    entrances: list[Entrance]


class SignInController(Controller):
    """Signing in as a person of the demo; signing out."""

    path = "/{lang:str}"
    request_max_body_size = LARGEST_FORM_BYTES

    @get("/sign-in", permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest, wanted: Wanted = "") -> Response[bytes]:
        """Every persona by jurisdiction, in the demo; outside it nobody can enter yet, and the page says so."""
        directory: TenantDirectory = request.app.state.directory
        database: Database = request.app.state.database
        async with database.tenant_session(None) as session:  # it may note that the person at hand was here
            me, first = await _who_is_here(request, session)
            houses, platform = await _entrances(session, directory) if request.app.state.demo else ([], [])
        return page(
            request,
            "accounts/sign_in.html",
            houses=houses,
            platform=platform,
            me=me,
            my_first_page=first,
            wanted=local_path(wanted),
        )

    @post("/sign-in", permission=Permission.PUBLIC, limit=SIGN_IN)
    async def enter(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Redirect:
        """Enter as a persona; outside the demo there are none, and this address is not found."""
        form = Form.of(PersonaChoice, await read_form(request))
        if not request.app.state.demo or form.value is None:
            raise NotFound("persona.not_found")
        statement = select(Person).where(Person.persona == form.value.persona)
        person = (await session.scalars(statement)).one_or_none()
        if person is None:
            raise NotFound("persona.not_found")
        settings = request.app.state.settings
        lasting = timedelta(hours=settings.session_hours)
        token = await service.sign_in(session, person, lasting=lasting)
        wanted = local_path(form.value.next)
        first = await _first_page(session, person, request.app.state.directory)
        answer = Redirect(wanted or place_of(request).href(first), status_code=303)
        answer.set_cookie(
            COOKIE,
            token,
            httponly=True,
            samesite="lax",
            secure=settings.cookie_secure,
            max_age=int(lasting.total_seconds()),
        )
        return answer

    @post("/sign-out", permission=Permission.SESSION_END)
    async def leave(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Redirect:
        """The session is over; the next page is open to all."""
        await service.sign_out(session, request.user.sign_in_id)
        answer = see_other(request, "")
        answer.delete_cookie(COOKIE)
        answer.headers["Clear-Site-Data"] = '"storage"'  # what was typed and not yet saved; pages are not kept anyway
        return answer


def local_path(wanted: str) -> str:
    """`wanted`, if it is a page of this very host; "" for anything that might lead a person elsewhere."""
    if not LOCAL_PATH.fullmatch(wanted) or "//" in wanted:
        return ""
    parts = urlsplit(wanted)
    leads_back = parts.path.strip("/").partition("/")[2] in {"sign-in", "sign-out"}
    return "" if parts.scheme or parts.netloc or leads_back else wanted


async def _entrances(session: TenantSession, directory: TenantDirectory) -> tuple[list[House], list[Entrance]]:
    """The personas of each jurisdiction, and those of the platform."""
    people = {person.id: person for person in await service.personas(session)}
    houses = []
    for tenant in directory.all:
        members = [one for one in await service.memberships_in(session, tenant.id) if one.person_id in people]
        members.sort(key=lambda one: ROLES_IN_ORDER.index(Role(one.role)))
        entrances = [_entrance(one, people[one.person_id], members) for one in members]
        houses.append(House(tenant.slug, tenant.name, tenant.logo_url, entrances))
    platform = [Entrance(one.persona or "", one.platform_role) for one in people.values() if one.platform_role]
    return [house for house in houses if house.entrances], platform


def _entrance(membership: Membership, person: Person, members: Sequence[Membership]) -> Entrance:
    """Told apart by its unit, or by its name where several have the same role."""
    is_only = sum(one.role == membership.role for one in members) == 1
    return Entrance(person.persona or "", membership.role, membership.unit or (None if is_only else person.name))


async def _who_is_here(request: AnyRequest, session: TenantSession) -> tuple[Actor | None, str]:
    """Who is signed in and where its work begins, on a page that is open to all and therefore was not asked."""
    token = request.cookies.get(COOKIE)
    idle = timedelta(minutes=request.app.state.settings.session_idle_minutes)
    actor = await service.find_actor(session, token, tenant_id=None, idle=idle) if token else None
    person = await session.get(Person, actor.id) if actor else None
    return actor, await _first_page(session, person, request.app.state.directory) if person else ""


async def _first_page(session: TenantSession, person: Person, directory: TenantDirectory) -> str:
    """Where this person's work begins."""
    if person.platform_role in set(PlatformRole):
        return "desk/"
    for membership in await service.own_memberships(session, person.id):
        tenant = next((one for one in directory.all if one.is_home_of(membership)), None)
        if tenant is not None:
            return f"{tenant.slug}/workbench/" + ("assessments/" if membership.role == Role.MONITOR else "")
    return ""
