"""`/workbench/evidence`: the government's library of files and links, and what each of them supports."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.evidence.choices import choices_of
from ogpmonitor.evidence.keeping import describe, replace, set_supports
from ogpmonitor.evidence.models import Evidence, Voice
from ogpmonitor.evidence.queries import Sought, get_evidence, replaced_by, search_evidence, supports_of
from ogpmonitor.evidence.schemas import LONGEST_REASON, EvidenceForm
from ogpmonitor.evidence.service import Upload, submit_file, submit_link, withdraw
from ogpmonitor.evidence.sniffing import KINDS
from ogpmonitor.kit.contested import Contested, contested, settled
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid, NotFound, TooLarge
from ogpmonitor.kit.forms import Form, gather, read_form, short_text
from ogpmonitor.kit.headers import FILE_POLICY
from ogpmonitor.kit.i18n import LANGUAGES, msgid, translate
from ogpmonitor.kit.images import PREVIEW_TYPE
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page, place_of, see_other
from ogpmonitor.kit.storage import Storage, blob_name
from ogpmonitor.kit.written_dates import written
from ogpmonitor.method.evidence_kinds import load_evidence_kinds

PER_PAGE = 50
CONTESTED = ("title_es", "title_en", "category", "dated_on", "covers_from", "covers_to", "source")
FILE_OR_LINK = msgid("Choose a file, or give an address.")
BOTH = msgid("Give a file or an address, not both.")
WHY = msgid("Say why: it stays in the record.")
MEBIBYTE = 1024 * 1024
SHOWN = {**PRIVATE, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": FILE_POLICY}


class LibraryController(Controller):
    """Everything that was ever filed, for the open government unit."""

    path = "/{lang:str}/{tenant:str}/workbench/evidence"

    @get("/", permission=Permission.EVIDENCE_KEEP)
    async def index(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        *,
        words: FromQuery[str] = "",
        category: FromQuery[str] = "",
        only: FromQuery[str] = "",
        start: FromQuery[int] = 0,
    ) -> Response[bytes]:
        """What was filed, newest first; found by words, kind, or what is wrong with it."""
        sought = Sought(
            words.strip()[:100], category, restricted=only == "restricted", dead=only == "dead", loose=only == "loose"
        )
        first = min(max(start, 0), 1_000_000)
        found = await search_evidence(session, sought, start=first, most=PER_PAGE + 1)
        supports = await supports_of(session, [one.id for one in found])
        return page(
            request,
            "evidence/library.html",
            rows=[(one, Localized.model_validate(one.title), len(supports[one.id])) for one in found[:PER_PAGE]],
            sought=sought,
            only=only,
            kinds=load_evidence_kinds(),
            start=first,
            following=first + PER_PAGE if len(found) > PER_PAGE else None,
            before=max(0, first - PER_PAGE) if first else None,
        )

    @get("/new", permission=Permission.EVIDENCE_KEEP)
    async def blank(
        self, request: AnyRequest, session: NamedDependency[TenantSession], replaces: FromQuery[str] = ""
    ) -> Response[bytes]:
        """The form for a new piece; with `replaces`, for one that stands in for another."""
        old = await _own(session, UUID(replaces)) if _is_id(replaces) else None
        typed = _said(old) if old else {}
        return await _form(request, session, None, typed, replaces=old)

    @post("/new", permission=Permission.EVIDENCE_KEEP)
    async def file(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes] | Redirect:
        """A new piece is filed and supports what was ticked; a piece it replaces supports nothing any more."""
        sent = gather(await read_form(request))
        upload = sent.pop("file", None)
        old = await _own(session, UUID(str(sent["replaces"]))) if _is_id(sent.get("replaces")) else None
        form = Form.of(EvidenceForm, sent)
        has_file = isinstance(upload, UploadFile) and bool(upload.filename)
        if form.value is not None:
            for name, message in form.value.problems():
                form.add(name, message)
        if form.value is not None and has_file == bool(form.value.link_url):
            form.add("file", BOTH if has_file else FILE_OR_LINK)
        if form.value is None:
            return await _form(request, session, None, form.data, errors=form.errors, replaces=old, status=422)
        try:
            async with session.begin_nested():
                filed = await _file(request, session, form.value, upload if has_file else None)
                if old is not None:
                    await replace(session, old, filed, by=request.user)
                else:
                    await set_supports(session, filed, form.value.supported, by=request.user)
        except (Invalid, TooLarge, Conflict) as refused:
            field = "file" if has_file else "link_url"
            errors = {field: [refused.message]}
            return await _form(request, session, None, form.data, errors=errors, replaces=old, status=refused.status)
        return see_other(request, f"{_root(request)}{filed.id}/about/")

    @get("/{evidence_id:uuid}/about", permission=Permission.EVIDENCE_KEEP)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], evidence_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One piece: its receipt, what is said of it and what it supports."""
        evidence = await _own(session, evidence_id)
        return await _form(request, session, evidence, {**_said(evidence), **await _ticked(session, evidence)})

    @post("/{evidence_id:uuid}/about", permission=Permission.EVIDENCE_KEEP)
    async def describe(
        self, request: AnyRequest, session: NamedDependency[TenantSession], evidence_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """What is said of it and what it supports is saved; 409 with both texts where somebody was faster."""
        evidence = await _own(session, evidence_id)
        sent = gather(await read_form(request))
        is_stale = str(sent.get("version")) != str(evidence.version)
        found = contested(_said(evidence), sent, CONTESTED)
        if is_stale and found:
            data = {**sent, "version": evidence.version}
            return await _form(request, session, evidence, data, differences=found, status=409)
        form = Form.of(EvidenceForm, settled(_said(evidence), sent, CONTESTED))
        if form.value is not None:
            for name, message in form.value.problems():
                form.add(name, message)
        if form.value is None:
            return await _form(request, session, evidence, sent, errors=form.errors, status=422)
        about = form.value.about(Localized.model_validate(evidence.title), demo=evidence.demo)
        await describe(session, evidence, about, by=request.user)
        await set_supports(session, evidence, form.value.supported, by=request.user)
        return see_other(request, f"{_root(request)}{evidence.id}/about/")

    @post("/{evidence_id:uuid}/withdraw", permission=Permission.EVIDENCE_KEEP)
    async def withdraw(
        self, request: AnyRequest, session: NamedDependency[TenantSession], evidence_id: FromPath[UUID]
    ) -> Response[bytes] | Redirect:
        """It supports nothing from the next publication on; what was published stays readable."""
        evidence = await _own(session, evidence_id)
        reason = short_text((await read_form(request)).get("reason"), LONGEST_REASON, field="reason")
        if not reason:
            typed = {**_said(evidence), **await _ticked(session, evidence)}
            return await _form(request, session, evidence, typed, errors={"reason": [WHY]}, status=422)
        await withdraw(session, evidence, reason=reason, by=request.user)
        return see_other(request, _root(request))

    @get("/{evidence_id:uuid}/preview", permission=Permission.EVIDENCE_READ)
    async def preview(
        self, request: AnyRequest, session: NamedDependency[TenantSession], evidence_id: FromPath[UUID]
    ) -> Response[bytes]:
        """A small picture without metadata.

        Raises:
            NotFound: it is no picture, or another voice's.
        """
        evidence = await get_evidence(session, evidence_id)
        if evidence.preview_sha256 is None:
            raise NotFound("evidence.no_preview")
        storage: Storage = request.app.state.storage
        content = await storage.get(blob_name(evidence.preview_sha256))
        return Response(content, media_type=PREVIEW_TYPE, headers=SHOWN)


def _root(request: AnyRequest) -> str:
    return f"{place_of(request).tenant.slug}/workbench/evidence/"


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


async def _own(session: TenantSession, evidence_id: UUID) -> Evidence:
    evidence = await get_evidence(session, evidence_id)
    if evidence.voice != Voice.GOVERNMENT:
        raise NotFound("evidence.not_found")
    return evidence


async def _file(request: AnyRequest, session: TenantSession, form: EvidenceForm, upload: UploadFile | None) -> Evidence:
    about = form.about(demo=request.app.state.demo)
    if upload is None:
        return await submit_link(session, form.link_url or "", about, by=request.user)
    limit = request.app.state.settings.max_upload_bytes
    sent = Upload(upload.filename, await upload.read(limit + 1))
    return await submit_file(session, request.app.state.storage, sent, about, max_bytes=limit, by=request.user)


def _said(evidence: Evidence) -> dict[str, str]:
    days = {name: written(getattr(evidence, name)) for name in ("dated_on", "covers_from", "covers_to")}
    titles = {f"title_{lang}": evidence.title.get(lang, "") for lang in LANGUAGES}
    rest = {"category": evidence.category, "source": evidence.source or ""}
    seen = {"restricted": "yes" if evidence.restricted else "", "harmless": "" if evidence.restricted else "yes"}
    return {**titles, **days, **rest, **seen}


async def _ticked(session: TenantSession, evidence: Evidence) -> dict[str, list[str]]:
    standing = (await supports_of(session, [evidence.id]))[evidence.id]
    return {
        "milestone": [str(one.milestone_id) for one in standing if one.milestone_id],
        "commitment": [str(one.commitment_id) for one in standing if one.commitment_id],
        "plan": [str(one.plan_id) for one in standing if one.plan_id],
    }


async def _form(
    request: AnyRequest,
    session: TenantSession,
    evidence: Evidence | None,
    typed: Mapping[str, Any],
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    differences: Sequence[Contested] = (),
    replaces: Evidence | None = None,
    status: int = 200,
) -> Response[bytes]:
    lang = place_of(request).lang
    told = {name: translate(lang, messages[0]) for name, messages in (errors or {}).items()}
    newer = await replaced_by(session, evidence.id) if evidence else None
    return page(
        request,
        "evidence/evidence.html",
        status=status,
        evidence=evidence,
        title=Localized.model_validate(evidence.title) if evidence else None,
        typed=dict(typed),
        ticked={name: _listed(typed.get(name)) for name in ("milestone", "commitment", "plan")},
        errors=told,
        differences=differences,
        version=evidence.version if evidence and (differences or "version" not in typed) else typed.get("version", 0),
        kinds=load_evidence_kinds().items,
        choices=await choices_of(session),
        replaces=(replaces, Localized.model_validate(replaces.title)) if replaces else None,
        replaced=(newer, Localized.model_validate(newer.title)) if newer else None,
        accept=",".join(ending for endings in KINDS.values() for ending in endings),
        max_megabytes=request.app.state.settings.max_upload_bytes // MEBIBYTE,
    )


def _listed(value: object) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
