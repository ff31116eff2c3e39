"""What probes are told."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.factories.programs import rows
from tests.factories.site import Site, running_site

from ogpmonitor.health.readiness import Readiness
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.storage import PROBE, Storage
from ogpmonitor.settings import Settings


@dataclass
class Looked:
    """A readiness that has looked at nothing yet, and the folder of its files."""

    readiness: Readiness
    files: Path


@pytest.fixture
def looked(database: Database, tmp_path: Path) -> Looked:
    files = tmp_path / "files"
    return Looked(Readiness(database, Storage.at(files.as_uri())), files)


async def test_a_healthy_process_is_alive_and_ready(site: Site) -> None:
    live, ready = await site.client.get("/health/live"), await site.client.get("/health/ready")

    assert (live.status_code, live.text) == (200, "live")
    assert (ready.status_code, ready.text) == (200, "ready")
    assert {live.headers["cache-control"], ready.headers["cache-control"]} == {"no-store"}


async def test_without_files_the_process_lives_and_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    files = tmp_path / "files"
    async with running_site(settings.model_copy(update={"files_url": files.as_uri()})) as site:
        shutil.rmtree(files)
        files.write_text("a file where the folder was")

        live, ready = await site.client.get("/health/live"), await site.client.get("/health/ready")

    assert live.status_code == 200
    assert (ready.status_code, ready.text) == (503, "files: away")


async def test_files_are_tried_by_writing_and_reading(looked: Looked) -> None:
    assert await looked.readiness.missing() == []

    assert (looked.files / PROBE).read_bytes() == PROBE.encode()


async def test_what_was_seen_is_kept_for_a_moment(looked: Looked) -> None:
    await looked.readiness.missing()
    shutil.rmtree(looked.files)
    looked.files.write_text("a file where the folder was")

    assert await looked.readiness.missing() == []


async def test_a_schema_older_than_the_release_is_not_ready(looked: Looked, settings: Settings) -> None:
    rows(settings, "UPDATE platform.schema_revisions SET version_num = '0001'")

    assert await looked.readiness.missing() == [
        "database: older than this release; run: ogpmonitor migrate",
    ]


async def test_a_schema_newer_than_the_release_is_ready(looked: Looked, settings: Settings) -> None:
    """The release before serves on while the one after is put in its place."""
    rows(settings, "UPDATE platform.schema_revisions SET version_num = '9999'")

    assert await looked.readiness.missing() == []


@pytest.mark.parametrize("door", ["ogpmonitor_app", "ogpmonitor_public"])
async def test_each_door_to_the_database_counts(looked: Looked, settings: Settings, door: str) -> None:
    schema = "register" if door == "ogpmonitor_public" else "platform"
    rows(settings, f"REVOKE USAGE ON SCHEMA {schema} FROM {door}")

    assert await looked.readiness.missing() == ["database: away"]
