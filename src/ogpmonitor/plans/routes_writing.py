"""`/workbench/plans`: the plans that are written here, what each still lacks, and the forms of a plan's sections."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Invalid, NotFound
from ogpmonitor.kit.forms import Form, gather, read_form
from ogpmonitor.kit.i18n import LANGUAGES, msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans import queries
from ogpmonitor.plans.asking import ENDORSEMENTS, section_title, sections
from ogpmonitor.plans.completeness import written_plan
from ogpmonitor.plans.desk import Page, answer, desk_of, plan_path, show_desk
from ogpmonitor.plans.models import Plan, PlanStatus
from ogpmonitor.plans.recommendations import recommended_before
from ogpmonitor.plans.schemas_writing import LONGEST, NewPlanForm
from ogpmonitor.plans.writing import NewPlan, begin_plan

DONE = {
    "begun": msgid("The plan was begun. Nothing of it is public yet."),
    "saved": msgid("Saved. Nothing is public until you publish."),
    "removed": msgid("It was taken out of the plan."),
}


class PlanWritingController(Controller):
    """Writing a plan, from its first line to its submission."""

    path = "/{lang:str}/{tenant:str}/workbench/plans"

    @get("/", permission=Permission.PLAN_WRITE)
    async def plans(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """Every plan with its state and how far it is written, and a form to begin one."""
        return await _list(request, session, Form({}))

    @post("/", permission=Permission.PLAN_WRITE)
    async def begin(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[Any] | Redirect:
        """A plan is begun, or the form comes back (422)."""
        form = Form.of(NewPlanForm, gather(await read_form(request)))
        if form.value and form.value.language not in place_of(request).tenant.file.languages:
            form.add("language", msgid("Please choose one of the options."))
        if form.value is None:
            return await _list(request, session, form, status=422)
        sent = form.value
        new = NewPlan(sent.title, sent.language, sent.starts_on, sent.ends_on, sent.slug, demo=request.app.state.demo)
        try:
            plan = await begin_plan(session, new, by=request.user)
        except Invalid as problem:
            form.add(str(problem.facts["field"]), problem.message)
            return await _list(request, session, form, status=422)
        return see_other(request, f"{plan_path(request, plan)}?done=begun")

    @get("/{plan:str}", permission=Permission.PLAN_WRITE)
    async def plan(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        done: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The plan's forms, with how many questions of each are answered; `done` says what just happened."""
        found, place = await queries.get_plan(session, plan), place_of(request)
        written = written_plan(found, place.tenant.file.languages)
        flashes = [{"kind": "done", "text": translate(place.lang, DONE[done])}] if done in DONE else []
        titles = {part.key: section_title(part.key, place.lang) for part in written.sections}
        is_open = found.status == PlanStatus.COCREATION
        root = plan_path(request, found)
        context: dict[str, Any] = {
            "written": written,
            "titles": titles,
            "flashes": flashes,
            "is_open": is_open,
            "root": root,
            "recommended": await recommended_before(session, place.tenant.slug, found.slug) if is_open else [],
        }
        return page(request, "plans/plan_writing.html", **context)

    @get("/{plan:str}/{section:str}", permission=Permission.PLAN_WRITE)
    async def section(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        section: FromPath[str],
        text: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The form of one section, in the language `text`."""
        found = await _plan_with(session, plan, section)
        return show_desk(
            request, desk_of(request, found, found, sections()[section], text), _page(request, found, section)
        )

    @post("/{plan:str}/{section:str}", permission=Permission.PLAN_WRITE)
    async def write_section(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        section: FromPath[str],
        text: FromQuery[str] = "",
    ) -> Response[Any] | Redirect:
        """The section is saved whole, or nothing of it."""
        found = await _plan_with(session, plan, section, to_write=True)
        desk = desk_of(request, found, found, sections()[section], text)
        return await answer(request, session, desk, _page(request, found, section))


async def _plan_with(session: TenantSession, slug: str, section: str, *, to_write: bool = False) -> Plan:
    if section not in sections():
        raise NotFound("plan.no_such_section")
    return await queries.get_plan_alone(session, slug, to_write=to_write)


def _page(request: AnyRequest, plan: Plan, section: str) -> Page:
    lang, root = place_of(request).lang, plan_path(request, plan)
    title = section_title(section, lang)
    known = next((one for one in load_questionnaire().sections if one.key == section), None)
    intro = known.help.in_(lang) if known and known.help else ""
    if section == ENDORSEMENTS:
        intro = translate(lang, msgid("Who stands behind the plan: by position and organisation, never by name."))
    return Page(f"{root}{section}/", title, [(title, "")], intro, part=section)


async def _list(
    request: AnyRequest, session: TenantSession, form: Form[NewPlanForm], *, status: int = 200
) -> Response[bytes]:
    place = place_of(request)
    spoken = place.tenant.file.languages
    plans = [written_plan(plan, spoken) for plan in await queries.list_whole_plans(session)]
    errors = {name: translate(place.lang, found[0]) for name, found in form.errors.items()}
    context = {
        "plans": plans,
        "form": form,
        "errors": {name: errors.get(name, "") for name in NewPlanForm.model_fields},
        "problems": list(errors.items()),
        "spoken": [{"code": code, "label": LANGUAGES[code]} for code in spoken],
        "longest": LONGEST["line"],
    }
    return page(request, "plans/plans.html", status=status, **context)
