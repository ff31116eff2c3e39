"""Recomputes everything the register claims, from its bytes, and names what does not hold."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.db import Base, TenantOwned
from ogpmonitor.register import queries
from ogpmonitor.register.documents import Manifest, name_of
from ogpmonitor.register.facts import facts_of
from ogpmonitor.register.log import START, checkpoint_text, entry_hash, is_signed
from ogpmonitor.register.models import (
    Checkpoint,
    CommitmentFact,
    Document,
    Edition,
    EditionEntry,
    EvidenceReceipt,
    LogEntry,
    MilestoneFact,
    PlanFact,
)

Row = TypeVar("Row", CommitmentFact, MilestoneFact)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: which row of which table, and why. `reason` is an English msgid."""

    table: str
    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was recomputed, and what did not hold."""

    documents: int
    editions: int
    log_entries: int
    checkpoints: int
    head_hash: str
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return not self.findings


async def verify_register(session: AsyncSession, *, trusted_keys: frozenset[str] | None = None) -> Verdict:
    """Recompute every name, manifest, link of the chain, signature and fact.

    `trusted_keys` are public keys (base64) known from elsewhere; without them, the key that the first checkpoint
    names is taken at its word. Reads everything: minutes on a large register, not for a page.
    """
    findings: list[Finding] = []
    for check in (_documents, _editions, _log, _receipts, _facts):
        findings.extend([finding async for finding in check(session)])
    findings.extend([finding async for finding in _checkpoints(session, trusted_keys)])
    head = (await session.scalars(select(LogEntry.hash).order_by(LogEntry.sequence.desc()).limit(1))).one_or_none()
    return Verdict(
        documents=await _count(session, Document),
        editions=await _count(session, Edition),
        log_entries=await _count(session, LogEntry),
        checkpoints=await _count(session, Checkpoint),
        head_hash=head or START,
        findings=tuple(findings),
    )


async def _count(session: AsyncSession, table: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def _documents(session: AsyncSession) -> AsyncIterator[Finding]:
    async for document in await session.stream_scalars(select(Document).order_by(Document.sha256)):
        if name_of(document.body) != document.sha256:
            yield Finding("register.documents", document.sha256, "its bytes do not give its name")


async def _editions(session: AsyncSession) -> AsyncIterator[Finding]:
    entries: dict[str, list[EditionEntry]] = {}
    for entry in await session.scalars(select(EditionEntry).order_by(EditionEntry.position)):
        entries.setdefault(entry.edition_sha256, []).append(entry)
    previous: Edition | None = None
    order = (Edition.jurisdiction, Edition.plan, Edition.number)
    for edition in (await session.scalars(select(Edition).order_by(*order))).all():
        if previous and (previous.jurisdiction, previous.plan) != (edition.jurisdiction, edition.plan):
            previous = None
        for reason in _edition_faults(edition, previous, entries.get(edition.sha256, [])):
            yield Finding("register.editions", f"{edition.jurisdiction}/{edition.plan} {edition.number}", reason)
        previous = edition


def _edition_faults(edition: Edition, previous: Edition | None, entries: list[EditionEntry]) -> list[str]:
    faults = []
    if name_of(edition.body) != edition.sha256:
        return ["its manifest does not give its name"]
    manifest = Manifest.model_validate_json(edition.body)
    if [(d.kind, d.code, d.sha256) for d in manifest.documents] != [
        (e.kind, e.code, e.document_sha256) for e in entries
    ]:
        faults.append("its entries are not those of its manifest")
    if manifest.previous != (previous.sha256 if previous else None):
        faults.append("it does not follow the edition before it")
    if manifest.number != (previous.number + 1 if previous else 1):
        faults.append("an edition before it is missing")
    claims = (
        manifest.jurisdiction,
        manifest.plan,
        manifest.number,
        manifest.voice,
        manifest.is_baseline,
        manifest.published_at,
    )
    row = (edition.jurisdiction, edition.plan, edition.number, edition.voice, edition.is_baseline, edition.published_at)
    if claims != row:
        faults.append("its columns do not say what its manifest says")
    return faults


async def _log(session: AsyncSession) -> AsyncIterator[Finding]:
    previous_hash, expected = START, 1
    seen: set[str] = set()
    async for entry in await session.stream_scalars(select(LogEntry).order_by(LogEntry.sequence)):
        if entry.sequence != expected:
            yield Finding("register.log_entries", str(expected), "the entry is missing")
        recomputed = entry_hash(
            sequence=entry.sequence,
            kind=entry.kind,
            subject_sha256=entry.subject_sha256,
            at=entry.at,
            previous_hash=previous_hash,
        )
        if entry.previous_hash != previous_hash or entry.hash != recomputed:
            yield Finding("register.log_entries", str(entry.sequence), "the chain breaks here")
        previous_hash, expected = entry.hash, entry.sequence + 1
        seen.add(entry.subject_sha256)
    for edition in await session.scalars(select(Edition).where(Edition.sha256.not_in(seen))):
        yield Finding(
            "register.editions", f"{edition.jurisdiction}/{edition.plan} {edition.number}", "the log does not know it"
        )


async def _receipts(session: AsyncSession) -> AsyncIterator[Finding]:
    logged = select(LogEntry.subject_sha256).where(LogEntry.kind == "evidence")
    for receipt in await session.scalars(select(EvidenceReceipt).where(EvidenceReceipt.sha256.not_in(logged))):
        yield Finding("register.evidence_receipts", str(receipt.evidence_id), "the log does not know it")


async def _checkpoints(session: AsyncSession, trusted: frozenset[str] | None) -> AsyncIterator[Finding]:
    hashes = {row.sequence: row.hash for row in await session.execute(select(LogEntry.sequence, LogEntry.hash))}
    checkpoints = (await session.scalars(select(Checkpoint).order_by(Checkpoint.id))).all()
    if hashes and not checkpoints:
        yield Finding("register.checkpoints", "-", "the log is not signed")
    keys = trusted if trusted is not None else frozenset(checkpoint.public_key for checkpoint in checkpoints[:1])
    for checkpoint in checkpoints:
        text = checkpoint_text(sequence=checkpoint.sequence, head_hash=checkpoint.head_hash, at=checkpoint.at)
        if checkpoint.public_key not in keys:
            yield Finding("register.checkpoints", str(checkpoint.sequence), "it is signed by an unknown key")
        elif not is_signed(text, signature=checkpoint.signature, public_key=checkpoint.public_key):
            yield Finding("register.checkpoints", str(checkpoint.sequence), "its signature does not hold")
        if hashes.get(checkpoint.sequence) != checkpoint.head_hash:
            yield Finding("register.checkpoints", str(checkpoint.sequence), "the log had another head")


async def _facts(session: AsyncSession) -> AsyncIterator[Finding]:
    for fact in (await session.scalars(select(PlanFact))).all():
        edition = await queries.latest_edition(session, fact.jurisdiction, fact.plan)
        row = f"{fact.jurisdiction}/{fact.plan}"
        if edition is None or edition.sha256 != fact.edition_sha256:
            yield Finding("facts.plans", row, "it is not that of the newest edition")
            continue
        published = await queries.get_published(session, edition)
        if any(name_of(body) != sha for sha, body in published.bodies.items()):
            continue  # the documents themselves were found wanting already
        told = {_columns(row) for row in facts_of(edition, published.documents.values()).rows}
        kept = {_columns(fact)}
        kept |= {_columns(row) for row in await _rows_beside(session, fact, CommitmentFact)}
        kept |= {_columns(row) for row in await _rows_beside(session, fact, MilestoneFact)}
        for columns in sorted(told ^ kept, key=str)[:1]:
            yield Finding("facts", f"{row} {columns[0]}", "they do not say what the edition says")


async def _rows_beside(session: AsyncSession, fact: PlanFact, table: type[Row]) -> Sequence[Row]:
    where = (table.jurisdiction == fact.jurisdiction, table.plan == fact.plan)
    return (await session.scalars(select(table).where(*where))).all()


def _columns(row: PlanFact | CommitmentFact | MilestoneFact) -> tuple[object, ...]:
    """What a row claims; the column that says whose row it is belongs to the plumbing."""
    names = (column.key for column in row.__table__.columns if column.key not in TenantOwned.__annotations__)
    return (row.__tablename__, *(getattr(row, name) for name in names))
