"""`/workbench/assessments/{id}/clarifications`: what the monitor asks the government while it writes."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from pydantic import StringConstraints

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.assessments import asking, queries
from ogpmonitor.assessments.handling import draft_of, path_to, slug_of, today_at
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import number_of
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.forms import Form, FormModel, NeededDay, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.method.forms import Asking

IN_THE_PAST = msgid("Choose a day that is still to come.")


class AskForm(FormModel):
    """What is asked, about what, and by when an answer is expected."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    asked: Annotated[str, StringConstraints(min_length=1, max_length=asking.LONGEST_QUESTION)]
    due_on: NeededDay


class ClarificationController(Controller):
    """Asking, and seeing what came back."""

    path = "/{lang:str}/{tenant:str}/workbench/assessments/{assessment_id:uuid}/clarifications"

    @get("/", permission=Permission.ASSESSMENT_READ)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        assessment_id: FromPath[UUID],
        subject: FromQuery[str] = "",
    ) -> Response[bytes]:
        """What was asked and answered, and a form to ask more; `subject` says about what."""
        sheet = await queries.get_sheet(session, slug_of(request), assessment_id)
        form: Form[AskForm] = Form(data={"subject": subject, "due_on": asking.usual_due(today_at(request)).isoformat()})
        return _page(request, sheet, form)

    @post("/", permission=Permission.ASSESSMENT_WRITE)
    async def ask(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """The government is asked; 422 with messages and all that was typed."""
        sheet = await draft_of(request, session, assessment_id)
        form = Form.of(AskForm, await read_form(request))
        asked = form.value
        if asked is not None and asked.subject not in asking.subjects_of(sheet):
            form.add("subject", asking.ABOUT_NOTHING)
        if asked is not None and (asked.due_on or date.min) <= today_at(request):
            form.add("due_on", IN_THE_PAST)
        if asked is None or form.value is None or asked.due_on is None:
            return _page(request, sheet, form, status=422)
        demo = bool(request.app.state.demo)
        await asking.ask(session, sheet, asked.subject, asked.asked, due_on=asked.due_on, by=request.user, demo=demo)
        return see_other(request, path_to(request, assessment_id) + "clarifications/")


def _page(request: AnyRequest, sheet: Sheet, form: Form[AskForm], *, status: int = 200) -> Response[bytes]:
    lang = place_of(request).lang
    numbers = {one.key: (number_of(one.question), one) for one in sheet.form.askings(sheet.asked_of)}
    subjects = asking.subjects_of(sheet)
    options = [{"code": name, "label": _label(lang, name, numbers, subjects)} for name in subjects]
    errors = {name: " ".join(translate(lang, one) for one in said) for name, said in form.errors.items()}
    return page(
        request,
        "assessments/clarifications.html",
        status=status,
        sheet=sheet,
        rows=[
            (
                one,
                _label(lang, asking.about_of(one), numbers, subjects),
                one.is_late(utc_now(), sheet.dossier.zone),
            )
            for one in sheet.dossier.clarifications
        ],
        options=options,
        form=form,
        errors=errors,
        problems=list(errors.items()),
        today=today_at(request),
        longest=asking.LONGEST_QUESTION,
    )


def _label(lang: str, name: str, numbers: Mapping[str, tuple[str, Asking]], subjects: Mapping[str, str]) -> str:
    kind, _, key = name.partition(":")
    if kind != "question" or key not in numbers:
        return subjects.get(name, key)
    number, asked = numbers[key]
    text = asked.question.text.in_(lang)
    code = f"{asked.commitment} · " if asked.commitment else ""
    return f"{code}{number}. {text}"
