"""Asking whether a link leads somewhere never reaches into a network of our own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from ogpmonitor.kit.fetch import LinkState, is_public, link_state, resolve

SOMEBODY = "me:" + "anything"
ANSWERS = {
    "/here": "200 OK", "/gone": "410 Gone", "/missing": "404 Not Found", "/busy": "503 Service Unavailable",
    "/moved": "302 Found\r\nLocation: /here", "/round": "302 Found\r\nLocation: /round",
    "/inside": "302 Found\r\nLocation: http://10.0.0.7/secret",
    "/to-metadata": "302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/",
    "/to-a-file": "302 Found\r\nLocation: file:///etc/passwd", "/to-nothing": "302 Found\r\nLocation: http://[/",
    "/to-a-port": "302 Found\r\nLocation: http://page.example:22/", "/to-nowhere": "302 Found",
    "/with-a-name": f"302 Found\r\nLocation: http://{SOMEBODY}@page.example/",
    "/long": f"302 Found\r\nLocation: /{'x' * 3000}", "/headers": "200 OK\r\n" + "X-Pad: y\r\n" * 20_000 + "X-End: z",
}  # fmt: skip


@dataclass
class Server:
    """A real server of one's own, answering each path as listed, and what it was asked."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://page.example:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        method, path, _ = head.split("\r\n")[0].split(" ")
        wants_get = path in {"/get-only", "/endless"} and method == "HEAD"
        status = "405 Method Not Allowed" if wants_get else ANSWERS.get(path)
        writer.write(f"HTTP/1.1 {status or '200 OK'}\r\nConnection: close\r\n".encode())
        try:
            if path == "/endless" and method == "GET":
                writer.write(b"\r\n")
                while True:
                    writer.write(b"x" * 65536)
                    await writer.drain()
            elif path == "/silent":
                await reader.read()
            writer.write(b"Content-Length: 0\r\n\r\n")
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    serving = Server()
    running = await asyncio.start_server(serving.answer, "127.0.0.1", 0)
    serving.port = running.sockets[0].getsockname()[1]
    yield serving
    running.close()


async def at_home(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def by_name(host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"] if host == "page.example" else [host]


async def state_of(server: Server, path: str) -> LinkState:
    """What becomes of it where the server's own machine counts as public, and nothing else does that is not."""
    return await link_state(
        server.address + path,
        resolver=by_name,
        allowed=lambda one: one == "127.0.0.1" or is_public(one),
        ports={80, server.port},
        whole=5.0,
    )


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/here", "alive"), ("/moved", "alive"), ("/get-only", "alive"), ("/gone", "dead"), ("/missing", "dead"),
        ("/busy", "unknown"), ("/round", "unknown"), ("/to-nowhere", "alive"),
    ],
)  # fmt: skip
async def test_a_link_is_dead_only_where_the_server_says_so(server: Server, path: str, state: str) -> None:
    assert await state_of(server, path) == state


async def test_a_private_address_is_never_asked(server: Server) -> None:
    here = f"{server.address}/here"

    assert await link_state(here, resolver=at_home, ports={server.port}) == "unknown"
    assert server.asked == []


async def test_one_private_address_among_public_ones_is_enough_to_ask_none(server: Server) -> None:
    async def both(_host: str, _port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.7"]

    assert await link_state(f"{server.address}/here", resolver=both, ports={server.port}) == "unknown"


@pytest.mark.parametrize(
    "path",
    ["/inside", "/to-metadata", "/to-a-file", "/to-nothing", "/to-a-port", "/with-a-name", "/long"],
)
async def test_a_redirect_is_checked_like_the_first_address(server: Server, path: str) -> None:
    assert await state_of(server, path) == "unknown"
    assert len(server.asked) == 1


async def test_a_name_that_leads_elsewhere_a_moment_later_changes_nothing(server: Server) -> None:
    """The connection goes to the address that was checked; the name is not looked up a second time."""
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])

    async def rebinding(_host: str, _port: int) -> Sequence[str]:
        return next(answers)

    allowed = {"127.0.0.1"}.__contains__
    here = f"{server.address}/here"
    assert await link_state(here, resolver=rebinding, allowed=allowed, ports={server.port}) == "alive"
    assert f"Host: page.example:{server.port}" in server.asked[0]
    assert await link_state(here, resolver=rebinding, allowed=allowed, ports={server.port}) == "unknown"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://page.example/", "file:///etc/passwd", "http:///x", "javascript:1", "gopher://page.example/", "//x/", "",
        "http://page.example:99999/", "http://page.example:x/", "http://[::1", "http://me@page.example/",
        f"http://{SOMEBODY}@page.example/", "http://page.example:22/", "http://page.example:6379/", "http://\x00/",
        "http://page.example/" + "x" * 3000,
    ],
)  # fmt: skip
async def test_only_plain_addresses_of_the_web_are_asked(url: str) -> None:
    async def nobody(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError

    assert await link_state(url, resolver=nobody, allowed=lambda _: True) == "unknown"


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0", "[::]",
     "①②⑦.⓪.⓪.①", "127.0.0.1.", "[64:ff9b::7f00:1]"],
)  # fmt: skip
async def test_every_way_to_write_this_machine_is_seen_through(host: str) -> None:
    """With the system's own resolver, which reads them all."""
    assert await link_state(f"http://{host}/", resolver=resolve) == "unknown"


async def test_a_server_that_says_nothing_is_not_waited_for(server: Server) -> None:
    state = await link_state(
        f"{server.address}/silent", resolver=at_home, allowed=lambda _: True, ports={server.port}, whole=0.2
    )

    assert state == "unknown"


async def test_a_page_without_end_is_not_read(server: Server) -> None:
    assert await state_of(server, "/endless") == "alive"


async def test_headers_without_end_are_not_read(server: Server) -> None:
    assert await state_of(server, "/headers") == "unknown"


async def test_it_says_who_asks_and_sends_nothing_else_of_ours(server: Server) -> None:
    await state_of(server, "/here")

    names = {line.split(":")[0].lower() for line in server.asked[0].split("\r\n")[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8", "::ffff:8.8.8.8", "2a00:1450:4009::200e"]
)
def test_what_everyone_can_reach_is_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",  # noqa: S104
        "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
        "240.0.0.1", "255.255.255.255", "100.100.100.200", "168.63.129.16",
    ],
)  # fmt: skip
def test_ipv4_that_is_not_everyones_is_never_asked(address: str) -> None:
    assert not is_public(address)
    assert not is_public(f"::ffff:{address}")


@pytest.mark.parametrize(
    "address",
    [
        "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:10.0.0.1", "64:ff9b::a00:1",
        "64:ff9b::169.254.169.254", "64:ff9b::8.8.8.8", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:53aa::1",
        "2001:10::1", "2001:db8::1", "2002:a00:1::", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "not an address", "",
    ],
)  # fmt: skip
def test_ipv6_that_is_not_everyones_is_never_asked(address: str) -> None:
    assert not is_public(address)
