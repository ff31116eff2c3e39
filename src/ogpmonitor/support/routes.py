"""`/workbench/support`: what a jurisdiction sees of operators who read along, and how it ends that."""

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.respond import AnyRequest, page, place_of, see_other
from ogpmonitor.support import queries, service


class SupportController(Controller):
    """Every access to this jurisdiction's workbench: open, ended and over."""

    path = "/{lang:str}/{tenant:str}/workbench/support"

    @get("/", permission=Permission.SUPPORT_READ)
    async def show(
        self, request: AnyRequest, session: NamedDependency[TenantSession], done: FromQuery[str] = ""
    ) -> Response[bytes]:
        """Everyone with a role here reads it, the monitor too: it says what is read and what is not."""
        seen = [(one, one.access.state(utc_now())) for one in await queries.list_accesses(session)]
        return page(request, "support/support.html", seen=seen, done=done)

    @post("/{access_id:uuid}/end", permission=Permission.SUPPORT_END)
    async def end(
        self, request: AnyRequest, session: NamedDependency[TenantSession], access_id: FromPath[UUID]
    ) -> Redirect:
        """The operator reads nothing from now on; 409 where the access was over already."""
        await service.end(session, await queries.get_access(session, access_id), by=request.user)
        return see_other(request, f"{place_of(request).tenant.slug}/workbench/support/?done=ended")
