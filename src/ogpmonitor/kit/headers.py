"""What every answer says to the browser, and which requests are refused before anything is read."""

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ogpmonitor.kit.errors import NotPermitted
from ogpmonitor.kit.i18n import msgid

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SecurityHeaders:
    """Wraps the application: a strict content policy on everything, unless the answer brought a stricter one."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": POLICY,
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
                raise NotPermitted("request.other_origin", msgid("This form was not sent from a page of this site."))
        await next_app(scope, receive, send)
