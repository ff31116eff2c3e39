"""The place for files is full: what was sent is refused in words, and nothing of it is there by half."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.factories.cast import Cast
from tests.factories.plans import LATE, address_of, milestone_of, report
from tests.factories.site import running_site

from ogpmonitor.evidence.models import Evidence
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.plans.models import Milestone
from ogpmonitor.settings import Settings

MEBIBYTE = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for three mebibytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small file system here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def pdf(filling: bytes) -> tuple[str, bytes, str]:
    return ("acta.pdf", b"%PDF-1.7\n" + filling * (2 * MEBIBYTE), "application/pdf")


def contents_below(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


async def state(cast: Cast) -> tuple[int, str | None, int]:
    """The version and Spanish text of the milestone, and how much evidence there is."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone: Milestone = await milestone_of(session, LATE)
        count = await session.scalar(select(func.count()).select_from(Evidence))
    return milestone.version, (milestone.progress_text or {}).get("es"), int(count or 0)


async def test_a_file_without_room_is_refused_and_nothing_is_half_written(
    settings: Settings, cast: Cast, small_disk: Path
) -> None:
    files_url = f"file://{small_disk}/files"
    async with running_site(settings.model_copy(update={"files_url": files_url})) as site:
        client = await site.sign_in("penalolen-coordinator")
        address = await address_of(cast, LATE)
        kept = await client.post(address, data=report(), files={"file_1": pdf(b"a")})
        before = await state(cast)

        refused = await client.post(address, data=report(before[0], text="No cabe."), files={"file_1": pdf(b"b")})
        smaller = await client.post(
            address,
            data=report(before[0], text="Cabe."),
            files={"file_1": ("a.pdf", b"%PDF-1.7\nc", "application/pdf")},
        )

    names = await Storage.at(files_url).names()
    contents = contents_below(small_disk)
    assert (kept.status_code, refused.status_code, smaller.status_code) == (303, 503, 303)
    assert "está lleno o no responde" in refused.text
    assert "No cabe." in refused.text  # what was typed is given back
    assert await state(cast) == (before[0] + 1, "Cabe.", before[2] + 1)
    assert sorted(blob_name(sha256_of(content)) for content in contents) == names
    assert len(names) == 2
