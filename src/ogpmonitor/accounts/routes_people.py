"""`/workbench/people`: who works here as what; inviting, changing, removing, leaving."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts import invitations, people
from ogpmonitor.accounts.invitations import Invited, Inviting
from ogpmonitor.accounts.letters import Letter, send_invitation
from ogpmonitor.accounts.models import Invitation, Role
from ogpmonitor.accounts.people import Change, Member
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.refused import CHANGED
from ogpmonitor.accounts.schemas_people import InviteForm, MemberForm, RemoveForm, check_until
from ogpmonitor.kit.contested import CHOICE, Contested, contested, settled
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.forms import Form, gather, read_form
from ogpmonitor.kit.i18n import LANGUAGES, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other

FIELDS = ("role", "unit", "until")  # of a membership, that two people may write at once
TYPED = ("name", "email", "role", "unit", "until", "language", "reason")


class PeopleController(Controller):
    """The people of one jurisdiction, as each of them may see and change them."""

    path = "/{lang:str}/{tenant:str}/workbench/people"

    @get("/", permission=Permission.PEOPLE_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Everybody who has a role here; whoever coordinates sees who is invited. `done` says what just happened."""
        return await _page(request, session, done=done)

    @post("/invite", permission=Permission.PEOPLE_MANAGE)
    async def invite(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """The person is invited and the letter on its way; 422 or 409 with messages and all that was typed."""
        form = Form.of(InviteForm, await read_form(request))
        check_until(form, on=_today(request))
        sent = form.value
        if sent is None:
            return await _page(request, session, form, status=422)
        demo = bool(request.app.state.demo)
        asked = Inviting(sent.email, sent.name, sent.role, sent.language, sent.unit, sent.until, demo=demo)
        try:
            invited = await invitations.invite(session, asked, by=request.user)
        except Conflict as refused:
            form.add("email", refused.message)
            return await _page(request, session, form, status=409)
        letter = Letter(sent.name, sent.role, request.user.name, place_of(request).tenant.name, sent.unit, sent.until)
        return await _sent(request, session, invited, letter)

    @post("/invitations/{invitation_id:uuid}/send", permission=Permission.PEOPLE_MANAGE)
    async def send_again(
        self, request: AnyRequest, session: NamedDependency[TenantSession], invitation_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """A new link is on its way; the older one opens nothing any more."""
        found = await invitations.get_open(session, invitation_id)
        invited = await invitations.send_again(session, found, by=request.user)
        place = place_of(request).tenant.name
        letter = Letter(found.name, found.role, request.user.name, place, found.unit, found.ends_on)
        return await _sent(request, session, invited, letter)

    @post("/invitations/{invitation_id:uuid}/withdraw", permission=Permission.PEOPLE_MANAGE)
    async def withdraw(
        self, request: AnyRequest, session: NamedDependency[TenantSession], invitation_id: FromPath[UUID]
    ) -> Redirect:
        """The link opens nothing any more."""
        found = await invitations.get_open(session, invitation_id)
        await invitations.withdraw(session, found, by=request.user)
        return see_other(request, f"{_root(request)}?done=withdrawn")

    @post("/leave", permission=Permission.PEOPLE_LEAVE)
    async def leave(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """Whoever asks has no role here any more; 409 where nobody would coordinate."""
        try:
            await people.leave(session, by=request.user)
        except Conflict as refused:
            return await _page(request, session, problem=refused.message, status=409)
        return see_other(request, "")

    @get("/{membership_id:uuid}", permission=Permission.PEOPLE_MANAGE)
    async def member(
        self, request: AnyRequest, session: NamedDependency[TenantSession], membership_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One person of the government, to be changed or removed."""
        found = await _of_the_government(session, membership_id)
        return _member_page(request, found, _now(found))

    @post("/{membership_id:uuid}", permission=Permission.PEOPLE_MANAGE)
    async def change(
        self, request: AnyRequest, session: NamedDependency[TenantSession], membership_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The person is what was sent; 422 with messages, 409 with what both wrote, or with the rule against it."""
        found = await _of_the_government(session, membership_id)
        data, now = gather(await read_form(request)), _now(found)
        differences = contested(now, data, FIELDS) if str(data.get("version", "")) != now["version"] else []
        if differences and not any(name.startswith(CHOICE) for name in data):
            return _member_page(request, found, data, differences=differences, status=409)
        form = Form.of(MemberForm, settled(now, data, FIELDS))
        check_until(form, on=_today(request))
        sent = form.value
        if sent is None:
            return _member_page(request, found, data, form.errors, status=422)
        to, reason = Change(Role(sent.role), sent.unit, sent.until), sent.reason
        try:
            await people.change(session, found, to, seen=sent.version, reason=reason, by=request.user)
        except Conflict as refused:
            if refused.code == CHANGED:
                raise
            return _member_page(request, found, data, {"role": [refused.message]}, status=409)
        return see_other(request, f"{_root(request)}?done=changed")

    @post("/{membership_id:uuid}/remove", permission=Permission.PEOPLE_MANAGE)
    async def remove(
        self, request: AnyRequest, session: NamedDependency[TenantSession], membership_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """The person has no role here any more; 422 without a reason, 409 where a rule is against it."""
        found = await _of_the_government(session, membership_id)
        form = Form.of(RemoveForm, await read_form(request))
        if form.value is not None:
            try:
                await people.remove(session, found, seen=form.value.version, reason=form.value.reason, by=request.user)
            except Conflict as refused:
                if refused.code == CHANGED:
                    raise
                form.add("reason", refused.message)
                return _member_page(request, found, _now(found) | form.data, form.errors, status=409)
            return see_other(request, f"{_root(request)}?done=removed")
        return _member_page(request, found, _now(found) | form.data, form.errors, status=422)

    @post("/{membership_id:uuid}/dismiss", permission=Permission.BODY_MANAGE)
    async def dismiss(
        self, request: AnyRequest, session: NamedDependency[TenantSession], membership_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """A monitor no longer works for its body here: another of that body says so, and nobody else can."""
        found = await people.get_member(session, membership_id)
        form = Form.of(RemoveForm, await read_form(request))
        if form.value is None:
            problem = next(iter(form.errors.values()))[0]
            return await _page(request, session, problem=problem, status=422)
        await people.remove(session, found, seen=form.value.version, reason=form.value.reason, by=request.user)
        return see_other(request, f"{_root(request)}?done=removed")


async def _of_the_government(session: TenantSession, membership_id: UUID) -> Member:
    """One person of the government. Of a monitor a coordinator sees the name in the list, and nothing more.

    Raises:
        NotFound: nobody of this tenant has this membership.
        NotPermitted: the person monitors.
    """
    found = await people.get_member(session, membership_id)
    if found.is_monitor:
        raise NotPermitted(Permission.PEOPLE_MANAGE)
    return found


def _root(request: AnyRequest) -> str:
    return f"{place_of(request).tenant.slug}/workbench/people/"


def _today(request: AnyRequest) -> Any:
    return place_of(request).tenant.day_at(utc_now())


def _now(member: Member) -> dict[str, str]:
    """What stands, as the form writes it."""
    row = member.membership
    return {
        "role": row.role,
        "unit": row.unit or "",
        "until": row.ends_on.isoformat() if row.ends_on else "",
        "version": str(row.version),
    }


async def _sent(request: AnyRequest, session: TenantSession, invited: Invited, letter: Letter) -> Response[Any]:
    """In the demonstration no letter leaves the house: there, and only there, whoever invites sees the link."""
    state = request.app.state
    link = await send_invitation(session, invited, letter, base_url=place_of(request).base_url)
    if not state.demo:
        return see_other(request, f"{_root(request)}?done=invited")
    return page(
        request, "accounts/invited.html", name=letter.name, link=link, back=place_of(request).href(_root(request))
    )


async def _page(
    request: AnyRequest,
    session: TenantSession,
    form: Form[InviteForm] | None = None,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response[bytes]:
    lang, may_manage = place_of(request).lang, permits(request.user, Permission.PEOPLE_MANAGE)
    members = await people.list_members(session)
    pending: list[Invitation] = [*await invitations.list_open(session)] if may_manage else []
    units = await request.app.state.unit_names(session) if may_manage else []
    typed = {name: str(form[name]) for name in TYPED} if form else dict.fromkeys(TYPED, "")
    errors = {name: translate(lang, said[0]) for name, said in form.errors.items()} if form else {}
    own = next((one for one in members if one.person.id == request.user.id), None)
    return page(
        request,
        "accounts/people.html",
        status=status,
        government=[one for one in members if not one.is_monitor],
        monitors=[one for one in members if one.is_monitor],
        own=own,
        pending=pending,
        units=units,
        typed=typed if form else typed | {"language": lang},
        errors=errors,
        problems=list(errors.items()),
        languages_offered=_languages(request),
        problem=translate(lang, problem) if problem else "",
        done=done,
        instant=utc_now(),
    )


def _languages(request: AnyRequest) -> list[dict[str, str]]:
    return [{"code": code, "label": LANGUAGES[code]} for code in place_of(request).tenant.file.languages]


def _member_page(
    request: AnyRequest,
    member: Member,
    data: dict[str, Any],
    messages: dict[str, list[str]] | None = None,
    *,
    differences: Any = (),
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    errors = {name: translate(lang, said[0]) for name, said in (messages or {}).items()}
    shown: list[Contested] = list(differences)
    return page(
        request,
        "accounts/member.html",
        status=status,
        member=member,
        typed={name: str(data.get(name, "")) for name in (*TYPED, *(f"{CHOICE}{one}" for one in FIELDS))},
        version=str(member.membership.version) if shown else str(data.get("version", "")),
        errors=errors,
        problems=list(errors.items()),
        differences=shown,
        is_own=member.person.id == request.user.id,
    )
