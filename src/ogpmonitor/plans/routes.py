"""`/workbench`: what is due, and reporting one milestone. Every form works without JavaScript: POST, then 303."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.queries import evidence_of_milestones
from ogpmonitor.evidence.service import Upload
from ogpmonitor.evidence.sniffing import KINDS
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import NotPermitted
from ogpmonitor.kit.forms import Form, gather, read_form
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import AnyRequest, fragment, page, place_of, see_other
from ogpmonitor.plans import queries
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.overview import overview_of, step_of
from ogpmonitor.plans.publishing import preview
from ogpmonitor.plans.reporting import (
    Difference,
    Submission,
    differences,
    problems_in,
    problems_of_files,
    report_with_evidence,
    said_now,
)
from ogpmonitor.plans.schemas import CONTESTED, FILES, LONGEST, ReportForm
from ogpmonitor.register.documents import Jurisdiction

MEBIBYTE = 1024 * 1024
SAVED = msgid("Saved. Nothing is public until you publish.")
SAVED_BY_CONTACT = msgid("Saved. Nothing is public until the open government unit publishes.")
# Where a message leads that belongs to no field one can see.
PLACES: Mapping[str, str] = {"": "progress", "version": "progress", "withdraw": "evidence"}
TOO_MANY = msgid("One place takes one file.")


def today_at(request: AnyRequest) -> date:
    """The day it is where the tenant is."""
    today: date = place_of(request).tenant.day_at(utc_now())
    return today


def jurisdiction_at(request: AnyRequest) -> Jurisdiction:
    """Whose register a publication goes to."""
    file = place_of(request).tenant.file
    return Jurisdiction(slug=file.slug, name=file.name, country=file.country)


class WorkbenchController(Controller):
    """The government's desk in one tenant. A monitor's desk is elsewhere."""

    path = "/{lang:str}/{tenant:str}/workbench"

    @get("/", permission=Permission.WORKBENCH_ENTER)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        plan: FromQuery[str] = "",
        saved: FromQuery[str] = "",
    ) -> Response[Any]:
        """The tenant's plans, the newest opened unless `plan` names another; `saved` says what just happened."""
        if request.user.role == Role.MONITOR:
            return see_other(request, f"{place_of(request).tenant.slug}/workbench/assessments/")
        plans = await queries.list_plans(session)
        if not plans:
            return page(request, "plans/workbench.html", **_NO_PLAN)
        shown = await queries.get_plan(session, plan or plans[0].slug)
        seen = await preview(session, shown, jurisdiction_at(request))
        context: dict[str, Any] = {
            "plans": [(one.slug, Localized.model_validate(one.title)) for one in plans],
            "overview": overview_of(shown, on=today_at(request), by=request.user),
            "latest": seen.latest,
            "published_days": (utc_now() - seen.latest.published_at).days if seen.latest else 0,
            "unpublished": len(seen.changes),
            "may_publish": permits(request.user, Permission.PLAN_PUBLISH, shown),
            "flashes": [{"kind": "done", "text": _saved_words(request)}] if saved == "report" else [],
        }
        return page(request, "plans/workbench.html", **context)

    @get("/milestones/{milestone_id:uuid}", permission=Permission.MILESTONE_READ)
    async def milestone(
        self, request: AnyRequest, session: NamedDependency[TenantSession], milestone_id: FromPath[UUID]
    ) -> Response[bytes]:
        """One milestone with the form that reports it, for those who may; for the others what was reported."""
        milestone = await queries.get_milestone(session, milestone_id)
        evidence = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
        said = said_now(milestone, place_of(request).lang)
        return _show(request, milestone, evidence, Filled(said))

    @post("/milestones/{milestone_id:uuid}", permission=Permission.MILESTONE_REPORT)
    async def report(
        self, request: AnyRequest, session: NamedDependency[TenantSession], milestone_id: FromPath[UUID]
    ) -> Response[Any] | Redirect:
        """The report is saved whole, or nothing of it: 422 with messages, 409 with both texts, and all that was typed.

        Raises:
            NotPermitted: another unit answers for this milestone.
        """
        milestone = await queries.get_milestone(session, milestone_id, to_write=True)
        if not permits(request.user, Permission.MILESTONE_REPORT, milestone):
            raise NotPermitted(Permission.MILESTONE_REPORT, msgid("Another unit answers for this milestone."))
        evidence = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
        settings = request.app.state.settings
        sent = await _read(request, most=settings.max_files_per_form, max_bytes=settings.max_upload_bytes)
        rules = {"on": today_at(request), "max_bytes": settings.max_upload_bytes}
        submission = _check(request, milestone, evidence, sent, **rules)
        if submission is None:
            return _show(request, milestone, evidence, sent, status=409 if sent.is_contested else 422)
        await report_with_evidence(session, request.app.state.storage, milestone, submission, by=request.user, **rules)
        address = f"{place_of(request).tenant.slug}/workbench/"
        return see_other(request, f"{address}?plan={milestone.commitment.plan.slug}&saved=report")


@dataclass
class Filled:
    """What stands in the form: as the milestone says it, or as it was typed. `errors` are (field, msgid)."""

    typed: Mapping[str, Any]
    errors: list[tuple[str, str]] = field(default_factory=list)
    uploads: dict[int, Upload] = field(default_factory=dict)
    differences: Sequence[Difference] = ()
    form: ReportForm | None = None
    is_contested: bool = False


async def _read(request: AnyRequest, *, most: int, max_bytes: int) -> Filled:
    """What was sent: words that fit the form or messages why not, and files, of which no more than needed is read."""
    data = gather(await read_form(request))
    files = {name: data.pop(name) for name in list(data) if name.startswith("file_") and "title" not in name}
    form = Form.of(ReportForm, data)
    errors = [(name, message) for name, messages in form.errors.items() for message in messages]
    read = Filled(form.data, errors, form=form.value)
    for place in range(1, min(FILES, most) + 1):
        sent = files.get(f"file_{place}")
        if isinstance(sent, list):
            read.errors.append((f"file_{place}", TOO_MANY))
        elif isinstance(sent, UploadFile):
            read.uploads[place] = Upload(sent.filename, await sent.read(max_bytes + 1))
    return read


def _check(
    request: AnyRequest, milestone: Milestone, evidence: Sequence[Evidence], sent: Filled, *, on: date, max_bytes: int
) -> Submission | None:
    """What is to be saved, or None once `sent` says why it cannot be, or what there is to choose."""
    lang = place_of(request).lang
    if sent.form is None:
        sent.errors += problems_of_files(sent.uploads, max_bytes=max_bytes)
        return None
    found = differences(milestone, sent.form, lang)
    if any(f"take_{name}" in sent.typed for name in CONTESTED):
        sent.differences = found
    if sent.form.version != milestone.version and found:
        sent.differences, sent.is_contested = found, True
        return None
    submission = Submission(sent.form, lang, sent.uploads, demo=request.app.state.demo)
    sent.errors += problems_in(submission, milestone, evidence, on=on, max_bytes=max_bytes)
    return None if sent.errors else submission


def _show(
    request: AnyRequest, milestone: Milestone, evidence: Sequence[Evidence], filled: Filled, *, status: int = 200
) -> Response[bytes]:
    """The page of one milestone; htmx gets its fragment alone."""
    today, lang = today_at(request), place_of(request).lang
    problems = [(name, translate(lang, message)) for name, message in filled.errors]
    context = {
        "step": step_of(milestone, milestone.commitment.code, on=today, by=request.user),
        "milestone": milestone,
        "commitment_title": Localized.model_validate(milestone.commitment.title),
        "indicator": _localised(milestone.content.get("indicator")),
        "expected_output": _localised(milestone.content.get("expected_output")),
        "plan": milestone.commitment.plan,
        "evidence": [(one, Localized.model_validate(one.title)) for one in evidence],
        "elsewhere": {
            "text": _in_other_languages(milestone.progress_text, lang),
            "late_reason": _in_other_languages(milestone.late_reason, lang),
        },
        "typed": _Typed(filled.typed),
        "errors": _by_field(problems),
        "problems": [(PLACES.get(name, name), message) for name, message in problems],
        "differences": filled.differences,
        "is_contested": filled.is_contested,
        # What was seen, until both texts were shown: a form that comes back has not seen the newer text.
        "version": milestone.version if filled.is_contested else filled.typed.get("version", milestone.version),
        "today": today,
        "lost_files": [upload.file_name for upload in filled.uploads.values()],
        "file_places": list(range(1, min(FILES, request.app.state.settings.max_files_per_form) + 1)),
        "accept": ",".join(ending for endings in KINDS.values() for ending in endings),
        "max_megabytes": request.app.state.settings.max_upload_bytes // MEBIBYTE,
        "longest": LONGEST,
    }
    if request.headers.get("hx-request") == "true":
        return fragment(request, "plans/_milestone.html", status=status, **context)
    return page(request, "plans/milestone.html", status=status, **context)


class _Typed(dict[str, Any]):
    """What stands in each field; a field nobody filled in is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _by_field(errors: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The first message of each field; the others follow once that is mended."""
    return _Typed(dict(reversed(errors)))


def _localised(value: dict[str, Any] | None) -> Localized | None:
    return Localized.model_validate(value) if value else None


def _in_other_languages(value: dict[str, Any] | None, lang: str) -> list[tuple[str, str]]:
    """What is said in languages other than the one being written, by language."""
    texts = _localised(value)
    return [(code, text) for code, text in texts.texts.items() if code != lang] if texts else []


def _saved_words(request: AnyRequest) -> str:
    words = SAVED if permits(request.user, Permission.PLAN_PUBLISH) else SAVED_BY_CONTACT
    return translate(place_of(request).lang, words)


_NO_PLAN: dict[str, Any] = {
    "plans": [],
    "overview": None,
    "latest": None,
    "published_days": 0,
    "unpublished": 0,
    "may_publish": False,
    "flashes": [],
}
