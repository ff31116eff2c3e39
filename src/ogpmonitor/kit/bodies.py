"""Nobody holds a place here by sending slowly."""

import asyncio
import time

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from ogpmonitor.kit.errors import TooSlow
from ogpmonitor.kit.i18n import msgid

BETWEEN_SECONDS = 30.0  # a phone that lost its network for longer sends the form again
WHOLE_SECONDS = 900.0  # three files of 10 MB over a line of 300 kbit/s
SLOW = msgid("What you were sending did not arrive in time. Nothing was saved. Try again, or over a better connection.")


class Patience:
    """Wraps the application: what is being sent must go on coming, and be there as a whole in some minutes.

    Raises:
        TooSlow: to whoever reads it, when it does not.
    """

    def __init__(self, app: ASGIApp, *, between: float = BETWEEN_SECONDS, whole: float = WHOLE_SECONDS) -> None:
        self._app, self._between, self._whole = app, between, whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_request = scope["type"] == ScopeType.HTTP
        await self._app(scope, _Watched(receive, self._between, self._whole) if is_request else receive, send)


class _Watched:
    """Passes on what comes; after the end of the body, waiting is no longer the sender's."""

    def __init__(self, receive: Receive, between: float, whole: float) -> None:
        self._receive, self._between = receive, between
        self._until = time.monotonic() + whole
        self._has_ended = False

    async def __call__(self) -> ReceiveMessage:
        if self._has_ended:
            return await self._receive()
        patience = min(self._between, self._until - time.monotonic())
        try:
            async with asyncio.timeout(max(patience, 0)):
                message = await self._receive()
        except TimeoutError as error:
            self._has_ended = True
            raise TooSlow("request.too_slow", SLOW) from error
        self._has_ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message
