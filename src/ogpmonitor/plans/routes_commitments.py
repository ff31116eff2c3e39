"""`/workbench/plans/<plan>/commitments`: writing commitments, their order, and taking empty ones out."""

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
from ogpmonitor.plans.asking import COMMITMENT
from ogpmonitor.plans.desk import Page, answer, back_to_plan, desk_of, plan_path, show_desk, take_in, way_in
from ogpmonitor.plans.models import Commitment, Plan, PlanStatus
from ogpmonitor.plans.writing import require_cocreation, title_of
from ogpmonitor.plans.writing_commitments import begin_commitment, blank_commitment, move, remove


class CommitmentWritingController(Controller):
    """The commitments of a plan, while it is written and when it is amended."""

    path = "/{lang:str}/{tenant:str}/workbench/plans/{plan:str}/commitments"

    @get("/new", permission=Permission.PLAN_WRITE)
    async def new(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[bytes]:
        """The form for one more commitment."""
        found = await queries.get_plan(session, plan)
        require_cocreation(found)
        desk = desk_of(request, blank_commitment(found), found, COMMITMENT)
        return show_desk(request, desk, _new_page(request, found))

    @post("/new", permission=Permission.PLAN_WRITE)
    async def begin(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[Any] | Redirect:
        """The plan ends with one more commitment, or the form comes back (422)."""
        await queries.get_plan_alone(session, plan, to_write=True)
        found = await queries.get_plan(session, plan)
        require_cocreation(found)
        desk = desk_of(request, blank_commitment(found), found, COMMITMENT)
        sent = await take_in(request, desk, [one.code for one in found.commitments])
        if sent.draft is None:
            return show_desk(request, desk, _new_page(request, found), sent)
        made = await begin_commitment(session, found, sent.draft, by=request.user, demo=request.app.state.demo)
        return back_to_plan(request, found, f"commitment-{made.code}")

    @get("/{code:str}", permission=Permission.PLAN_WRITE)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        code: FromPath[str],
        text: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The form of one commitment, in the language `text`."""
        found = await queries.get_commitment(session, plan, code)
        return show_desk(request, desk_of(request, found, found.plan, COMMITMENT, text), _page(request, found))

    @post("/{code:str}", permission=Permission.PLAN_WRITE)
    async def write(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        code: FromPath[str],
        text: FromQuery[str] = "",
    ) -> Response[Any] | Redirect:
        """The commitment is saved whole, or nothing of it."""
        found = await queries.get_commitment(session, plan, code, to_write=True)
        taken = [other for other in await queries.codes_of_commitments(session, found.plan) if other != code]
        desk = desk_of(request, found, found.plan, COMMITMENT, text)
        return await answer(request, session, desk, _page(request, found), taken)

    @post("/{code:str}/move", permission=Permission.PLAN_WRITE)
    async def move(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str], code: FromPath[str]
    ) -> Redirect:
        """The commitment has changed places with its neighbour.

        Raises:
            Invalid: the form does not say which way.
        """
        to = await way_in(request)
        await queries.get_plan_alone(session, plan, to_write=True)
        found = await queries.get_commitment(session, plan, code, to_write=True)
        siblings = (await queries.get_plan(session, plan)).commitments
        await move(session, found, siblings, to, by=request.user)
        return back_to_plan(request, found.plan, f"commitment-{code}")

    @post("/{code:str}/remove", permission=Permission.PLAN_WRITE)
    async def remove(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str], code: FromPath[str]
    ) -> Redirect:
        """An empty commitment is gone."""
        found = await queries.get_commitment(session, plan, code, to_write=True)
        await remove(session, found, by=request.user)
        return back_to_plan(request, found.plan, "commitments", said="removed")


def _new_page(request: AnyRequest, plan: Plan) -> Page:
    heading = translate(place_of(request).lang, msgid("New commitment"))
    path = f"{plan_path(request, plan)}commitments/new/"
    return Page(path, heading, [(heading, "")], part="commitments", is_new=True)


def _page(request: AnyRequest, row: Commitment) -> Page:
    path = f"{plan_path(request, row.plan)}commitments/{row.code}/"
    title = title_of(row).in_(place_of(request).lang)
    is_empty = row.plan.status == PlanStatus.COCREATION and not row.milestones
    crumbs = [(row.code, "")]
    return Page(path, f"{row.code} · {title}", crumbs, part=f"commitment-{row.code}", may_remove=is_empty)
