"""Counting what routes are under: by address before anybody is looked up, by account once it is known."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from ogpmonitor.kit.errors import TooMany
from ogpmonitor.kit.headers import SAFE_METHODS
from ogpmonitor.kit.returning import remember
from ogpmonitor.limits.service import Limits
from ogpmonitor.limits.table import WRITE, WRITE_AS, Limit


def limit_of(handler: BaseRouteHandler, method: str) -> Limit | None:
    """The limit by address that `handler` is under: the one it names, or that of everything that changes something."""
    named: Limit | None = handler.opt.get("limit")
    return named or (None if method in SAFE_METHODS else WRITE)


class CountByAddress(ASGIMiddleware):
    """Refuses an address that asked too often, before its request costs anything.

    Raises:
        TooMany: the limit of the route is used up.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            limit = limit_of(scope["route_handler"], scope["method"])
            if limit is not None:
                by = self._limits.address(ASGIConnection(scope))
                await self._limits.take(limit.name, by=by, most=limit.most, per=limit.per)
        await next_app(scope, receive, send)


async def count_by_account(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """A guard, after the one that authorizes: who is known and changes something is counted.

    What was typed is remembered for its writer, as wherever a form is refused.

    Raises:
        TooMany: the account, or the holder of a request's link, did so too often.
    """
    actor = connection.user
    who = actor.id or actor.request_id
    if connection.scope.get("method", "GET") in SAFE_METHODS or who is None:
        return
    limits: Limits = connection.app.state.limits
    try:
        await limits.take(WRITE_AS.name, by=str(who), most=WRITE_AS.most, per=WRITE_AS.per)
    except TooMany:
        await remember(connection)
        raise
