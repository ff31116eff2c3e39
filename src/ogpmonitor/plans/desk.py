"""What the routes that write a plan share: showing one form, and taking in what it sends, written or amended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from litestar import Response
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.forms import TOO_LONG, Form, gather, read_form
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, saved, see_other, sends_itself
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.plans.accepting import Sent, read_at
from ogpmonitor.plans.amending import Why, amend, problems_of_why
from ogpmonitor.plans.asking import Asked, label_of
from ogpmonitor.plans.drafting import Row, state_of
from ogpmonitor.plans.models import Plan, PlanStatus
from ogpmonitor.plans.schemas_writing import MoveForm
from ogpmonitor.plans.writing import set_fields, title_of
from ogpmonitor.plans.writing_commitments import CODE_TAKEN
from ogpmonitor.plans.writing_form import Desk, desk_at, views_of

LONGEST_WORDS = 2_000


@dataclass(frozen=True)
class Page:
    """Where one form stands: its address below the jurisdiction's, its heading, and what leads there."""

    path: str
    heading: str
    crumbs: Sequence[tuple[str, str]]  # words and path, from the plan inwards; the last is the form itself
    intro: str = ""
    is_new: bool = False
    part: str = ""  # where the plan's page lists it
    may_remove: bool = False


def languages_of(request: AnyRequest, plan: Plan) -> list[str]:
    """The languages that `plan` is written in here: its own, and those the jurisdiction speaks."""
    spoken: Sequence[str] = place_of(request).tenant.file.languages
    return [plan.source_language, *(lang for lang in spoken if lang != plan.source_language)]


def desk_of(request: AnyRequest, row: Row, plan: Plan, asked: Sequence[Asked], text: str = "") -> Desk:
    """The form for `row` of `plan` in the language `text`, or in the plan's own where nobody writes in that one.

    The code of what was submitted stays: it is its public address.
    """
    lang = text if text in languages_of(request, plan) else plan.source_language
    is_open = plan.status == PlanStatus.COCREATION
    return desk_at(row, plan, [one for one in asked if is_open or one.name != "code"], lang, place_of(request).lang)


def plan_path(request: AnyRequest, plan: Plan) -> str:
    """Where the forms of `plan` are listed."""
    return f"{place_of(request).tenant.slug}/workbench/plans/{plan.slug}/"


def show_desk(request: AnyRequest, desk: Desk, at: Page, sent: Sent | None = None) -> Response[bytes]:
    """The page with the form: as it stands, or as it was `sent` with what is wrong."""
    plan, lang = desk.plan, place_of(request).lang
    errors = sent.errors if sent else {}
    views = views_of(desk, sent.typed if sent else None, errors)
    of_amendment = {name: translate(lang, found[0]) for name, found in errors.items() if name in {"reason", "words"}}
    problems = [(view.name, view.error) for view in views if view.error] + list(of_amendment.items())
    context: dict[str, Any] = {
        "plan": plan,
        "plan_title": title_of(plan),
        "root": plan_path(request, plan),
        "at": at,
        "groups": _grouped(views),
        "text_language": desk.text,
        "text_languages": languages_of(request, plan),
        "is_original": desk.is_original,
        "version": sent.version if sent else state_of(desk.row, desk.asked, desk.text),
        "problems": problems,
        "differences": sent.differences if sent else (),
        "labels": {one.name: label_of(one.name, lang) for one in desk.asked},
        "typed": sent.typed if sent else {},
        "still": _listed(sent.typed.get("still")) if sent else [],
        "is_amending": plan.status != PlanStatus.COCREATION,
        "reasons": load_amendment_reasons().items,
        "amendment_errors": {"reason": "", "words": "", **of_amendment},
        "longest_words": LONGEST_WORDS,
    }
    return page(request, "plans/writing_form.html", status=(sent.status if sent else 200), **context)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _grouped(views: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """The fields under their headings, in order."""
    groups: list[tuple[str, list[Any]]] = []
    for view in views:
        if not groups or groups[-1][0] != view.group:
            groups.append((view.group, []))
        groups[-1][1].append(view)
    return groups


async def take_in(request: AnyRequest, desk: Desk, taken: Collection[str] = ()) -> Sent:
    """What was sent to the form at `desk`, with the reason for the change where the plan was submitted.

    `taken` are the codes that others have.
    """
    sent = read_at(desk, gather(await read_form(request)))
    code = str((sent.draft or {}).get("code", ""))
    if code.casefold() in {one.casefold() for one in taken}:
        sent.add("code", CODE_TAKEN)
    if desk.plan.status != PlanStatus.COCREATION and not sent.is_contested:
        for problem in problems_of_why(_why(desk, sent.typed)):
            sent.add(str(problem.facts["field"]), problem.message)
        if len(str(sent.typed.get("words") or "").strip()) > LONGEST_WORDS:
            sent.add("words", TOO_LONG)
    return sent


def _why(desk: Desk, typed: Mapping[str, Any]) -> Why:
    words = str(typed.get("words") or "").strip()
    said = Localized.model_validate({"source": desk.lang, desk.lang: words}) if words else None
    return Why(str(typed.get("reason") or ""), said)


async def save_at(request: AnyRequest, session: AsyncSession, desk: Desk, sent: Sent) -> None:
    """What was `sent` is written; in a submitted plan, with an amendment that says why.

    Raises:
        NotPermitted: whoever asks may not.
        Conflict: somebody else wrote at the same instant.
    """
    draft, plan = sent.draft or {}, desk.plan
    if plan.status == PlanStatus.COCREATION:
        await set_fields(session, desk.row, draft, by=request.user, version=desk.row.version)
        return
    why, demo = _why(desk, sent.typed), request.app.state.demo
    await amend(session, plan, desk.row, draft, reason=why.reason, words=why.words, by=request.user, demo=demo)


async def answer(
    request: AnyRequest, session: AsyncSession, desk: Desk, at: Page, taken: Collection[str] = ()
) -> Response[Any] | Redirect:
    """The form at `desk` is saved whole, or nothing of it: then 422 or 409 with all that was typed.

    What the page sends by itself meanwhile is answered by the version it now stands at.
    """
    sent = await take_in(request, desk, taken)
    by_itself = sends_itself(request)
    if sent.draft is None or (by_itself and desk.plan.status != PlanStatus.COCREATION):
        return show_desk(request, desk, at, sent)
    if by_itself:  # a code is part of this very address, and half of one is a code too
        sent.draft = {name: value for name, value in sent.draft.items() if name != "code"}
    await save_at(request, session, desk, sent)
    if by_itself:
        return saved(state_of(desk.row, desk.asked, desk.text))
    return back_to_plan(request, desk.plan, at.part)


def back_to_plan(request: AnyRequest, plan: Plan, part: str = "", *, said: str = "saved") -> Redirect:
    """To the list of the plan's forms, at the one that was left."""
    return see_other(request, f"{plan_path(request, plan)}?done={said}{'#' + part if part else ''}")


async def way_in(request: AnyRequest) -> Literal["up", "down"]:
    """Which way the form says that something goes.

    Raises:
        Invalid: it does not say.
    """
    form = Form.of(MoveForm, gather(await read_form(request)))
    if form.value is None:
        raise Invalid("plan.move")
    return form.value.to
