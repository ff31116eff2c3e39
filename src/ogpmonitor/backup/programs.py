"""pg_dump, pg_restore and psql: those that come with the program, so that they always know the server.

They are of PostgreSQL 18 and read every server that is supported (15 to 18). The archive they write is PostgreSQL's own
custom format: an operator can read it with any pg_restore from 17 on, without this program.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ogpmonitor.backup.manifest import BackupRefused
from ogpmonitor.kit.embedded import programs_folder
from ogpmonitor.kit.migrate import conninfo

_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
_PREAMBLE_LINES = 40


def dump(owner_url: str, target: Path, *, snapshot: str, schemas: tuple[str, ...]) -> None:
    """`target` holds `schemas` of the database as the exported `snapshot` sees them, rights and policies included.

    Raises:
        BackupRefused: pg_dump says why.
    """
    where, environment = _connection(owner_url)
    command = [
        _program("pg_dump"), where, "--format=custom", f"--snapshot={snapshot}", "--no-password", f"--file={target}",
        *(f"--schema={schema}" for schema in schemas),
    ]  # fmt: skip
    done = subprocess.run(command, check=False, env=environment, capture_output=True)  # noqa: S603 (the wheel's own)
    if done.returncode != 0:
        raise BackupRefused(f"The database could not be written: {_said(done.stderr)}")


def restore(owner_url: str, source: Path, *, server_major: int) -> None:
    """The empty database holds what the archive `source` does, all of it or, where that fails, nothing.

    Raises:
        BackupRefused: psql or pg_restore says why; the database is as empty as before.
    """
    read = [_program("pg_restore"), "--file=-", str(source)]
    where, environment = _connection(owner_url)
    load = [
        _program("psql"), where, "--no-psqlrc", "--quiet", "--no-password", "--single-transaction",
        "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--file=-",
    ]  # fmt: skip
    with (
        _running(read, os.environ, stdout=subprocess.PIPE) as reading,
        _running(load, environment, stdin=subprocess.PIPE) as loading,
    ):
        try:
            _hand_over(_stream(reading.stdout), _stream(loading.stdin), drop_newer=server_major < 17)
        except BrokenPipeError:
            reading.kill()  # psql has stopped and says why
        except BaseException:
            loading.kill()  # before its input ends: an archive read by half must not be committed
            raise
        if reading.wait() != 0 and loading.poll() is None:
            loading.kill()
        else:
            _close(_stream(loading.stdin))
        failed = loading.wait() != 0 or reading.returncode != 0
        said = _said(_stream(loading.stderr).read() + _stream(reading.stderr).read())
    if failed:
        raise BackupRefused(f"The database could not be restored and was left empty: {said}")


def _hand_over(source: IO[bytes], target: IO[bytes], *, drop_newer: bool) -> None:
    """Every line of the script but one of its preamble, which a server before 17 does not understand."""
    for _ in range(_PREAMBLE_LINES):
        line = source.readline()
        if not (drop_newer and line == _UNKNOWN_BEFORE_17):
            target.write(line)
    while block := source.read(1 << 20):
        target.write(block)
    target.flush()


def _close(target: IO[bytes]) -> None:
    try:
        target.close()
    except BrokenPipeError:
        return


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], *, stdin: int = subprocess.DEVNULL, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)  # noqa: S603 (the wheel's own)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                _close(stream)


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # it was opened as a pipe
    return stream


def _program(name: str) -> str:
    return str(programs_folder() / "bin" / name)


def _connection(owner_url: str) -> tuple[str, dict[str, str]]:
    """Where to connect, and the environment with the password: a command line can be read by the whole machine."""
    given = conninfo_to_dict(conninfo(owner_url))
    password = given.pop("password", None)
    told = {} if password is None else {"PGPASSWORD": str(password)}
    return f"--dbname={make_conninfo('', **given)}", {**os.environ, **told, "LC_ALL": "C"}


def _said(stderr: bytes) -> str:
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return next(
        (line for line in lines if "ERROR" in line or "error:" in line), lines[-1] if lines else "no reason given"
    )
