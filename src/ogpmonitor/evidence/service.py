"""Submitting and withdrawing evidence. A file is kept under its hash, the row says what it is called."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence, EvidenceSupport, Voice
from ogpmonitor.evidence.sniffing import safe_name, sniff
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted, TooLarge
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class About:
    """What is said of a piece of evidence, besides its bytes."""

    title: Localized
    dated_on: str | None = None
    restricted: bool = False
    demo: bool = False


def voice_of(actor: Actor) -> Voice:
    """In whose voice `actor` speaks."""
    return Voice.MONITOR if permits(actor, Permission.ASSESSMENT_WRITE) else Voice.GOVERNMENT


async def submit_file(
    session: AsyncSession, storage: Storage, upload: Upload, about: About, *, max_bytes: int, by: Actor
) -> Evidence:
    """The bytes are kept under their hash, and a new row names them. The same bytes twice are kept once.

    Raises:
        TooLarge: more than `max_bytes`.
        Invalid: not of a kind that may be kept.
    """
    if len(upload.content) > max_bytes:
        raise TooLarge("file.too_large", msgid("The file is larger than 10 MB. Make it smaller, or give a link to it."))
    media_type = sniff(upload.content, upload.file_name)
    sha256 = sha256_of(upload.content)
    await storage.put(blob_name(sha256), upload.content)
    evidence = _row(about, voice_of(by), utc_now(), kind="file", sha256=sha256)
    evidence.file_name = safe_name(upload.file_name, media_type)
    evidence.media_type = media_type
    evidence.size_bytes = len(upload.content)
    return await _submitted(session, evidence, by=by)


async def submit_link(session: AsyncSession, url: str, about: About, *, by: Actor) -> Evidence:
    """A new row keeps the address; its hash is that of the address.

    Raises:
        Invalid: not a web address.
    """
    check_link(url)
    evidence = _row(about, voice_of(by), utc_now(), kind="link", sha256=sha256_of(url.encode()))
    evidence.url = url
    return await _submitted(session, evidence, by=by)


def check_link(url: str) -> None:
    """Nothing, if `url` is an absolute http or https address.

    Raises:
        Invalid: it is something else.
    """
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and " " not in url
    except ValueError:
        fits = False
    if not fits or len(url) > 2000:
        raise Invalid("link.address", msgid("This is not an address. It should begin with https://"))


def _row(about: About, voice: Voice, now: datetime, *, kind: str, sha256: str) -> Evidence:
    return Evidence(
        voice=voice,
        kind=kind,
        title=about.title.model_dump(mode="json"),
        sha256=sha256,
        dated_on=about.dated_on,
        restricted=about.restricted,
        submitted_at=now,
        demo=about.demo,
    )


async def _submitted(session: AsyncSession, evidence: Evidence, *, by: Actor) -> Evidence:
    session.add(evidence)
    await session.flush()
    await audit.record(session, "evidence.submitted", by=by, about=evidence, after={"sha256": evidence.sha256})
    return evidence


async def support(session: AsyncSession, evidence: Evidence, milestone_id: UUID) -> None:
    """`evidence` supports this milestone; saying it twice says it once."""
    await session.merge(EvidenceSupport(evidence_id=evidence.id, milestone_id=milestone_id))
    await session.flush()


async def withdraw(session: AsyncSession, evidence: Evidence, *, reason: str, by: Actor) -> None:
    """`evidence` supports nothing from the next publication on; what was published stays readable.

    Raises:
        NotPermitted: `by` may not.
        Conflict: it was withdrawn before.
    """
    if not permits(by, Permission.EVIDENCE_WITHDRAW):
        raise NotPermitted(Permission.EVIDENCE_WITHDRAW)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence.withdrawn", msgid("This evidence was withdrawn before."))
    evidence.withdrawn_at = utc_now()
    await session.flush()
    await audit.record(session, "evidence.withdrawn", by=by, about=evidence, reason=reason or None)
