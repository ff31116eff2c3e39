"""`.../commitments/<code>/measure`: how the government itself counts one commitment as fulfilled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.contested import CHOICE, Contested, contested, settled
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.forms import Form, gather, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.plans import queries
from ogpmonitor.plans.desk import plan_path
from ogpmonitor.plans.measuring import measure_from, measure_of, problems_in, said_now, set_measure, state_of_measure
from ogpmonitor.plans.models import Commitment
from ogpmonitor.plans.routes import today_at
from ogpmonitor.plans.schemas_measuring import FIELDS, LONGEST, MeasureForm
from ogpmonitor.register.field_labels import FIELD_LABELS

LABELS: Mapping[str, str] = {
    **{name: FIELD_LABELS[name] for name in FIELDS if name in FIELD_LABELS},
    "spot_name": msgid("Name of the place"),
}


@dataclass
class Filled:
    """What stands in the form: as it is, or as it was typed. Messages are msgids by field."""

    typed: Mapping[str, Any]
    version: str
    errors: dict[str, list[str]] = field(default_factory=dict)
    differences: Sequence[Contested] = ()
    status: int = 200


class MeasureController(Controller):
    """Only where the jurisdiction has a measure of its own."""

    path = "/{lang:str}/{tenant:str}/workbench/plans/{plan:str}/commitments/{code:str}/measure"

    @get("/", permission=Permission.PLAN_WRITE)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        code: FromPath[str],
    ) -> Response[bytes]:
        """The form of one commitment's measure.

        Raises:
            NotFound: there is no such commitment, or the jurisdiction has no measure of its own.
        """
        _require_switch(request)
        found = await queries.get_commitment(session, plan, code)
        now = said_now(found, place_of(request).lang)
        return _show(request, found, Filled(now, state_of_measure(found)))

    @post("/", permission=Permission.PLAN_WRITE)
    async def write(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        code: FromPath[str],
    ) -> Response[Any] | Redirect:
        """The measure is saved whole, or nothing of it: 422 with messages, 409 with both texts, and all that was typed.

        Raises:
            NotFound: there is no such commitment, or the jurisdiction has no measure of its own.
        """
        _require_switch(request)
        found = await queries.get_commitment(session, plan, code, to_write=True)
        filled, form = _read(request, found, gather(await read_form(request)))
        if form is None:
            return _show(request, found, filled)
        lang, demo = place_of(request).lang, request.app.state.demo
        measure = measure_from(form, measure_of(found), lang, demo=demo)
        await set_measure(session, found, measure, by=request.user)
        return see_other(request, f"{plan_path(request, found.plan)}?done=saved#commitment-{found.code}")


def _require_switch(request: AnyRequest) -> None:
    if not place_of(request).tenant.file.switches.own_measure:
        raise NotFound("measure.not_used")


def _read(request: AnyRequest, commitment: Commitment, data: dict[str, Any]) -> tuple[Filled, MeasureForm | None]:
    """What was sent, and the valid form of it once nothing is wrong or contested."""
    place = place_of(request)
    now, state = said_now(commitment, place.lang), state_of_measure(commitment)
    seen = str(data.get("version", ""))
    differences = contested(now, data, FIELDS)
    if seen != state and differences:
        return Filled(data, state, differences=differences, status=409), None
    chosen = [one for one in differences if f"{CHOICE}{one.name}" in data]
    form = Form.of(MeasureForm, settled(now, data, FIELDS))
    if form.value is not None:
        for name, message in problems_in(form.value, on=today_at(request), country=place.tenant.file.country):
            form.errors.setdefault(name, []).append(message)
    if form.errors:
        return Filled(data, seen, form.errors, chosen, 422), None
    return Filled(data, seen), form.value


def _show(request: AnyRequest, commitment: Commitment, filled: Filled) -> Response[bytes]:
    lang = place_of(request).lang
    labels = {name: translate(lang, words) for name, words in LABELS.items()}
    errors = {name: translate(lang, messages[0]) for name, messages in filled.errors.items()}
    measure = measure_of(commitment)
    return page(
        request,
        "plans/measure.html",
        status=filled.status,
        commitment=commitment,
        title=Localized.model_validate(commitment.title),
        root=place_of(request).href(plan_path(request, commitment.plan)),
        labels=labels,
        typed={name: filled.typed.get(name, "") for name in FIELDS} | _choices(filled.typed),
        errors={name: errors.get(name, "") for name in FIELDS},
        problems=[(f"basis-{_FIRST}" if name == "basis" else name, words) for name, words in errors.items()],
        differences=filled.differences,
        version=filled.version,
        longest=LONGEST,
        elsewhere=_elsewhere(measure.action, lang) if measure else [],
    )


_FIRST = "none"


def _choices(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in typed.items() if name.startswith(CHOICE)}


def _elsewhere(text: Localized | None, lang: str) -> list[tuple[str, str]]:
    """What the action says in other languages."""
    return [(code, words) for code, words in text.texts.items() if code != lang] if text else []
