"""`/account`: where one is signed in."""

from datetime import timedelta
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts import sessions
from ogpmonitor.accounts.models import SignIn, Way
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.accounts.routes import LARGEST_FORM_BYTES
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import Form, FormModel, read_form
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, see_other


class Ending(FormModel):
    """Which session ends; none named: all but this one."""

    session: UUID | None = None


class AccountController(Controller):
    """One's own sessions."""

    path = "/{lang:str}/account"
    request_max_body_size = LARGEST_FORM_BYTES

    @get("/", permission=Permission.SESSION_LIST)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Every browser in which one is signed in, when, and by which way."""
        settings = request.app.state.settings
        idle = timedelta(minutes=settings.session_idle_minutes)
        rows = await sessions.own_sessions(session, request.user, idle=idle)
        return page(
            request,
            "accounts/account.html",
            rows=[(one, _label(request, one), one.id == request.user.sign_in_id) for one in rows],
            ways=Way,
            idle_minutes=settings.session_idle_minutes,
            hours=settings.session_hours,
            done=done,
        )

    @post("/end", permission=Permission.SESSION_END)
    async def end(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Redirect:
        """One session, or every other, is over."""
        form = Form.of(Ending, await read_form(request))
        if form.value is None:
            raise NotFound("session.not_found")
        if form.value.session is None:
            await sessions.end_others(session, request.user)
        else:
            await sessions.end_own(session, request.user, form.value.session)
        return see_other(request, "account/")


def _label(request: AnyRequest, row: SignIn) -> Localized | None:
    """What the provider is called; None where there was none, or it is not one of ours any more."""
    if row.provider is None:
        return None
    try:
        label: Localized = request.app.state.providers.find(*row.provider.split("/", 1)).label
    except NotFound:
        return None
    return label
