"""`/desk/people`: who works for the platform, and the first coordinator of a jurisdiction."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts import erasure, invitations, staff
from ogpmonitor.accounts.invitations import Invited, Inviting
from ogpmonitor.accounts.letters import Letter, send_invitation
from ogpmonitor.accounts.models import Invitation, PlatformRole, Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.refused import CHANGED
from ogpmonitor.accounts.schemas_people import CoordinatorForm, EraseForm, StaffForm, StaffInviteForm
from ogpmonitor.kit.db import TenantSession, seal, utc_now
from ogpmonitor.kit.errors import Conflict, NotFound, NotPermitted
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import LANGUAGES, msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory

ROOT = "desk/people/"
NOBODY = msgid("Nobody has this address.")
HAS_ONE = msgid("This jurisdiction has a coordinator, who invites the others.")
FIELDS = ("name", "email", "role", "language", "slug", "until", "reason")


class StaffController(Controller):
    """The people of the platform."""

    path = "/{lang:str}/desk/people"

    @get("/", permission=Permission.STAFF_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Everybody who works for the platform; for an operator also who is invited."""
        return await _page(request, session, done=done)

    @post("/invite", permission=Permission.STAFF_MANAGE)
    async def invite(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """The person is invited to the platform; 422 or 409 with messages and all that was typed."""
        form = Form.of(StaffInviteForm, await read_form(request))
        sent = form.value
        if sent is None:
            return await _page(request, session, ("invite", form), status=422)
        asked = Inviting(sent.email, sent.name, sent.role, sent.language, demo=bool(request.app.state.demo))
        try:
            invited = await invitations.invite(session, asked, by=request.user)
        except Conflict as refused:
            form.add("email", refused.message)
            return await _page(request, session, ("invite", form), status=409)
        return await _sent(request, session, invited, Letter(sent.name, sent.role, request.user.name))

    @post("/coordinator", permission=Permission.STAFF_MANAGE)
    async def invite_coordinator(
        self, request: AnyRequest, session: NamedDependency[TenantSession]
    ) -> Response[bytes] | Redirect:
        """The first coordinator of a jurisdiction is invited; 409 where there is one who was seen lately."""
        form = Form.of(CoordinatorForm, await read_form(request))
        sent = form.value
        if sent is None:
            return await _page(request, session, ("coordinator", form), status=422)
        tenant = _tenant(request, sent.slug)
        await seal(session, tenant.id, request.user.id)
        asked = Inviting(
            sent.email, sent.name, Role.COORDINATOR, sent.language, until=sent.until, demo=bool(request.app.state.demo)
        )
        try:
            invited = await invitations.invite(session, asked, by=request.user)
        except (Conflict, NotPermitted) as refused:
            form.add("slug" if isinstance(refused, NotPermitted) else "email", refused.message or HAS_ONE)
            return await _page(request, session, ("coordinator", form), status=409)
        letter = Letter(sent.name, Role.COORDINATOR, request.user.name, tenant.name, until=sent.until)
        return await _sent(request, session, invited, letter)

    @post("/invitations/{invitation_id:uuid}/send", permission=Permission.STAFF_MANAGE)
    async def send_again(
        self, request: AnyRequest, session: NamedDependency[TenantSession], invitation_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """A new link is on its way; the older one opens nothing any more."""
        found, tenant = await _open(request, session, invitation_id)
        invited = await invitations.send_again(session, found, by=request.user)
        place = tenant.name if tenant else None
        letter = Letter(found.name, found.role, request.user.name, place, until=found.ends_on)
        return await _sent(request, session, invited, letter)

    @post("/invitations/{invitation_id:uuid}/withdraw", permission=Permission.STAFF_MANAGE)
    async def withdraw(
        self, request: AnyRequest, session: NamedDependency[TenantSession], invitation_id: FromPath[UUID]
    ) -> Redirect:
        """The link opens nothing any more."""
        found, _ = await _open(request, session, invitation_id)
        await invitations.withdraw(session, found, by=request.user)
        return see_other(request, f"{ROOT}?done=withdrawn")

    @post("/leave", permission=Permission.STAFF_LEAVE)
    async def leave(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """Whoever asks works for the platform no more; 409 for the last operator."""
        own = await staff.get_staff(session, request.user.id)
        try:
            await staff.change_staff(session, own.id, None, seen=own.version, reason="", by=request.user)
        except Conflict as refused:
            return await _page(request, session, problem=refused.message, status=409)
        return see_other(request, "")

    @post("/erase", permission=Permission.ACCOUNT_ERASE)
    async def erase(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """Who asked for it is forgotten; 422 with messages, 409 where a rule is against it."""
        form = Form.of(EraseForm, await read_form(request))
        if form.value is not None:
            try:
                person = await erasure.find_by_email(session, form.value.email)
                await erasure.erase(session, person.id, reason=form.value.reason, by=request.user)
            except NotFound:
                form.add("email", NOBODY)
            except Conflict as refused:
                form.add("email", refused.message)
                return await _page(request, session, ("erase", form), status=409)
            else:
                return see_other(request, f"{ROOT}?done=erased")
        return await _page(request, session, ("erase", form), status=422)

    @post("/{person_id:uuid}", permission=Permission.STAFF_MANAGE)
    async def change(
        self, request: AnyRequest, session: NamedDependency[TenantSession], person_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The person has another role on the platform, or none; 422 without a reason, 409 with the rule against it."""
        person = await staff.get_staff(session, person_id)
        form = Form.of(StaffForm, await read_form(request))
        sent = form.value
        if sent is None:
            problem = next(iter(form.errors.values()))[0]
            return await _page(request, session, problem=problem, status=422)
        role = None if sent.role == "none" else PlatformRole(sent.role)
        try:
            await staff.change_staff(session, person.id, role, seen=sent.version, reason=sent.reason, by=request.user)
        except Conflict as refused:
            if refused.code == CHANGED:
                raise
            return await _page(request, session, problem=refused.message, status=409)
        if role is None and person.id == request.user.id:
            return see_other(request, "")
        return see_other(request, f"{ROOT}?done={'changed' if role else 'removed'}")


def _tenant(request: AnyRequest, slug: str) -> KnownTenant:
    directory: TenantDirectory = request.app.state.directory
    found = next((one for one in directory.all if one.slug == slug), None)
    if found is None:
        raise NotFound("tenant.not_found")
    return found


async def _open(
    request: AnyRequest, session: TenantSession, invitation_id: UUID
) -> tuple[Invitation, KnownTenant | None]:
    """An invitation that is open, and the jurisdiction it is to, to which the transaction is sealed from then on."""
    found = await invitations.get_open(session, invitation_id)
    if found.invited_to is None:
        return found, None
    await seal(session, found.invited_to, request.user.id)
    directory: TenantDirectory = request.app.state.directory
    return found, next((one for one in directory.all if one.id == found.invited_to), None)


async def _sent(request: AnyRequest, session: TenantSession, invited: Invited, letter: Letter) -> Response[Any]:
    """In the demonstration no letter leaves the house: there, and only there, whoever invites sees the link."""
    state = request.app.state
    link = await send_invitation(session, invited, letter, base_url=place_of(request).base_url)
    if not state.demo:
        return see_other(request, f"{ROOT}?done=invited")
    return page(request, "accounts/invited.html", name=letter.name, link=link, back=place_of(request).href(ROOT))


async def _page(
    request: AnyRequest,
    session: TenantSession,
    sent: tuple[str, Form[Any]] | None = None,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response[bytes]:
    if request.method == "POST":  # it may have been sealed to a jurisdiction
        await seal(session, None, request.user.id)
    lang, may_manage = place_of(request).lang, permits(request.user, Permission.STAFF_MANAGE)
    pending: list[Invitation] = [*await invitations.list_open(session)] if may_manage else []
    which, form = sent or ("", Form())
    errors = {name: translate(lang, said[0]) for name, said in form.errors.items()}
    directory: TenantDirectory = request.app.state.directory
    return page(
        request,
        "accounts/staff.html",
        status=status,
        colleagues=await staff.list_staff(session),
        pending=pending,
        which=which,
        typed={name: str(form[name]) for name in FIELDS},
        errors=errors,
        problems=[(f"{which}-{name}", words) for name, words in errors.items()],
        languages_offered=[{"code": code, "label": name} for code, name in LANGUAGES.items()],
        jurisdictions=[{"code": one.slug, "label": one.name} for one in directory.all],
        problem=translate(lang, problem) if problem else "",
        done=done,
        instant=utc_now(),
    )
