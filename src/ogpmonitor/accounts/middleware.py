"""Who is asking: the actor behind the session cookie, looked up only where a route needs one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.service import find_actor
from ogpmonitor.audit.refusals import note_refusal
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.errors import DomainError, NotFound, NotPermitted, NotSignedIn
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.returning import remember

COOKIE = "ogpmonitor_session"
# Finds who holds a request's link; the room that knows requests stands above this one, and is handed in.
FindHolder = Callable[[Database, ASGIConnection[Any, Any, Any, Any]], Awaitable[Actor]]
# What only a monitor may; whoever else tries leaves a trace that the monitor can read.
MONITORS_OWN = frozenset({Permission.ASSESSMENT_READ, Permission.ASSESSMENT_WRITE, Permission.ASSESSMENT_PUBLISH})
NOT_ACTIVE = msgid(
    "This jurisdiction is suspended or archived: nobody of its government changes anything here. The notice says why."
)
ROLE_IN_TENANT = frozenset(Permission) - {
    Permission.PUBLIC, Permission.SESSION_END, Permission.DESK_READ, Permission.JOB_RETRY, Permission.MANDATE_CONFIRM,
    Permission.SUPPORT_ASK, Permission.TENANT_SUSPEND,
}  # fmt: skip


class FindActor(ASGIMiddleware):
    """Puts the actor into the scope as `user`. On an open page everyone is a stranger, so that it can be cached.

    Who came by a request's link is somebody only where requests are answered, and there nobody is signed in.
    """

    def __init__(self, database: Database, *, idle: timedelta, find_holder: FindHolder | None = None) -> None:
        self._database, self._idle, self._find_holder = database, idle, find_holder

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["user"] = STRANGER
        scope["auth"] = None
        permission = scope["route_handler"].opt.get("permission")
        if permission == Permission.REQUEST_ANSWER and self._find_holder is not None:
            scope["user"] = await self._find_holder(self._database, ASGIConnection(scope))
        elif permission not in (None, Permission.PUBLIC):
            scope["user"] = await self._find(ASGIConnection(scope))
        await next_app(scope, receive, send)

    async def _find(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
        token = connection.cookies.get(COOKIE)
        if not token:
            return STRANGER
        tenant = connection.state.place.tenant
        async with self._database.tenant_session(None) as session:
            found = await find_actor(session, token, tenant_id=tenant.id if tenant else None, idle=self._idle)
        return found or STRANGER


async def authorize(connection: ASGIConnection[Any, Actor, Any, Any], handler: BaseRouteHandler) -> None:
    """Nothing, if the route declares a permission that the actor holds. A refused form is remembered for its writer.

    Raises:
        NotPermitted: the route declares none, or the actor's role does not hold it.
        NotSignedIn: nobody is signed in.
        NotFound: the actor has no role in this tenant: another tenant's workbench does not exist for it.
    """
    try:
        _check(connection.user, handler)
    except DomainError:
        await remember(connection)
        await _note(connection, str(handler.opt.get("permission")))
        raise


async def _note(connection: ASGIConnection[Any, Actor, Any, Any], permission: str) -> None:
    """An attempt on the monitor's work stays where its monitors see it, whatever became of the request."""
    tenant = connection.state.place.tenant if permission in MONITORS_OWN else None
    if tenant is None:
        return
    database: Database = connection.app.state.database
    by, method, path = connection.user, connection.scope.get("method", "GET"), connection.scope["path"]
    async with database.tenant_session(tenant.id, by.id) as session:
        await note_refusal(session, permission, method=str(method), path=path, by=by)


def _check(actor: Actor, handler: BaseRouteHandler) -> None:
    permission = handler.opt.get("permission")
    if permission is None:
        raise NotPermitted("route.declares_no_permission")
    if permits(actor, permission):
        return
    if actor.is_stranger:
        raise NotSignedIn
    if actor.given_role is not None and actor.role != actor.given_role:
        raise NotPermitted("tenant.not_active", NOT_ACTIVE)
    if actor.role is None and permission in ROLE_IN_TENANT:
        raise NotFound("tenant.not_found")
    raise NotPermitted(str(permission))
