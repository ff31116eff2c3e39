"""What every answer says to the browser, and which requests are refused before anything is read."""

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ogpmonitor.kit.errors import NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.log import told

log = structlog.get_logger()
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# What is no page loads, sends and embeds nothing, should a browser ever show it as one.
DATA_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
# What people sent is saved, or shown as a picture: whatever is in it, it acts in no page of this site.
FILE_POLICY = f"{DATA_POLICY}; sandbox"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Wraps the application: a strict content policy on everything, unless the answer brought a stricter one.

    Pages may load what this site serves; anything else loads nothing. An answer that says nothing about being kept is
    kept by nobody. 304 says what pages say: a browser takes it over for the page that it has.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            **({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if https else {}),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                kind = headers.get("content-type", "text/html")
                headers.setdefault("Content-Security-Policy", POLICY if kind.startswith("text/html") else DATA_POLICY)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SameOriginOnly(ASGIMiddleware):
    """Whatever changes something must come from a page of this very host (OWASP: Fetch Metadata, else Origin).

    But for a route that says `from_anywhere`: what it does follows from its address alone, and it knows no cookie.

    Raises:
        NotPermitted: it comes from elsewhere, or does not say where from.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        is_open = scope["route_handler"].opt.get("from_anywhere", False)
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE_METHODS and not is_open:
            headers = Headers.from_scope(scope)
            site, origin = headers.get("sec-fetch-site"), headers.get("origin", "")
            if site != "same-origin" and origin.partition("://")[2] != headers.get("host"):
                log.warning("request.other_origin", site=site, origin=origin[:200], path=told(scope["path"]))
                raise NotPermitted("request.other_origin", msgid("This form was not sent from a page of this site."))
        await next_app(scope, receive, send)
