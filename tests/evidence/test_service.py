"""Submitting, finding and withdrawing evidence."""

from pathlib import Path

import pytest
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.plans import LATE, OTHER_UNIT, OWN_UNIT, milestone_of

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.evidence import service
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.queries import backed_by, evidence_of_milestones, get_evidence
from ogpmonitor.kit.errors import Conflict, Invalid, NotFound, NotPermitted, TooLarge
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of

ABOUT = service.About(Localized.of("es", es="Acta"), demo=True)
ACTA = service.Upload("Acta Nº 1.pdf", b"%PDF-1.7\nacta")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage.at(f"file://{tmp_path}/files")


async def test_the_same_bytes_twice_are_kept_once(cast: Cast, storage: Storage, tmp_path: Path) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        one = await service.submit_file(session, storage, ACTA, ABOUT, max_bytes=100, by=cast.coordinator)
        two = await service.submit_file(session, storage, ACTA, ABOUT, max_bytes=100, by=cast.coordinator)

        assert one.id != two.id
        assert (one.sha256, one.file_name, one.media_type) == (two.sha256, "Acta-No-1.pdf", "application/pdf")
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [sha256_of(ACTA.content)]
    assert await storage.get(blob_name(sha256_of(ACTA.content))) == ACTA.content


async def test_too_large_is_refused_before_anything_is_kept(cast: Cast, storage: Storage, tmp_path: Path) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        with pytest.raises(TooLarge):
            await service.submit_file(session, storage, ACTA, ABOUT, max_bytes=5, by=cast.coordinator)

    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "ftp://example.org/", "https://", "https://user@example.org/",
     "https://example.org/a b", "https://example.org/\n", "http://[::1", "https://example.org/" + "x" * 2000],
)  # fmt: skip
def test_a_link_is_an_address_of_the_web(url: str) -> None:
    with pytest.raises(Invalid):
        service.check_link(url)


async def test_a_contact_backs_what_its_unit_owes_and_nothing_else(cast: Cast, storage: Storage) -> None:
    async with cast.rehearsal("penalolen", cast.contact) as session:
        own, other = await milestone_of(session, OWN_UNIT), await milestone_of(session, OTHER_UNIT)
        kept = await service.submit_file(session, storage, ACTA, ABOUT, max_bytes=100, by=cast.contact, backing=own)
        with pytest.raises(NotPermitted):
            await service.submit_file(session, storage, ACTA, ABOUT, max_bytes=100, by=cast.contact, backing=other)
        with pytest.raises(NotPermitted):
            await service.submit_link(session, "https://example.org/", ABOUT, by=cast.contact, backing=other)
        with pytest.raises(NotPermitted):
            await service.withdraw(session, kept, reason="", by=cast.contact, backing=other)
        await service.withdraw(session, kept, reason="", by=cast.contact, backing=own)

        assert kept.withdrawn_at is not None


async def test_the_two_voices_do_not_see_each_others_evidence(cast: Cast) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        kept = await service.submit_link(session, "https://example.org/monitor", ABOUT, by=cast.monitor)
    async with cast.at("penalolen", cast.monitor, read_only=True) as session:
        assert (await get_evidence(session, kept.id)).voice == "monitor"

    for actor in (cast.coordinator, cast.contact, cast.operator, cast.ogp_staff, cast.neighbour_monitor):
        async with cast.at("penalolen", actor, read_only=True) as session:
            with pytest.raises(NotFound):
                await get_evidence(session, kept.id)


async def test_withdrawn_evidence_backs_nothing_and_the_record_says_why(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, LATE)
        kept = await service.submit_link(session, "https://example.org/x", ABOUT, by=cast.coordinator)
        await service.support(session, kept, milestone.id)
        assert await backed_by(session, milestone.id, kept.sha256) is kept

        await service.withdraw(session, kept, reason="Está repetida.", by=cast.coordinator, backing=milestone)
        backing = (await evidence_of_milestones(session, [milestone.id]))[milestone.id]
        trace = (await session.scalars(select(AuditRecord).where(AuditRecord.subject_id == kept.id))).all()

        assert kept not in backing
        assert await backed_by(session, milestone.id, kept.sha256) is None
        assert [(one.action, one.reason) for one in trace if one.reason] == [("evidence.withdrawn", "Está repetida.")]
        with pytest.raises(Conflict):
            await service.withdraw(session, kept, reason="", by=cast.coordinator, backing=milestone)


async def test_a_refused_transaction_leaves_no_row_and_no_trace(cast: Cast) -> None:
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        kept = await service.submit_link(session, "https://example.org/gone", ABOUT, by=cast.coordinator)

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert await session.get(Evidence, kept.id) is None
        assert (await session.scalars(select(AuditRecord).where(AuditRecord.subject_id == kept.id))).all() == []
