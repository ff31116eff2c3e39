"""Asking an address of the web whether it is there, without ever reaching into a network of our own."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx

LinkState = Literal["alive", "dead", "unknown"]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
SECONDS, MOST_REDIRECTS = 5.0, 3
PORTS = {"http": 80, "https": 443}
GONE = frozenset({404, 410})


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of `host`; none where the name is unknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(one[4][0]) for one in found]


def is_public(address: str) -> bool:
    """Whether `address` is somewhere everyone can reach: not private, local, reserved or for many at once."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


async def link_state(
    url: str, *, resolver: Resolver = resolve, allowed: Callable[[str], bool] = is_public
) -> LinkState:
    """Whether there is a page: "dead" only where the server says so (404, 410); "unknown" where nobody can tell.

    The connection goes to an address that was checked, under the name that was asked for; so does each redirect.
    Nothing of the page is read.
    """
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        if parts.scheme not in PORTS or not parts.hostname:
            return "unknown"
        addresses = await resolver(parts.hostname, port)
        if not addresses or not all(allowed(address) for address in addresses):
            return "unknown"
        answer = await _head(url, parts.hostname, addresses[0])
        if answer is None:
            return "unknown"
        if answer.is_redirect:
            url = urljoin(url, answer.headers["location"])
            continue
        if answer.status_code in GONE:
            return "dead"
        return "alive" if answer.status_code < 400 else "unknown"
    return "unknown"


async def _head(url: str, host: str, address: str) -> httpx.Response | None:
    """The answer to a question without a body; asked again with GET of a server that knows no HEAD."""
    parts = httpx.URL(url)
    literal = f"[{address}]" if ":" in address else address
    headers = {"Host": parts.netloc.decode(), "User-Agent": "ogpmonitor link check"}
    extensions = {"sni_hostname": host}
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
            target = parts.copy_with(host=literal)
            answer = await client.head(target, headers=headers, extensions=extensions)
            if answer.status_code not in {405, 501}:
                return answer
            async with client.stream("GET", target, headers=headers, extensions=extensions) as streamed:
                return streamed
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
