"""A whole deployment in processes of its own, which faults can be done to: database, web servers, worker."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from ogpmonitor.demo.loading import load_demo
from ogpmonitor.kit import migrate
from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.register.log import new_signing_key_pem, read_signing_key
from ogpmonitor.settings import ROOT, Settings

SECRET = "not a secret: only for a database that is deleted at the end"  # noqa: S105  it opens nothing else


@dataclass
class Program:
    """One process group that is started again whenever it ends, as an init system does."""

    command: list[str]
    environment: Mapping[str, str]
    log: Path
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It runs; what it says is added to its log."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
            )
        self.starts += 1

    def kill(self) -> None:
        """Every process of the group is gone without a word."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def restart_if_ended(self) -> None:
        """It runs again."""
        if self._process is None or self._process.poll() is not None:
            self.kill()
            self.start()


@dataclass
class Deployed:
    """The deployment in `folder`. `addresses` are those of its web servers."""

    folder: Path
    server: Embedded
    settings: Settings
    programs: dict[str, Program] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    def serve(self, **given: str) -> str:
        """One more web server answers, on the returned address, until the deployment ends; `given` are variables."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        self._start(
            f"web {len(self.addresses) + 1}", ["serve", "--port", str(port)], OGPMONITOR_BASE_URL=address, **given
        )
        self.addresses.append(address)
        return address

    def work(self, **given: str) -> None:
        """One more worker takes jobs; `given` are variables."""
        number = sum(name.startswith("worker") for name in self.programs) + 1
        self._start(f"worker {number}", ["worker"], **given)

    def stop(self) -> None:
        """Nothing of it runs but the database."""
        for program in self.programs.values():
            program.kill()
        self.programs.clear()
        self.addresses.clear()

    def _start(self, name: str, arguments: list[str], **given: str) -> None:
        told = self.settings.model_dump(exclude={"secret_key"}, exclude_none=True)
        environment = {f"OGPMONITOR_{key.upper()}": str(value) for key, value in told.items()}
        environment |= {"OGPMONITOR_SECRET_KEY": SECRET, "PYTHONPATH": str(ROOT / "src"), **given}
        command = [sys.executable, "-m", "ogpmonitor.cli", *arguments]
        self.programs[name] = Program(command, {**os.environ, **environment}, self.folder / f"{name}.log")
        self.programs[name].start()


@contextlib.contextmanager
def deployed(folder: Path) -> Iterator[Deployed]:
    """The demo stands in a server of its own; nothing serves it yet."""
    with Embedded(folder / "postgres") as server:
        key = folder / "signing-key.pem"
        key.write_bytes(new_signing_key_pem())
        settings = Settings.model_validate(
            {
                "database_url": server.create_database("faults"),
                "secret_key": SECRET,
                "signing_key_file": key,
                "files_url": f"file://{folder}/files",
                "demo": True,
                "cookie_secure": False,
            }
        )
        migrate.upgrade(settings.database_url, secret=SECRET)
        asyncio.run(load_demo(settings, read_signing_key(key)))
        house = Deployed(folder, server, settings)
        try:
            yield house
        finally:
            house.stop()


async def ready(address: str, *, seconds: float = 60) -> None:
    """The web server at `address` can serve."""
    async with asyncio.timeout(seconds), httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{address}/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.05)


def browser(address: str) -> httpx.AsyncClient:
    """A browser that sends forms from this address's own pages."""
    return httpx.AsyncClient(base_url=address, headers={"Origin": address, "Accept": "text/html"}, timeout=20)


async def sign_in(client: httpx.AsyncClient, persona: str) -> None:
    """`persona` has signed in with this browser."""
    answer = await client.post("/es/sign-in/", data={"persona": persona})
    assert answer.status_code == 303, answer.text
