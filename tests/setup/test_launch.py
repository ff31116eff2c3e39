"""`ogpmonitor demo`, as somebody who has just found the project meets it."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.launch import fingerprint

DEMO = [sys.executable, "-m", "ogpmonitor.cli", "demo"]


@dataclass
class Running:
    """A demo that says it is ready."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    said: list[str]

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


def environment() -> dict[str, str]:
    """Ours without settings that would point somewhere else."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OGPMONITOR_")}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[Running]:
    port = free_port()
    command = [*DEMO, "--port", str(port), "--data", str(folder)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.rstrip())
            if line.startswith("ready"):
                break
        yield Running(process, folder, port, said)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)


def refused(folder: Path, port: int) -> str:
    """What a demo that cannot start says; it ends by itself."""
    command = [*DEMO, "--port", str(port), "--data", str(folder)]
    done = subprocess.run(command, check=False, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    return done.stderr.strip()


def processes_of(folder: Path) -> list[str]:
    """Command lines that name `folder`, or servers that stand in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            where = str((process / "cwd").readlink())
            settings = (process / "environ").read_bytes().decode(errors="replace")
            if any(str(folder) in text for text in (command, where, settings)):
                found.append(command)
    return found


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d") / "data"


def test_demo_starts_answers_and_leaves_nothing_running(folder: Path) -> None:
    with demo(folder) as first:
        address = f"http://127.0.0.1:{first.port}/"
        assert httpx.get(f"{address}health/ready").status_code == 200
        taken = refused(folder.with_name("other"), first.port)
        twice = refused(folder, free_port())
        running = len(processes_of(folder))
        code = first.interrupt()

    assert first.said[-1] == f"ready {address}"
    assert [line.split("  ")[0] for line in first.said[:-1]] == ["step 1 of 3", "step 2 of 3", "step 3 of 3"]
    assert f"Port {first.port} is taken by" in taken
    assert f"A demo already runs in {folder} (process {first.process.pid})" in twice
    assert (running > 3, code, processes_of(folder)) == (True, 0, [])


# Where the tour leads, by who walks it. Without the PDF: drawing one may take longer, and has tests of its own.
TOUR: Mapping[str, Sequence[str]] = {
    "": (
        "",
        "about/",
        "penalolen/",
        "penalolen/plans/2021-2024/",
        "penalolen/plans/2021-2024/commitments/CLPLN0002/",
        "penalolen/plans/2021-2024/editions/",
        "penalolen/plans/2021-2024/reports/end-of-term/",
        "maipu/",
        "renca/",
        "santiago/",
        "compare/",
        "verify/",
        "sign-in/",
    ),
    "penalolen-coordinator": ("penalolen/workbench/", "penalolen/workbench/publish/"),
    "penalolen-monitor": ("penalolen/workbench/assessments/",),
    "ogp-staff": ("desk/", "compare/"),
}


def test_every_address_of_the_tour_answers_in_both_languages_soon_after_ready(folder: Path) -> None:
    refusals = []
    with demo(folder) as running:
        began = time.monotonic()
        address = f"http://127.0.0.1:{running.port}"
        for persona, paths in TOUR.items():
            with httpx.Client(base_url=address, headers={"Origin": address, "Accept": "text/html"}) as client:
                if persona:
                    client.post("/es/sign-in/", data={"persona": persona})
                answers = {f"/{lang}/{path}": client.get(f"/{lang}/{path}") for lang in ("es", "en") for path in paths}
                refusals += [(persona, path, one.status_code) for path, one in answers.items() if not one.is_success]
        took = time.monotonic() - began
        running.interrupt()

    assert refusals == []
    assert took < 5


def test_demo_second_start_is_fast_and_keeps_everything(folder: Path) -> None:
    with demo(folder) as first:
        first.interrupt()
    secrets = {path.name: path.read_text() for path in folder.iterdir() if path.is_file() and path.name != "running"}

    began = time.monotonic()
    with demo(folder) as second:
        took = time.monotonic() - began
        second.interrupt()

    assert "unchanged" in second.said[1]
    assert took < 5
    assert {name: (folder / name).read_text() for name in secrets} == secrets
    assert {name: stat.S_IMODE((folder / name).stat().st_mode) for name in secrets} == dict.fromkeys(secrets, 0o600)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_demo_that_is_killed_leaves_nothing_running(folder: Path) -> None:
    with demo(folder) as running:
        running.process.kill()
        running.process.wait()
    until = time.monotonic() + 60  # it takes a moment; on a machine that does other things, several
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.05)

    assert processes_of(folder) == []


def test_demo_refuses_a_folder_it_cannot_write_to(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    assert refused(file, free_port()).startswith(f"The data folder {file} cannot be written to (File exists); choose")


def test_demo_refuses_a_database_that_is_newer_than_the_code(folder: Path) -> None:
    import psycopg  # noqa: PLC0415 (only this test needs it)

    with demo(folder) as first:
        first.interrupt()
    with Embedded(folder / "postgres") as server, psycopg.connect(server.url("ogpmonitor")) as connection:
        connection.execute("UPDATE platform.schema_revisions SET version_num = '9999'")
        connection.execute("COMMENT ON DATABASE ogpmonitor IS 'prepared by another release'")

    said = refused(folder, free_port())

    assert "The database is at revision 9999, which is newer than this version" in said
    assert len(said.splitlines()) == 1
    assert processes_of(folder) == []


def test_fingerprint_changes_with_code_migrations_and_tenants_only(tmp_path: Path) -> None:
    for name in ("src/ogpmonitor/a.py", "migrations/b.py", "tenants/c/tenant.toml", "src/ogpmonitor/locale/es/x.po"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    seen = {fingerprint(tmp_path, tmp_path / "tenants")}

    for name in ("src/ogpmonitor/a.py", "migrations/b.py", "tenants/c/tenant.toml"):
        (tmp_path / name).write_text("two")
        seen.add(fingerprint(tmp_path, tmp_path / "tenants"))
    (tmp_path / "src/ogpmonitor/locale/es/x.po").write_text("two")
    seen.add(fingerprint(tmp_path, tmp_path / "tenants"))

    assert len(seen) == 4
