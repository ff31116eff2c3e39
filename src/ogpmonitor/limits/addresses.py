"""Which network address a request comes from, with or without a proxy in front."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from litestar.types import Scope

Network = IPv4Network | IPv6Network
ProxyHeader = Literal["x-forwarded-for", "forwarded"]
UNKNOWN = "unknown"
HOUSE_BITS = 64  # of an IPv6 address: what one customer has to itself, and may change the rest of at will
FORWARDED_FOR = re.compile(r'(?:^|[;,])\s*for\s*=\s*(?:"([^"]*)"|([^;,\s"]*))', re.IGNORECASE)
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([0-9.]+):\d+")


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks that `text` lists, separated by commas; a single address is a network of one.

    Raises:
        ValueError: one of them is none.
    """
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def address_of(scope: Scope, *, trusted: Sequence[Network], header: ProxyHeader) -> str:
    """The address that the request comes from, or "unknown".

    Only where the connection comes from a `trusted` proxy its `header` is believed: from its end, past every further
    trusted proxy, to the first address that is none of ours. The other header is never read: a proxy that writes one
    passes the other on as a stranger sent it.
    """
    client = scope.get("client")
    nearest = _read(client[0]) if client else None
    if nearest is None or not _is_in(nearest, trusted):
        return str(nearest or UNKNOWN)
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == header.encode()]
    for part in reversed(list(_listed(",".join(sent), header))):
        further = _read(part)
        if further is None:
            break
        nearest = further
        if not _is_in(further, trusted):
            break
    return str(nearest)


def house_of(address: str) -> str:
    """What is counted as one: an IPv4 address, or the /64 network of an IPv6 address."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, HOUSE_BITS), strict=False))
    return str(found or UNKNOWN)


def _listed(value: str, header: ProxyHeader) -> Iterable[str]:
    if header == "forwarded":
        return [quoted or bare for quoted, bare in FORWARDED_FOR.findall(value)]
    return [part for part in value.split(",") if part.strip()]


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, with or without a port; an IPv4 address in IPv6 clothes is that IPv4 address."""
    text = text.strip()
    if match := WITH_PORT.fullmatch(text):
        text = match[1] if match[1] is not None else match[2]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_in(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
