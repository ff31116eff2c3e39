"""Asking an address of the web whether it is there, without ever reaching into a network of our own."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import httpx

LinkState = Literal["alive", "dead", "unknown"]
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
SECONDS, WHOLE_SECONDS, MOST_REDIRECTS = 5.0, 20.0, 3
LONGEST = 2000  # letters of an address, also of one that a page redirects to
PORTS = {"http": 80, "https": 443}
MORE_PORTS = frozenset({80, 443, 8080, 8443})  # where pages are; anything else is not asked by us for strangers
GONE = frozenset({404, 410})
# What Python calls global and is none of the web's: ways to an IPv4 address in IPv6 clothes, old private space, the
# example networks, and an address by which a cloud answers its own machines.
NEVER = [
    ipaddress.ip_network(one)
    for one in (
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of one's own
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",  # examples
        "3fff::/20",  # examples
        "2002::/16",  # 6to4
        "::/96",  # IPv4-compatible
        "::ffff:0:0:0/96",  # IPv4-translated
        "100::/64",  # discard
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
        "192.0.0.0/24",  # protocols; a cloud answers its own machines here too
        "192.88.99.0/24",  # the relay of 6to4
        "168.63.129.16/32",  # Azure's own
    )
]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of `host`; none where the name is unknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # no such name; a name that is none
        return []
    return [str(one[4][0]) for one in found]


def is_public(address: str) -> bool:
    """Whether `address` is where everyone can reach it: not private, local, reserved, translated or for many."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    if any(found.version == network.version and found in network for network in NEVER):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


async def link_state(
    url: str,
    *,
    resolver: Resolver = resolve,
    allowed: Callable[[str], bool] = is_public,
    ports: Sequence[int] | frozenset[int] = MORE_PORTS,
    whole: float = WHOLE_SECONDS,
) -> LinkState:
    """Whether there is a page: "dead" only where the server says so (404, 410); "unknown" where nobody can tell.

    The connection goes to an address that was checked, under the name that was asked for; so does each redirect, and a
    name that leads elsewhere a moment later changes nothing. Nothing of the page is read. All of it takes `whole`
    seconds at most.
    """
    try:
        async with asyncio.timeout(whole):
            return await _follow(url, resolver, allowed, frozenset(ports))
    except TimeoutError:
        return "unknown"


async def _follow(url: str, resolver: Resolver, allowed: Callable[[str], bool], ports: frozenset[int]) -> LinkState:
    for _ in range(MOST_REDIRECTS + 1):
        parts = _readable(url, ports)
        addresses = await resolver(parts.host, _port(parts)) if parts else []
        if not parts or not addresses or not all(allowed(address) for address in addresses):
            return "unknown"
        answer = await _head(parts, addresses[0])
        if answer is None:
            return "unknown"
        if not answer.has_redirect_location:
            return _state(answer.status_code)
        try:
            url = str(parts.join(answer.headers["location"]))
        except httpx.InvalidURL:
            return "unknown"
    return "unknown"


def _state(status: int) -> LinkState:
    if status in GONE:
        return "dead"
    return "alive" if status < 400 else "unknown"


def _readable(url: str, ports: frozenset[int]) -> httpx.URL | None:
    """`url` as it will be asked, read by the one parser that also asks; None for what is not asked at all."""
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None
    fits = parts.scheme in PORTS and parts.host and not parts.userinfo and len(url) <= LONGEST
    return parts if fits and _port(parts) in ports else None


def _port(parts: httpx.URL) -> int:
    return parts.port or PORTS[parts.scheme]


async def _head(parts: httpx.URL, address: str) -> httpx.Response | None:
    """The answer to a question without a body; asked again with GET of a server that knows no HEAD."""
    headers = {"Host": parts.netloc.decode("ascii"), "User-Agent": "ogpmonitor link check", "Accept": "*/*"}
    extensions = {"sni_hostname": parts.raw_host.decode("ascii")}
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
            target = parts.copy_with(host=address, fragment=None)
            answer = await client.head(target, headers=headers, extensions=extensions)
            if answer.status_code not in {405, 501}:
                return answer
            async with client.stream("GET", target, headers=headers, extensions=extensions) as streamed:
                return streamed
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
