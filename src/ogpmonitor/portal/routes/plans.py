"""`/{lang}/{tenant}/plans/{plan}/…`: a plan, a commitment, an assessment, and how they came to say what they say."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.formats import reading_in
from ogpmonitor.kit.respond import AnyRequest, place_of, public_page, shared
from ogpmonitor.limits.table import EXPORT
from ogpmonitor.portal import queries
from ogpmonitor.portal.composing import assessment_shown, commitment_page, plan_page
from ogpmonitor.portal.corrections import corrected_since, former_of
from ogpmonitor.portal.drift import drift_of
from ogpmonitor.portal.history import steps_of, told
from ogpmonitor.portal.register_csv import history_csv
from ogpmonitor.portal.routes.answering import edition_asked, number_of, standing_day, tenant_of, today_at
from ogpmonitor.portal.standing import reported_together
from ogpmonitor.register.balance import commitments_balance
from ogpmonitor.register.changes import changes_between
from ogpmonitor.register.queries import list_editions


class PlanController(Controller):
    """What was promised, reported and rated; every page also as an earlier edition said it."""

    path = "/{lang:str}/{tenant:str}/plans/{plan:str}"

    @get("/", permission=Permission.PUBLIC)
    async def show(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], plan: FromPath[str]
    ) -> Response[bytes]:
        tenant, asked = tenant_of(request), edition_asked(request)
        published = await queries.published_plan(register, tenant.slug, plan, asked)
        today = standing_day(tenant, published, asked)
        return public_page(request, "portal/plan.html", asked=asked, **plan_page(published, on=today, zone=tenant.zone))

    @get("/commitments/{code:str}", permission=Permission.PUBLIC)
    async def commitment(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], plan: FromPath[str], code: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """One commitment; its code is compared without case, and another spelling is sent to the one address."""
        tenant, asked = tenant_of(request), edition_asked(request)
        published = await queries.published_plan(register, tenant.slug, plan, asked)
        commitment = published.commitment(code)
        if commitment.code != code:
            return _moved(request, f"{tenant.slug}/plans/{plan}/commitments/{commitment.code}/")
        today = standing_day(tenant, published, asked)
        shown = commitment_page(published, commitment, tenant.slug, place_of(request).lang, on=today, zone=tenant.zone)
        return public_page(request, "portal/commitment.html", asked=asked, **shown)

    @get("/assessments/{code:str}", permission=Permission.PUBLIC)
    async def assessment(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], plan: FromPath[str], code: FromPath[str]
    ) -> Response[bytes] | Redirect:
        """One published assessment, whole; one that corrects another tells what it changed."""
        tenant, asked = tenant_of(request), edition_asked(request)
        published = await queries.published_plan(register, tenant.slug, plan, asked)
        found = next((one for one in published.assessments if one.code.casefold() == code.casefold()), None)
        if found is None:
            raise NotFound("assessment.not_found")
        if found.code != code:
            return _moved(request, f"{tenant.slug}/plans/{plan}/assessments/{found.code}/")
        return public_page(
            request,
            "portal/assessment.html",
            published=published,
            asked=asked,
            commitment=published.commitment(found.commitment) if found.commitment else None,
            former=await former_of(register, published, found, place_of(request).lang),
            corrected=await corrected_since(register, published, found) if asked is not None else None,
            one=assessment_shown(published, found, tenant.slug),
        )

    @get("/changes", permission=Permission.PUBLIC, limit=EXPORT)
    async def changes(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        plan: FromPath[str],
        commitment: FromQuery[str] = "",
    ) -> Response[bytes]:
        """Everything that was changed after submission, with its reason; of one `commitment`, if it is asked for.

        Raises:
            NotFound: nothing has been published there, or the plan has no such commitment.
        """
        tenant, place = tenant_of(request), place_of(request)
        published = await queries.published_plan(register, tenant.slug, plan)
        chosen = published.commitment(commitment).code if commitment else None
        with reading_in(tenant.zone):
            entries = drift_of(published, place.lang, tenant.slug, commitment=chosen)
        return public_page(
            request,
            "portal/changes.html",
            published=published,
            entries=entries,
            chosen=chosen,
            seen=reported_together(published.commitments, on=today_at(tenant)),
            fulfilled=commitments_balance(published.commitments),
        )

    @get("/editions", permission=Permission.PUBLIC)
    async def editions(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], plan: FromPath[str]
    ) -> Response[bytes]:
        tenant = tenant_of(request)
        published = await queries.published_plan(register, tenant.slug, plan)
        steps = steps_of(await list_editions(register, tenant.slug, plan))
        return public_page(request, "portal/editions.html", published=published, steps=steps)

    @get("/history.csv", permission=Permission.PUBLIC, limit=EXPORT)
    async def history(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], plan: FromPath[str]
    ) -> Response[bytes]:
        """What every edition changed, a line for each field, without the name of any person who did it."""
        tenant = tenant_of(request)
        await queries.published_plan(register, tenant.slug, plan)
        numbers = sorted(one.number for one in await list_editions(register, tenant.slug, plan))
        editions = [await queries.published_plan(register, tenant.slug, plan, number) for number in numbers]
        with reading_in(tenant.zone):
            body = history_csv(editions, place_of(request).lang)
        return shared(request, body, "text/csv", **{"Content-Disposition": 'attachment; filename="history.csv"'})

    @get("/editions/{number:str}", permission=Permission.PUBLIC)
    async def edition(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        plan: FromPath[str],
        number: FromPath[str],
    ) -> Response[bytes]:
        """What one edition changed, old beside new."""
        tenant, wanted = tenant_of(request), number_of(number)
        published = await queries.published_plan(register, tenant.slug, plan, wanted)
        before = await queries.published_plan(register, tenant.slug, plan, wanted - 1) if wanted > 1 else None
        changes = changes_between(before.documents, published.documents) if before else []
        with reading_in(tenant.zone):
            documents = told(changes, place_of(request).lang)
        return public_page(
            request,
            "portal/edition.html",
            published=published,
            before=before,
            documents=documents,
        )


def _moved(request: AnyRequest, path: str) -> Redirect:
    place = place_of(request)
    return Redirect(place.href(path) + (f"?{place.query}" if place.query else ""), status_code=301)
