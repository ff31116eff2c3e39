"""Servers to measure: an application of ours, and the bare handler that is the floor for every page."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from litestar import Litestar, Response, get

from ogpmonitor.kit.processes import Family

BODY_VARIABLE, TYPE_VARIABLE = "OGPMONITOR_BENCH_BODY", "OGPMONITOR_BENCH_TYPE"


@contextmanager
def serving(target: str, environment: Mapping[str, str], *, ready: str) -> Iterator[str]:
    """`target` (a factory) answers on the returned address, by one Granian worker, until the block ends.

    `ready` is a path that answers 200 when the server can be measured.
    """
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--workers", "1", "--log-level", "warning",
        "--port", str(port), target,
    ]  # fmt: skip
    with Family() as family:
        family.start("server", command, {**os.environ, **environment}, log=None)
        family.wait_until_ready("127.0.0.1", port, ready, seconds=30)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def serving_bytes(body: bytes, *, media_type: str = "text/html; charset=utf-8") -> Iterator[str]:
    """A bare Litestar handler answers `body` at `/`: the floor for a page with the same bytes."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(body)
        environment = {BODY_VARIABLE: file.name, TYPE_VARIABLE: media_type}
        with serving("tests.bench.servers:bare_app", environment, ready="/") as address:
            yield f"{address}/"


def bare_app() -> Litestar:
    """One handler, no middleware, no compression, no documentation: as fast as this framework goes."""
    body, media_type = Path(os.environ[BODY_VARIABLE]).read_bytes(), os.environ[TYPE_VARIABLE]

    @get("/")
    async def answer() -> Response[bytes]:
        return Response(body, media_type=media_type)

    return Litestar(route_handlers=[answer], openapi_config=None)
