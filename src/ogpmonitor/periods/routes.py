"""`/workbench/periods`: when units report, who has, and closing the books."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid
from ogpmonitor.kit.forms import Form, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.periods import queries
from ogpmonitor.periods.models import Period, ReportState
from ogpmonitor.periods.overview import STATES, lines_of, period_rows, standing_of, to_report
from ogpmonitor.periods.reporting import accept
from ogpmonitor.periods.schemas import AcceptForm, DaysForm, ReopenForm
from ogpmonitor.periods.screen import Typed
from ogpmonitor.periods.service import close_period, prepare_periods, reopen_period, reschedule
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.publishing import preview
from ogpmonitor.plans.routes import jurisdiction_at, today_at

FLASHES = {
    "accepted": msgid("Accepted. Nothing is public until you publish."),
    "returned": msgid("Returned. The unit sees your note."),
    "prepared": msgid("The periods stand."),
    "days": msgid("The days are saved."),
    "closed": msgid("The period is closed."),
    "reopened": msgid("The period takes reports again."),
    "none": msgid("Nothing was ticked. Nothing was accepted."),
    "grid": msgid("Saved. Nothing is public until you publish."),
}
STALE = msgid("Somebody else changed this while you were writing. Read it again.")


class PeriodController(Controller):
    """The coordinator's calendar of reports; units may look at one period."""

    path = "/{lang:str}/{tenant:str}/workbench/periods"

    @get("/", permission=Permission.PERIOD_MANAGE)
    async def index(
        self, request: AnyRequest, session: NamedDependency[TenantSession], saved: FromQuery[str] = ""
    ) -> Response[bytes]:
        return await _index(request, session, saved=saved)

    @post("/", permission=Permission.PERIOD_MANAGE)
    async def prepare(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """The periods of the plan named stand; those that did already are left alone."""
        form = await read_form(request)
        plan = await plans.get_plan(session, str(form.get("plan") or ""))
        try:
            await prepare_periods(session, plan, place_of(request).tenant.file.reporting, by=request.user)
        except Invalid as refused:
            return await _index(request, session, problem=refused.message, status=422)
        return see_other(request, f"{_root(request)}?saved=prepared")

    @get("/{code:str}", permission=Permission.BOARD_READ)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        code: FromPath[str],
        only: FromQuery[str] = "",
        saved: FromQuery[str] = "",
    ) -> Response[bytes]:
        """Who has reported in this period; `only` shows those in one state."""
        return await _show(request, session, await queries.get_period(session, code), only=only, saved=saved)

    @post("/{code:str}/accept", permission=Permission.REPORT_REVIEW)
    async def accept(
        self, request: AnyRequest, session: NamedDependency[TenantSession], code: FromPath[str]
    ) -> Redirect:
        """What was ticked is accepted, all of it or nothing.

        Raises:
            Conflict: a report was changed or decided since it was seen.
            Invalid: one no longer holds together with what the plan says now.
        """
        period = await queries.get_period(session, code)
        form = Form.of(AcceptForm, await read_form(request))
        seen = form.value.seen if form.value else {}
        for report_id, version in seen.items():
            row = await queries.get_report(session, report_id, to_write=True)
            if str(row.version) != version:
                raise Conflict("report.changed", STALE)
            milestone = await plans.get_milestone(session, row.milestone_id, to_write=True)
            await accept(session, row, milestone, on=today_at(request), by=request.user)
        return see_other(request, f"{_root(request)}{period.code}/?saved={'accepted' if seen else 'none'}")

    @post("/{code:str}/days", permission=Permission.PERIOD_MANAGE)
    async def days(
        self, request: AnyRequest, session: NamedDependency[TenantSession], code: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The period takes reports between the days given."""
        period = await queries.get_period(session, code)
        form = Form.of(DaysForm, await read_form(request))
        if form.value is not None:
            try:
                _check_version(period, form.value.version)
                days = {"opens_on": form.value.opens_on, "closes_on": form.value.closes_on}
                await reschedule(session, period, **days, by=request.user)
            except (Invalid, Conflict) as refused:
                form.add(str(refused.facts.get("field", "closes_on")), refused.message)
        if form.errors:
            return await _show(request, session, period, form=form, status=422)
        return see_other(request, f"{_root(request)}{period.code}/?saved=days")

    @post("/{code:str}/close", permission=Permission.PERIOD_MANAGE)
    async def close(
        self, request: AnyRequest, session: NamedDependency[TenantSession], code: FromPath[str]
    ) -> Redirect:
        """The period takes nothing any more.

        Raises:
            Conflict: it was changed since it was seen, or is closed.
        """
        period = await queries.get_period(session, code)
        _check_version(period, (await read_form(request)).get("version"))
        await close_period(session, period, by=request.user)
        return see_other(request, f"{_root(request)}{period.code}/?saved=closed")

    @post("/{code:str}/reopen", permission=Permission.PERIOD_MANAGE)
    async def reopen(
        self, request: AnyRequest, session: NamedDependency[TenantSession], code: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The period takes reports again, with a reason that stays in the record."""
        period = await queries.get_period(session, code)
        form = Form.of(ReopenForm, await read_form(request))
        if form.value is not None:
            try:
                _check_version(period, form.value.version)
                await reopen_period(session, period, reason=form.value.reason, by=request.user)
            except (Invalid, Conflict) as refused:
                form.add(str(refused.facts.get("field", "reason")), refused.message)
        if form.errors:
            return await _show(request, session, period, form=form, status=422)
        return see_other(request, f"{_root(request)}{period.code}/?saved=reopened")


def _root(request: AnyRequest) -> str:
    return f"{place_of(request).tenant.slug}/workbench/periods/"


def _check_version(period: Period, seen: object) -> None:
    if str(period.version) != str(seen):
        raise Conflict("period.changed", STALE)


def flash_for(request: AnyRequest, saved: str) -> list[dict[str, str]]:
    """What just happened, in words; only what the house says."""
    words = FLASHES.get(saved)
    return [{"kind": "done", "text": translate(place_of(request).lang, words)}] if words else []


async def _index(
    request: AnyRequest, session: TenantSession, *, saved: str = "", problem: str = "", status: int = 200
) -> Response[bytes]:
    periods = await queries.list_periods(session)
    counts = await queries.counts(session, periods)
    whole = await plans.list_whole_plans(session)
    waiting = {report.milestone_id: report for report in await queries.waiting_outside_periods(session)}
    outside = [(waiting[one.id], commitment, one) for commitment, one in to_report(whole) if one.id in waiting]
    return page(
        request,
        "periods/periods.html",
        status=status,
        rows=period_rows(periods, counts, whole, on=today_at(request)),
        outside=outside,
        plan=next((one for one in whole if one.starts_on and one.ends_on), whole[0] if whole else None),
        rhythm=place_of(request).tenant.file.reporting.every_months,
        problem=translate(place_of(request).lang, problem) if problem else "",
        flashes=flash_for(request, saved),
    )


async def _show(
    request: AnyRequest,
    session: TenantSession,
    period: Period,
    *,
    only: str = "",
    saved: str = "",
    form: Form[Any] | None = None,
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    whole = await plans.list_whole_plans(session)
    lines = lines_of(to_report(whole, period), await queries.reports_of(session, period))
    counts = {code: sum(line.state == code for line in lines) for code in STATES}
    typed = form.data if form else {"opens_on": str(period.opens_on), "closes_on": str(period.closes_on)}
    errors = {name: translate(lang, messages[0]) for name, messages in form.errors.items()} if form else {}
    return page(
        request,
        "periods/period.html",
        status=status,
        period=period,
        standing=standing_of(period, on=today_at(request)),
        lines=[line for line in lines if only not in STATES or line.state == only],
        shown=only if only in STATES else "",
        counts=counts,
        base=len(lines),
        unpublished=await _unpublished(request, session, counts[ReportState.ACCEPTED]),
        form=Typed(typed),
        errors=Typed(errors),
        reopening=typed.get("reason", ""),
        flashes=flash_for(request, saved),
    )


async def _unpublished(request: AnyRequest, session: TenantSession, accepted: int) -> int:
    """How many documents publishing would change; nobody asks before something was accepted."""
    if not accepted:
        return 0
    newest = await plans.list_plans(session)
    if not newest:
        return 0
    seen = await preview(session, await plans.get_plan(session, newest[0].slug), jurisdiction_at(request))
    return len(seen.changes)
