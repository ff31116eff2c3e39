"""What stands in front of several web servers: each request goes to the next of them, as a load balancer sends it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HERE = "127.0.0.1"
PIECE_BYTES = 64 * 1024
OURS = (b"connection:", b"x-forwarded-for:")  # what the one in front says itself


@dataclass
class InTurn:
    """How many requests each of `ports` was given."""

    ports: Sequence[int]
    given: dict[int, int] = field(default_factory=dict)

    def next(self) -> int:
        """The port whose turn it is."""
        port = self.ports[sum(self.given.values()) % len(self.ports)]
        self.given[port] = self.given.get(port, 0) + 1
        return port

    async def pass_on(self, browser: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        """One request is answered, and the connection closed: the next request comes by a new one."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await browser.readuntil(b"\r\n\r\n")
            lines = [line for line in head.rstrip().split(b"\r\n") if not line.lower().startswith(OURS)]
            peer = str(answer.get_extra_info("peername")[0])
            lines += [b"Connection: close", f"X-Forwarded-For: {peer}".encode()]
            server, request = await asyncio.open_connection(HERE, self.next())
            request.write(b"\r\n".join(lines) + b"\r\n\r\n")
            body = asyncio.create_task(_copy(browser, request))
            await _copy(server, answer)
            body.cancel()
            request.close()
        answer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await source.read(PIECE_BYTES):
            target.write(piece)
            await target.drain()


@asynccontextmanager
async def in_turn(port: int, ports: Sequence[int]) -> AsyncIterator[InTurn]:
    """Whatever is asked at `port` of this machine is answered by `ports` in turn, request by request."""
    turns, under_way = InTurn(ports), set[asyncio.Task[None]]()

    async def take(browser: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            await turns.pass_on(browser, answer)
        finally:
            under_way.discard(task)

    listening = await asyncio.start_server(take, HERE, port)
    try:
        yield turns
    finally:
        listening.close()
        for task in list(under_way):  # browsers open connections and ask nothing on them
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
