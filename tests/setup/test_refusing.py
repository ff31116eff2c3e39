"""What the web server refuses by itself, before the site hears of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ogpmonitor.launch import HOST, ROOT
from ogpmonitor.serving import MOST_HEADERS_BYTES

SERVE = """
import sys
from ogpmonitor.serving import web_server
if __name__ == "__main__":
    web_server("tests.factories.bare:create_app", address=sys.argv[1], port=int(sys.argv[2])).serve()
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a server like ours listens, with the smallest application in the place of ours."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        chosen: int = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, HOST, str(chosen)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
        while not _listens(chosen):
            assert process.poll() is None
            time.sleep(0.05)
        yield chosen
        process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def told(port: int, request: bytes) -> bytes:
    """All that the server says to `request` before it ends the connection."""
    answer = b""
    with socket.create_connection((HOST, port), timeout=60) as connection:
        try:
            connection.sendall(request)
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
    return answer


def request(*lines: str, body: bytes = b"", first: str = "POST / HTTP/1.1") -> bytes:
    return "\r\n".join([first, "Host: x", "Connection: close", *lines, "", ""]).encode() + body


def test_an_ordinary_request_is_answered(port: int) -> None:
    answer = told(port, request("Content-Length: 3", f"X-Pad: {'x' * 8000}", body=b"abc"))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n3")


def test_a_large_body_passes_although_headers_may_not_be_large(port: int) -> None:
    size = 5 * 1024 * 1024

    assert told(port, request(f"Content-Length: {size}", body=b"x" * size)).endswith(str(size).encode())


@pytest.mark.parametrize(
    "lines",
    [
        [f"X-Pad: {'x' * (3 * MOST_HEADERS_BYTES)}"],
        [f"X-{number}: {'x' * (MOST_HEADERS_BYTES // 30)}" for number in range(90)],
        ["X: y"] * 500,
    ],
    ids=["one that is long", "ninety that are long together", "five hundred"],
)
def test_headers_have_their_measure(port: int, lines: list[str]) -> None:
    """What waits to be read is counted, so twice as much may pass; a hundred and more lines never do."""
    answer = told(port, request(*lines))

    assert b" 200 " not in answer[:20]


def test_a_long_address_has_its_measure(port: int) -> None:
    assert b" 200 " not in told(port, request(first=f"GET /{'x' * 2 * MOST_HEADERS_BYTES} HTTP/1.1"))[:20]


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Content-Length: 3", "Content-Length: 5"], b"abcde"),
        (["Content-Length: -1"], b""),
        (["Content-Length: 3x"], b"abc"),
        (["Transfer-Encoding: chunked, identity"], b"3\r\nabc\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"zz\r\nabc\r\n0\r\n\r\n"),
        ([" folded: x"], b""),
        (["Name : x"], b""),
    ],
)
def test_a_message_whose_end_is_unclear_is_refused(port: int, lines: list[str], body: bytes) -> None:
    """So that no proxy in front can see two requests where the server sees one."""
    assert b" 200 " not in told(port, request(*lines, body=body))[:20]


def test_where_both_lengths_are_given_the_chunks_count_and_nothing_after_them_is_a_request(port: int) -> None:
    smuggled = b"0\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = told(port, request("Content-Length: 4", "Transfer-Encoding: chunked", body=smuggled))

    assert answer.count(b"HTTP/1.1 200") <= 1


def test_neither_sockets_nor_the_second_version_are_spoken(port: int) -> None:
    upgrade = told(
        port,
        request(
            "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==",
            first="GET / HTTP/1.1",
        ).replace(b"Connection: close", b"Connection: Upgrade, close"),
    )  # fmt: skip
    second = told(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 9)

    assert b" 101 " not in upgrade[:20]
    assert not second.startswith(b"\0\0")


def test_it_does_not_say_which_version_it_is(port: int) -> None:
    head = told(port, request()).split(b"\r\n\r\n")[0].lower().split(b"\r\n")

    assert [line for line in head if line.startswith((b"server", b"x-powered-by", b"via"))] == [b"server: granian"]
