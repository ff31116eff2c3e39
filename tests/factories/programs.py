"""The program's own processes, started as an installation starts them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg

from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


def environment_of(settings: Settings, **also: object) -> dict[str, str]:
    """The environment that says the same as `settings`, with `also` instead."""
    told = {name: value for name, value in settings.model_dump(exclude_none=True).items() if value != ""}
    told |= {"secret_key": settings.secret_key.get_secret_value(), **also}
    ours = {f"OGPMONITOR_{name.upper()}": str(value) for name, value in told.items()}
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("OGPMONITOR_")}
    return {**foreign, **ours, "PYTHONPATH": str(ROOT / "src")}


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def program(*arguments: str, environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`ogpmonitor …` runs while this is open, its lines in `log`; killed at the end if it has not ended by then."""
    command = [sys.executable, "-m", "ogpmonitor.cli", *arguments]
    with (
        log.open("ab") as lines,
        subprocess.Popen(command, env=environment, stdout=lines, stderr=lines, cwd=ROOT) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()


def ran(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`ogpmonitor …` has ended."""
    command = [sys.executable, "-m", "ogpmonitor.cli", *arguments]
    return subprocess.run(command, check=False, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)


def until(is_so: Callable[[], object], what: str) -> None:
    """Return once it is so; a condition, not a length of time, decides."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with suppress(httpx.TransportError, OSError, psycopg.OperationalError):
            if is_so():
                return
        time.sleep(0.05)
    message = f"waited in vain until {what}"
    raise AssertionError(message)


def rows(settings: Settings, statement: str, *values: object) -> list[tuple[object, ...]]:
    """What the database answers its owner."""
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []
