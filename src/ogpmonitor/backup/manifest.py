"""What a backup holds, part by part, and who signed that: enough to refuse one that was cut short or changed."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ogpmonitor.register.documents import canonical_json
from ogpmonitor.register.log import SigningKey, is_signed

MANIFEST, SIGNATURE, DUMP = "manifest.json", "manifest.signature.json", "database.dump"


class BackupRefused(Exception):  # noqa: N818  it reads as the fact it states
    """The message is one sentence for the operator; nothing was written where it is raised while restoring."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kept(_Part):
    """One file of a backup: its name below the folder, the SHA-256 of its bytes, and how many there are."""

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(ge=0)


class Head(_Part):
    """The newest signed head of the log: what anybody who kept a report can compare."""

    sequence: int
    head_hash: str
    public_key: str


class Sealed(_Part):
    """A table whose rows are guarded: its policies, by the SHA-256 of their definitions."""

    is_enabled: bool
    is_forced: bool
    policies_sha256: str


class State(_Part):
    """What one snapshot of a database says of itself; two equal ones hold the same."""

    revision: str
    head: Head | None
    rows: dict[str, int]
    sealed: dict[str, Sealed]


class Manifest(_Part):
    """What the backup was made of, by which release, and every file of it. Instants are UTC."""

    schema_: Literal["ogpmonitor/backup/1"] = Field("ogpmonitor/backup/1", alias="schema")
    release: str
    made_at: datetime
    server_major: int
    state: State
    parts: tuple[Kept, ...]
    damaged: tuple[str, ...] = ()  # files that were missing or wrong when the backup was made


class _Signature(_Part):
    public_key: str
    signature: str


def write_manifest(folder: Path, manifest: Manifest, key: SigningKey) -> None:
    """The backup in `folder` is finished: signed, and the manifest itself comes last."""
    body = canonical_json(json.loads(manifest.model_dump_json(by_alias=True)))
    signature = _Signature(public_key=key.public_key, signature=key.sign(body))
    (folder / SIGNATURE).write_text(signature.model_dump_json(), encoding="ascii")
    unfinished = folder / f".{MANIFEST}"
    unfinished.write_bytes(body)
    unfinished.rename(folder / MANIFEST)


def read_manifest(folder: Path, trusted: Iterable[str]) -> Manifest:
    """What the backup in `folder` says it holds, signed by one of the public keys (base64) that are `trusted`.

    Raises:
        BackupRefused: there is no finished backup, it is of another kind, or its signature does not hold.
    """
    try:
        body = (folder / MANIFEST).read_bytes()
        signed = _Signature.model_validate_json((folder / SIGNATURE).read_bytes())
        manifest = Manifest.model_validate_json(body)
    except OSError as error:
        raise BackupRefused(f"{folder} holds no finished backup ({error.strerror}: {error.filename}).") from error
    except ValidationError as error:
        raise BackupRefused(f"{folder} holds a backup that this version cannot read.") from error
    if not is_signed(body, signature=signed.signature, public_key=signed.public_key):
        raise BackupRefused(f"{folder}/{MANIFEST} was changed after it was signed.")
    if signed.public_key not in set(trusted):
        raise BackupRefused(
            f"The backup is signed by the key {signed.public_key}, which is not this deployment's. If you know that it "
            "was when the backup was made, say so with --key."
        )
    return manifest


def check_parts(folder: Path, manifest: Manifest) -> None:
    """Every file that `manifest` names is there with the bytes it names, and the dump is among them.

    Raises:
        BackupRefused: one is missing, shorter, longer or changed; the message names the first.
    """
    if DUMP not in {part.name for part in manifest.parts}:
        raise BackupRefused(f"The backup names no {DUMP}.")
    for part in manifest.parts:
        path = folder / part.name
        if not path.is_file():
            raise BackupRefused(f"{path} is missing from the backup.")
        found = kept(folder, part.name)
        if found.size_bytes != part.size_bytes:
            raise BackupRefused(f"{path} has {found.size_bytes} bytes and should have {part.size_bytes}.")
        if found.sha256 != part.sha256:
            raise BackupRefused(f"{path} was changed: its SHA-256 is not the one in {MANIFEST}.")


def kept(folder: Path, name: str) -> Kept:
    """The file `name` below `folder` as a manifest names it; reads all of it."""
    path = folder / name
    with path.open("rb") as file:
        return Kept(name=name, sha256=hashlib.file_digest(file, "sha256").hexdigest(), size_bytes=path.stat().st_size)
