"""The log: a hash chain whose head is signed, so that a copy of the head anywhere proves what came before it.

An entry's hash covers its own facts and the hash before it. A checkpoint signs (length, head) with Ed25519 (RFC 8032).
Nothing here touches the database.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ogpmonitor.register.documents import canonical_json

ORIGIN = "ogpmonitor/log/1"
START = hashlib.sha256(ORIGIN.encode()).hexdigest()


def written(at: datetime) -> str:
    """An instant as the log writes it: UTC, to the second, whatever zone the database answered in."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry_hash(*, sequence: int, kind: str, subject_sha256: str, at: datetime, previous_hash: str) -> str:
    """The hash of one entry, which is also the head of the chain that ends with it."""
    facts = {
        "sequence": sequence,
        "kind": kind,
        "subject": subject_sha256,
        "at": written(at),
        "previous": previous_hash,
    }
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def checkpoint_text(*, sequence: int, head_hash: str, at: datetime) -> bytes:
    """What a checkpoint's signature covers: four lines, for people and machines alike."""
    return f"{ORIGIN}\n{sequence}\n{head_hash}\n{written(at)}\n".encode()


@dataclass(frozen=True)
class SigningKey:
    """The deployment's Ed25519 key. Its id is the start of the hash of the public key."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The raw public key, in base64."""
        return base64.b64encode(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    @property
    def key_id(self) -> str:
        """The first sixteen hexadecimal digits of the SHA-256 of the raw public key."""
        return key_id_of(self.public_key)

    def sign(self, text: bytes) -> str:
        """The signature of `text`, in base64."""
        return base64.b64encode(self.private.sign(text)).decode()


def key_id_of(public_key: str) -> str:
    """The name of a public key (base64), "" for what is none."""
    try:
        return hashlib.sha256(base64.b64decode(public_key, validate=True)).hexdigest()[:16]
    except ValueError:
        return ""


def is_signed(text: bytes, *, signature: str, public_key: str) -> bool:
    """Whether `signature` over `text` was made by the holder of `public_key` (both base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_signing_key(path: Path) -> SigningKey:
    """The key in a PEM file.

    Raises:
        TypeError: the file holds something else than an unencrypted Ed25519 private key.
    """
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} does not hold an Ed25519 private key")
    return SigningKey(key)


def new_signing_key_pem() -> bytes:
    """A fresh key, as PEM. Whoever keeps it keeps it secret."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
