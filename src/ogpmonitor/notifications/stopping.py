"""The link at the foot of every notice: it stops them without signing in, and tells whoever else reads it nothing."""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

from ogpmonitor.kit.errors import NotFound

LASTING = timedelta(days=730)


def token_for(secret: str, person_id: UUID) -> str:
    """A token that stops this person's notices. Encrypted: without `secret` it says only when it was made."""
    return _cipher(secret).encrypt(person_id.bytes).decode("ascii")


def person_in(secret: str, token: str) -> UUID:
    """Whose notices `token` stops. It holds for two years.

    Raises:
        NotFound: it was not made here, was altered, or is too old.
    """
    try:
        return UUID(bytes=_cipher(secret).decrypt(token.encode("ascii"), ttl=int(LASTING.total_seconds())))
    except (InvalidToken, ValueError) as error:
        raise NotFound("notice.link_unknown") from error


def _cipher(secret: str) -> Fernet:
    key = hmac.new(secret.encode(), b"ogpmonitor link that stops notices", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
