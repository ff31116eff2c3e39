"""`/workbench/assessments/{id}/second`: the blind second review, and settling where the two differ."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.assessments import queries, second
from ogpmonitor.assessments.handling import Sent, draft_of, one_of, path_to, sent_by, slug_of
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import anchor, number_of
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid
from ogpmonitor.kit.forms import TOO_LONG
from ogpmonitor.kit.i18n import translate
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other

LONGEST_WORDS = 2000


class SecondReviewController(Controller):
    """Rating the same questions without seeing the first answers."""

    path = "/{lang:str}/{tenant:str}/workbench/assessments/{assessment_id:uuid}/second"

    @get("/", permission=Permission.ASSESSMENT_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Response[bytes]:
        """For the reviewer the questions; for the others how far it is; afterwards where the two differ."""
        return _page(request, await queries.get_sheet(session, slug_of(request), assessment_id))

    @post("/begin", permission=Permission.ASSESSMENT_WRITE)
    async def begin(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Whoever sends it is the second reviewer; 409 for who cannot be."""
        sheet = await draft_of(request, session, assessment_id)
        try:
            await second.begin(session, sheet, by=request.user)
        except Conflict as refused:
            return _page(request, sheet, problem=refused.message, status=409)
        return see_other(request, path_to(request, assessment_id) + "second/")

    @post("/", permission=Permission.ASSESSMENT_WRITE)
    async def rate(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """What was rated is kept; with `then` it is handed in. 422 with everything typed."""
        sheet, sent = await draft_of(request, session, assessment_id), await sent_by(request)
        rated = _rated(sheet, sent)
        wrong = {key: TOO_LONG for key, (_, words) in rated.items() if len(words) > LONGEST_WORDS}
        if wrong:
            return _page(request, sheet, typed=rated, errors=wrong, status=422)
        try:
            await second.rate(session, sheet, rated, by=request.user)
            if one_of(sent, "then") == "hand_in":
                await second.hand_in(session, sheet, by=request.user)
        except (Conflict, Invalid) as refused:
            return _page(request, sheet, typed=rated, problem=refused.message, status=refused.status)
        return see_other(request, path_to(request, assessment_id) + "second/?saved=1")

    @post("/settle", permission=Permission.ASSESSMENT_WRITE)
    async def settle(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Each difference says why the answer is what it is now."""
        sheet, sent = await draft_of(request, session, assessment_id), await sent_by(request)
        words = {one.question: one_of(sent, f"settled:{one.question}") for one in sheet.dossier.differences}
        wrong = {key: TOO_LONG for key, said in words.items() if len(said) > LONGEST_WORDS}
        if wrong:
            return _page(request, sheet, settled=words, errors=wrong, status=422)
        await second.settle(session, sheet, words, by=request.user)
        return see_other(request, path_to(request, assessment_id) + "second/?saved=1")


def _rated(sheet: Sheet, sent: Sent) -> dict[str, tuple[str, str]]:
    keys = [one.key for one in second.rated_questions(sheet)]
    return {key: (one_of(sent, f"value:{key}"), one_of(sent, f"explanation:{key}")) for key in keys}


def _page(
    request: AnyRequest,
    sheet: Sheet,
    *,
    typed: Mapping[str, tuple[str, str]] | None = None,
    settled: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response[bytes]:
    lang, dossier = place_of(request).lang, sheet.dossier
    known = {key: (row.value or "", row.explanation) for key, row in dossier.second.items()}
    questions = {one.key: one for one in second.rated_questions(sheet)}
    told = {anchor(key, "value"): translate(lang, message) for key, message in (errors or {}).items()}
    return page(
        request,
        "assessments/second.html",
        status=status,
        sheet=sheet,
        dossier=dossier,
        questions=list(questions.values()),
        number_of=number_of,
        anchor=anchor,
        given=known if typed is None else typed,
        settled=settled or {row.question: row.settled or "" for row in dossier.differences},
        differing=[(row, questions[row.question]) for row in dossier.differences if row.question in questions],
        answers=sheet.answers,
        errors=told,
        problems=list(told.items()),
        problem=translate(lang, problem) if problem else "",
        saved="saved" in request.query_params,
    )
