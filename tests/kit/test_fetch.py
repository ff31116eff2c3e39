"""Asking whether a link leads somewhere never reaches into a network of our own."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from ogpmonitor.kit.fetch import is_public, link_state

ANSWERS = {
    "/here": "200 OK", "/gone": "410 Gone", "/missing": "404 Not Found", "/busy": "503 Service Unavailable",
    "/moved": "302 Found\r\nLocation: /here", "/round": "302 Found\r\nLocation: /round",
    "/inside": "302 Found\r\nLocation: http://10.0.0.7/secret",
}  # fmt: skip


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A real server of one's own, answering each path as listed; the second word of a line is what was asked for."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, path, _ = (await reader.readline()).decode().split(" ")
        status = "405 Method Not Allowed" if path == "/get-only" and method == "HEAD" else ANSWERS.get(path, "200 OK")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    running = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://page.example:{running.sockets[0].getsockname()[1]}"
    running.close()
    await running.wait_closed()


async def at_home(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def by_name(host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"] if host == "page.example" else [host]


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/here", "alive"), ("/moved", "alive"), ("/get-only", "alive"), ("/gone", "dead"), ("/missing", "dead"),
        ("/busy", "unknown"), ("/round", "unknown"),
    ],
)  # fmt: skip
async def test_a_link_is_dead_only_where_the_server_says_so(server: str, path: str, state: str) -> None:
    assert await link_state(f"{server}{path}", resolver=at_home, allowed=lambda _: True) == state


async def test_a_private_address_is_never_asked(server: str) -> None:
    assert await link_state(f"{server}/here", resolver=at_home) == "unknown"


async def test_a_redirect_inside_is_not_followed(server: str) -> None:
    allowed = {"127.0.0.1"}

    assert await link_state(f"{server}/inside", resolver=by_name, allowed=allowed.__contains__) == "unknown"


@pytest.mark.parametrize("url", ["ftp://page.example/", "file:///etc/passwd", "http:///x", "javascript:1"])
async def test_only_the_web_is_asked(url: str) -> None:
    assert await link_state(url, resolver=at_home, allowed=lambda _: True) == "unknown"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("192.168.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("::1", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("224.0.0.1", False), ("0.0.0.0", False), ("not an address", False),  # noqa: S104
    ],
)  # fmt: skip
def test_what_everyone_can_reach_is_told_from_what_is_ours(address: str, *, public: bool) -> None:
    assert is_public(address) is public
