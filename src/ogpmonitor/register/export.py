"""One edition as a file that proves itself: its manifest, its documents and, if asked for, its place in the log."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.register import queries
from ogpmonitor.register.documents import canonical_json
from ogpmonitor.register.log import written
from ogpmonitor.register.models import Checkpoint, LogEntry

SCHEMA = "ogpmonitor/export/1"


@dataclass(frozen=True, slots=True)
class LogProof:
    """Why the log vouches for an edition: its entry, those that follow up to the first signed head, and that head."""

    entries: Sequence[LogEntry]
    checkpoint: Checkpoint


def export_edition(published: queries.Published, proof: LogProof | None = None) -> bytes:
    """The whole edition as canonical JSON: `{"schema", "manifest", "documents": {sha256: document}, "log"}`.

    The same edition (with the same proof) gives the same bytes for ever. Every name in it is the SHA-256 of the
    canonical JSON (RFC 8785) of what stands under it; the edition's own name is that of `manifest`. `log` stands there
    only with a proof. `register.verify_export` reads it back.
    """
    exported: dict[str, Any] = {
        "schema": SCHEMA,
        "manifest": json.loads(published.edition.body),
        "documents": {sha256: json.loads(body) for sha256, body in published.bodies.items()},
    }
    if proof is not None:
        exported["log"] = _log(proof)
    return canonical_json(exported)


async def log_proof(session: AsyncSession, sha256: str) -> LogProof | None:
    """Why the log vouches for the edition of this name; None where it does not know it or has not signed it."""
    entry = await queries.log_entry_of(session, sha256)
    checkpoint = await queries.first_checkpoint_after(session, entry.sequence) if entry else None
    if entry is None or checkpoint is None:
        return None
    statement = select(LogEntry).where(LogEntry.sequence.between(entry.sequence, checkpoint.sequence))
    entries = (await session.scalars(statement.order_by(LogEntry.sequence))).all()
    return LogProof(entries, checkpoint)


def _log(proof: LogProof) -> dict[str, Any]:
    checkpoint = proof.checkpoint
    return {
        "entries": [
            {
                "sequence": entry.sequence,
                "kind": entry.kind,
                "subject": entry.subject_sha256,
                "at": written(entry.at),
                "previous": entry.previous_hash,
            }
            for entry in proof.entries
        ],
        "checkpoint": {
            "sequence": checkpoint.sequence,
            "head": checkpoint.head_hash,
            "at": written(checkpoint.at),
            "key_id": checkpoint.key_id,
            "public_key": checkpoint.public_key,
            "signature": checkpoint.signature,
        },
    }
