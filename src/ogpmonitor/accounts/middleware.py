"""Who is asking: the actor behind the session cookie, looked up only where a route needs one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.accounts.permissions import FRESH, Permission, permits
from ogpmonitor.accounts.service import find_actor
from ogpmonitor.audit.refusals import note_refusal
from ogpmonitor.kit.db import Database, utc_now
from ogpmonitor.kit.errors import DomainError, NotFound, NotPermitted, NotProved, NotSignedIn
from ogpmonitor.kit.headers import SAFE_METHODS
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.log import told
from ogpmonitor.kit.returning import remember

log = structlog.get_logger()
COOKIE = "ogpmonitor_session"
PROVE_AGAIN = msgid(
    "This step becomes public or gives others a role. You signed in a while ago:"
    " please sign in once more, the same way."
)
# Finds who holds a request's link; the room that knows requests stands above this one, and is handed in.
FindHolder = Callable[[Database, ASGIConnection[Any, Any, Any, Any]], Awaitable[Actor]]
# What only a monitor may; whoever else tries leaves a trace that the monitor can read.
MONITORS_OWN = frozenset({Permission.ASSESSMENT_READ, Permission.ASSESSMENT_WRITE, Permission.ASSESSMENT_PUBLISH})
NOT_ACTIVE = msgid(
    "This jurisdiction is suspended or archived: nobody of its government changes anything here. The notice says why."
)
ROLE_IN_TENANT = frozenset(Permission) - {
    Permission.PUBLIC, Permission.SESSION_END, Permission.SESSION_LIST, Permission.DESK_READ, Permission.JOB_RETRY,
    Permission.MANDATE_CONFIRM, Permission.MAIL_READ, Permission.ACCOUNT_ERASE, Permission.ACCOUNT_READ,
    Permission.STAFF_LEAVE, Permission.STAFF_MANAGE, Permission.STAFF_READ, Permission.SUPPORT_ASK,
    Permission.TENANT_SUSPEND,
}  # fmt: skip


class FindActor(ASGIMiddleware):
    """Puts the actor into the scope as `user`. On an open page everyone is a stranger, so that it can be cached.

    Who came by a request's link is somebody only where requests are answered, and there nobody is signed in.
    """

    def __init__(
        self, database: Database, *, idle: timedelta, demo: bool = False, find_holder: FindHolder | None = None
    ) -> None:
        self._database, self._idle, self._demo, self._find_holder = database, idle, demo, find_holder

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
            found = await find_actor(
                session, token, tenant_id=tenant.id if tenant else None, idle=self._idle, demo=self._demo
            )
        return found or STRANGER


async def authorize(connection: ASGIConnection[Any, Actor, Any, Any], handler: BaseRouteHandler) -> None:
    """Nothing, if the route declares a permission that the actor holds. A refused form is remembered for its writer.

    Raises:
        NotPermitted: the route declares none, or the actor's role does not hold it.
        NotSignedIn: nobody is signed in.
        NotProved: the step needs somebody who showed a short time ago who it is.
        NotFound: the actor has no role in this tenant: another tenant's workbench does not exist for it.
    """
    try:
        _check(connection.user, handler)
        _check_fresh(connection, handler)
    except DomainError as error:
        log.info(
            "access.refused",
            why=error.code,
            permission=handler.opt.get("permission"),
            method=connection.scope.get("method"),
            path=told(connection.scope["path"]),
            person=str(connection.user.id) if connection.user.id else None,
            role=connection.user.role,
        )
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
    async with database.tenant_session(tenant.id, by.id, sign_in=by.sign_in_id) as session:
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


def _check_fresh(connection: ASGIConnection[Any, Actor, Any, Any], handler: BaseRouteHandler) -> None:
    """Nothing, unless the step is one of `FRESH`, and the person signed in longer ago than the setting allows.

    Raises:
        NotProved: so it is.
    """
    if connection.scope.get("method") in SAFE_METHODS or handler.opt.get("permission") not in FRESH:
        return
    proved_at, most = connection.user.proved_at, timedelta(minutes=connection.app.state.settings.proof_minutes)
    if proved_at is None or utc_now() - proved_at > most:
        raise NotProved(message=PROVE_AGAIN)
