"""`/sign-in` and `/sign-out`: the door, the demo's own way in, and the way out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy import select

from ogpmonitor.accounts import service
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.arriving import arrive, first_page, local_path, origin_of, tenant_at_hand
from ogpmonitor.accounts.middleware import COOKIE
from ogpmonitor.accounts.models import Membership, Person, Role, SignIn, Way
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.accounts.problems import SignInRefused
from ogpmonitor.accounts.providers import Provider, Providers
from ogpmonitor.accounts.service import Came
from ogpmonitor.kit.db import Database, TenantSession, utc_now
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import Form, FormModel, read_form
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, see_other
from ogpmonitor.limits.table import SIGN_IN
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory

ROLES_IN_ORDER = (Role.COORDINATOR, Role.CONTACT, Role.MONITOR, Role.VIEWER)
LARGEST_FORM_BYTES = 16 * 1024  # two short fields, sent by anyone
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


@dataclass(frozen=True)
class Here:
    """Who is signed in at this browser already, where its work begins, at which provider, and whether long ago."""

    name: str
    first: str
    email: str
    persona: str | None
    provider: str | None
    must_prove: bool


class SignInController(Controller):
    """The door: everything one can sign in by, and signing out."""

    path = "/{lang:str}"
    request_max_body_size = LARGEST_FORM_BYTES

    @get(["/sign-in", "/{tenant:str}/sign-in"], permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest, wanted: Wanted = "") -> Response[bytes]:
        """Every way in: the jurisdiction's providers, the platform's, a link by e-mail; in the demo its people."""
        state = request.app.state
        wanted = local_path(wanted)
        tenant = tenant_at_hand(request, wanted)
        database: Database = state.database
        async with database.tenant_session(None) as session:  # it may note that the person at hand was here
            here = await _who_is_here(request, session)
        async with database.tenant_session(None) as session:
            houses, platform = await _entrances(session, state.directory) if state.demo else ([], [])
        return page(
            request,
            "accounts/sign_in.html",
            houses=houses,
            platform=platform,
            me=here,
            wanted=wanted,
            whose=tenant,
            own_switch=tenant is not None and not tenant.file.sign_in.email_links,
            email=offers_email(request),
            same_way=_same_way(state.providers, here),
            **_ways(state.providers, state.directory, tenant),
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
        return await arrive(request, session, person, Came(Way.PERSONA), wanted=form.value.next)

    @post("/sign-out", permission=Permission.SESSION_END)
    async def leave(self, request: AnyRequest) -> Response[bytes] | Redirect:
        """The session is over; so is the one at the provider, where it says how. The next page is open to all."""
        user, database = request.user, request.app.state.database
        async with database.tenant_session(None, user.id, sign_in=user.sign_in_id) as session:
            signed_in = await session.get(SignIn, user.sign_in_id)
            await service.sign_out(session, user.sign_in_id)
        way_out = await _way_out(request, signed_in)
        answer = page(request, "accounts/going.html", address=way_out, leaving=True) if way_out else None
        done = answer or see_other(request, "")
        done.delete_cookie(COOKIE)
        done.headers["Clear-Site-Data"] = '"storage"'  # what was typed and not yet saved; pages are not kept anyway
        return done


def offers_email(request: AnyRequest) -> bool:
    """Whether links are sent by e-mail. The demo sends nothing."""
    return bool(request.app.state.settings.email_links and not request.app.state.demo)


def _ways(providers: Providers, directory: TenantDirectory, tenant: KnownTenant | None) -> dict[str, Any]:
    """The providers to choose from; on the platform's own page also the jurisdictions that have some."""
    own: Sequence[Provider] = providers.of(tenant) if tenant else ()
    others = [one for one in directory.all if providers.of(one)] if tenant is None else []
    return {"own_providers": own, "platform_providers": providers.platform, "elsewhere": others}


def _same_way(providers: Providers, here: Here | None) -> Provider | None:
    """The provider at which the person at hand signed in, if it is still one of ours."""
    if here is None or here.provider is None:
        return None
    try:
        return providers.find(*here.provider.split("/", 1))
    except NotFound:
        return None


async def _way_out(request: AnyRequest, signed_in: SignIn | None) -> str | None:
    if signed_in is None or signed_in.provider is None:
        return None
    try:
        provider = request.app.state.providers.find(*signed_in.provider.split("/", 1))
        found: str | None = await request.app.state.oidc.way_out(provider, back=f"{origin_of(request)}/")
    except (NotFound, SignInRefused):  # it is not there any more, or not now: here the session is over all the same
        return None
    return found


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


async def _who_is_here(request: AnyRequest, session: TenantSession) -> Here | None:
    """Who is signed in and where its work begins, on a page that is open to all and therefore was not asked."""
    token = request.cookies.get(COOKIE)
    settings = request.app.state.settings
    idle = timedelta(minutes=settings.session_idle_minutes)
    actor: Actor | None = (
        await service.find_actor(session, token, tenant_id=None, idle=idle, demo=settings.demo) if token else None
    )
    if actor is None or token is None:
        return None
    person, signed_in = await session.get(Person, actor.id), await session.get(SignIn, actor.sign_in_id)
    if person is None or signed_in is None:
        return None
    return Here(
        name=person.name,
        first=await first_page(session, person, token, request),
        email=person.email or "",
        persona=person.persona,
        provider=signed_in.provider,
        must_prove=utc_now() - signed_in.proved_at > timedelta(minutes=settings.proof_minutes),
    )
