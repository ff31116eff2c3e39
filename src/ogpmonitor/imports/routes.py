"""`/workbench/imports`: spreadsheets out and in; what a file would do is seen before it does it."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.imports.formats import FORMATS
from ogpmonitor.imports.jobs import APPLY_IMPORT, READ_IMPORT
from ogpmonitor.imports.models import Import, ImportState
from ogpmonitor.imports.preview import preview_of, told_findings
from ogpmonitor.imports.queries import get_import, list_imports, plan_of
from ogpmonitor.imports.service import Compared, Source, apply, bring_in, compare_file, tell
from ogpmonitor.imports.sheet import MEDIA_TYPE, spreadsheet
from ogpmonitor.imports.undoing import undo
from ogpmonitor.kit import jobs
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, DomainError, Invalid, TooLarge
from ogpmonitor.kit.forms import read_form, short_text
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page, place_of, see_other
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.amending import Why
from ogpmonitor.plans.models import Plan, PlanStatus

AT_ONCE_BYTES = 64 * 1024  # larger files are read by the worker
AT_ONCE_ROWS = 200
NO_FILE = msgid("Choose a file.")
TOO_LARGE = msgid("The file is larger than %(megabytes)s MB. Send it in several files.")
WHY_UNDO = msgid("Say why it is undone. It stays in the record.")
LONGEST_WORDS = 2_000
MEBIBYTE = 1024 * 1024


class ImportController(Controller):
    """The coordinator's way in and out for whole plans."""

    path = "/{lang:str}/{tenant:str}/workbench/imports"

    @get("/", permission=Permission.IMPORT_RUN)
    async def index(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        return await _index(request, session)

    @get("/template.xlsx", permission=Permission.IMPORT_RUN)
    async def template(
        self, request: AnyRequest, session: NamedDependency[TenantSession], plan: FromQuery[str] = ""
    ) -> Response[bytes]:
        """An empty spreadsheet, or `plan` as one, in the words of the page's language."""
        found = await plans.get_plan(session, plan) if plan else None
        content = await asyncio.to_thread(spreadsheet, found, place_of(request).lang)
        name = f"{place_of(request).tenant.slug}-{found.slug if found else 'plan'}.xlsx"
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    @post("/", permission=Permission.IMPORT_RUN)
    async def bring(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """A file is read and compared, at once or by the worker; nothing of the plan changes yet."""
        form, limit = await read_form(request), request.app.state.settings.max_upload_bytes
        slug, sent = str(form.get("plan") or ""), form.get("file")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return await _index(request, session, problem=NO_FILE, chosen=slug, status=422)
        content = await sent.read(limit + 1)
        plan = await plans.get_plan(session, slug) if slug else None
        if len(content) > limit:
            refusal = TooLarge("import.too_large", TOO_LARGE, megabytes=limit // MEBIBYTE)
            return await _index(request, session, problem=refusal, chosen=slug, status=413)
        try:
            row = await _bring(request, session, sent.filename, content, plan)
        except Invalid as refused:
            return await _index(request, session, problem=refused, chosen=slug, status=refused.status)
        return see_other(request, f"{_root(request)}{row.id}/")

    @get("/{import_id:uuid}", permission=Permission.IMPORT_RUN)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        import_id: FromPath[UUID],
        start: FromQuery[int] = 0,
    ) -> Response[bytes]:
        """What was understood, row by row; the rows from `start` on."""
        return await _show(request, session, await get_import(session, import_id), start=start)

    @post("/{import_id:uuid}", permission=Permission.IMPORT_RUN)
    async def apply(
        self, request: AnyRequest, session: NamedDependency[TenantSession], import_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """Everything the preview showed is written, or nothing."""
        row = await get_import(session, import_id, to_write=True)
        form, lang = await read_form(request), place_of(request).lang
        reason, words = str(form.get("reason") or ""), short_text(form.get("words"), LONGEST_WORDS, field="words")
        state = str(form.get("state") or "")
        if row.state == ImportState.APPLYING:  # sent twice: the worker has it
            return see_other(request, f"{_root(request)}{row.id}/")
        if row.rows > AT_ONCE_ROWS and row.state == ImportState.READY:
            row.state = ImportState.APPLYING
            who = {"tenant": str(place_of(request).tenant.id), "actor_id": str(request.user.id)}
            said = {"language": lang, "state": state, "reason": reason, "words": words}
            await jobs.defer(session, APPLY_IMPORT, import_id=str(row.id), **who, **said)
            return see_other(request, f"{_root(request)}{row.id}/")
        compared, plan = await _compare(request, session, row)
        why = Why(reason, Localized.model_validate({"source": lang, lang: words}) if words else None)
        try:
            async with session.begin_nested():
                demo = request.app.state.demo
                await apply(session, row, compared, plan, why, state=state, by=request.user, demo=demo)
        except (Invalid, Conflict) as refused:
            typed = {"reason": reason, "words": words}
            return await _show(request, session, row, refused=refused, typed=typed, status=refused.status)
        return see_other(request, f"{_root(request)}{row.id}/")

    @post("/{import_id:uuid}/undo", permission=Permission.IMPORT_RUN)
    async def undo(
        self, request: AnyRequest, session: NamedDependency[TenantSession], import_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """What stood before stands again; where something was changed since, nothing is undone and it is said."""
        row = await get_import(session, import_id, to_write=True)
        lang = place_of(request).lang
        words = short_text((await read_form(request)).get("words"), LONGEST_WORDS, field="words")
        if not words:
            missing = Invalid("import.undo_reason", WHY_UNDO, field="words")
            return await _show(request, session, row, refused=missing, status=422)
        try:
            async with session.begin_nested():
                await undo(session, row, words=Localized.model_validate({"source": lang, lang: words}), by=request.user)
        except (Invalid, Conflict) as refused:
            return await _show(request, session, row, refused=refused, typed={"words": words}, status=refused.status)
        return see_other(request, f"{_root(request)}{row.id}/")


def _root(request: AnyRequest) -> str:
    return f"{place_of(request).tenant.slug}/workbench/imports/"


async def _bring(request: AnyRequest, session: TenantSession, name: str, content: bytes, plan: Plan | None) -> Import:
    storage: Storage = request.app.state.storage
    sha256 = await asyncio.to_thread(sha256_of, content)
    lang = place_of(request).lang
    compared = None
    if len(content) <= AT_ONCE_BYTES:
        compared = await asyncio.to_thread(compare_file, content, plan, lang)
    await storage.put(blob_name(sha256), content)
    source = Source(name[:200], sha256, content)
    row = await bring_in(session, source, plan.id if plan else None, rows=0, by=request.user)
    if compared is not None:
        tell(row, compared)
    else:
        who = {"tenant": str(place_of(request).tenant.id), "actor_id": str(request.user.id)}
        await jobs.defer(session, READ_IMPORT, import_id=str(row.id), language=lang, **who)
    await session.flush()
    return row


async def _compare(request: AnyRequest, session: TenantSession, row: Import) -> tuple[Compared, Plan | None]:
    plan = await plan_of(session, row)
    content = await request.app.state.storage.get(blob_name(row.file_sha256))
    return await asyncio.to_thread(compare_file, content, plan, place_of(request).lang), plan


async def _index(
    request: AnyRequest,
    session: TenantSession,
    *,
    problem: str | DomainError = "",
    chosen: str = "",
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    words = problem if isinstance(problem, str) else problem.message
    facts = {} if isinstance(problem, str) else problem.facts
    found = await plans.list_plans(session)
    return page(
        request,
        "imports/imports.html",
        status=status,
        imports=await list_imports(session),
        plans=[(one.slug, Localized.model_validate(one.title)) for one in found],
        formats={code: translate(lang, name) for code, (name, _, _) in FORMATS.items()},
        problem=translate(lang, words) % dict(facts) if words else "",
        chosen=chosen,
    )


async def _show(
    request: AnyRequest,
    session: TenantSession,
    row: Import,
    *,
    start: int = 0,
    refused: DomainError | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    compared, plan = None, None
    if row.state == ImportState.READY:
        compared, plan = await _compare(request, session, row)
    findings = told_findings(row.findings["all"], lang)
    context: dict[str, Any] = {
        "row": row,
        "format": translate(lang, FORMATS[row.format][0]) if row.format else "",
        "findings": findings,
        "errors_found": [one for one in findings if one.severity == "error"],
        "preview": preview_of(compared, lang, start=start) if compared else None,
        "is_submitted": plan is not None and plan.status != PlanStatus.COCREATION,
        "reasons": load_amendment_reasons().items,
        "refusal": translate(lang, refused.message) if refused else "",
        "wrong_field": str(refused.facts.get("field", "")) if refused else "",
        "typed": {"reason": "", "words": "", **(typed or {})},
        "plan_slug": (await session.get_one(Plan, row.plan_id)).slug if row.plan_id else "",
    }
    return page(request, "imports/import.html", status=status, **context)
