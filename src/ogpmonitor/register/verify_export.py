"""Verifies an exported edition from its own bytes: no database, no network, nothing but this file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ogpmonitor.kit.i18n import msgid
from ogpmonitor.register import checks
from ogpmonitor.register.documents import Manifest, canonical_json, name_of
from ogpmonitor.register.keys import Keyring
from ogpmonitor.register.log import checkpoint_text, entry_hash, is_signed, key_id_of
from ogpmonitor.register.parts import Sha256
from ogpmonitor.register.proof import Step

LARGEST_BYTES = 8 * 1024 * 1024
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
Text = Annotated[str, Field(max_length=500)]
Sequence = Annotated[int, Field(ge=1, lt=2**53)]


class NotAnExport(ValueError):  # noqa: N818  it reads as the fact it states
    """The file is not an exported edition."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class _Entry(_Part):
    sequence: Sequence
    kind: Text
    subject: Sha256
    at: Text
    previous: Sha256

    @property
    def hash(self) -> str:
        return entry_hash(
            sequence=self.sequence,
            kind=self.kind,
            subject_sha256=self.subject,
            at=_instant(self.at),
            previous_hash=self.previous,
        )


class SignedHead(_Part):
    """A signed head of the log, as an export or a report carries it."""

    sequence: Sequence
    head: Sha256
    at: Text
    key_id: Text
    public_key: Text
    signature: Text

    @property
    def is_signed(self) -> bool:
        """Whether the holder of its own public key signed it."""
        text = checkpoint_text(sequence=self.sequence, head_hash=self.head, at=_instant(self.at))
        return is_signed(text, signature=self.signature, public_key=self.public_key)


class _Log(_Part):
    entries: tuple[_Entry, ...]
    checkpoint: SignedHead


class _Export(_Part):
    schema_: Literal["ogpmonitor/export/1"] = Field(alias="schema")
    manifest: dict[str, JsonValue]
    documents: dict[str, dict[str, JsonValue]]
    log: _Log | None = None


@dataclass(frozen=True, slots=True)
class ExportVerdict:
    """What an exported edition proves by itself. `sha256` is the name that its manifest gives.

    Without a `checkpoint` it proves that it is complete and undamaged, not that the register ever published it.
    """

    sha256: str
    manifest: Manifest | None
    steps: tuple[Step, ...]
    checkpoint: SignedHead | None

    @property
    def holds(self) -> bool:
        return all(step.holds for step in self.steps)


def verify_export(content: bytes, *, trusted_keys: Keyring | None = None) -> ExportVerdict:
    """Every name in an exported edition recomputed from what stands under it, and its place in the log if it has one.

    `trusted_keys` are keys known from elsewhere; without them, the key it names is taken at its word.

    Raises:
        NotAnExport: it is some other file.
    """
    export = _read(content)
    body = canonical_json(export.manifest)
    sha256, manifest = name_of(body), checks.read_manifest(body)
    steps = [Step("manifest", [] if manifest else [checks.UNREADABLE])]
    if manifest is not None:
        steps.append(_documents_step(export.documents, manifest))
    if export.log is not None:
        steps += _log_steps(export.log, sha256, trusted_keys)
    return ExportVerdict(sha256, manifest, tuple(steps), export.log.checkpoint if export.log else None)


def _read(content: bytes) -> _Export:
    try:
        if len(content) > LARGEST_BYTES:
            raise NotAnExport
        export = _Export.model_validate_json(content)
        canonical_json(json.loads(content))
    except (ValueError, RecursionError) as error:  # Pydantic refuses what is nested too deep
        raise NotAnExport("this is not an exported edition") from error
    return export


def _documents_step(documents: Mapping[str, dict[str, JsonValue]], manifest: Manifest) -> Step:
    """Each document gives the name it stands under, and they are those of the manifest: none missing, none too many."""
    wrong: dict[str, str] = {}
    for one in manifest.documents:
        document = documents.get(one.sha256)
        if document is None:
            wrong[one.code] = checks.MISSING
        elif name_of(canonical_json(document)) != one.sha256:
            wrong[one.code] = checks.WRONG_NAME
        elif document.get("kind") != one.kind:
            wrong[one.code] = checks.OTHER_KIND
    for sha256 in sorted(documents.keys() - {one.sha256 for one in manifest.documents}):
        wrong[sha256] = msgid("The manifest does not name it.")
    return Step("documents", list(dict.fromkeys(wrong.values())), list(wrong))


def _log_steps(log: _Log, sha256: str, trusted: Keyring | None) -> list[Step]:
    first = log.entries[0] if log.entries else None
    is_about = first is not None and (first.kind, first.subject) == ("edition", sha256)
    chain = all(
        later.previous == earlier.hash and later.sequence == earlier.sequence + 1
        for earlier, later in zip(log.entries, log.entries[1:], strict=False)
    )
    head, last = log.checkpoint, log.entries[-1] if log.entries else None
    faults = []
    if last is None or (last.sequence, last.hash) != (head.sequence, head.head):
        faults.append(checks.OTHER_HEAD)
    if not head.is_signed or head.key_id != key_id_of(head.public_key):
        faults.append(checks.NOT_SIGNED_BY_KEY)
    if trusted is not None and not trusted.may_sign(head.public_key, head.sequence):
        faults.append(checks.OTHER_TIME if trusted.knows(head.public_key) else checks.UNKNOWN_KEY)
    return [
        Step("entry", [] if is_about else [checks.NOT_LOGGED]),
        Step("chain", [] if chain else [checks.CHAIN_BROKEN]),
        Step("signature", faults),
    ]


def _instant(written: str) -> datetime:
    """An instant as the log writes it; the beginning of time for anything else, which then gives another hash."""
    try:
        return datetime.strptime(written, _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
