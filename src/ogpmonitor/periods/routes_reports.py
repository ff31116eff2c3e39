"""`/workbench/milestones`: reporting one milestone; `/workbench/reports`: deciding on what a unit has sent."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.evidence.queries import evidence_of_milestones
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, fragment, page, place_of, see_other
from ogpmonitor.periods.models import MilestoneReport, ReportState
from ogpmonitor.periods.queries import get_report, period_of, period_taking, report_in
from ogpmonitor.periods.reporting import Occasion, accept, report, send_back
from ogpmonitor.periods.reviewing import review_of
from ogpmonitor.periods.screen import Desk, Filled, check_report, read_report, report_context
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.routes import today_at


class ReportController(Controller):
    """What a unit says about one milestone. Every form works without JavaScript: POST, then 303."""

    path = "/{lang:str}/{tenant:str}/workbench/milestones/{milestone_id:uuid}"

    @get("/", permission=Permission.MILESTONE_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], milestone_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One milestone with the form that reports it, for those who may; for the others what was reported."""
        desk = await desk_of(request, session, await plans.get_milestone(session, milestone_id))
        return _show(request, desk, Filled(desk.said(place_of(request).lang)))

    @post("/", permission=Permission.MILESTONE_REPORT)
    async def report(
        self, request: AnyRequest, session: NamedDependency[TenantSession], milestone_id: FromPath[UUID]
    ) -> Response[Any] | Redirect:
        """The report is saved whole, or nothing of it: 422 with messages, 409 with both texts, and all that was typed.

        Raises:
            NotPermitted: another unit answers for this milestone.
            Conflict: the unit's own report waits for a decision.
        """
        milestone = await plans.get_milestone(session, milestone_id, to_write=True)
        if not permits(request.user, Permission.MILESTONE_REPORT, milestone):
            raise NotPermitted(Permission.MILESTONE_REPORT, msgid("Another unit answers for this milestone."))
        settings = request.app.state.settings
        desk = await desk_of(request, session, milestone)
        sent = await read_report(request, most=settings.max_files_per_form, max_bytes=settings.max_upload_bytes)
        submission = check_report(request, desk, sent, max_bytes=settings.max_upload_bytes)
        if submission is None:
            return _show(request, desk, sent, status=409 if sent.is_contested else 422)
        occasion = Occasion(desk.today, request.user, desk.period)
        storage = request.app.state.storage
        await report(session, storage, milestone, submission, occasion, max_bytes=settings.max_upload_bytes)
        address = f"{place_of(request).tenant.slug}/workbench/"
        return see_other(request, f"{address}?plan={milestone.commitment.plan.slug}&saved=report")


class ReviewController(Controller):
    """What a unit has sent, beside what the milestone says now: accept it, or return it with a note."""

    path = "/{lang:str}/{tenant:str}/workbench/reports/{report_id:uuid}"

    @get("/", permission=Permission.REPORT_REVIEW)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], report_id: FromPath[UUID]
    ) -> Response[bytes]:
        """Old beside new, field by field."""
        row = await get_report(session, report_id)
        return await _review(request, session, row, await plans.get_milestone(session, row.milestone_id))

    @post("/", permission=Permission.REPORT_REVIEW)
    async def decide(
        self, request: AnyRequest, session: NamedDependency[TenantSession], report_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """Accepted or returned, as the button says. Who decides over a text they have not seen is shown it (409)."""
        row = await get_report(session, report_id, to_write=True)
        milestone = await plans.get_milestone(session, row.milestone_id, to_write=True)
        form = await read_form(request)
        note = str(form.get("note") or "").strip()
        if str(form.get("version")) != str(row.version):
            problem = msgid("The unit changed its report meanwhile. Read it again before you decide.")
            return await _review(request, session, row, milestone, problem=problem, note=note, status=409)
        try:
            async with session.begin_nested():
                if form.get("decision") == "return":
                    await send_back(session, row, milestone, note=note, by=request.user)
                else:
                    await accept(session, row, milestone, on=today_at(request), by=request.user)
        except (Invalid, Conflict) as refused:
            row = await get_report(session, report_id)
            milestone = await plans.get_milestone(session, row.milestone_id)
            return await _review(
                request, session, row, milestone, problem=refused.message, note=note, status=refused.status
            )
        return see_other(request, await _after_deciding(request, session, row, milestone))


async def _after_deciding(
    request: AnyRequest, session: TenantSession, row: MilestoneReport, milestone: Milestone
) -> str:
    root = f"{place_of(request).tenant.slug}/workbench/"
    period = await period_of(session, row)
    if period is not None:
        return f"{root}periods/{period.code}/?saved={row.state}"
    return f"{root}?plan={milestone.commitment.plan.slug}&saved={row.state}"


async def desk_of(request: AnyRequest, session: TenantSession, milestone: Milestone) -> Desk:
    """The form's surroundings: the period open today, and what was sent for it."""
    today = today_at(request)
    period = await period_taking(session, on=today)
    evidence = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
    return Desk(milestone, evidence, period, await report_in(session, milestone.id, period), today)


def _show(request: AnyRequest, desk: Desk, filled: Filled, *, status: int = 200) -> Response[bytes]:
    """The page of one milestone; htmx gets its fragment alone."""
    root, slug = f"{place_of(request).tenant.slug}/workbench/", desk.milestone.commitment.plan.slug
    action, back = place_of(request).href(f"{root}milestones/{desk.milestone.id}/"), f"{place_of(request).href(root)}"
    context = report_context(request, desk, filled, action=action, back=f"{back}?plan={slug}")
    if request.headers.get("hx-request") == "true":
        return fragment(request, "periods/_report.html", status=status, **context)
    return page(request, "periods/report.html", status=status, **context)


async def _review(
    request: AnyRequest,
    session: TenantSession,
    row: MilestoneReport,
    milestone: Milestone,
    *,
    problem: str = "",
    note: str = "",
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    brought = {UUID(one) for one in row.said.get("evidence", ())}
    backing = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
    return page(
        request,
        "periods/review.html",
        status=status,
        report=row,
        milestone=milestone,
        title=Localized.model_validate(milestone.title),
        period=await period_of(session, row),
        changes=review_of(row, milestone, lang),
        evidence=[(one, Localized.model_validate(one.title)) for one in backing if one.id in brought],
        withdrawn=[
            (one, Localized.model_validate(one.title)) for one in backing if str(one.id) in row.said.get("withdraw", ())
        ],
        may_decide=row.state == ReportState.SUBMITTED,
        problem=translate(lang, problem) if problem else "",
        note=note,
    )
