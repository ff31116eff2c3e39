"""`/{lang}/{tenant}/plans/{plan}/commitments/{code}/card/`: the government's own count of one commitment, to print."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.qr import qr_code
from ogpmonitor.kit.respond import AnyRequest, place_of, public_page
from ogpmonitor.limits.table import EXPORT
from ogpmonitor.portal import queries
from ogpmonitor.portal.routes.answering import edition_asked, tenant_of


class CardController(Controller):
    """The citizen card: one voice only, the government's."""

    path = "/{lang:str}/{tenant:str}/plans/{plan:str}/commitments/{code:str}/card"

    @get("/", permission=Permission.PUBLIC, limit=EXPORT)
    async def card(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], plan: FromPath[str], code: FromPath[str]
    ) -> Response[bytes]:
        """The card, with a code that leads to whatever verifies it: the address given, or else the commitment's page.

        Raises:
            NotFound: nothing was published there, or the government does not count this commitment itself.
        """
        tenant, asked, place = tenant_of(request), edition_asked(request), place_of(request)
        published = await queries.published_plan(register, tenant.slug, plan, asked)
        commitment = published.commitment(code)
        if commitment.measure is None or not tenant.file.switches.own_measure:
            raise NotFound("measure.not_found")
        page = f"{tenant.slug}/plans/{plan}/commitments/{commitment.code}/"
        leads_to = commitment.measure.verifier or f"{place.base_url.rstrip('/')}/{place.lang}/{page}"
        return public_page(
            request,
            "portal/card.html",
            published=published,
            asked=asked,
            commitment=commitment,
            code=Markup(qr_code(leads_to, on_white=True).decode()),  # noqa: S704  # drawn by the server
            leads_to=leads_to,
            sha256=published.sha256_of("commitment", commitment.code),
        )
