"""Does it hold? One question each about bytes, rows and links of the chain, answered without a database.

Whatever does not hold is a fault: an English msgid, said to people in their own language. No fault means that it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ogpmonitor.kit.db import TenantOwned
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.register.documents import Document, Manifest, name_of, read_document
from ogpmonitor.register.keys import Keyring
from ogpmonitor.register.log import checkpoint_text, entry_hash, is_signed, key_id_of
from ogpmonitor.register.models import Checkpoint, Edition, EditionEntry, EvidenceReceipt, LogEntry

MISSING = msgid("It is missing.")
WRONG_NAME = msgid("Its bytes do not give its name.")
UNREADABLE = msgid("It cannot be read.")
OTHER_KIND = msgid("It is not of the kind that it is kept under.")
NOT_LOGGED = msgid("The log does not know it.")
NOT_SIGNED = msgid("No signed head of the log covers it.")
OTHER_HEAD = msgid("The log has another head there.")
UNKNOWN_KEY = msgid("It is signed by a key that this register does not use.")
OTHER_TIME = msgid("It is signed by a key that was not the one in use then.")
NOT_SIGNED_BY_KEY = msgid("Its signature does not hold.")
CHAIN_BROKEN = msgid("The chain breaks here.")


class Stored(Protocol):
    """A document as a row holds it."""

    kind: str
    body: bytes


def read_manifest(body: bytes) -> Manifest | None:
    """What a manifest says, or None where it cannot be read."""
    try:
        return Manifest.model_validate_json(body)
    except ValueError:
        return None


def read_stored(sha256: str, kind: str, body: bytes) -> Document | None:
    """What a document says, or None where its bytes are not the ones that were published, or cannot be read."""
    if name_of(body) != sha256:
        return None
    try:
        return read_document(kind, body)
    except (ValueError, KeyError):
        return None


def document_faults(sha256: str, stored: Stored | None, *, kind: str | None = None) -> list[str]:
    """What is wrong with the document called `sha256`; `kind` is what the manifest calls it."""
    if stored is None:
        return [MISSING]
    if name_of(stored.body) != sha256:
        return [WRONG_NAME]
    if read_stored(sha256, stored.kind, stored.body) is None or kind not in (None, stored.kind):
        return [OTHER_KIND]
    return []


def name_faults(edition: Edition) -> list[str]:
    """What is wrong with the bytes of an edition."""
    if name_of(edition.body) != edition.sha256:
        return [WRONG_NAME]
    return [] if read_manifest(edition.body) else [UNREADABLE]


def column_faults(edition: Edition, manifest: Manifest) -> list[str]:
    """What the columns of an edition say that its manifest does not."""
    names = ("jurisdiction", "plan", "number", "voice", "is_baseline", "published_at")
    if all(getattr(edition, name) == getattr(manifest, name) for name in names):
        return []
    return [msgid("Its columns do not say what its manifest says.")]


def entry_faults(entries: Sequence[EditionEntry], manifest: Manifest) -> Mapping[str, Sequence[str]]:
    """What the list of documents in the database says that the manifest does not, by kind and code."""
    told = {f"{one.kind} {one.code}": (place, one.sha256) for place, one in enumerate(manifest.documents)}
    kept = {f"{one.kind} {one.code}": (one.position, one.document_sha256) for one in entries}
    faults: dict[str, Sequence[str]] = {}
    for name in sorted(told.keys() | kept.keys()):
        if name not in kept:
            faults[name] = [MISSING]
        elif told.get(name) != kept[name]:
            faults[name] = [msgid("It is not what the manifest names.")]
    return faults


def order_faults(manifest: Manifest, before: Manifest | None, before_sha256: str | None) -> list[str]:
    """What is wrong between an edition and the one before it, which is None for the first."""
    faults = []
    if manifest.previous != before_sha256:
        faults.append(msgid("It does not follow the edition before it."))
    if manifest.number != (before.number + 1 if before else 1):
        faults.append(msgid("An edition before it is missing."))
    known_baseline = before.baseline if before else None
    baseline = manifest.number if manifest.is_baseline else known_baseline
    if manifest.baseline != baseline or (manifest.is_baseline and known_baseline is not None):
        faults.append(msgid("It names another baseline."))
    if _of_other_voice(manifest, manifest.voice) != _of_other_voice(before, manifest.voice):
        faults.append(msgid("It changes what the other voice published."))
    return faults


def _of_other_voice(manifest: Manifest | None, voice: str) -> set[tuple[str, str, str]]:
    documents = manifest.documents if manifest else ()
    return {(d.kind, d.code, d.sha256) for d in documents if (d.kind == "assessment") == (voice == "government")}


def receipt_faults(kept: Iterable[EvidenceReceipt], derived: Iterable[EvidenceReceipt]) -> Mapping[UUID, Sequence[str]]:
    """What is wrong with the receipts of one edition, by evidence; `derived` are those that its documents give."""
    kept_by_id = {receipt.evidence_id: columns_of(receipt) for receipt in kept}
    derived_by_id = {receipt.evidence_id: columns_of(receipt) for receipt in derived}
    faults: dict[UUID, Sequence[str]] = {}
    for evidence_id in sorted(kept_by_id.keys() | derived_by_id.keys()):
        if evidence_id not in kept_by_id:
            faults[evidence_id] = [MISSING]
        elif evidence_id not in derived_by_id:
            faults[evidence_id] = [msgid("No document of the edition shows it.")]
        elif kept_by_id[evidence_id] != derived_by_id[evidence_id]:
            faults[evidence_id] = [msgid("It does not say what the document says that shows it.")]
    return faults


def columns_of(row: Any) -> dict[str, object]:
    """What a row claims; the column that says whose row it is belongs to the plumbing."""
    plumbing = TenantOwned.__annotations__
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in plumbing}


def link_faults(entry: LogEntry, previous_hash: str) -> list[str]:
    """What is wrong with one entry of the log that follows the head `previous_hash`."""
    recomputed = entry_hash(
        sequence=entry.sequence,
        kind=entry.kind,
        subject_sha256=entry.subject_sha256,
        at=entry.at,
        previous_hash=previous_hash,
    )
    if entry.previous_hash != previous_hash or entry.hash != recomputed or not _is_whole(entry.at):
        return [CHAIN_BROKEN]
    return []


def checkpoint_faults(checkpoint: Checkpoint, head: LogEntry | None, trusted: Keyring) -> list[str]:
    """What is wrong with a signed head; `head` is the entry it stands at, `trusted` the keys that may sign."""
    faults = []
    text = checkpoint_text(sequence=checkpoint.sequence, head_hash=checkpoint.head_hash, at=checkpoint.at)
    if not trusted.may_sign(checkpoint.public_key, checkpoint.sequence):
        faults.append(OTHER_TIME if trusted.knows(checkpoint.public_key) else UNKNOWN_KEY)
    signed = is_signed(text, signature=checkpoint.signature, public_key=checkpoint.public_key)
    if not signed or not _is_whole(checkpoint.at):
        faults.append(NOT_SIGNED_BY_KEY)
    if checkpoint.key_id != key_id_of(checkpoint.public_key):
        faults.append(msgid("It gives its key another name."))
    if head is None or (head.hash, head.at) != (checkpoint.head_hash, checkpoint.at):
        faults.append(OTHER_HEAD)
    return faults


def _is_whole(at: datetime) -> bool:
    """Hashes cover instants to the second, so nothing may hide behind it."""
    return at.microsecond == 0
