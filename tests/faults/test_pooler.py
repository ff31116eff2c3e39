"""PgBouncer in transaction mode stands between: no tenant sees another's rows, and pages, forms and jobs work."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from ogpmonitor.kit.db import APP_ROLE, PUBLIC_ROLE, role_password
from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.kit.unprivileged import private_account
from ogpmonitor.settings import ROOT

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
ADMIN = "observer"
TESTS = (
    "tests/house/test_tenancy.py",
    "tests/house/test_tenancy_by_chance.py",
    "tests/accounts/test_sessions.py",
    "tests/accounts/test_email_links.py",
    "tests/accounts/test_invitations.py",
    "tests/plans/test_routes.py",
    "tests/portal/test_cache.py",
    "tests/register/test_routes.py",
    "tests/reports/test_jobs.py",
)
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")


@dataclass(frozen=True)
class Pooler:
    """A pooler before a server of its own; the two roles have the passwords that tests derive."""

    server_url: str
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://127.0.0.1:{self.port}/"

    def transactions(self) -> int:
        """How many have gone through it."""
        with psycopg.connect(self._console(), autocommit=True) as console:
            rows = console.execute("SHOW TOTALS").fetchall()
        return next(int(value) for name, value in rows if name == "total_xact_count")

    def _console(self) -> str:
        return f"host=127.0.0.1 port={self.port} dbname=pgbouncer user={ADMIN} password={ADMIN}"


@pytest.fixture
def pooler(secret: str) -> Iterator[Pooler]:
    """PgBouncer in transaction mode, with so few connections to the server that transactions must share them."""
    # In memory where there is such a place; not below pytest's folder, which only its owner may enter.
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  what we make in it is ours alone
    folder = Path(tempfile.mkdtemp(prefix="pool-", dir=in_memory))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Embedded(folder / "postgres", fast=True) as server:
        account = private_account(folder / "postgres")
        settings, users = folder / "pgbouncer.ini", folder / "users.txt"
        passwords = {role: role_password(secret, role) for role in (APP_ROLE, PUBLIC_ROLE)} | {ADMIN: ADMIN}
        users.write_text("".join(f'"{name}" "{password}"\n' for name, password in passwords.items()), "ascii")
        settings.write_text(
            f"[databases]\n* = host={server.socket_folder}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\n"
            f"auth_file = {users}\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 500\n"
            f"server_idle_timeout = 1\nstats_users = {ADMIN}\nlogfile = {folder}/pgbouncer.log\n",
            "utf-8",
        )
        account.own(folder)
        process = subprocess.Popen([str(PROGRAM), "-q", str(settings)], **account.arguments)
        try:
            wait_until_it_listens(port)
            yield Pooler(server.url(), port)
        finally:
            process.terminate()
            process.wait()
    shutil.rmtree(folder)


def wait_until_it_listens(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail("PgBouncer did not start")


def test_row_policies_hold_and_everything_works_through_a_pooler(pooler: Pooler, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OGPMONITOR_TEST", "PYTEST"))},
        "OGPMONITOR_TEST_DATABASE_URL": pooler.server_url,
        "OGPMONITOR_TEST_POOLER_URL": pooler.url,
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path}/t", *TESTS]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    transactions = pooler.transactions()
    print(f"\n{done.stdout.splitlines()[-1]}; {transactions} transactions went through PgBouncer")  # noqa: T201  a figure
    assert done.returncode == 0, done.stdout + done.stderr
    assert transactions > 500
