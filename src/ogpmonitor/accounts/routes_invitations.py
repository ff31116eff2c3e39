"""`/invitations/<token>`: seeing what one is invited to, and accepting it."""

from collections.abc import Sequence

import structlog
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts import entries, invitations
from ogpmonitor.accounts.arriving import arrive
from ogpmonitor.accounts.identities import PROVE_FIRST, link_waiting
from ogpmonitor.accounts.invitations import Accepted, Shown
from ogpmonitor.accounts.models import Role, Way
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.accounts.providers import Provider, Providers
from ogpmonitor.accounts.schemas_people import LONGEST_NAME, AcceptForm
from ogpmonitor.accounts.service import Came
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Gone
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.limits.table import LINK
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory

LARGEST_FORM_BYTES = 16 * 1024
log = structlog.get_logger()
ENDED = msgid("This invitation was accepted or withdrawn, or has ended. Ask whoever invited you for a new one.")


class InvitationController(Controller):
    """What whoever holds an invitation's link sees. Looking accepts nothing: mail programs look, too."""

    path = "/{lang:str}/invitations"
    request_max_body_size = LARGEST_FORM_BYTES

    @get("/{token:str}", permission=Permission.PUBLIC, limit=LINK)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[bytes]:
        """Who invites to what, until when; 410 where it is over, 404 for a link that never was."""
        return await _page(request, session, await _standing(session, token), Form())

    @post("/{token:str}", permission=Permission.PUBLIC, limit=LINK)
    async def accept(
        self, request: AnyRequest, session: NamedDependency[TenantSession], token: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The role is taken, once; 422 without a name, 409 where the person's other roles are against it."""
        shown = await _standing(session, token)
        form = Form.of(AcceptForm, await read_form(request))
        if form.value is None and not shown.is_known:
            return await _page(request, session, shown, form, status=422)
        if _needs_account(request, shown) and await _waiting_at(request, session) is None:
            form.add("", PROVE_FIRST)
            return await _page(request, session, shown, form, status=409)
        name = form.value.name if form.value else shown.name
        try:
            accepted = await invitations.accept(session, shown, token, name=name)
        except Conflict as refused:
            form.add("", refused.message)
            return await _page(request, session, shown, form, status=409)
        return await _enter(request, session, shown, accepted)


async def _standing(session: TenantSession, token: str) -> Shown:
    shown = await invitations.find_by_token(session, token)
    if shown.state != "open":
        raise Gone("invitation.gone", ENDED)
    return shown


def _home(request: AnyRequest, shown: Shown) -> KnownTenant | None:
    directory: TenantDirectory = request.app.state.directory
    return next((one for one in directory.all if one.id == shown.place), None)


async def _enter(request: AnyRequest, session: TenantSession, shown: Shown, accepted: Accepted) -> Redirect:
    """Who is new here is signed in: the link came by mail and so showed the address.

    Whoever has signed in before does so again, in its usual way, because a link of fourteen days opens no account that
    has more to lose. In the demonstration everyone is signed in, for want of another way.
    """
    tenant = _home(request, shown)
    first = "desk/" if tenant is None else f"{tenant.slug}/workbench/"
    if tenant is not None and shown.role == Role.MONITOR:
        first += "assessments/"
    home = place_of(request).href(first)
    if not (accepted.is_new or request.app.state.demo):
        return see_other(request, f"sign-in/?next={home}")
    came = await _came(request, session, accepted)
    return await arrive(request, session, accepted.person, came, wanted=home)


async def _came(request: AnyRequest, session: TenantSession, accepted: Accepted) -> Came:
    """By the account that was proved in this browser, which is the new person's from now on; else by the link."""
    by_link = Came(Way.EMAIL, platform_role_counts=not request.app.state.settings.platform_roles_need_provider)
    if not accepted.is_new:
        return by_link
    try:
        entry = await link_waiting(session, accepted.person, browser=request.cookies.get(entries.COOKIE, ""))
    except Conflict as refused:
        log.info("invitation.no_account", why=refused.code, person=str(accepted.person.id))
        return by_link
    return Came(Way.PROVIDER, entry.provider, entry.only_in)


def _ways(request: AnyRequest, shown: Shown) -> Sequence[Provider]:
    """The providers at which whoever takes the role can sign in afterwards; for a monitor not the government's own."""
    providers: Providers = request.app.state.providers
    tenant = _home(request, shown)
    own = providers.of(tenant) if tenant is not None and shown.role != Role.MONITOR else ()
    return [*own, *providers.platform]


def _needs_account(request: AnyRequest, shown: Shown) -> bool:
    """Whether somebody new could not come back without an account at a provider."""
    tenant = _home(request, shown)
    if shown.is_known or shown.role == Role.MONITOR or not _ways(request, shown):
        return False
    if tenant is None:
        return bool(request.app.state.settings.platform_roles_need_provider)
    return not tenant.file.sign_in.email_links


async def _waiting_at(request: AnyRequest, session: TenantSession) -> str | None:
    """The provider whose account was proved in this browser and is nobody's yet."""
    return await entries.who_waits(session, request.cookies.get(entries.COOKIE, ""))


async def _page(
    request: AnyRequest, session: TenantSession, shown: Shown, form: Form[AcceptForm], *, status: int = 200
) -> Response[bytes]:
    lang, tenant = place_of(request).lang, _home(request, shown)
    errors = {name: translate(lang, said[0]) for name, said in form.errors.items()}
    return page(
        request,
        "accounts/invitation.html",
        status=status,
        shown=shown,
        place=tenant.name if tenant else None,
        typed=str(form.data.get("name", shown.name)),
        error=errors.get("name", ""),
        problem=errors.get("", ""),
        longest=LONGEST_NAME,
        ways=[] if shown.is_known else _ways(request, shown),
        waits=await _waiting_at(request, session),
        needs_account=_needs_account(request, shown),
    )
