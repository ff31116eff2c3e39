"""`/workbench/board`, `/timeline`, `/units` and `/due`: the whole plan at a glance. Nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.boards.board import Board, board_of, next_period
from ogpmonitor.boards.due import Due, contact_due, coordinator_due, viewer_due
from ogpmonitor.boards.queries import Reporting, reporting
from ogpmonitor.boards.timeline import parts_of
from ogpmonitor.evidence.queries import evidence_of_milestones
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.overview import Overview, overview_of
from ogpmonitor.plans.publishing import preview
from ogpmonitor.plans.routes import jurisdiction_at, today_at


@dataclass(frozen=True)
class Desk:
    """One plan with who has reported in it. `others` are the tenant's plans by slug and title."""

    others: Sequence[tuple[str, Localized]]
    overview: Overview
    reporting: Reporting
    board: Board

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        return self.overview.plan


class BoardsController(Controller):
    """The government's own view of how far everybody is; a monitor reads what is published."""

    path = "/{lang:str}/{tenant:str}/workbench"

    @get("/board", permission=Permission.BOARD_READ)
    async def board(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Who has reported in the period open now, who is missing, and how old the last report of each unit is."""
        desk = await _desk(request, session, plan)
        if desk is None:
            return page(request, "boards/empty.html")
        expected = load_deadlines().publication
        coming = next_period(desk.reporting.periods, on=today_at(request))
        return _page(request, "boards/board.html", desk, expected=expected, coming=coming)

    @get("/timeline", permission=Permission.BOARD_READ)
    async def timeline(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Every milestone on one axis, as drawing and as table."""
        desk = await _desk(request, session, plan)
        if desk is None:
            return page(request, "boards/empty.html")
        place, today = place_of(request), today_at(request)
        root = place.href(f"{place.tenant.slug}/workbench/milestones/")
        parts = parts_of(desk.overview, place.lang, root=root, on=today)
        return _page(request, "boards/timeline.html", desk, parts=parts, today=today)

    @get("/units", permission=Permission.BOARD_READ)
    async def units(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Every unit that answers for something in the plan."""
        desk = await _desk(request, session, plan)
        return page(request, "boards/empty.html") if desk is None else _page(request, "boards/units.html", desk)

    @get("/units/{unit:str}", permission=Permission.BOARD_READ)
    async def unit(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        unit: FromPath[str],
        plan: FromQuery[str] = "",
    ) -> Response[bytes]:
        """What one unit answers for, what it has reported, and who to ask there.

        Raises:
            NotFound: no milestone of the plan names such a unit.
        """
        desk = await _desk(request, session, plan)
        tally = desk.board.unit(unit) if desk else None
        if desk is None or tally is None:
            raise NotFound("unit.not_found")
        evidence = await evidence_of_milestones(session, [item.step.milestone.id for item in tally.items])
        contacts = {str(one): one for item in tally.items if (one := item.step.milestone.contact)}
        return _page(
            request,
            "boards/unit.html",
            desk,
            unit=tally,
            evidence={milestone: len(pieces) for milestone, pieces in evidence.items()},
            contacts=list(contacts.values()),
        )

    @get("/due", permission=Permission.BOARD_READ)
    async def due(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromQuery[str] = ""
    ) -> Response[bytes]:
        """What waits for whoever is signed in."""
        desk = await _desk(request, session, plan)
        if desk is None:
            return page(request, "boards/empty.html")
        unpublished = None
        if permits(request.user, Permission.PLAN_PUBLISH, desk.plan):
            unpublished = len((await preview(session, desk.plan, jurisdiction_at(request))).changes)
        return _page(request, "boards/due.html", desk, due=_due(request, desk), unpublished=unpublished or 0)


def _due(request: AnyRequest, desk: Desk) -> Due:
    told: dict[str, Any] = {"on": today_at(request)}
    if request.user.role == Role.COORDINATOR:
        return coordinator_due(desk.board, desk.reporting.pending, desk.reporting.periods, **told)
    if request.user.role == Role.CONTACT:
        return contact_due(desk.board, desk.reporting.pending, desk.reporting.periods, **told)
    return viewer_due(desk.board)


async def _desk(request: AnyRequest, session: TenantSession, slug: str) -> Desk | None:
    """The plan called `slug`, or the newest, with who has reported; None before there is any plan.

    Raises:
        NotFound: the tenant has no plan called so.
    """
    found = await plans.list_plans(session)
    if not found:
        return None
    today = today_at(request)
    shown = await plans.get_plan(session, slug or found[0].slug)
    overview = overview_of(shown, on=today, by=request.user)
    ids = [step.milestone.id for chapter in overview.chapters for step in chapter.steps]
    said = await reporting(session, ids, on=today, zone=place_of(request).tenant.zone)
    others = [(one.slug, Localized.model_validate(one.title)) for one in found]
    return Desk(others, overview, said, board_of(overview, said.heard, on=today))


def _page(request: AnyRequest, template: str, desk: Desk, **more: Any) -> Response[bytes]:
    return page(request, template, desk=desk, plan=desk.plan, period=desk.reporting.period, board=desk.board, **more)
