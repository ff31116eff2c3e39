"""The former release serves on the new schema: what makes an upgrade without a pause possible.

The former release is the newest tag below this commit; before there is one, what stood there just before the
schema last changed. Its own source runs as a process of its own. A copy without the history has nothing to compare.
"""

import io
import os
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.faults.deployed import Program, browser, ready, sign_in
from tests.faults.writing import publish, recorded, writers

from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.settings import ROOT, Settings
from ogpmonitor.verifying import Asked, verify_house

READ = (
    "/es/",
    "/es/penalolen/",
    "/en/penalolen/plans/2021-2024/",
    "/en/penalolen/plans/2021-2024/commitments/C2/",
    "/en/penalolen/plans/2021-2024/editions/",
    "/en/compare/",
)
DESKS = {
    "penalolen-coordinator": ("workbench/", "workbench/history/", "workbench/publish/", "workbench/evidence/"),
    "penalolen-monitor": ("workbench/assessments/",),
    "penalolen-contact": ("workbench/",),
}


def git(*arguments: str) -> bytes:
    """What git says, or nothing where it cannot say it."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True)
    return done.stdout if done.returncode == 0 else b""


def former_commit() -> str:
    """The commit of the former release; "" where it cannot be known."""
    tag = git("describe", "--tags", "--abbrev=0", "HEAD^").decode().strip()
    if tag:
        return tag
    changed = git("log", "--first-parent", "--format=%H", "-1", "--", ".current-alembic-head").decode().strip()
    return git("rev-parse", "--verify", f"{changed}^1").decode().strip() if changed else ""


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """The former release's own source."""
    commit = former_commit()
    if not commit:
        pytest.skip("this copy has no history from which to take the former release")
    archive = git("archive", "--format=tar", commit, "src", "templates", "tenants", "migrations")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(tmp_path / "former", filter="data")
    return tmp_path / "former"


@pytest.fixture
def address(former: Path, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """Where the former release answers, on a database that this one has migrated."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = settings.model_dump(exclude={"secret_key", "templates_folder", "tenants_folder"}, exclude_none=True)
    environment = {f"OGPMONITOR_{name.upper()}": str(value) for name, value in told.items()}
    environment |= {
        "OGPMONITOR_SECRET_KEY": settings.secret_key.get_secret_value(),
        "OGPMONITOR_BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": str(former / "src"),
    }
    command = [sys.executable, "-m", "ogpmonitor.cli", "serve", "--port", str(port)]
    program = Program(command, {**os.environ, **environment}, tmp_path / "former.log")
    program.start()
    yield f"http://127.0.0.1:{port}"
    program.kill()


def revision(settings: Settings) -> tuple[str, ...] | None:
    with psycopg.connect(conninfo(settings.database_url)) as superuser:
        return superuser.execute("SELECT version_num FROM platform.schema_revisions").fetchone()


async def test_the_former_release_reads_writes_and_publishes(address: str, settings: Settings) -> None:
    await ready(address)
    read: dict[str, int] = {}
    async with browser(address) as stranger:
        for path in READ:
            read[path] = (await stranger.get(path)).status_code
    for persona, places in DESKS.items():
        async with browser(address) as client:
            await sign_in(client, persona)
            for place in places:
                read[f"{persona} {place}"] = (await client.get(f"/es/penalolen/{place}")).status_code
    people = await writers(settings, address, "fg")
    for person in people:
        await person.write(2)

    published = await publish(people[0].client)
    for person in people:
        await person.client.aclose()

    assert revision(settings) == ((ROOT / ".current-alembic-head").read_text("utf-8").strip(),)
    assert {path: status for path, status in read.items() if status != 200} == {}
    assert [len(recorded(settings, person)) for person in people] == [2, 2]
    assert published
    assert (await verify_house(settings, Asked(files=True))).lines[-1] == "All of it holds."
