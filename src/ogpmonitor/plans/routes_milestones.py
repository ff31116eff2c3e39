"""`.../commitments/<code>/milestones`: writing milestones, their order, and taking empty ones out."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, place_of
from ogpmonitor.plans import queries
from ogpmonitor.plans.asking import MILESTONE
from ogpmonitor.plans.desk import Page, answer, back_to_plan, desk_of, plan_path, show_desk, take_in, way_in
from ogpmonitor.plans.models import Commitment, Milestone, PlanStatus
from ogpmonitor.plans.writing import require_cocreation, title_of
from ogpmonitor.plans.writing_commitments import begin_milestone, blank_milestone, move, remove


class MilestoneWritingController(Controller):
    """The milestones of a commitment, while the plan is written and when it is amended."""

    path = "/{lang:str}/{tenant:str}/workbench/plans/{plan:str}/commitments/{commitment:str}/milestones"

    @get("/new", permission=Permission.PLAN_WRITE)
    async def new(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromPath[str],
    ) -> Response[bytes]:
        """The form for one more milestone."""
        found = await queries.get_commitment(session, plan, commitment)
        require_cocreation(found.plan)
        desk = desk_of(request, blank_milestone(found), found.plan, MILESTONE)
        return show_desk(request, desk, _new_page(request, found))

    @post("/new", permission=Permission.PLAN_WRITE)
    async def begin(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromPath[str],
    ) -> Response[Any] | Redirect:
        """The commitment ends with one more milestone, or the form comes back (422)."""
        found = await queries.get_commitment(session, plan, commitment, to_write=True)
        require_cocreation(found.plan)
        desk = desk_of(request, blank_milestone(found), found.plan, MILESTONE)
        sent = await take_in(request, desk, [one.code for one in found.milestones])
        if sent.draft is None:
            return show_desk(request, desk, _new_page(request, found), sent)
        made = await begin_milestone(session, found, sent.draft, by=request.user, demo=request.app.state.demo)
        return back_to_plan(request, found.plan, f"milestone-{made.id}")

    @get("/{code:str}", permission=Permission.PLAN_WRITE)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromPath[str],
        code: FromPath[str],
        *,
        text: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The form of one milestone, in the language `text`."""
        found = await queries.get_milestone_at(session, plan, commitment, code)
        desk = desk_of(request, found, found.commitment.plan, MILESTONE, text)
        return show_desk(request, desk, _page(request, found))

    @post("/{code:str}", permission=Permission.PLAN_WRITE)
    async def write(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromPath[str],
        code: FromPath[str],
        *,
        text: FromQuery[str] = "",
    ) -> Response[Any] | Redirect:
        """The milestone is saved whole, or nothing of it."""
        found = await queries.get_milestone_at(session, plan, commitment, code, to_write=True)
        around = await queries.get_commitment(session, plan, commitment)
        taken = [other.code for other in around.milestones if other.code != code]
        desk = desk_of(request, found, found.commitment.plan, MILESTONE, text)
        return await answer(request, session, desk, _page(request, found), taken)

    @post("/{code:str}/move", permission=Permission.PLAN_WRITE)
    async def move(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromPath[str],
        code: FromPath[str],
    ) -> Redirect:
        """The milestone has changed places with its neighbour.

        Raises:
            Invalid: the form does not say which way.
        """
        to = await way_in(request)
        around = await queries.get_commitment(session, plan, commitment, to_write=True)
        found = await queries.get_milestone_at(session, plan, commitment, code, to_write=True)
        await move(session, found, around.milestones, to, by=request.user)
        return back_to_plan(request, around.plan, f"milestone-{found.id}")

    @post("/{code:str}/remove", permission=Permission.PLAN_WRITE)
    async def remove(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromPath[str],
        code: FromPath[str],
    ) -> Redirect:
        """An empty milestone is gone."""
        found = await queries.get_milestone_at(session, plan, commitment, code, to_write=True)
        await remove(session, found, by=request.user)
        return back_to_plan(request, found.commitment.plan, f"commitment-{commitment}", said="removed")


def _new_page(request: AnyRequest, commitment: Commitment) -> Page:
    heading = translate(place_of(request).lang, msgid("New milestone"))
    above = f"{plan_path(request, commitment.plan)}commitments/{commitment.code}/"
    crumbs = [(commitment.code, above), (heading, "")]
    return Page(f"{above}milestones/new/", heading, crumbs, part=f"commitment-{commitment.code}", is_new=True)


def _page(request: AnyRequest, row: Milestone) -> Page:
    plan = row.commitment.plan
    above = f"{plan_path(request, plan)}commitments/{row.commitment.code}/"
    heading = f"{row.commitment.code} · {row.code} · {title_of(row).in_(place_of(request).lang)}"
    may_remove = plan.status == PlanStatus.COCREATION and row.reported_at is None
    crumbs = [(row.commitment.code, above), (row.code, "")]
    return Page(f"{above}milestones/{row.code}/", heading, crumbs, part=f"milestone-{row.id}", may_remove=may_remove)
