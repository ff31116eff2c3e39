"""`/workbench/periods/{code}/grid`: reporting many milestones of one period on one page."""

from collections.abc import Sequence

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.forms import gather, read_form
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.periods import queries
from ogpmonitor.periods.grid import STATES, Row, fill, problems_of_rows, row_of, words_of_states
from ogpmonitor.periods.models import Period
from ogpmonitor.periods.overview import lines_of, standing_of, to_report
from ogpmonitor.periods.reporting import Occasion, report
from ogpmonitor.periods.screen import Desk
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.routes import today_at
from ogpmonitor.plans.schemas import LONGEST


class GridController(Controller):
    """A unit sees its own milestones, the coordinator everyone's."""

    path = "/{lang:str}/{tenant:str}/workbench/periods/{code:str}/grid"

    @get("/", permission=Permission.MILESTONE_REPORT)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], code: FromPath[str]
    ) -> Response[bytes]:
        """One row for each milestone that the reader reports on."""
        period = await queries.get_period(session, code)
        return _show(request, period, await _rows(request, session, period))

    @post("/", permission=Permission.MILESTONE_REPORT)
    async def save(
        self, request: AnyRequest, session: NamedDependency[TenantSession], code: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """Every row that was touched is reported, or none: 422 with messages at the cells, 409 with both texts.

        Raises:
            Conflict: the period is closed.
        """
        period = await queries.get_period(session, code)
        rows = await _rows(request, session, period, to_write=True)
        sent = gather(await read_form(request))
        for row in rows:
            fill(request, row, sent)
        if any(row.is_contested for row in rows):
            return _show(request, period, rows, status=409)
        if any(row.errors for row in rows):
            return _show(request, period, rows, status=422)
        settings, storage = request.app.state.settings, request.app.state.storage
        occasion = Occasion(today_at(request), request.user, period)
        for row in rows:
            if row.submission is not None:
                milestone = row.line.milestone
                most = settings.max_upload_bytes
                await report(session, storage, milestone, row.submission, occasion, max_bytes=most)
        return see_other(request, f"{place_of(request).tenant.slug}/workbench/periods/{period.code}/?saved=grid")


async def _rows(
    request: AnyRequest, session: TenantSession, period: Period, *, to_write: bool = False
) -> Sequence[Row]:
    """The rows of whoever asks; the same number of queries for one and for many."""
    by, today = request.user, today_at(request)
    if to_write:
        await queries.hold_milestones(session)
    owed = to_report(await plans.list_whole_plans(session), period)
    mine = [(one, milestone) for one, milestone in owed if permits(by, Permission.MILESTONE_REPORT, milestone)]
    lines = lines_of(mine, await queries.reports_of(session, period))
    is_reviewer = permits(by, Permission.REPORT_REVIEW)
    lang = place_of(request).lang
    return [
        row_of(line, Desk(line.milestone, (), period, line.report, today), lang, is_reviewer=is_reviewer)
        for line in lines
    ]


def _show(request: AnyRequest, period: Period, rows: Sequence[Row], *, status: int = 200) -> Response[bytes]:
    return page(
        request,
        "periods/grid.html",
        status=status,
        period=period,
        standing=standing_of(period, on=today_at(request)),
        rows=rows,
        states=STATES,
        words=words_of_states(),
        problems=list(problems_of_rows(rows)),
        is_reviewer=permits(request.user, Permission.REPORT_REVIEW),
        longest=LONGEST,
    )
