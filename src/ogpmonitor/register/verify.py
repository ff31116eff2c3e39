"""Recomputes everything the register claims, from its bytes, and names what does not hold.

Rows removed from the end of the log with what they were about leave no gap. Only a head known from elsewhere shows
that they were there (reports print one): give it as `known`.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.db import Base, owner_of
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.register import checks
from ogpmonitor.register.documents import Document as AnyDocument
from ogpmonitor.register.documents import Manifest, PlanDocument
from ogpmonitor.register.facts import facts_of
from ogpmonitor.register.keys import Keyring, changes_of, is_vouched_for, present_key
from ogpmonitor.register.log import START, key_id_of
from ogpmonitor.register.models import (
    Checkpoint,
    CommitmentFact,
    Document,
    Edition,
    EditionEntry,
    EvidenceReceipt,
    KeyChange,
    LogEntry,
    MilestoneFact,
    PlanFact,
)
from ogpmonitor.register.receipts import receipts_of

OTHER_OWNER = msgid("It belongs to another tenant than what it is about.")
FACTS = (PlanFact, CommitmentFact, MilestoneFact)


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
    """What was recomputed, and what did not hold. `files` is None where the files were not asked for."""

    documents: int
    editions: int
    log_entries: int
    checkpoints: int
    head_hash: str
    findings: tuple[Finding, ...]
    files: int | None = None
    keys: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class _Held:
    """A document of the plan at hand, read once; None where its bytes are not those that were published."""

    kind: str
    read: AnyDocument | None


@dataclass(slots=True)
class _Seen:
    """What one pass has learnt and a later one needs."""

    owners_of_document: dict[str, set[UUID]] = field(default_factory=dict)
    owners_of_evidence: dict[str, set[UUID]] = field(default_factory=dict)
    editions: dict[str, tuple[UUID, datetime, str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    heads: dict[int, str] = field(default_factory=dict)


async def verify_register(
    session: AsyncSession,
    *,
    trusted_keys: frozenset[str] | None = None,
    known: tuple[int, str] | None = None,
    storage: Storage | None = None,
) -> Verdict:
    """Recompute every name, manifest, receipt, link of the chain, signature and fact; with `storage`, every file too.

    `trusted_keys` (base64) are known from elsewhere, else the present key is taken at its word; former keys that they
    vouch for hold for their own time. `known` is a head (sequence, hash). Minutes on a large register: all is read.
    """
    seen = _Seen()
    changes = await changes_of(session)
    trusted = Keyring.of(trusted_keys if trusted_keys is not None else await _present_key(session)).widened(changes)
    passes = [_plans(session, seen), _strays(session), _documents(session, seen), _log(session, seen, known)]
    passes += [_checkpoints(session, seen, trusted), _key_changes(changes, seen, trusted)]
    if storage is not None:
        passes.append(_files(storage, seen))
    findings = [finding for check in passes async for finding in check]
    return Verdict(
        documents=await _count(session, Document),
        editions=await _count(session, Edition),
        log_entries=await _count(session, LogEntry),
        checkpoints=await _count(session, Checkpoint),
        head_hash=seen.heads[max(seen.heads)] if seen.heads else START,
        findings=tuple(findings),
        files=None if storage is None else len(seen.files),
        keys=tuple(sorted(trusted.spans)),
    )


def report_lines(verdict: Verdict) -> list[str]:
    """What a verdict says on a terminal: every finding, then what was looked at, then the outcome."""
    looked_at = (
        f"{verdict.documents} documents, {verdict.editions} editions, {verdict.log_entries} log entries, "
        f"{verdict.checkpoints} signed heads"
    )
    if verdict.files is not None:
        looked_at += f", {verdict.files} files"
    outcome = f"{len(verdict.findings)} do not hold." if verdict.findings else "All of it holds."
    keys = [f"signed by {key}" for key in verdict.keys]
    return [*map(str, verdict.findings), f"{looked_at}; head {verdict.head_hash}.", *keys, outcome]


async def _present_key(session: AsyncSession) -> frozenset[str]:
    key = await present_key(session)
    return frozenset() if key is None else frozenset({key})


async def _count(session: AsyncSession, table: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def _plans(session: AsyncSession, seen: _Seen) -> AsyncIterator[Finding]:
    """Every plan with its editions, oldest first; one plan's rows are in memory at a time."""
    addresses = (await session.execute(select(Edition.jurisdiction, Edition.plan).distinct())).all()
    for jurisdiction, plan in sorted((row.jurisdiction, row.plan) for row in addresses):
        where = (Edition.jurisdiction == jurisdiction, Edition.plan == plan)
        editions = (await session.scalars(select(Edition).where(*where).order_by(Edition.number))).all()
        held = select(EditionEntry.document_sha256).join(Edition, Edition.sha256 == EditionEntry.edition_sha256)
        rows = await session.scalars(select(Document).where(Document.sha256.in_(held.where(*where))))
        documents = {row.sha256: _Held(row.kind, _read(row)) for row in rows}
        async for finding in _editions(session, seen, editions, documents):
            yield finding
        async for finding in _facts(session, editions[-1], documents):
            yield finding
        session.expunge_all()


async def _editions(
    session: AsyncSession, seen: _Seen, editions: Sequence[Edition], documents: Mapping[str, _Held]
) -> AsyncIterator[Finding]:
    before: Manifest | None = None
    before_sha256: str | None = None
    for edition in editions:
        entries = await _rows(
            session, EditionEntry, EditionEntry.edition_sha256 == edition.sha256, EditionEntry.position
        )
        receipts = await _rows(
            session, EvidenceReceipt, EvidenceReceipt.edition_sha256 == edition.sha256, EvidenceReceipt.evidence_id
        )
        seen.editions[edition.sha256] = (owner_of(edition), edition.published_at, _name(edition))
        for entry in entries:
            seen.owners_of_document.setdefault(entry.document_sha256, set()).add(owner_of(edition))
        for receipt in receipts:
            seen.owners_of_evidence.setdefault(receipt.sha256, set()).add(owner_of(edition))
            if receipt.kind == "file":
                seen.files.add(receipt.sha256)
        manifest = checks.read_manifest(edition.body)
        for finding in _edition_findings(edition, manifest, before, before_sha256, entries):
            yield finding
        for finding in _part_findings(edition, entries, receipts, documents):
            yield finding
        before, before_sha256 = manifest, edition.sha256


async def _rows(session: AsyncSession, table: type[Any], where: Any, order: Any) -> Sequence[Any]:
    return (await session.scalars(select(table).where(where).order_by(order))).all()


def _name(edition: Edition) -> str:
    return f"{edition.jurisdiction}/{edition.plan} {edition.number}"


def _edition_findings(
    edition: Edition,
    manifest: Manifest | None,
    before: Manifest | None,
    before_sha256: str | None,
    entries: Sequence[EditionEntry],
) -> Iterable[Finding]:
    faults = checks.name_faults(edition)
    if manifest is not None and not faults:
        faults += checks.column_faults(edition, manifest)
        faults += checks.order_faults(manifest, before, before_sha256)
        for entry, wrong in checks.entry_faults(entries, manifest).items():
            yield Finding("register.edition_entries", f"{_name(edition)} {entry}", wrong[0])
    for fault in faults:
        yield Finding("register.editions", _name(edition), fault)


def _part_findings(
    edition: Edition,
    entries: Sequence[EditionEntry],
    receipts: Sequence[EvidenceReceipt],
    documents: Mapping[str, _Held],
) -> Iterable[Finding]:
    """What is wrong with the rows that hang on an edition; a document that fails by itself is named elsewhere."""
    for entry in entries:
        row = f"{_name(edition)} {entry.kind} {entry.code}"
        held = documents.get(entry.document_sha256)
        if held is None:
            yield Finding("register.documents", entry.document_sha256, checks.MISSING)
        elif held.kind != entry.kind:
            yield Finding("register.edition_entries", row, checks.OTHER_KIND)
    yield from _owner_findings(edition, entries, receipts)
    readable = _readable(entries, documents)
    faults = checks.receipt_faults(receipts, receipts_of(edition.sha256, readable)) if readable else {}
    for evidence_id, wrong in faults.items():
        yield Finding("register.evidence_receipts", f"{_name(edition)} {evidence_id}", wrong[0])


def _owner_findings(
    edition: Edition, entries: Sequence[EditionEntry], receipts: Sequence[EvidenceReceipt]
) -> Iterable[Finding]:
    """An edition and what hangs on it belong to one tenant; where all of that agrees, the edition is the odd one."""
    if {owner_of(row) for row in entries} - {owner_of(edition)} and len({owner_of(row) for row in entries}) == 1:
        yield Finding("register.editions", _name(edition), OTHER_OWNER)
        return
    for entry in entries:
        if owner_of(entry) != owner_of(edition):
            row = f"{_name(edition)} {entry.kind} {entry.code}"
            yield Finding("register.edition_entries", row, OTHER_OWNER)
    for receipt in receipts:
        if owner_of(receipt) != owner_of(edition):
            yield Finding("register.evidence_receipts", f"{_name(edition)} {receipt.evidence_id}", OTHER_OWNER)


def _readable(entries: Sequence[EditionEntry], documents: Mapping[str, _Held]) -> list[AnyDocument]:
    """Every document of an edition, or none of them where one is missing or was changed."""
    held = [documents.get(entry.document_sha256) for entry in entries]
    read = [one.read for one in held if one is not None and one.read is not None]
    return read if len(read) == len(entries) else []


def _read(stored: Document) -> AnyDocument | None:
    return checks.read_stored(stored.sha256, stored.kind, stored.body)


async def _facts(session: AsyncSession, latest: Edition, documents: Mapping[str, _Held]) -> AsyncIterator[Finding]:
    """The facts say what the newest edition says: no row is missing, changed or too many."""
    entries = await _rows(session, EditionEntry, EditionEntry.edition_sha256 == latest.sha256, EditionEntry.position)
    readable = _readable(entries, documents)
    if not any(isinstance(document, PlanDocument) for document in readable):
        return  # the documents themselves were found wanting already
    told = {_key(row): row for row in facts_of(latest, readable).rows}
    kept: dict[tuple[str, str], Any] = {}
    for table in FACTS:
        where = (table.jurisdiction == latest.jurisdiction, table.plan == latest.plan)
        kept |= {_key(row): row for row in (await session.scalars(select(table).where(*where))).all()}
    for key in sorted(told.keys() | kept.keys()):
        table_name, row_name = key
        if key not in kept:
            yield Finding(table_name, row_name, checks.MISSING)
        elif key not in told:
            yield Finding(table_name, row_name, msgid("The newest edition does not say it."))
        elif checks.columns_of(told[key]) != checks.columns_of(kept[key]):
            yield Finding(table_name, row_name, msgid("It does not say what the newest edition says."))
        elif owner_of(kept[key]) != owner_of(latest):
            yield Finding(table_name, row_name, OTHER_OWNER)


def _key(row: Any) -> tuple[str, str]:
    """A fact's table, and its row as people name it."""
    names = ("commitment", "code")
    parts = [f"{row.jurisdiction}/{row.plan}", *(getattr(row, name) for name in names if hasattr(row, name))]
    return str(row.__table__.fullname), " ".join(parts)


async def _strays(session: AsyncSession) -> AsyncIterator[Finding]:
    """Rows that hang on nothing. Foreign keys refuse them, but not when somebody turned those off."""
    known = select(Edition.sha256)
    for entry in await session.scalars(select(EditionEntry).where(EditionEntry.edition_sha256.not_in(known))):
        row = f"{entry.edition_sha256} {entry.kind} {entry.code}"
        yield Finding("register.edition_entries", row, msgid("Its edition is missing."))
    for receipt in await session.scalars(select(EvidenceReceipt).where(EvidenceReceipt.edition_sha256.not_in(known))):
        row = f"{receipt.edition_sha256} {receipt.evidence_id}"
        yield Finding("register.evidence_receipts", row, msgid("Its edition is missing."))
    for table in FACTS:
        published = select(Edition.sha256).where(Edition.jurisdiction == table.jurisdiction, Edition.plan == table.plan)
        for fact in await session.scalars(select(table).where(~published.exists())):
            yield Finding(*_key(fact), msgid("The newest edition does not say it."))


async def _documents(session: AsyncSession, seen: _Seen) -> AsyncIterator[Finding]:
    async for document in await session.stream_scalars(select(Document).order_by(Document.sha256)):
        owners = seen.owners_of_document.get(document.sha256)
        faults = checks.document_faults(document.sha256, document)
        if owners is None:
            faults.append(msgid("No edition holds it."))
        elif owner_of(document) not in owners:
            faults.append(OTHER_OWNER)
        for fault in faults:
            yield Finding("register.documents", document.sha256, fault)


async def _log(session: AsyncSession, seen: _Seen, known: tuple[int, str] | None) -> AsyncIterator[Finding]:
    previous_hash, expected = START, 1
    logged: set[tuple[str, str]] = set()
    async for entry in await session.stream_scalars(select(LogEntry).order_by(LogEntry.sequence)):
        if entry.sequence != expected:
            yield Finding("register.log_entries", str(expected), checks.MISSING)
        subject = (entry.kind, entry.subject_sha256)
        again = [msgid("It says again what was said before.")] if subject in logged else []
        for fault in [*checks.link_faults(entry, previous_hash), *_subject_faults(entry, seen), *again]:
            yield Finding("register.log_entries", str(entry.sequence), fault)
        logged.add(subject)
        previous_hash, expected = entry.hash, entry.sequence + 1
        seen.heads[entry.sequence] = entry.hash
    if known is not None and seen.heads.get(known[0]) != known[1]:
        yield Finding("register.log_entries", str(known[0]), msgid("It is not the head that is known from elsewhere."))
    for finding in _not_logged(seen, logged):
        yield finding


def _not_logged(seen: _Seen, logged: set[tuple[str, str]]) -> Iterable[Finding]:
    for sha256, (_, _, name) in seen.editions.items():
        if ("edition", sha256) not in logged:
            yield Finding("register.editions", name, checks.NOT_LOGGED)
    for sha256 in sorted(seen.owners_of_evidence):
        if ("evidence", sha256) not in logged:
            yield Finding("register.evidence_receipts", sha256, checks.NOT_LOGGED)


def _subject_faults(entry: LogEntry, seen: _Seen) -> list[str]:
    """What is wrong between an entry and what it is about."""
    if entry.kind == "edition":
        if entry.subject_sha256 not in seen.editions:
            return [msgid("The edition it tells of is missing.")]
        owner, published_at, _ = seen.editions[entry.subject_sha256]
        owners, is_dated = {owner}, published_at == entry.at
    else:
        if entry.subject_sha256 not in seen.owners_of_evidence:
            return [msgid("The evidence it tells of is missing.")]
        owners, is_dated = seen.owners_of_evidence[entry.subject_sha256], True
    faults = [] if owner_of(entry) in owners else [OTHER_OWNER]
    return faults if is_dated else [*faults, msgid("It gives another instant than the edition.")]


async def _checkpoints(session: AsyncSession, seen: _Seen, trusted: Keyring) -> AsyncIterator[Finding]:
    """Every signed head holds, every edition was signed when it was published, and nothing is newer than the last."""
    statement = select(Checkpoint, LogEntry).outerjoin(LogEntry, LogEntry.sequence == Checkpoint.sequence)
    signed: set[int] = set()
    for checkpoint, entry in await session.execute(statement.order_by(Checkpoint.id)):
        signed.add(checkpoint.sequence)
        faults = checks.checkpoint_faults(checkpoint, entry, trusted)
        if entry is not None and owner_of(entry) != owner_of(checkpoint):
            faults.append(OTHER_OWNER)
        for fault in faults:
            yield Finding("register.checkpoints", str(checkpoint.sequence), fault)
    editions = await session.scalars(select(LogEntry.sequence).where(LogEntry.kind == "edition"))
    newest = {max(seen.heads)} if seen.heads else set()
    for sequence in sorted((set(editions) | newest) - signed):
        yield Finding("register.checkpoints", str(sequence), checks.NOT_SIGNED)


async def _key_changes(changes: Sequence[KeyChange], seen: _Seen, trusted: Keyring) -> AsyncIterator[Finding]:
    """Each change is signed by both keys, or by the new one alone, and stands at the head that the log had then."""
    for change in changes:
        name = key_id_of(change.new_key)
        if not is_vouched_for(change):
            yield Finding("register.key_changes", name, checks.NOT_SIGNED_BY_KEY)
        elif not trusted.knows(change.new_key):
            yield Finding("register.key_changes", name, checks.UNKNOWN_KEY)
        if seen.heads.get(change.sequence, START) != change.head_hash:
            yield Finding("register.key_changes", name, checks.OTHER_HEAD)


async def _files(storage: Storage, seen: _Seen) -> AsyncIterator[Finding]:
    for sha256 in sorted(seen.files):
        try:
            content = await storage.get(blob_name(sha256))
        except NotFound:
            yield Finding("files", sha256, checks.MISSING)
            continue
        if sha256_of(content) != sha256:
            yield Finding("files", sha256, checks.WRONG_NAME)
