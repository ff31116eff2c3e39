"""Whose request it is, with and without proxies, and whatever a stranger writes into a header."""

from typing import Any

import pytest

from ogpmonitor.limits.addresses import ProxyHeader, address_of, house_of, read_networks

OURS = read_networks("10.0.0.0/8, 2001:db8:ffff::/48")
STRANGER, OTHER = "203.0.113.7", "198.51.100.9"


def asked(client: str | None, **headers: str) -> Any:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (client, 4711) if client else None, "headers": raw}


@pytest.mark.parametrize(
    ("client", "said", "address"),
    [
        (STRANGER, OTHER, STRANGER),  # no proxy of ours: what it says counts for nothing
        ("10.0.0.2", STRANGER, STRANGER),
        ("10.0.0.2", f"{OTHER}, {STRANGER}", STRANGER),  # only the end was written by our proxy
        ("10.0.0.2", f"{OTHER}, {STRANGER}, 10.9.9.9", STRANGER),  # two proxies of ours in a row
        ("10.0.0.2", f"{STRANGER}:51234", STRANGER),
        ("10.0.0.2", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.2", f"{STRANGER}, nonsense", "10.0.0.2"),  # what cannot be read ends the chain
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", ",,", "10.0.0.2"),
        ("10.0.0.2", "10.1.1.1", "10.1.1.1"),
        ("::ffff:10.0.0.2", STRANGER, STRANGER),
        ("2001:db8:ffff::5", STRANGER, STRANGER),
        (None, STRANGER, "unknown"),
        ("unix", STRANGER, "unknown"),
    ],
)
def test_only_a_trusted_proxy_says_whose_request_it_is(client: str | None, said: str, address: str) -> None:
    scope = asked(client, x_forwarded_for=said)

    assert address_of(scope, trusted=OURS, header="x-forwarded-for") == address


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (f"for={STRANGER};proto=https;by=10.0.0.2", STRANGER),
        (f'for="{STRANGER}:80", for="[2001:db8::9]:4711"', "2001:db8::9"),
        (f"For={OTHER}, FOR={STRANGER}", STRANGER),
        (f"proto=https;for={STRANGER}, for=10.7.7.7", STRANGER),
        ("for=unknown", "10.0.0.2"),
        ("for=_hidden", "10.0.0.2"),
    ],
)
def test_forwarded_is_read_where_the_proxies_write_that(said: str, address: str) -> None:
    assert address_of(asked("10.0.0.2", forwarded=said), trusted=OURS, header="forwarded") == address


@pytest.mark.parametrize(("header", "other"), [("x-forwarded-for", "forwarded"), ("forwarded", "x-forwarded-for")])
def test_the_header_that_the_proxy_does_not_write_is_never_believed(header: ProxyHeader, other: str) -> None:
    forged = asked("10.0.0.2", **{other: f"for={STRANGER}" if other == "forwarded" else STRANGER})

    assert address_of(forged, trusted=OURS, header=header) == "10.0.0.2"


def test_several_lines_of_a_header_are_one_list() -> None:
    scope = asked("10.0.0.2")
    scope["headers"] = [(b"X-Forwarded-For", OTHER.encode()), (b"x-forwarded-for", STRANGER.encode())]

    assert address_of(scope, trusted=OURS, header="x-forwarded-for") == STRANGER


@pytest.mark.parametrize(
    ("address", "house"),
    [
        (STRANGER, STRANGER),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", STRANGER),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", "unknown"),
    ],
)
def test_one_customers_ipv6_addresses_count_as_one(address: str, house: str) -> None:
    assert house_of(address) == house


def test_networks_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="not appear to be"):
        read_networks("10.0.0.0/8, everything")
