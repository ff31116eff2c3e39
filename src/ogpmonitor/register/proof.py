"""What one fingerprint stands for, recomputed now and step by step: for a page, not for the whole register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.register import checks, queries
from ogpmonitor.register.documents import Document as AnyDocument
from ogpmonitor.register.documents import Manifest, PlanDocument
from ogpmonitor.register.keys import Keyring
from ogpmonitor.register.log import START
from ogpmonitor.register.models import Checkpoint, Document, Edition, EditionEntry, EvidenceReceipt, LogEntry
from ogpmonitor.register.parts import PublishedEvidence
from ogpmonitor.register.receipts import evidence_in, receipts_of

REMOVED = msgid("The register speaks of it, but it is not there any more.")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was recomputed. `code` names it for the template; `faults` are English msgids, each said once.

    `failing` names the parts that failed, where there are several: codes of documents, ids of evidence.
    """

    code: str
    faults: Sequence[str] = ()
    failing: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """One document of an edition. `read` is None where its bytes are not the ones that were published."""

    kind: str
    code: str
    sha256: str
    read: AnyDocument | None
    faults: Sequence[str]

    @property
    def holds(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class LogPart:
    """Where the log speaks of something: its entry, and the first signed head that covers it."""

    steps: Sequence[Step]
    entry: LogEntry | None
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class EditionProof:
    """An edition, recomputed from its bytes to the signature that covers it."""

    edition: Edition
    manifest: Manifest | None
    steps: Sequence[Step]
    documents: Sequence[HeldDocument]
    receipts: int
    log: LogPart

    @property
    def holds(self) -> bool:
        return all(step.holds for step in self.steps)

    @property
    def plan(self) -> PlanDocument | None:
        """The plan's own document, where it can be read."""
        return next((one.read for one in self.documents if isinstance(one.read, PlanDocument)), None)

    def evidence(self, sha256: str) -> tuple[HeldDocument, PublishedEvidence] | None:
        """The first document that shows the evidence with this hash, and what it says of it."""
        shown = ((held, one) for held in self.documents if held.read for one in evidence_in(held.read))
        return next(((held, one) for held, one in shown if one.sha256 == sha256), None)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a fingerprint stands for: `kind` is edition, document, evidence, head, or removed.

    `steps` are those of the thing itself; `edition` is the first one that holds it, and `editions` are all of them.
    """

    sha256: str
    kind: str
    steps: Sequence[Step] = ()
    edition: EditionProof | None = None
    editions: Sequence[Edition] = ()
    log: LogPart | None = None

    @property
    def holds(self) -> bool:
        return all(step.holds for step in self.steps) and (self.edition is None or self.edition.holds)

    @property
    def document(self) -> HeldDocument | None:
        """The document that this fingerprint names, if it names one."""
        documents = self.edition.documents if self.edition else ()
        return next((one for one in documents if one.sha256 == self.sha256), None)


async def prove(session: AsyncSession, sha256: str, *, storage: Storage, trusted: Keyring) -> Proof | None:
    """What `sha256` stands for, with every step recomputed; None where the register has never heard of it.

    `trusted` are the keys that may sign.
    """
    edition = await session.get(Edition, sha256)
    if edition is not None:
        proof = await prove_edition(session, edition, trusted=trusted)
        return Proof(sha256, "edition", edition=proof, editions=[edition], log=proof.log)
    return (
        await _prove_document(session, sha256, trusted)
        or await _prove_evidence(session, sha256, storage, trusted)
        or await _prove_head(session, sha256, trusted)
    )


async def _prove_document(session: AsyncSession, sha256: str, trusted: Keyring) -> Proof | None:
    holding = select(EditionEntry.edition_sha256).where(EditionEntry.document_sha256 == sha256)
    editions = await _editions(session, holding)
    stored = await session.get(Document, sha256)
    if stored is None and not editions:
        return None
    steps = [Step("document", checks.document_faults(sha256, stored))]
    if not editions:
        return Proof(sha256, "document", [*steps, Step("held", [msgid("No edition holds it.")])])
    proof = await prove_edition(session, editions[0], trusted=trusted)
    return Proof(sha256, "document", steps, proof, editions, proof.log)


async def _prove_evidence(session: AsyncSession, sha256: str, storage: Storage, trusted: Keyring) -> Proof | None:
    editions = await _editions(session, select(EvidenceReceipt.edition_sha256).where(EvidenceReceipt.sha256 == sha256))
    if not editions:
        return None
    proof = await prove_edition(session, editions[0], trusted=trusted)
    log = await _prove_in_log(session, await queries.log_entry_of(session, sha256), trusted)
    shown = proof.evidence(sha256)
    if shown is not None and shown[1].kind == "link":
        own = Step("link", [] if sha256_of((shown[1].url or "").encode()) == sha256 else [checks.WRONG_NAME])
    else:
        own = Step("file", await _file_faults(storage, sha256))
    return Proof(sha256, "evidence", [own, *log.steps], proof, editions, log)


async def _file_faults(storage: Storage, sha256: str) -> list[str]:
    try:
        content = await storage.get(blob_name(sha256))
    except NotFound:
        return [checks.MISSING]
    return [] if sha256_of(content) == sha256 else [checks.WRONG_NAME]


async def _prove_head(session: AsyncSession, sha256: str, trusted: Keyring) -> Proof | None:
    """A head of the log, as reports print them; or something that the log knows and the register has lost."""
    entry = (await session.scalars(select(LogEntry).where(LogEntry.hash == sha256))).one_or_none()
    if entry is not None:
        log = await _prove_in_log(session, entry, trusted)
        return Proof(sha256, "head", log.steps, log=log)
    entry = await queries.log_entry_of(session, sha256)
    if entry is None:
        return None
    log = await _prove_in_log(session, entry, trusted)
    return Proof(sha256, "removed", [Step("there", [REMOVED]), *log.steps], log=log)


async def _editions(session: AsyncSession, wanted: object) -> Sequence[Edition]:
    statement = select(Edition).where(Edition.sha256.in_(wanted))  # type: ignore[arg-type]  # a subquery of names
    return (await session.scalars(statement.order_by(Edition.published_at, Edition.number))).all()


async def prove_edition(session: AsyncSession, edition: Edition, *, trusted: Keyring) -> EditionProof:
    """`edition` recomputed: its name, columns, documents, receipts, place in the history, and place in the log."""
    manifest = checks.read_manifest(edition.body)
    entries = await _rows_of(session, edition)
    documents = await _documents(session, manifest, entries)
    receipts = (
        await session.scalars(select(EvidenceReceipt).where(EvidenceReceipt.edition_sha256 == edition.sha256))
    ).all()
    log = await _prove_in_log(session, await queries.log_entry_of(session, edition.sha256), trusted)
    steps = [
        Step("name", checks.name_faults(edition)),
        Step("columns", checks.column_faults(edition, manifest) if manifest else [checks.UNREADABLE]),
        _gathered("documents", {one.code: one.faults for one in documents}),
        _gathered("entries", checks.entry_faults(entries, manifest) if manifest else {"": [checks.UNREADABLE]}),
        _receipts_step(edition, receipts, documents),
        Step("previous", await _order_faults(session, edition, manifest)),
        *log.steps,
    ]
    return EditionProof(edition, manifest, steps, documents, len(receipts), log)


async def _rows_of(session: AsyncSession, edition: Edition) -> Sequence[EditionEntry]:
    statement = select(EditionEntry).where(EditionEntry.edition_sha256 == edition.sha256)
    return (await session.scalars(statement.order_by(EditionEntry.position))).all()


async def _documents(
    session: AsyncSession, manifest: Manifest | None, entries: Sequence[EditionEntry]
) -> list[HeldDocument]:
    """Every document that the manifest names; without a readable manifest, that the database lists."""
    places = (
        [(one.kind, one.code, one.sha256) for one in manifest.documents]
        if manifest
        else [(one.kind, one.code, one.document_sha256) for one in entries]
    )
    rows = await session.scalars(select(Document).where(Document.sha256.in_([sha256 for _, _, sha256 in places])))
    stored = {row.sha256: row for row in rows}
    return [_held(kind, code, sha256, stored) for kind, code, sha256 in places]


def _held(kind: str, code: str, sha256: str, stored: Mapping[str, Document]) -> HeldDocument:
    row = stored.get(sha256)
    read = checks.read_stored(sha256, row.kind, row.body) if row else None
    return HeldDocument(kind, code, sha256, read, checks.document_faults(sha256, row, kind=kind))


def _receipts_step(edition: Edition, receipts: Sequence[EvidenceReceipt], documents: Sequence[HeldDocument]) -> Step:
    readable = [one.read for one in documents if one.read is not None]
    if len(readable) < len(documents):
        return Step("evidence", [msgid("It cannot be compared while a document fails.")])
    found = checks.receipt_faults(receipts, receipts_of(edition.sha256, readable))
    return _gathered("evidence", {str(evidence_id): faults for evidence_id, faults in found.items()})


def _gathered(code: str, faults: Mapping[str, Sequence[str]]) -> Step:
    """One step over several parts: which of them fail, and why."""
    wrong = {name: said for name, said in faults.items() if said}
    return Step(code, list(dict.fromkeys(fault for said in wrong.values() for fault in said)), list(wrong))


async def _order_faults(session: AsyncSession, edition: Edition, manifest: Manifest | None) -> list[str]:
    if manifest is None:
        return [checks.UNREADABLE]
    statement = select(Edition).where(
        Edition.jurisdiction == edition.jurisdiction, Edition.plan == edition.plan, Edition.number < edition.number
    )
    before = (await session.scalars(statement.order_by(Edition.number.desc()).limit(1))).one_or_none()
    told = checks.read_manifest(before.body) if before else None
    return checks.order_faults(manifest, told, before.sha256 if before else None)


async def _prove_in_log(session: AsyncSession, entry: LogEntry | None, trusted: Keyring) -> LogPart:
    """`entry` follows the one before it, every entry after it follows, and the first signed head holds."""
    if entry is None:
        return LogPart([Step("entry", [checks.NOT_LOGGED])], None, None)
    before = await session.get(LogEntry, entry.sequence - 1)
    previous_hash = before.hash if before else START if entry.sequence == 1 else ""
    own = Step("entry", checks.link_faults(entry, previous_hash))
    checkpoint = await queries.first_checkpoint_after(session, entry.sequence)
    if checkpoint is None:
        return LogPart([own, Step("signature", [checks.NOT_SIGNED])], entry, None)
    between = LogEntry.sequence.between(entry.sequence + 1, checkpoint.sequence)
    following = (await session.scalars(select(LogEntry).where(between).order_by(LogEntry.sequence))).all()
    head = next((one for one in (entry, *following) if one.sequence == checkpoint.sequence), None)
    steps = [
        own,
        Step("chain", _chain_faults(entry, following)),
        Step("signature", checks.checkpoint_faults(checkpoint, head, trusted)),
    ]
    return LogPart(steps, entry, checkpoint)


def _chain_faults(entry: LogEntry, following: Sequence[LogEntry]) -> list[str]:
    previous = entry
    for each in following:
        if each.sequence != previous.sequence + 1 or checks.link_faults(each, previous.hash):
            return [checks.CHAIN_BROKEN]
        previous = each
    return []
