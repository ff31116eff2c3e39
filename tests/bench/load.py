"""Asking a server for the same page as fast as it answers, from another process.

`wrk` does it where it is installed. Otherwise a lean client of our own, which only counts answers: on two
processors it got as many from a bare handler as `wrk` did (20,000 and 18,600 a second). A fuller client such as httpx
spends more time per answer than the server, so that every ratio comes out near 1. The table says which was used.
"""

import asyncio
import re
import shutil
import subprocess
import sys
import time
from urllib.parse import urlsplit

CONNECTIONS = 16


def generator() -> str:
    """The name of what makes the load on this machine."""
    return "wrk" if shutil.which("wrk") else "a client of our own (wrk is not installed)"


def requests_per_second(url: str, *, seconds: float = 2, connections: int = CONNECTIONS) -> float:
    """How many answers a second the server gave.

    Raises:
        RuntimeError: an answer was not a success, or none came.
    """
    wrk = shutil.which("wrk")
    if wrk:
        command = [wrk, "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:.0f}s", url]
    else:
        command = [sys.executable, "-m", "tests.bench.load", url, str(seconds), str(connections)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    if found is None or float(found[1]) == 0 or "Non-2xx" in done.stdout:
        raise RuntimeError(f"{url}: {done.stdout.strip() or done.stderr.strip()}")
    return float(found[1])


async def count_answers(url: str, *, seconds: float, connections: int) -> int:
    """The number of complete successful answers that `connections` kept-alive connections got."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    until = time.perf_counter() + seconds
    opened = (_ask(parts.hostname or "", parts.port or 80, request, until) for _ in range(connections))
    return sum(await asyncio.gather(*opened))


async def _ask(host: str, port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    answers = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if head[9:10] not in b"23":
            raise RuntimeError(f"Non-2xx: {head[:12].decode()}")
        await _skip_body(reader, head)
        answers += 1
    writer.close()
    await writer.wait_closed()
    return answers


async def _skip_body(reader: asyncio.StreamReader, head: bytes) -> None:
    length = re.search(rb"\r\ncontent-length: *([0-9]+)", head)
    if length:
        await reader.readexactly(int(length[1]))
        return
    while (size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)) > 0:
        await reader.readexactly(size + 2)
    await reader.readuntil(b"\r\n")


if __name__ == "__main__":
    _url, _seconds, _connections = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    _answers = asyncio.run(count_answers(_url, seconds=_seconds, connections=_connections))
    sys.stdout.write(f"Requests/sec: {_answers / _seconds:.2f}\n")
