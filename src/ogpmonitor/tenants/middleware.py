"""Which language and which tenant: from the path, or from the tenant's own host."""

from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from ogpmonitor.kit.errors import Misdirected, NotFound
from ogpmonitor.kit.i18n import DEFAULT_LANGUAGE, LANGUAGES
from ogpmonitor.kit.place import Place
from ogpmonitor.tenants.directory import TenantDirectory

# Second segments that belong to the platform also on a tenant's own host.
PLATFORM_SEGMENTS = frozenset(
    {"about-platform", "account", "compare", "demo", "desk", "invitations", "sign-in", "sign-out", "verify"}
)

# Whoever looks after the machine asks it by its address; people at the same machine by these names.
ASKED_BY_ADDRESS = ("/health", "/metrics")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def host_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The host that was asked for, without its port, in lower case."""
    host = next((value.decode("latin-1") for name, value in headers if name == b"host"), "")
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


class OwnHosts:
    """Wraps the application: on a tenant's own host its segment is put back into the path before routing.

    A host that is neither the platform's nor a tenant's is told apart: `FindPlace` refuses it.
    """

    def __init__(self, app: ASGIApp, directory: TenantDirectory, base_url: str) -> None:
        self._app, self._directory = app, directory
        self._platform = LOOPBACK | {host_of([(b"host", urlsplit(base_url).netloc.encode())])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            host = host_of(scope["headers"])
            if tenant := self._directory.at_host(host):
                scope["path"] = with_segment(scope["path"], tenant.slug)
                scope["raw_path"] = scope["path"].encode()
                scope["ogp_home"] = tenant.slug  # type: ignore[typeddict-unknown-key]  # our own key, read by FindPlace
            elif host not in self._platform and not scope["path"].startswith(ASKED_BY_ADDRESS):
                scope["ogp_strange"] = True  # type: ignore[typeddict-unknown-key]  # as above
        await self._app(scope, receive, send)


def with_segment(path: str, slug: str) -> str:
    """`/es/plans/x` becomes `/es/penalolen/plans/x`; the platform's own pages stay where they are."""
    parts = path.split("/", 3)
    if len(parts) < 2 or parts[1] not in LANGUAGES:
        return path
    rest = "/".join(parts[2:])
    first = parts[2] if len(parts) > 2 else ""
    return path if first in PLATFORM_SEGMENTS else f"/{parts[1]}/{slug}/{rest}"


def page_path(path: str) -> str:
    """What follows the language, as it is written in links: with a closing slash, unless it names a file."""
    rest = path.lstrip("/").partition("/")[2].rstrip("/")
    return rest if not rest or "." in rest.rpartition("/")[2] else f"{rest}/"


class FindPlace(ASGIMiddleware):
    """Puts the `Place` of the request into its state.

    Raises:
        Misdirected: the host is none of ours.
        NotFound: the language or the tenant in the path is not one of ours, or no path can read like this.
    """

    def __init__(self, directory: TenantDirectory, base_url: str) -> None:
        self._directory, self._base_url = directory, base_url

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        params = scope.get("path_params", {})
        lang = params.get("lang", DEFAULT_LANGUAGE)
        home = str(scope.get("ogp_home", ""))
        query = scope.get("query_string", b"").decode("latin-1")
        known = lang if lang in LANGUAGES else DEFAULT_LANGUAGE
        path = page_path(scope["path"]) if "lang" in params else ""
        scope["state"]["place"] = Place(known, path, query, self._base_url, None, home)
        if scope.get("ogp_strange"):
            raise Misdirected("host.not_ours")
        if lang not in LANGUAGES:
            raise NotFound("language.not_found")
        if "\0" in scope["path"]:  # no name holds it, and PostgreSQL cannot even be asked
            raise NotFound("address.not_found")
        if "tenant" in params:
            tenant = await self._directory.get(params["tenant"])
            structlog.contextvars.bind_contextvars(tenant=tenant.slug)
            scope["state"]["place"] = Place(lang, path, query, self._base_url, tenant, home)
        await next_app(scope, receive, send)
