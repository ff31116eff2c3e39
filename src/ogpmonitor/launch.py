"""The whole platform on one machine, in one folder: what `ogpmonitor demo` does, step by step.

The folder keeps the database, the files of evidence, the secrets and the logs. Deleting it deletes the demo.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ogpmonitor.kit.embedded import Embedded, EmbeddedServerError
from ogpmonitor.kit.processes import Family, ProcessEndedError, interruptible, is_free, who_listens

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
PREPARED_BY = ("src/ogpmonitor", "migrations")
RELOADED = (ROOT / "src", ROOT / "templates", ROOT / "tenants")  # what `--reload` watches
_ANOTHER_FOLDER = "choose another folder, as in: make demo DATA=some/folder"
_READY_SECONDS = 60.0
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"


class CannotStart(Exception):  # noqa: N818 (it reads as the fact it states)
    """The message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Demo:
    """One demo: where it keeps everything, where it answers, and whether it reloads when code changes."""

    folder: Path
    port: int
    reload: bool
    say: Callable[[str], None]

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self.port}/"

    def run(self) -> None:
        """Everything runs until it is interrupted, and nothing runs afterwards.

        Raises:
            CannotStart: something is in the way; nothing was left running.
        """
        with interruptible(), contextlib.suppress(KeyboardInterrupt):
            try:
                with self._folder_for_us_alone():
                    self._check_port()
                    self._run()
            except (EmbeddedServerError, ProcessEndedError) as error:
                raise CannotStart(str(error)) from error

    def _run(self) -> None:
        given = os.environ.get("OGPMONITOR_DATABASE_URL")
        server = Embedded(self.folder / "postgres", ends_with_us=True)
        try:
            with self._step(
                1, f"database: {'the one OGPMONITOR_DATABASE_URL names' if given else 'PostgreSQL of our own'}"
            ):
                if not given:
                    server.start()
                environment = self._environment(given or server.create_database("ogpmonitor"))
            with self._step(2, "schema, tenants and demo data") as step:
                step.note = prepare(environment)
            self._serve(environment)
        finally:
            if not given:
                server.stop()

    @contextlib.contextmanager
    def visited(self) -> Iterator[dict[str, str]]:
        """The environment of the demo that was started in this folder before, with its database running.

        A database that was not running stops afterwards.

        Raises:
            CannotStart: no demo was started here.
        """
        server = Embedded(self.folder / "postgres")
        if not (self.folder / "secret_key").exists():
            raise CannotStart(f"No demo was started in {self.folder}.")
        was_running = server.is_running
        server.start()
        try:
            yield self._environment(server.url("ogpmonitor"))
        finally:
            if not was_running:
                server.stop()

    def _serve(self, environment: Mapping[str, str]) -> None:
        with Family() as family:
            with self._step(3, "web server and worker"):
                family.start(
                    "web server", web_command(HOST, self.port, reload=self.reload), environment, log=self._log("web")
                )
                family.wait_until_ready(HOST, self.port, "/health/ready", seconds=_READY_SECONDS)
                family.start(
                    "worker",
                    [sys.executable, "-m", "ogpmonitor.cli", "worker", "--grace", "4"],
                    environment,
                    log=self._log("worker"),
                )
            self.say(f"ready {self.address}")
            family.wait()

    def _log(self, name: str) -> Path | None:
        return None if self.reload else self.folder / "logs" / f"{name}.log"

    def _environment(self, database_url: str) -> dict[str, str]:
        """Ours below what the person has set."""
        ours = {
            "OGPMONITOR_DATABASE_URL": database_url,
            "OGPMONITOR_SECRET_KEY": self._secret("secret_key", lambda: secrets.token_urlsafe(48)),
            "OGPMONITOR_SIGNING_KEY_FILE": str(self._signing_key()),
            "OGPMONITOR_FILES_URL": (self.folder / "files").as_uri(),
            "OGPMONITOR_BASE_URL": self.address.rstrip("/"),
            "OGPMONITOR_DEMO": "true",
            "OGPMONITOR_DEVELOPMENT": str(self.reload).lower(),
            "OGPMONITOR_COOKIE_SECURE": "false",
            "OGPMONITOR_LOG_FORMAT": "text",
        }
        return {**ours, **os.environ}

    def _secret(self, name: str, make: Callable[[], str]) -> str:
        """What the private file `name` holds; made on first use."""
        path = self.folder / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
        return path.read_text(encoding="ascii")

    def _signing_key(self) -> Path:
        def make() -> str:
            from ogpmonitor.register.log import new_signing_key_pem  # noqa: PLC0415 (only the first start needs it)

            return new_signing_key_pem().decode("ascii")

        self._secret("signing_key.pem", make)
        return self.folder / "signing_key.pem"

    def _check_port(self) -> None:
        try:
            if is_free(HOST, self.port):
                return
        except PermissionError as error:
            message = f"Port {self.port} is not ours to use; choose another, as in: make demo PORT=8000"
            raise CannotStart(message) from error
        by = who_listens(self.port)
        taken = f"Port {self.port} is taken{f' by {by}' if by else ''}"
        raise CannotStart(f"{taken}; choose another, as in: make demo PORT={self.port + 1}")

    @contextlib.contextmanager
    def _folder_for_us_alone(self) -> Iterator[None]:
        """The folder exists, can be written to, and no other demo runs in it."""
        try:
            for folder in (self.folder, self.folder / "files", self.folder / "logs"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.folder / "running").open("a+")
        except OSError as error:
            message = f"The data folder {self.folder} cannot be written to ({error.strerror})"
            raise CannotStart(f"{message}; {_ANOTHER_FOLDER}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                message = f"A demo already runs in {self.folder} (process {lock.read().strip() or 'unknown'})"
                raise CannotStart(f"{message}; {_ANOTHER_FOLDER}") from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @contextlib.contextmanager
    def _step(self, number: int, what: str) -> Iterator["_Step"]:
        started, step = time.monotonic(), _Step()
        yield step
        self.say(f"step {number} of 3  {what}{step.note and f': {step.note}'} ({time.monotonic() - started:.1f} s)")


@dataclass
class _Step:
    note: str = ""


def web_command(host: str, port: int, *, reload: bool = False) -> list[str]:
    """The command that serves the demo; it is not to be waited for long when it is stopped."""
    command = [sys.executable, "-m", "ogpmonitor.cli", "serve", "--host", host, "--port", str(port), "--grace", "4"]
    return [*command, "--reload"] if reload else command


def prepare(environment: Mapping[str, str]) -> str:
    """The database has this code's schema, the tenants and the demo's content; says what was done.

    Nothing is done when the same code and files have prepared the database before: a comment on the database keeps
    their fingerprint, so it goes where the database goes.

    Raises:
        CannotStart: the database cannot be reached or is newer than this code, or a data file is wrong.
    """
    import psycopg  # noqa: PLC0415 (a taken port should not wait for it)
    from psycopg import sql  # noqa: PLC0415 (as above)

    tenants = Path(environment.get("OGPMONITOR_TENANTS_FOLDER", ROOT / "tenants"))
    mark = f"prepared by {fingerprint(ROOT, tenants)}"
    url = environment["OGPMONITOR_DATABASE_URL"].replace("postgresql+psycopg:", "postgresql:", 1)
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute(_COMMENT).fetchone() == (mark,):
                return "unchanged"
            _load(environment)
            name = sql.Identifier(connection.info.dbname)
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(mark)))
    except psycopg.OperationalError as error:
        message = f"The database cannot be reached: {str(error).splitlines()[0]}"
        raise CannotStart(message) from error
    return "loaded"


def _load(environment: Mapping[str, str]) -> None:
    from ogpmonitor.demo.loading import load_demo  # noqa: PLC0415 (a second start does without the rooms)
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (as above)
    from ogpmonitor.kit.migrate import DatabaseNewerThanCode, upgrade  # noqa: PLC0415 (as above)
    from ogpmonitor.register.log import read_signing_key  # noqa: PLC0415 (as above)
    from ogpmonitor.settings import Settings  # noqa: PLC0415 (as above)

    os.environ.update(environment)
    settings = Settings()
    try:
        upgrade(settings.database_url, secret=settings.secret_key.get_secret_value())
        asyncio.run(load_demo(settings, read_signing_key(settings.signing_key_file)))
    except DatabaseNewerThanCode as error:
        raise CannotStart(f"{error} Take the newer release, or {_ANOTHER_FOLDER}") from error
    except DataRefused as error:
        raise CannotStart(str(error)) from error


def fingerprint(root: Path, tenants: Path) -> str:
    """One word that changes when the code, a migration or a tenant's file does."""
    digest = hashlib.sha256()
    for folder in (*(root / name for name in PREPARED_BY), tenants):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".py", ".toml", ".md", ".svg"}:
                digest.update(f"{path.relative_to(folder)} {len(content := path.read_bytes())}\n".encode() + content)
    return digest.hexdigest()[:32]
