"""`/workbench/requests`: asking contacts for reports, and taking a request back."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import LANGUAGES, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.periods import requested, requests
from ogpmonitor.periods.models import Period, ReportRequest
from ogpmonitor.periods.schemas_requests import LONGEST_EMAIL, LONGEST_NAME, RenewForm, RequestForm
from ogpmonitor.plans.models import Milestone, Progress
from ogpmonitor.plans.routes import today_at

DONE = frozenset({Progress.COMPLETED, Progress.WITHDRAWN})


@dataclass(frozen=True)
class Line:
    """One request as it is listed. `state` is a code: waiting, opened, ended or revoked."""

    row: ReportRequest
    state: str
    last_day: date
    period: str | None
    milestones: list[str]
    reported: int


class RequestController(Controller):
    """Requests for reports, for whoever coordinates the plan."""

    path = "/{lang:str}/{tenant:str}/workbench/requests"

    @get("/", permission=Permission.REQUEST_MANAGE)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Every request, the newest first: five queries for any number. `done` says what just happened."""
        rows = await requested.list_requests(session)
        return page(request, "periods/requests.html", lines=await _lines(request, session, *rows), done=done)

    @get("/new", permission=Permission.REQUEST_MANAGE)
    async def new(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        unit: FromQuery[str] = "",
        period: FromQuery[str] = "",
    ) -> Response[bytes]:
        """First whom and for when, then the form with what is known about both."""
        return await _form(request, session, unit=unit, period=period)

    @post("/new", permission=Permission.REQUEST_MANAGE)
    async def ask(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[Any]:
        """The request stands, and the page shows its link once; 422 with messages and all that was typed.

        The link is in the answer itself: nowhere else is it known. The same form sent again leads to the request.
        """
        form = Form.of(RequestForm, await read_form(request))
        if form.value and await requested.is_known(session, form.value.id):
            return see_other(request, f"{_root(request)}{form.value.id}/")
        asking = await _asking(request, session, form.value) if form.value else None
        if asking is not None:
            for name, message in requests.problems_of(asking, on=today_at(request)):
                form.add(name, message)
        if form.value is None or asking is None:
            return await _form(request, session, unit=str(form["unit"]), period=str(form["period"]), form=form)
        tenant = place_of(request).tenant
        asked = await requests.ask(session, asking, on=today_at(request), zone=tenant.zone, by=request.user)
        return _told_once(request, asked, asking.milestones)

    @get("/{request_id:uuid}", permission=Permission.REQUEST_MANAGE)
    async def one(
        self, request: AnyRequest, session: NamedDependency[TenantSession], request_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One request: what was asked, what became of it, and the ways to take it back or to make a new link."""
        row = await requested.get_request(session, request_id)
        return await _one(request, session, row, Form())

    @post("/{request_id:uuid}/revoke", permission=Permission.REQUEST_MANAGE)
    async def revoke(
        self, request: AnyRequest, session: NamedDependency[TenantSession], request_id: FromPath[UUID]
    ) -> Redirect:
        """The link opens nothing any more."""
        row = await requested.get_request(session, request_id)
        await requests.revoke(session, row, by=request.user)
        return see_other(request, f"{_root(request)}?done=revoked")

    @post("/{request_id:uuid}/renew", permission=Permission.REQUEST_MANAGE)
    async def renew(
        self, request: AnyRequest, session: NamedDependency[TenantSession], request_id: FromPath[UUID]
    ) -> Response[Any]:
        """A new request with a new link, shown once; the old link opens nothing any more."""
        row = await requested.get_request(session, request_id)
        form = Form.of(RenewForm, await read_form(request))
        today, zone = today_at(request), place_of(request).tenant.zone
        if form.value is not None:
            for name, message in await requests.problems_of_renewal(session, row, until=form.value.until, on=today):
                form.add(name, message)
        if form.value is None:
            return await _one(request, session, row, form, status=422)
        asked = await requests.renew(session, row, until=form.value.until, on=today, zone=zone, by=request.user)
        return _told_once(request, asked, await requested.milestones_of(session, asked.request))


def _root(request: AnyRequest) -> str:
    return f"{place_of(request).tenant.slug}/workbench/requests/"


async def _lines(request: AnyRequest, session: AsyncSession, *rows: ReportRequest) -> list[Line]:
    steps = {one.id: one for one in await requested.milestones_of(session, *rows)}
    periods = await requested.period_codes(session, *rows)
    reported = await requested.reported_through(session, *rows)
    zone = place_of(request).tenant.zone
    return [
        Line(
            row,
            requests.state_of(row),
            requests.last_day(row, zone),
            periods.get(row.period_id),
            [f"{steps[one].commitment.code} · {steps[one].code}" for one in row.milestone_ids if one in steps],
            reported.get(row.id, 0),
        )
        for row in rows
    ]


async def _asking(request: AnyRequest, session: AsyncSession, form: RequestForm) -> requests.Asking:
    steps = await requested.milestones_by_id(session, form.milestones)
    period = await session.get(Period, form.period) if form.period else None
    return requests.Asking(
        period,
        form.unit,
        steps,
        form.name,
        form.email,
        form.language,
        form.until,
        id=form.id,
        demo=request.app.state.demo,
    )


async def _form(
    request: AnyRequest, session: AsyncSession, *, unit: str, period: str, form: Form[RequestForm] | None = None
) -> Response[bytes]:
    """The form for `unit` and the period with that id, as they are known or as they were typed."""
    units = await requested.list_units(session)
    periods = await requested.list_periods(session)
    chosen = next((one for one in units if one.name == unit), None)
    until = requests.usual_until(next((one for one in periods if str(one.id) == period), None), on=today_at(request))
    lang = place_of(request).lang
    typed = form.data if form else _known(chosen, until, lang) if chosen else {}
    messages = {name: translate(lang, found[0]) for name, found in form.errors.items()} if form else {}
    return page(
        request,
        "periods/request_form.html",
        status=422 if form else 200,
        units=units,
        periods=periods,
        chosen=chosen,
        period=period,
        ticked=_ticked(typed.get("milestones", ())),
        typed={name: str(typed.get(name, "")) for name in ("id", "name", "email", "language", "until")},
        errors=Form(messages),
        problems=list(messages.items()),
        titles={one.id: Localized.model_validate(one.title) for one in chosen.milestones} if chosen else {},
        languages_offered=[
            {"code": code, "label": LANGUAGES[code]} for code in place_of(request).tenant.file.languages
        ],
        longest={"name": LONGEST_NAME, "email": LONGEST_EMAIL},
        latest=requests.latest_day(on=today_at(request)),
        today=today_at(request),
    )


def _languages(request: AnyRequest) -> list[dict[str, str]]:
    return [{"code": code, "label": LANGUAGES[code]} for code in place_of(request).tenant.file.languages]


def _known(unit: requested.Unit, until: date, lang: str) -> dict[str, Any]:
    contact = unit.contact
    return {
        "id": uuid4(),
        "name": contact.get("name", ""),
        "email": contact.get("email", ""),
        "language": lang,
        "until": until,
        "milestones": [str(one.id) for one in unit.milestones if one.progress not in DONE],
    }


def _ticked(sent: Any) -> frozenset[str]:
    return frozenset(sent if isinstance(sent, list) else [sent])


async def _one(
    request: AnyRequest, session: AsyncSession, row: ReportRequest, form: Form[RenewForm], *, status: int = 200
) -> Response[bytes]:
    lang, today = place_of(request).lang, today_at(request)
    line = (await _lines(request, session, row))[0]
    period = await session.get(Period, row.period_id) if row.period_id else None
    messages = {name: translate(lang, found[0]) for name, found in form.errors.items()}
    return page(
        request,
        "periods/request.html",
        status=status,
        line=line,
        until=form["until"] or str(requests.usual_until(period, on=today)),
        errors=Form(messages),
        problems=list(messages.items()),
        latest=requests.latest_day(on=today),
        today=today,
    )


def _told_once(request: AnyRequest, asked: requests.Asked, milestones: Any) -> Response[bytes]:
    """The only page that ever shows the link, inside a reminder ready to be sent."""
    row, place = asked.request, place_of(request)
    link = f"{place.base_url.rstrip('/')}/{row.language}/{place.tenant.slug}/requests/{asked.token}/"
    subject, body = _reminder(request, row, milestones, link)
    lines = body.replace("\n", "\r\n")
    mail = f"mailto:{quote(row.email, safe='@')}?subject={quote(subject)}&body={quote(lines)}"
    return page(request, "periods/request_made.html", row=row, link=link, subject=subject, body=body, mail=mail)


def _reminder(request: AnyRequest, row: ReportRequest, milestones: list[Milestone], link: str) -> tuple[str, str]:
    """Subject and body in the contact's language."""
    tenant = place_of(request).tenant
    context: dict[str, Any] = {
        "name": row.name,
        "unit": row.unit,
        "place": tenant.name,
        "office": tenant.file.words.unit,
        "titles": [Localized.model_validate(one.title) for one in milestones],
        "last_day": requests.last_day(row, tenant.zone),
        "link": link,
    }
    templates = request.app.state.templates
    subject = templates.render("mail/request/subject.txt", row.language, **context)
    body = templates.render("mail/request/body.txt", row.language, **context)
    return " ".join(subject.split()), body.strip() + "\n"
