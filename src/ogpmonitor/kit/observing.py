"""Every request under an id, measured, and told in one line that names its route and never its address.

An address can hold a key (a link to a form) or what somebody looked for; a route cannot.
"""

import re
import time
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ogpmonitor.kit import metrics

HEADER = b"x-request-id"
QUIET = ("/health/", "/static/")  # asked all day long: at level DEBUG
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger()


def request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """What a proxy in front called this request, or a new name where it said none or none that is well formed."""
    given = [value for name, value in headers if name == HEADER]
    return given[0].decode("ascii") if len(given) == 1 and _WELL_FORMED.fullmatch(given[0]) else uuid4().hex


class Observed:
    """Wraps the application, outermost: `X-Request-Id` on every answer and every line, figures, one line at the end."""

    def __init__(self, app: ASGIApp, *, lines: bool) -> None:
        self._app, self._lines = app, lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        name = request_id(list(scope["headers"]))
        method, started, status = scope["method"], time.perf_counter(), 500

        async def send_with_name(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # A new message: a page kept in memory is sent many times, each time under another name.
                headers = [*message["headers"], (HEADER, name.encode())]
                message = {**message, "headers": headers}
            await send(message)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=name)
        try:
            await self._app(scope, receive, send_with_name)
        finally:
            seconds = time.perf_counter() - started
            route = str(scope.get("path_template") or "")
            metrics.count_request(method, route, status, seconds)
            if self._lines:
                tell = log.debug if route.startswith(QUIET) else log.info
                tell("request.answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
