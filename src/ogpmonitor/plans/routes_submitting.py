"""`/workbench/plans/{plan}/checks` and `/submit`: what is still wrong with a plan, and handing it in."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.forms import Day, Form, FormModel, read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans import queries
from ogpmonitor.plans.checking import Finding, findings_in
from ogpmonitor.plans.models import Plan, PlanStatus
from ogpmonitor.plans.publishing import CHANGED_SINCE_PREVIEW, preview
from ogpmonitor.plans.routes import jurisdiction_at, today_at
from ogpmonitor.plans.submitting import Handover, problems_in, require_submittable, submit
from ogpmonitor.register.field_labels import field_label


class SubmitForm(FormModel):
    """Handing a plan in. `state` names the preview that was seen."""

    state: str = ""
    submitted_on: Day = None
    approved: bool = False
    warnings: bool = False


class SubmitController(Controller):
    """From the last check to the baseline."""

    path = "/{lang:str}/{tenant:str}/workbench/plans/{plan:str}"

    @get("/checks", permission=Permission.PLAN_READ)
    async def checks(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[bytes]:
        """What is still wrong with it; each finding leads to its field."""
        shown = await queries.get_plan(session, plan)
        return page(request, "plans/checks.html", **_context(request, shown))

    @get("/submit", permission=Permission.PLAN_SUBMIT)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[bytes]:
        """What submitting does, and what it asks for.

        Raises:
            Conflict: it has been submitted.
        """
        shown = await queries.get_plan(session, plan)
        require_submittable(shown, by=request.user)
        return await _show(request, session, shown, {"submitted_on": str(today_at(request))})

    @post("/submit", permission=Permission.PLAN_SUBMIT)
    async def submit(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """The plan is submitted and published; 422 says what keeps it back, 409 that it is not what was looked at.

        Raises:
            Conflict: it has been submitted.
        """
        shown = await queries.get_plan(session, plan)
        require_submittable(shown, by=request.user)
        form = Form.of(SubmitForm, await read_form(request))
        problems = [(name, words) for name, messages in form.errors.items() for words in messages]
        if form.value is None:
            return await _show(request, session, shown, form.data, problems, status=422)
        sent = form.value
        handover = Handover(sent.submitted_on, sent.approved, sent.warnings, sent.state)
        rules: dict[str, Any] = {"languages": place_of(request).tenant.file.languages, "on": today_at(request)}
        problems = [(str(one.facts["field"]), one.message) for one in problems_in(shown, handover, **rules)]
        if problems:
            return await _show(request, session, shown, form.data, problems, status=422)
        try:
            edition = await submit(
                session, shown, jurisdiction_at(request), handover, key=request.app.state.signing_key, by=request.user,
                **rules,
            )  # fmt: skip
        except Conflict as changed:
            if changed.code != CHANGED_SINCE_PREVIEW:
                raise
            return await _show(request, session, shown, form.data, [("errors", changed.message)], status=409)
        return see_other(request, f"{place_of(request).tenant.slug}/plans/{plan}/editions/{edition.number}/")


async def _show(
    request: AnyRequest,
    session: TenantSession,
    plan: Plan,
    typed: Mapping[str, Any],
    problems: Sequence[tuple[str, str]] = (),
    *,
    status: int = 200,
) -> Response[bytes]:
    told = [(name, translate(place_of(request).lang, words)) for name, words in problems]
    seen = await preview(session, plan, jurisdiction_at(request))
    more = {
        "typed": {"submitted_on": "", "approved": "", "warnings": "", **typed},
        "problems": told,
        "errors": {"submitted_on": "", "approved": "", "warnings": "", "errors": "", **dict(reversed(told))},
        "state": seen.state,
        "today": today_at(request),
    }
    return page(request, "plans/submit.html", status=status, **_context(request, plan), **more)


def _context(request: AnyRequest, plan: Plan) -> dict[str, Any]:
    place = place_of(request)
    found = findings_in(plan, place.tenant.file.languages)
    titles = {one.code: Localized.model_validate(one.title) for one in plan.commitments}
    return {
        "plan": plan,
        "plan_title": Localized.model_validate(plan.title),
        "is_submitted": plan.status != PlanStatus.COCREATION,
        "commitments": len(plan.commitments),
        "milestones": sum(len(one.milestones) for one in plan.commitments),
        "error_groups": _groups([one for one in found if one.is_error], titles),
        "warning_groups": _groups([one for one in found if not one.is_error], titles),
        "error_count": sum(one.is_error for one in found),
        "warning_count": sum(not one.is_error for one in found),
        "field_words": lambda name: field_words(place.lang, name),
    }


def _groups(
    found: Sequence[Finding], titles: Mapping[str, Localized]
) -> list[tuple[str, Localized | None, list[Finding]]]:
    """Findings by commitment, the plan's own first under ""; with the commitment's title."""
    grouped = groupby(found, key=lambda one: one.commitment)
    return [(code, titles.get(code), list(members)) for code, members in grouped]


def field_words(lang: str, name: str) -> str:
    """What a field is called; a question is asked in its own words."""
    question = load_questionnaire().questions.get(name)
    return question.text.in_(lang) if question else field_label(lang, name)
