"""Over HTTPS every cookie of ours has a name that only this very host can set."""

from collections.abc import Collection

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

OURS = "ogpmonitor_"
HOST, SECURE = "__Host-", "__Secure-"


class PrefixedCookies:
    """Wraps the application, which goes on calling its cookies `ogpmonitor_…`.

    A browser takes a `__Host-` cookie only from this host, over HTTPS, for every path: another host under the same
    domain cannot plant one. Those named in `on_paths` are set for some paths only and become `__Secure-`. A cookie of
    ours that comes under any other name is not passed on.
    """

    def __init__(self, app: ASGIApp, *, on_paths: Collection[str]) -> None:
        self._app, self._on_paths = app, on_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def send_renamed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._rename(message)
            await send(message)

        scope["headers"] = [
            (name, self._believed(value) if name.lower() == b"cookie" else value) for name, value in scope["headers"]
        ]
        await self._app(scope, receive, send_renamed)

    def _prefix(self, name: str) -> str:
        return SECURE if name in self._on_paths else HOST

    def _believed(self, header: bytes) -> bytes:
        kept = []
        for pair in header.decode("latin-1").split(";"):
            name, equals, value = pair.strip().partition("=")
            bare = name.removeprefix(HOST).removeprefix(SECURE)
            if not bare.startswith(OURS):
                kept.append(f"{name}{equals}{value}")
            elif name == f"{self._prefix(bare)}{bare}":
                kept.append(f"{bare}{equals}{value}")
        return "; ".join(kept).encode("latin-1")

    def _rename(self, message: HTTPResponseStartEvent) -> None:
        message["headers"] = [
            (name, self._named(value) if name.lower() == b"set-cookie" else value) for name, value in message["headers"]
        ]

    def _named(self, header: bytes) -> bytes:
        name = header.decode("latin-1").partition("=")[0]
        return self._prefix(name).encode() + header if name.startswith(OURS) else header
