"""The whole service inside the test's process, answering over HTTP without a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from ogpmonitor.app import create_app
from ogpmonitor.settings import Settings

ADDRESS = "http://testserver"


@dataclass
class Site:
    """The running service. `client` is a stranger's."""

    app: Any
    client: httpx.AsyncClient
    others: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def state(self) -> Any:
        """What the application keeps, inside what wraps it."""
        app = self.app
        while not hasattr(app, "state"):
            app = app._app  # noqa: SLF001  the wrappers have no other door
        return app.state

    def forget_pages(self) -> None:
        """Pages kept in memory are made anew, as the service does by itself a moment after a publication."""
        self.state.page_cache.forget(None)

    def visitor(self, **headers: str) -> httpx.AsyncClient:
        """A browser of its own, which sends forms from this site's pages."""
        client = new_client(self.app, **headers)
        self.others.append(client)
        return client

    async def sign_in(self, persona: str) -> httpx.AsyncClient:
        """A browser in which `persona` has signed in."""
        client = self.visitor()
        answer = await client.post("/es/sign-in/", data={"persona": persona})
        assert answer.status_code == 303, answer.text
        return client


def new_client(app: Any, **headers: str) -> httpx.AsyncClient:
    """A client that keeps cookies and does not follow redirects."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=ADDRESS,
        headers={"Origin": ADDRESS, "Accept": "text/html", **headers},
    )


@cache
def _application(settings: Settings) -> Any:
    """Put together once for all tests of a process that want it so; each starts and stops it."""
    return create_app(settings)


@asynccontextmanager
async def running_site(settings: Settings) -> AsyncIterator[Site]:
    """The service, started and stopped as a server would, from when it hears of publications and so keeps pages."""
    app = _application(settings)
    site = Site(app, new_client(app))
    before = site.state.page_cache.generation
    async with _lifespan(app):
        async with asyncio.timeout(30):
            # Twice all pages are forgotten at the beginning: when it listens, and when it has read the directory again.
            while not site.state.page_cache.enabled or site.state.page_cache.generation < before + 2:  # noqa: ASYNC110  as above
                await asyncio.sleep(0.005)
        try:
            yield site
        finally:
            for client in [site.client, *site.others]:
                await client.aclose()


@asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    incoming: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outgoing: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    running = asyncio.create_task(app(scope, incoming.get, outgoing.put))
    await incoming.put({"type": "lifespan.startup"})
    started = await outgoing.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield
    finally:
        await incoming.put({"type": "lifespan.shutdown"})
        await outgoing.get()
        await running
