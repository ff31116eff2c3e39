"""Children that are looked after: started, watched, ended, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ogpmonitor.kit.processes import Family, ProcessEndedError, interruptible, is_free, who_listens

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"]
PARENT_OF_A_SLEEPER = [
    sys.executable, "-c",
    "import subprocess, sys, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)",
]  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "child.log"


def exists(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def waited_for(condition: object, seconds: float = 10) -> bool:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_family_ends_with_its_block_grandchildren_included(log: Path) -> None:
    with Family() as family:
        family.start("parent", PARENT_OF_A_SLEEPER, os.environ, log=log)
        assert waited_for(lambda: log.exists() and log.read_text().strip())
        grandchild = int(log.read_text())
        assert exists(grandchild)

    assert waited_for(lambda: not exists(grandchild))


def test_family_kills_a_child_that_does_not_listen(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ogpmonitor.kit.processes._POLITE_SECONDS", 0.3)

    with Family() as family:
        family.start("deaf child", DEAF, os.environ, log=log)
        time.sleep(0.3)
        began = time.monotonic()

    assert time.monotonic() - began < 3


def test_family_says_which_child_ended_and_its_last_words(log: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such colour')"]

    with Family() as family:
        family.start("painter", command, os.environ, log=log)
        with pytest.raises(ProcessEndedError, match=r"The painter has ended \(exit code 1\): no such colour"):
            family.wait()


def test_family_gives_up_on_a_service_that_does_not_answer(log: Path) -> None:
    with Family() as family:
        family.start("service", SLEEPER, os.environ, log=log)
        with pytest.raises(ProcessEndedError, match=r"did not answer in 0 seconds; see .*child\.log"):
            family.wait_until_ready("127.0.0.1", free_port(), "/", seconds=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_family_ends_when_its_head_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"""
import os, pathlib, signal, subprocess
from ogpmonitor.kit.processes import Family
family = Family()
family.start("child", ["sleep", "600"], os.environ, log=None)
pathlib.Path({str(note)!r}).write_text(str(family._children[0].process.pid))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False, env={**os.environ, "PYTHONPATH": "src"})

    assert waited_for(lambda: not exists(int(note.read_text())))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interruptible_turns_signals_into_one_interrupt(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with pytest.raises(KeyboardInterrupt, match=number.name), interruptible():
        os.kill(os.getpid(), number)

    assert signal.getsignal(number) == before


def test_interruptible_hears_what_was_ignored_before() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), interruptible():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_port_that_is_listened_on_is_not_free_and_its_process_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert not is_free("127.0.0.1", port)
        assert str(who_listens(port)).endswith(f"(process {os.getpid()})")

    assert is_free("127.0.0.1", port)
    assert who_listens(port) is None
