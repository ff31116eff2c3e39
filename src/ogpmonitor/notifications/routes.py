"""`/workbench/duties`, `/workbench/notices` and `/desk/notices`, and the link that stops notices without signing in."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import Database, TenantSession, utc_now
from ogpmonitor.kit.errors import Invalid, NotFound
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.i18n import LANGUAGES, msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.limits.table import LINK
from ogpmonitor.notifications import choices
from ogpmonitor.notifications.choices import Choices
from ogpmonitor.notifications.duties import Reader, sorted_duties
from ogpmonitor.notifications.queries import duties_of
from ogpmonitor.notifications.rules import Rhythm, kinds_for, label_of, load_rules, options_of
from ogpmonitor.notifications.stopping import person_in

NOTICES = ["/{lang:str}/{tenant:str}/workbench/notices", "/{lang:str}/desk/notices"]  # the latter for OGP's staff
RHYTHMS: Mapping[Rhythm, str] = {
    Rhythm.DAILY: msgid("Every day, with everything else"),
    Rhythm.WEEKLY: msgid("Once a week, on Monday"),
    Rhythm.URGENT: msgid("Only what is urgent"),
    Rhythm.AT_ONCE: msgid("At once"),
    Rhythm.NEVER: msgid("Never"),
}


class DutiesController(Controller):
    """What the person who is signed in owes and waits for."""

    path = "/{lang:str}/{tenant:str}/workbench/duties"

    @get("/", permission=Permission.WORKBENCH_ENTER)
    async def show(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """What is late first, then what is coming, then what others owe. The digest asks the same question."""
        place = place_of(request)
        reader = Reader(request.user, place.tenant, place.lang, place.tenant.day_at(utc_now()))
        found = sorted_duties(await duties_of(session, reader), on=reader.today)
        return page(request, "notifications/duties.html", duties=found, today=reader.today, label_of=label_of)


class NoticesController(Controller):
    """How the person who is signed in wants to hear. The choice holds wherever that person works."""

    @get(NOTICES, permission=Permission.NOTICE_CHOOSE)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], saved: FromQuery[str] = ""
    ) -> Response[bytes]:
        found = await choices.choices_of(session, request.user.id)
        return _page(request, found, saved=bool(saved))

    @post(NOTICES, permission=Permission.NOTICE_CHOOSE)
    async def choose(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """The choices hold from now on; 422 for what cannot be chosen."""
        sent = await read_form(request)
        kinds = kinds_for(_role(request))
        rhythms = {kind: str(sent[f"rhythm-{kind}"]) for kind in kinds if f"rhythm-{kind}" in sent}
        language = str(sent.get("language") or "") or None
        try:
            await choices.choose(session, request.user.id, rhythms, language=language)
        except Invalid as refused:
            found = await choices.choices_of(session, request.user.id)
            return _page(request, found, problem=str(refused.facts.get("field", "")), status=422)
        return see_other(request, f"{place_of(request).path}?saved=yes")


class StopController(Controller):
    """The link at the foot of a notice. Looking at it stops nothing: mail programs look at links before people do."""

    path = "/{lang:str}/{tenant:str}/notices/stop/{token:str}"

    @get("/", permission=Permission.PUBLIC, limit=LINK)
    async def show(self, request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
        """One button.

        Raises:
            NotFound: the link was not made here, or is older than two years.
        """
        person_in(_secret(request), token)
        return page(request, "notifications/stop.html", stopped=False)

    # A mailbox's own button sends this, from its server and without a cookie (RFC 8058): the link is all it needs.
    @post("/", permission=Permission.PUBLIC, limit=LINK, from_anywhere=True, status_code=200)
    async def stop(self, request: AnyRequest, token: FromPath[str]) -> Response[bytes]:
        """No notices any more, of any kind; a second call changes nothing.

        Raises:
            NotFound: as above, or the person is gone.
        """
        person_id = person_in(_secret(request), token)
        database: Database = request.app.state.database
        async with database.tenant_session(place_of(request).tenant.id, person_id) as session:
            if not await choices.is_somebody(session, person_id):
                raise NotFound("notice.link_unknown")
            await choices.stop(session, person_id)
        return page(request, "notifications/stop.html", stopped=True)


def _secret(request: AnyRequest) -> str:
    return str(request.app.state.settings.secret_key.get_secret_value())


def _role(request: AnyRequest) -> Role | PlatformRole:
    """In a jurisdiction the role there; at the desk the role on the platform.

    Raises:
        NotFound: whoever asks has none: a workbench that one does not belong to does not exist.
    """
    user = request.user
    role: Role | PlatformRole | None = user.role if place_of(request).tenant is not None else user.platform_role
    if role is None:
        raise NotFound("tenant.not_found")
    return role


def _page(
    request: AnyRequest, found: Choices, *, saved: bool = False, problem: str = "", status: int = 200
) -> Response[bytes]:
    rules, kinds = load_rules(), kinds_for(_role(request))
    lang = place_of(request).lang
    return page(
        request,
        "notifications/notices.html",
        status=status,
        found=found,
        reminders=[_asked(one, found, lang) for one in kinds if one in rules.reminders],
        news=[_asked(one, found, lang) for one in kinds if one in rules.news],
        rules=rules,
        spoken=[{"code": code, "label": name} for code, name in LANGUAGES.items()],
        saved=saved,
        problem=problem,
    )


def _asked(kind: str, found: Choices, lang: str) -> dict[str, Any]:
    """One kind as the form asks about it."""
    options = [{"code": one.value, "label": translate(lang, RHYTHMS[one])} for one in options_of(kind)]
    return {"kind": kind, "label": label_of(kind), "options": options, "chosen": found.rhythm_of(kind).value}
