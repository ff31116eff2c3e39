"""`/sign-in` and `/sign-out`."""

from datetime import timedelta

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy import select

from ogpmonitor.accounts import service
from ogpmonitor.accounts.middleware import COOKIE
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession, seal
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import Form, FormModel
from ogpmonitor.kit.respond import AnyRequest, page, see_other
from ogpmonitor.tenants.directory import TenantDirectory


class PersonaChoice(FormModel):
    """Which of the demo's invented people to be."""

    persona: str


class SignInController(Controller):
    """Signing in as a person of the demo; signing out."""

    path = "/{lang:str}"

    @get("/sign-in", permission=Permission.PUBLIC)
    async def show(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        people = await service.personas(session) if request.app.state.demo else []
        return page(request, "accounts/sign_in.html", people=people)

    @post("/sign-in", permission=Permission.PUBLIC)
    async def enter(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Redirect:
        """Enter as a persona; outside the demo there are none, and this address is not found."""
        form = Form.of(PersonaChoice, await request.form())
        if not request.app.state.demo or form.value is None:
            raise NotFound("persona.not_found")
        statement = select(Person).where(Person.persona == form.value.persona)
        person = (await session.scalars(statement)).one_or_none()
        if person is None:
            raise NotFound("persona.not_found")
        settings = request.app.state.settings
        lasting = timedelta(hours=settings.session_hours)
        token = await service.sign_in(session, person, lasting=lasting)
        answer = see_other(request, await _first_page(session, person, request.app.state.directory))
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
        await service.sign_out(session, request.user.sign_in_id)
        answer = see_other(request, "")
        answer.delete_cookie(COOKIE)
        return answer


async def _first_page(session: TenantSession, person: Person, directory: TenantDirectory) -> str:
    """Where this person's work begins."""
    if person.platform_role in set(PlatformRole):
        return "desk/"
    await seal(session, None, person.id)
    membership = next(iter(await session.scalars(select(Membership).where(Membership.person_id == person.id))), None)
    if membership is None:
        return ""
    tenant = next(tenant for tenant in directory.all if tenant.is_home_of(membership))
    return f"{tenant.slug}/workbench/" + ("assessments/" if membership.role == Role.MONITOR else "")
