"""A real browser before the real service: a server and a worker for each test, over a database of the test's own."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, async_playwright
from tests.factories.installed import Installation
from tests.factories.mail import Mailbox, smtp_server
from tests.journeys.traveller import Traveller

from ogpmonitor.settings import ROOT, Settings

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SCREENSHOTS = ROOT / "tests" / "screenshots"


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder where journeys leave pictures of what they saw, for people to review."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    """The address of the service, served by Granian with a worker behind it; both end with the test."""
    async with served(settings, free_port()) as base:
        yield base


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def served(settings: Settings, port: int, **secrets: str) -> AsyncIterator[str]:
    """The service answers at `port`, with a worker behind it; `secrets` are variables of its environment."""
    base = f"http://127.0.0.1:{port}"
    told = settings.model_dump(exclude={"secret_key"}, exclude_none=True)
    environment = {f"OGPMONITOR_{name.upper()}": str(value) for name, value in told.items()} | secrets
    environment |= {"OGPMONITOR_BASE_URL": base, "OGPMONITOR_SECRET_KEY": settings.secret_key.get_secret_value()}
    serve = [sys.executable, "-m", "ogpmonitor.cli", "serve", "--port", str(port), "--grace", "4"]
    work = [sys.executable, "-m", "ogpmonitor.cli", "worker", "--grace", "4"]
    with running(serve, environment) as _, running(work, environment) as _:
        await ready(base)
        yield base


class running:  # noqa: N801  it reads as the context it is
    """A program that runs while this is open, and is gone afterwards."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command = command
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT / "src")}

    def __enter__(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(self._command, env=self._environment, cwd=ROOT)
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=15)


async def ready(base: str) -> None:
    """Return once the service says that it is ready."""
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            try:
                if (await client.get(f"{base}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    pytest.fail("the service did not become ready")


@pytest.fixture
def chromium() -> str:
    """Where Debian's Chromium is; a journey without it is skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    return str(CHROMIUM)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A window in which nobody has signed in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def travellers(browser: Browser, address: str, screenshots: Path) -> Iterator[Traveller.Maker]:
    """Whoever goes on this journey, made one by one."""
    return Traveller.maker(browser, address, screenshots)


@pytest.fixture
async def letters() -> AsyncIterator[Mailbox]:
    """A mail server that collects what it is given."""
    async with smtp_server() as box:
        yield box


@pytest.fixture
def house(settings: Settings, tmp_path: Path, letters: Mailbox) -> Installation:
    """An installation outside the demo, in which what the demo loads stands; nothing runs yet."""
    return Installation(settings, tmp_path, letters)


@pytest.fixture
def guests(browser: Browser, house: Installation, screenshots: Path) -> Traveller.Maker:
    """Whoever comes to that installation."""
    return Traveller.maker(browser, house.address, screenshots)
