"""`/workbench/plans/{plan}/amendments`: what was changed since submission, and changing it with a reason."""

from dataclasses import replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import About, Upload, check_file, submit_file
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import DomainError, Invalid
from ogpmonitor.kit.formats import reading_in
from ogpmonitor.kit.forms import gather, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.plans import queries
from ogpmonitor.plans.amending import Why, add, amend, problems_of_why, require_amendable, would_change
from ogpmonitor.plans.amendment_form import (
    LONGEST,
    LONGEST_WORDS,
    SAME,
    Amended,
    WhyForm,
    fields_of,
    read_amended,
    shown,
)
from ogpmonitor.plans.amendment_targets import (
    Sent,
    Target,
    Typed,
    added,
    changes_of,
    chosen_of,
    differences_of,
    elsewhere,
    existing,
    settled_for,
)
from ogpmonitor.plans.models import Plan, PlanStatus
from ogpmonitor.plans.publishing import published_amendment
from ogpmonitor.register.amended import amended_label, told_changes
from ogpmonitor.register.documents import AmendedField

MINUTE = "minute"  # a code of the kinds of evidence
NO_MINUTE = msgid("Choose a minute from the list, or attach one.")


class AmendController(Controller):
    """The coordinator's changes of a submitted plan, each with its reason."""

    path = "/{lang:str}/{tenant:str}/workbench/plans/{plan:str}/amendments"

    @get("/", permission=Permission.PLAN_READ)
    async def listed(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromPath[str]
    ) -> Response[bytes]:
        """Every amendment, the newest first, and what can be amended."""
        return await _list(request, session, await queries.get_plan(session, plan))

    @get("/change", permission=Permission.PLAN_AMEND)
    async def change_form(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromQuery[str] = "",
        milestone: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The form for the plan, for its `commitment`, or for a `milestone` of that.

        Raises:
            NotFound: there is none.
            Conflict: the plan has not been submitted.
        """
        target = existing(await _amendable(request, session, plan), commitment, milestone)
        return await _form(request, session, target)

    @post("/change", permission=Permission.PLAN_AMEND)
    async def change(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromQuery[str] = "",
        milestone: FromQuery[str] = "",
    ) -> Response[bytes] | Redirect:
        """It is changed, with its reason; 422 with messages, 409 with both texts, and all that was typed.

        Raises:
            NotFound: there is none.
            Conflict: the plan has not been submitted.
        """
        target = existing(await _amendable(request, session, plan), commitment, milestone)
        return await _amend(request, session, target)

    @get("/add", permission=Permission.PLAN_AMEND)
    async def add_form(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The form for a new commitment, or for a new milestone of `commitment`.

        Raises:
            NotFound: there is no such commitment.
            Conflict: the plan has not been submitted.
        """
        return await _form(request, session, added(await _amendable(request, session, plan), commitment))

    @post("/add", permission=Permission.PLAN_AMEND)
    async def add(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromPath[str],
        commitment: FromQuery[str] = "",
    ) -> Response[bytes] | Redirect:
        """It stands in the current plan, with its reason; 422 with messages and all that was typed.

        Raises:
            NotFound: there is no such commitment.
            Conflict: the plan has not been submitted.
        """
        return await _amend(request, session, added(await _amendable(request, session, plan), commitment))


async def _amendable(request: AnyRequest, session: TenantSession, slug: str) -> Plan:
    plan = await queries.get_plan(session, slug)
    require_amendable(plan, by=request.user)
    return plan


async def _amend(request: AnyRequest, session: TenantSession, target: Target) -> Response[bytes] | Redirect:
    """What was sent is written, shown beside what stands there (step "preview"), or comes back with what is wrong."""
    data = gather(await read_form(request))
    upload, refused = await _upload(data.pop("minute_file", None), request.app.state.settings.max_upload_bytes)
    lang = place_of(request).lang
    differences = differences_of(target, data, lang)
    if differences:
        return await _form(request, session, target, Sent(data, differences=differences, is_contested=True))
    sent = settled_for(target, data, lang)
    read = read_amended(sent, target.row, target.kind, lang)
    why = await _why(request, session, read.why)
    problems = [*read.errors, *refused, *_problems(target, read, why)]
    shown_sent = Sent(data, problems, chosen_of(target, data, lang), lost_file=upload.file_name if upload else "")
    if problems:
        return await _form(request, session, target, shown_sent)
    if read.why is not None and read.why.step == "preview":
        return await _form(request, session, target, replace(shown_sent, preview=changes_of(target, read.values)))
    try:
        if upload is not None:
            why = replace(why, minute=await _kept_minute(request, session, upload, read))
        await _write(request, session, target, read, why)
    except Invalid as problem:
        found = [(str(problem.facts.get("field", "")), problem.message)]
        return await _form(request, session, target, replace(shown_sent, problems=found))
    return see_other(request, f"{_root(request, target.plan)}?saved=yes")


async def _write(request: AnyRequest, session: TenantSession, target: Target, read: Amended, why: Why) -> None:
    if target.row is None and target.parent is not None:
        code = str(read.typed.get("code", "")).strip()
        await add(session, target.plan, target.parent, read.values, code=code, why=why, by=request.user)
    elif target.row is not None:
        await amend(
            session, target.plan, target.row, read.values, reason=why.reason, words=why.words, minute=why.minute,
            demo=why.demo, by=request.user,
        )  # fmt: skip


async def _kept_minute(request: AnyRequest, session: TenantSession, upload: Upload, read: Amended) -> Evidence:
    lang, state = place_of(request).lang, request.app.state
    title = (read.why.minute_title if read.why else None) or upload.file_name
    about = About(Localized.model_validate({"source": lang, lang: title}), demo=state.demo)
    kept = await submit_file(
        session, state.storage, upload, about, max_bytes=state.settings.max_upload_bytes, by=request.user
    )
    kept.category = MINUTE
    await session.flush()
    return kept


async def _upload(sent: Any, max_bytes: int) -> tuple[Upload | None, list[tuple[str, str]]]:
    """The file that was sent, if it may be kept; else the message beside its field."""
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None, []
    upload = Upload(sent.filename, await sent.read(max_bytes + 1))
    try:
        check_file(upload, max_bytes=max_bytes)
    except DomainError as refused:
        return None, [("minute_file", refused.message)]
    return upload, []


async def _why(request: AnyRequest, session: TenantSession, form: WhyForm | None) -> Why:
    lang = place_of(request).lang
    if form is None:
        return Why("", None)
    words = Localized.model_validate({"source": lang, lang: form.words}) if form.words else None
    minute = await session.get(Evidence, form.minute) if form.minute else None
    return Why(form.reason, words, minute, demo=request.app.state.demo)


def _problems(target: Target, read: Amended, why: Why) -> list[tuple[str, str]]:
    """What is missing in the reason, and whether anything differs at all."""
    found = [(str(one.facts["field"]), one.message) for one in problems_of_why(why)] if read.why else []
    if read.why and read.why.minute and why.minute is None:
        found.append(("minute", NO_MINUTE))
    if not read.errors and target.row is not None and not would_change(target.row, read.values):
        found.append(("title", SAME))
    return found


def _root(request: AnyRequest, plan: Plan) -> str:
    return f"{place_of(request).tenant.slug}/workbench/plans/{plan.slug}/amendments/"


async def _form(
    request: AnyRequest, session: TenantSession, target: Target, sent: Sent | None = None
) -> Response[bytes]:
    lang = place_of(request).lang
    now = shown(target.row, lang) if target.row else {"code": target.next_code}
    sent = sent or Sent({**now, "version": str(target.row.version if target.row else 0)})
    told = [(name, translate(lang, words)) for name, words in sent.problems]
    newest = sent.is_contested and target.row is not None
    context: dict[str, Any] = {
        "target": target,
        "plan": target.plan,
        "plan_title": Localized.model_validate(target.plan.title),
        "row_title": Localized.model_validate(target.row.title) if target.row else None,
        "fields": list(fields_of(target.kind, new=target.is_new).items()),
        "labels": {name: amended_label(name, lang) for name in fields_of(target.kind)},
        "typed": Typed({**sent.typed, **({"version": str(target.row.version)} if newest and target.row else {})}),
        "problems": told,
        "errors": Typed(dict(reversed(told))),
        "differences": sent.differences,
        "changes": told_changes([AmendedField.model_validate(one) for one in sent.preview], lang),
        "reasons": load_amendment_reasons().items,
        "minutes": [(one, Localized.model_validate(one.title)) for one in await queries.list_minutes(session)],
        "lost_file": sent.lost_file,
        "elsewhere": elsewhere(target, lang),
        "longest": LONGEST,
        "longest_words": LONGEST_WORDS,
    }
    status = 409 if sent.is_contested else 422 if sent.problems else 200
    return page(request, "plans/amend.html", status=status, **context)


async def _list(request: AnyRequest, session: TenantSession, plan: Plan) -> Response[bytes]:
    place = place_of(request)
    found = await queries.list_amendments(session, plan)
    with reading_in(place.tenant.zone):
        told = [_told(amendment, minute, place.lang) for amendment, minute in reversed(found)]
    context: dict[str, Any] = {
        "plan": plan,
        "plan_title": Localized.model_validate(plan.title),
        "is_submitted": plan.status != PlanStatus.COCREATION,
        "amendments": told,
        "commitments": [
            (one, Localized.model_validate(one.title), [(m, Localized.model_validate(m.title)) for m in one.milestones])
            for one in plan.commitments
        ],
        "saved": request.query_params.get("saved") == "yes",
    }
    return page(request, "plans/amendments.html", **context)


def _told(amendment: Any, minute: Evidence | None, lang: str) -> dict[str, Any]:
    one = published_amendment(amendment, None)
    return {
        "commitment": amendment.commitment or "",
        "milestone": amendment.milestone or "",
        "made_at": one.made_at,
        "reason": load_amendment_reasons().label(one.reason, lang),
        "words": one.words,
        "changes": told_changes(one.changes, lang),
        "minute": minute,
        "minute_title": Localized.model_validate(minute.title) if minute else None,
        "demo": one.demo,
    }
