"""Pages made from the register, kept in memory until something is published.

What is kept depends on nothing but the address, the host and the encoding: a page that is not the same for everyone
says `private` and is never kept. Days pass too (a milestone becomes late), so nothing is kept longer than minutes.
HEAD is answered here, for every page of the application, as GET without its body.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

KEPT_SECONDS = 300.0
MOST_PAGES = 2_000
LARGEST_BYTES = 2_000_000
MOST_BYTES = 64_000_000  # of all pages together: anyone can ask for one page under any number of queries
Key = tuple[bytes, str, bytes, bytes]  # host, path, query, encoding


@dataclass(slots=True)
class Kept:
    """One answer as it was sent."""

    start: HTTPResponseStartEvent
    etag: bytes
    body: bytes
    jurisdiction: str
    route: str
    until: float
    not_modified: HTTPResponseStartEvent = field(init=False)

    def __post_init__(self) -> None:
        names = {b"etag", b"cache-control", b"vary", b"content-security-policy", b"x-content-type-options"}
        headers = [(name, value) for name, value in self.start["headers"] if name.lower() in names]
        self.not_modified = {"type": "http.response.start", "status": 304, "headers": headers}


class PageCache:
    """Wraps the application. `forget` drops what a publication may have changed; off while nobody listens."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._generation = 0
        self.enabled = False

    def forget(self, jurisdiction: str | None) -> None:
        """Drop the pages of `jurisdiction` and those about all of them; every page for None."""
        self._generation += 1
        if jurisdiction is None:
            self._pages.clear()
            self._bytes = 0
            return
        for key in [k for k, kept in self._pages.items() if kept.jurisdiction in ("", jurisdiction)]:
            self._drop(key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            scope["method"], send = "GET", _WithoutBody(send)
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET" or not self.enabled:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        key = (headers.get(b"host", b""), scope["path"], scope["query_string"], _encoding(headers))
        kept = self._pages.get(key)
        if kept is not None and kept.until > time.monotonic():
            scope["path_template"] = kept.route  # as the router would have found
            if kept.etag in headers.get(b"if-none-match", b""):
                await send(kept.not_modified)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await send(kept.start)
            await send({"type": "http.response.body", "body": kept.body, "more_body": False})
            return
        await self._app(scope, receive, _Recorder(self, key, scope, send))

    def keep(self, key: Key, kept: Kept, generation: int) -> None:
        """Remember `kept`, unless something was published while it was made."""
        if generation != self._generation:
            return
        if key in self._pages:
            self._drop(key)
        self._pages[key] = kept
        self._bytes += len(kept.body)
        while len(self._pages) > MOST_PAGES or self._bytes > MOST_BYTES:
            self._drop(next(iter(self._pages)))

    def _drop(self, key: Key) -> None:
        self._bytes -= len(self._pages.pop(key).body)

    @property
    def generation(self) -> int:
        """Raised by every publication."""
        return self._generation


class _WithoutBody:
    """Passes on how an answer begins, and none of its bytes (RFC 9110, section 9.3.2)."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            await self._send({"type": "http.response.body", "body": b"", "more_body": message["more_body"]})
        else:
            await self._send(message)


class _Recorder:
    """Passes an answer on and keeps a copy of it, if it may be kept.

    Whose page it is shows only at the end: on a jurisdiction's own host, its segment is put into the path further in.
    """

    def __init__(self, cache: PageCache, key: Key, scope: Scope, send: Send) -> None:
        self._cache, self._key, self._scope, self._send = cache, key, scope, send
        self._generation = cache.generation
        self._start: HTTPResponseStartEvent | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_kept(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message["body"]
            if not message["more_body"] and len(self._body) <= LARGEST_BYTES:
                self._keep(self._start)
        await self._send(message)

    def _keep(self, start: HTTPResponseStartEvent) -> None:
        etag = _header(start, b"etag")
        until = time.monotonic() + KEPT_SECONDS
        route = str(self._scope.get("path_template", ""))
        kept = Kept(start, etag, bytes(self._body), jurisdiction_of(self._scope["path"]), route, until)
        self._cache.keep(self._key, kept, self._generation)


def jurisdiction_of(path: str) -> str:
    """Whose page this is: "penalolen" for `/es/penalolen/plans/…`; "" for pages that may speak of several."""
    parts = path.split("/")
    return parts[2] if len(parts) > 3 and parts[2] not in ("compare", "verify") else ""


def _may_be_kept(start: HTTPResponseStartEvent) -> bool:
    return start["status"] == 200 and b"public" in _header(start, b"cache-control") and bool(_header(start, b"etag"))


def _header(start: HTTPResponseStartEvent, wanted: bytes) -> bytes:
    return next((value for name, value in start.get("headers", ()) if name.lower() == wanted), b"")


def _encoding(headers: dict[bytes, bytes]) -> bytes:
    accepted = headers.get(b"accept-encoding", b"")
    return b"br" if b"br" in accepted else b"gzip" if b"gzip" in accepted else b""
