"""What every test may ask for: a PostgreSQL server, and a database of the worker's own, migrated as a deployment is.

The server is the embedded one, started once for all workers of a run, or the one that `OGPMONITOR_TEST_DATABASE_URL`
names (a user who may create roles and databases). A test that asks for a database is marked `database` by itself.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import make_url
from tests.factories.cast import Cast, the_cast
from tests.factories.site import Site, running_site

from ogpmonitor.demo.loading import load_demo
from ogpmonitor.kit import migrate
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.register.log import SigningKey, new_signing_key_pem, read_signing_key
from ogpmonitor.settings import Settings

SERVER_VARIABLE = "OGPMONITOR_TEST_DATABASE_URL"
ROOM_BYTES = 4 * 1024**3  # of which a run takes some hundred megabytes
POOLER_VARIABLE = "OGPMONITOR_TEST_POOLER_URL"  # a pooler in transaction mode before that server
FOLDER_VARIABLE = "OGPMONITOR_TEST_FOLDER"  # workers inherit it from the process that starts them


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of several that share a run."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder, short because a socket's path must be."""
    if not is_worker(config):
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="tests-", dir=_in_memory())


def _in_memory() -> Path | None:
    """A folder that is kept in memory, where there is one with room: most of a test's time is spent copying files."""
    folder = Path("/dev/shm")  # noqa: S108  what we make in it is ours alone (mkdtemp)
    has_room = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_BYTES
    return folder if has_room else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave neither databases nor a server nor files behind, once every worker has gone."""
    if is_worker(config):
        return
    folder = Path(os.environ.pop(FOLDER_VARIABLE))
    if SERVER_VARIABLE in os.environ:
        _drop_databases(os.environ[SERVER_VARIABLE], folder.name)
    Embedded(folder / "postgres").stop()
    shutil.rmtree(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever asks for a database."""
    for item in items:
        if isinstance(item, pytest.Function) and "server_url" in item.fixturenames:
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The folder that all workers of this run share."""
    return Path(os.environ[FOLDER_VARIABLE])


@pytest.fixture(scope="session")
def secret() -> str:
    """What role passwords derive from; it opens only databases that a test run makes and deletes."""
    return "not a secret, and long enough to be taken for one"


@pytest.fixture(scope="session")
def server_url(run_folder: Path) -> str:
    """A PostgreSQL server, as somebody who may create roles and databases."""
    given = os.environ.get(SERVER_VARIABLE)
    return given or Embedded(run_folder / "postgres", fast=True).start()


@pytest.fixture(scope="session")
def template_database(server_url: str, run_folder: Path, secret: str) -> str:
    """The name of a database that Alembic has migrated and nobody writes to; made once for all workers."""
    name = f"{run_folder.name}-template"
    with only_one_worker(run_folder):
        done = run_folder / "template.done"
        if not done.exists():
            migrate.upgrade(_create_database(server_url, name, template="template1"), secret=secret)
            done.touch()
    return name


@pytest.fixture(scope="session")
def database_url(server_url: str, template_database: str, run_folder: Path) -> str:
    """The URL, as the owner, of a migrated database that only this worker uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with only_one_worker(run_folder):  # a template is copied by one at a time
        return _create_database(server_url, f"{run_folder.name}-{worker}", template=template_database)


@pytest.fixture
def empty_database_url(server_url: str, run_folder: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, for tests of migrations; gone afterwards."""
    name = f"{run_folder.name}-empty-{os.getpid()}"
    yield _create_database(server_url, name, template="template1")
    _drop_databases(server_url, name)


@pytest.fixture(scope="session")
def demo_template(server_url: str, template_database: str, run_folder: Path, secret: str) -> str:
    """The name of a database in which the demo stands, and nobody writes to; made once for all workers."""
    name = f"{run_folder.name}-demo"
    with only_one_worker(run_folder):
        done = run_folder / "demo.done"
        if not done.exists():
            url = _create_database(server_url, name, template=template_database)
            (run_folder / "signing-key.pem").write_bytes(new_signing_key_pem())
            settings = house_settings(url, run_folder, secret)
            asyncio.run(load_demo(settings, read_signing_key(settings.signing_key_file)))
            done.touch()
    return name


@pytest.fixture
def settings(server_url: str, demo_template: str, run_folder: Path, secret: str) -> Iterator[Settings]:
    """A deployment of one test's own, in which the demo stands: it may write and publish what it likes.

    Every test of a worker finds its database under the same name, so that the application need not be made anew.
    """
    name = f"{run_folder.name}-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-house"
    with only_one_worker(run_folder):
        url = _create_database(server_url, name, template=demo_template)
    yield house_settings(url, run_folder, secret)
    _drop_databases(server_url, name)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The doors to this test's database."""
    opened = settings.database(pool_size=2)
    yield opened
    await opened.close()


@pytest.fixture
def key(settings: Settings) -> SigningKey:
    """What signs checkpoints in this test's deployment."""
    return read_signing_key(settings.signing_key_file)


@pytest.fixture
async def cast(database: Database) -> Cast:
    """The small named cast of the house, always the same."""
    return await the_cast(database)


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """The whole service, answering over HTTP; `site.sign_in("penalolen-coordinator")` gives a client for a persona."""
    async with running_site(settings) as site:
        yield site


def house_settings(database_url: str, run_folder: Path, secret: str) -> Settings:
    """The settings of a test's deployment."""
    return Settings(
        database_url=database_url,
        pooler_url=_through_pooler(database_url),
        secret_key=SecretStr(secret),
        signing_key_file=run_folder / "signing-key.pem",
        files_url=f"file://{run_folder}/files",
        demo=True,
        cookie_secure=False,
        base_url="http://testserver",
    )


def _through_pooler(database_url: str) -> str | None:
    pooler = os.environ.get(POOLER_VARIABLE)
    if pooler is None:
        return None
    return make_url(pooler).set(database=make_url(database_url).database).render_as_string(hide_password=False)


@contextmanager
def only_one_worker(folder: Path) -> Iterator[None]:
    """While this is open, no other worker of the run is here."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _create_database(server_url: str, name: str, *, template: str) -> str:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(migrate.conninfo(server_url), autocommit=True) as connection:
        connection.execute(statement)
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _drop_databases(server_url: str, prefix: str) -> None:
    with psycopg.connect(migrate.conninfo(server_url), autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
