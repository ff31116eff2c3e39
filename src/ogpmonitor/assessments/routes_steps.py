"""`/workbench/assessments/{id}/…`: declaring, recusing, sending for comment, taking up again, moving, correcting."""

from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.assessments import queries, sending
from ogpmonitor.assessments.correcting import correct
from ogpmonitor.assessments.declaring import declare, recuse
from ogpmonitor.assessments.editions import move_to_newest
from ogpmonitor.assessments.handling import draft_of, one_of, open_of, path_to, sent_by, slug_of
from ogpmonitor.assessments.routes import read_declaration
from ogpmonitor.assessments.schemas import read_version
from ogpmonitor.assessments.showing import declare_page, published_page, review_page
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid
from ogpmonitor.kit.forms import TOO_LONG, short_text
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.respond import AnyRequest, place_of, see_other

LONGEST_REASON = 2000
SAY_WHY = msgid("Say why. It is published with the assessment.")
NO_SUCH = msgid("Choose one of the commitments.")


class AssessmentStepController(Controller):
    """What becomes of one assessment besides being written."""

    path = "/{lang:str}/{tenant:str}/workbench/assessments/{assessment_id:uuid}"

    @post("/declare", permission=Permission.ASSESSMENT_WRITE)
    async def declare(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """Whoever sends it may write in the assessment; 422 with what is missing."""
        sheet, sent = await open_of(request, session, assessment_id), await sent_by(request)
        declared, errors = read_declaration(sent)
        if declared is None:
            typed = {name: one_of(sent, name) for name in ("conflict", "statement")}
            action = path_to(request, assessment_id) + "declare/"
            return declare_page(request, action, hidden={}, typed=typed, errors=errors)
        await declare(session, sheet.assessment, declared, by=request.user)
        return see_other(request, path_to(request, assessment_id))

    @post("/recuse", permission=Permission.ASSESSMENT_WRITE)
    async def recuse(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect:
        """Whoever sends it takes no part in one commitment.

        Raises:
            Invalid: it names no commitment of the edition, or gives no reason or one that is too long.
        """
        sheet, sent = await draft_of(request, session, assessment_id), await sent_by(request)
        code, reason = one_of(sent, "commitment"), short_text(one_of(sent, "reason"), LONGEST_REASON, field="reason")
        if code not in sheet.commitments:
            raise Invalid("recusal.commitment", NO_SUCH, field="commitment")
        if not reason:
            raise Invalid("recusal.reason", SAY_WHY, field="reason")
        await recuse(session, sheet.assessment.plan, code, reason, by=request.user)
        return see_other(request, path_to(request, assessment_id))

    @post("/send", permission=Permission.ASSESSMENT_PUBLISH)
    async def send(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """The government may reply until the end of the last day; 409 or 422 where it cannot be sent."""
        sheet = await open_of(request, session, assessment_id)
        version, zone = read_version(await sent_by(request)), place_of(request).tenant.zone
        try:
            await sending.send(session, sheet, version=version, zone=zone, by=request.user)
        except (Conflict, Invalid) as refused:
            return review_page(request, sheet, status=refused.status, problem=refused.message)
        return see_other(request, path_to(request, assessment_id))

    @post("/revise", permission=Permission.ASSESSMENT_PUBLISH)
    async def revise(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """A draft again, with the replies beside it; 409 while the government may still reply."""
        sheet = await open_of(request, session, assessment_id)
        try:
            await sending.revise(session, sheet, by=request.user)
        except Conflict as refused:
            return review_page(request, sheet, status=409, problem=refused.message)
        return see_other(request, path_to(request, assessment_id))

    @post("/move", permission=Permission.ASSESSMENT_WRITE)
    async def move(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect:
        """The draft looks at the newest edition from now on."""
        sheet = await draft_of(request, session, assessment_id)
        await move_to_newest(session, sheet, version=read_version(await sent_by(request)), by=request.user)
        return see_other(request, path_to(request, assessment_id))

    @post("/correct", permission=Permission.ASSESSMENT_WRITE)
    async def correct(
        self, request: AnyRequest, session: NamedDependency[TenantSession], assessment_id: FromPath[UUID]
    ) -> Redirect | Response[bytes]:
        """A draft that will replace what was published, which stays readable; 422 without a reason."""
        sheet = await queries.get_sheet(session, slug_of(request), assessment_id, alone=True)
        sent, lang = await sent_by(request), place_of(request).lang
        reason = one_of(sent, "reason")
        declared, errors = read_declaration(sent)
        if not reason or len(reason) > LONGEST_REASON:
            errors = {"reason": TOO_LONG if reason else SAY_WHY, **errors}
        if errors or declared is None:
            told = {name: translate(lang, message) for name, message in errors.items()}
            typed = {name: one_of(sent, name) for name in ("conflict", "statement")}
            return published_page(
                request, sheet, reason=reason, errors=told, problems=list(told.items()), typed=typed, status=422
            )
        fresh = await correct(session, sheet, reason, declared=declared, by=request.user)
        return see_other(request, path_to(request, fresh.id))
