"""Looking after child processes: started together, ended together, nothing left running."""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from ogpmonitor.kit.deathwatch import end_with_parent

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLITE_SECONDS = 6.0
_LOOK_SECONDS = 0.05


class ProcessEndedError(Exception):
    """A child that should have stayed has ended; the message is one sentence for the person at the terminal."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C, a polite kill and a closed terminal all raise `KeyboardInterrupt` here, once; later ones are ignored.

    Also where they were ignored before: a shell script's background job inherits SIGINT as ignored.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for each in _ENDING_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt(signal.Signals(number).name)

    before = {number: signal.signal(number, interrupt) for number in _ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path | None


@dataclass
class Family:
    """Children that end when this block does; on Linux also when this process is killed."""

    _children: list[_Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, log: Path | None) -> None:
        """`command` runs under `name`, its output in `log`, or on our terminal where there is none."""
        output = log.open("wb") if log else None
        process = subprocess.Popen(  # noqa: S603 (the caller's own programs)
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,  # Ctrl-C reaches us alone, and a whole branch can be ended at once
            preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 (one system call)
        )  # fmt: skip
        if output:
            output.close()
        self._children.append(_Child(name, process, log))

    def wait_until_ready(self, host: str, port: int, path: str, *, seconds: float) -> None:
        """The service at that address has answered 200.

        Raises:
            ProcessEndedError: a child has ended, or the time is up.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check()
            if _answers(host, port, path):
                return
            time.sleep(_LOOK_SECONDS)
        message = f"http://{host}:{port}{path} did not answer in {seconds:.0f} seconds{self._logs()}."
        raise ProcessEndedError(message)

    def wait(self) -> None:
        """Never returns: `KeyboardInterrupt` or `ProcessEndedError` ends it."""
        while True:
            self.check()
            time.sleep(4 * _LOOK_SECONDS)

    def check(self) -> None:
        """Every child is running.

        Raises:
            ProcessEndedError: one has ended.
        """
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                message = f"The {child.name} has ended ({_how(code)}){_last_words(child.log)}."
                raise ProcessEndedError(message)

    def stop(self) -> None:
        """No child is left, nor a child's child; the youngest is asked first, and who does not listen is killed."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + _POLITE_SECONDS
        for child in reversed(self._children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self._children.clear()

    def __enter__(self) -> Self:
        """Nothing runs yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing runs any more."""
        self.stop()

    def _logs(self) -> str:
        logs = [str(child.log) for child in self._children if child.log]
        return f"; see {' and '.join(logs)}" if logs else ""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now.

    Raises:
        PermissionError: we may not listen there at all; below 1024, most likely.
    """
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def who_listens(port: int) -> str | None:
    """The process that listens on `port`, as "name (process 123)", where the system lets us see it (Linux)."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for folder in Path("/proc").glob("[0-9]*") if sockets else ():
        with contextlib.suppress(OSError):
            if any(str(link.readlink()) in sockets for link in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text(encoding='utf-8').strip()} (process {folder.name})"
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with contextlib.suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _answers(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _last_words(log: Path | None) -> str:
    if log is None:
        return ""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return f": {lines[-1].strip()} (all of it in {log})" if lines else ""
