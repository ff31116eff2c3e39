"""The pages of one assessment: to declare, to write, to review, to read."""

from collections.abc import Mapping
from typing import Any

from litestar import Response

from ogpmonitor.assessments import publishing
from ogpmonitor.assessments.beside import Beside, texts_of
from ogpmonitor.assessments.editions import differences
from ogpmonitor.assessments.following import earlier_recommendations, kept_followed, rows_of
from ogpmonitor.assessments.handling import rules_at, slug_of
from ogpmonitor.assessments.merging import text_mark
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.reading import read_document
from ogpmonitor.assessments.schemas import PARTS, Given, Submission, anchor, number_of
from ogpmonitor.assessments.screen import screen_of
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of
from ogpmonitor.method.independence import load_independence
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.exchanges import around, exchange_about
from ogpmonitor.register.independence import independence_of
from ogpmonitor.register.queries import newest_published
from ogpmonitor.register.recommendations import ToldRecommendation, follow_ups_of, recommendations_in

NO_QUESTION = {publishing.EVALUATOR, publishing.DECLARATION, publishing.SECOND_REVIEW, publishing.RIGHT_OF_REPLY}


async def earlier_of(request: AnyRequest, session: TenantSession, sheet: Sheet) -> list[ToldRecommendation]:
    """What was recommended before, for this assessment to follow up."""
    published = await newest_published(session, slug_of(request))
    return earlier_recommendations(sheet, published)


async def form_page(
    request: AnyRequest,
    session: TenantSession,
    sheet: Sheet,
    submission: Submission | None = None,
    typed: Mapping[str, Given] | None = None,
    *,
    beside: Beside | None = None,
    status: int = 200,
    saved: bool = False,
) -> Response[bytes]:
    """The form of a draft, as it is kept or as it came back."""
    lang, screen = place_of(request).lang, screen_of(sheet, submission, typed=typed)
    signing = submission.errors.get("", {}).get("evaluator", ()) if submission else ()
    recommended = beside.rows if beside else rows_of(sheet)
    earlier = await earlier_of(request, session, sheet)
    typed_about = {one.id: one for one in beside.followed} if beside else {}
    followed = [typed_about.get(one.id, one) for one in kept_followed(sheet, earlier)]
    wrong = [(f"rec-{one.id}-{name}", message) for one in recommended for name, message in (one.errors or {}).items()]
    wrong += [(f"follow_{name}:{one.id}", message) for one in followed for name, message in one.errors.items()]
    errors = [*screen.errors, *((publishing.EVALUATOR, message) for message in signing), *wrong]
    kept = texts_of(sheet)
    return page(
        request,
        "assessments/assessment_form.html",
        status=status,
        sheet=sheet,
        dossier=sheet.dossier,
        screen=screen,
        summary=[(field_id, translate(lang, message)) for field_id, message in errors],
        submission=submission,
        is_stale=status == 409,
        saved=saved,
        recommended=recommended,
        followed=followed,
        texts={**kept, **(beside.texts if beside else {})},
        theirs=beside.theirs if beside else {},
        text_marks={name: text_mark(text) for name, text in kept.items()},
        no_text=text_mark(""),
        differences=list(differences(sheet, lang)) if sheet.has_changed_since else [],
        max_files=request.app.state.settings.max_files_per_form,
        until=window.last_day(sheet.dossier.zone) if (window := sheet.dossier.window) else None,
    )


def declare_page(
    request: AnyRequest, action: str, *, hidden: Mapping[str, str], typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[bytes]:
    """Where a monitor declares its conflicts of interest, before the first word of an assessment."""
    lang = place_of(request).lang
    told = {name: translate(lang, message) for name, message in errors.items()}
    return page(
        request,
        "assessments/declare.html",
        status=422 if errors else 200,
        action=action,
        carried=hidden,
        typed=typed,
        errors=told,
        problems=list(told.items()),
        rules=load_independence(),
    )


def review_page(request: AnyRequest, sheet: Sheet, *, status: int = 200, problem: str = "") -> Response[bytes]:
    """What is missing, and exactly what would be public; of one that was sent, what was replied until now."""
    now, lang = utc_now().replace(microsecond=0), place_of(request).lang
    document = publishing.document_of(sheet, at=now)
    found = [
        (one.key if one.key in NO_QUESTION else anchor(one.key, PARTS.get(one.message, "")), one)
        for one in publishing.publication_problems(sheet, rules_at(request))
    ]
    window = sheet.dossier.window
    return page(
        request,
        "assessments/review.html",
        status=status,
        sheet=sheet,
        dossier=sheet.dossier,
        **_document_shown(sheet, document),
        problems=found,
        may_send=window is None and not publishing.form_problems(sheet),
        is_open=window is not None and window.is_open(now),
        rules=load_independence(),
        asked={one.key: (number_of(one.question), one) for one in sheet.form.askings(sheet.asked_of)},
        is_stale=status == 409 and not problem,
        problem=translate(lang, problem) if problem else "",
    )


def _document_shown(sheet: Sheet, document: AssessmentDocument) -> dict[str, Any]:
    """All that is or would be public of an assessment, as `assessments/_document.html` shows it."""
    told = sheet.newest or sheet.published
    return {
        "document": document,
        "parts": read_document(sheet.form, document, sheet.published.commitments),
        "exchanges": {answer.question: exchange_about(document, answer.question) for answer in document.answers},
        "around": around(document),
        "independence": independence_of(document),
        "recommendations": recommendations_in(told, made_in=document),
        "follow_ups": follow_ups_of(told, document),
    }


def published_page(request: AnyRequest, sheet: Sheet, **more: Any) -> Response[bytes]:
    """What the register says of it now.

    Raises:
        NotFound: the register does not hold it.
    """
    newest = sheet.newest or sheet.published
    code = publishing.code_of(sheet.assessment)
    document = newest.documents.get(("assessment", code))
    if not isinstance(document, AssessmentDocument):
        raise NotFound("assessment.not_found")
    context: dict[str, Any] = {
        "sheet": sheet,
        **_document_shown(sheet, document),
        "sha256": newest.sha256_of("assessment", code),
        "just_published": "published" in request.query_params,
        "reason": "",
        "errors": {},
        "problems": [],
        "is_superseded": document.version != sheet.assessment.revision,
    }
    return page(request, "assessments/assessment.html", **{**context, **more})
