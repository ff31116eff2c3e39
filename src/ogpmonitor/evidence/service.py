"""Submitting and withdrawing evidence. A file is kept under its hash, the row says what it is called."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import OwedByUnit, Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence, EvidenceSupport, Voice
from ogpmonitor.evidence.sniffing import safe_name, sniff
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted, TooLarge
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of

LONGEST_LINK = 2000


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


def check_file(upload: Upload, *, max_bytes: int) -> str:
    """The media type of `upload`, which may be kept.

    Raises:
        TooLarge: more than `max_bytes`.
        Invalid: not of a kind that may be kept.
    """
    if len(upload.content) > max_bytes:
        raise TooLarge("file.too_large", msgid("The file is larger than 10 MB. Make it smaller, or give a link to it."))
    return sniff(upload.content, upload.file_name)


async def submit_file(
    session: AsyncSession,
    storage: Storage,
    upload: Upload,
    about: About,
    *,
    max_bytes: int,
    by: Actor,
    backing: OwedByUnit | None = None,
) -> Evidence:
    """The bytes are kept under their hash, and a new row names them. The same bytes twice are kept once.

    `backing` is what it is to support, where that decides who may submit it.

    Raises:
        NotPermitted: `by` may not.
        TooLarge: more than `max_bytes`.
        Invalid: not of a kind that may be kept.
    """
    _permit(by, Permission.EVIDENCE_SUBMIT, backing)
    media_type = check_file(upload, max_bytes=max_bytes)
    sha256 = sha256_of(upload.content)
    await storage.put(blob_name(sha256), upload.content)
    evidence = _row(about, voice_of(by), utc_now(), kind="file", sha256=sha256)
    evidence.file_name = safe_name(upload.file_name, media_type)
    evidence.media_type = media_type
    evidence.size_bytes = len(upload.content)
    return await _submitted(session, evidence, by=by)


async def submit_link(
    session: AsyncSession, url: str, about: About, *, by: Actor, backing: OwedByUnit | None = None
) -> Evidence:
    """A new row keeps the address; its hash is that of the address.

    Raises:
        NotPermitted: `by` may not.
        Invalid: not a web address.
    """
    _permit(by, Permission.EVIDENCE_SUBMIT, backing)
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
        fits = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and url.isprintable()
    except ValueError:
        fits = False
    if not fits or " " in url or len(url) > LONGEST_LINK:
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


def _permit(by: Actor, permission: Permission, backing: OwedByUnit | None) -> None:
    if not permits(by, permission, backing):
        raise NotPermitted(permission, msgid("Another unit answers for this milestone."))


async def support(session: AsyncSession, evidence: Evidence, milestone_id: UUID) -> None:
    """`evidence` supports this milestone; saying it twice says it once."""
    said = insert(EvidenceSupport).values(id=uuid4(), evidence_id=evidence.id, milestone_id=milestone_id)
    await session.execute(said.on_conflict_do_nothing())


async def withdraw(
    session: AsyncSession, evidence: Evidence, *, reason: str, by: Actor, backing: OwedByUnit | None = None
) -> None:
    """`evidence` supports nothing from the next publication on; what was published stays readable.

    Raises:
        NotPermitted: `by` may not; of what its own unit owes only (`backing`), if it is a contact.
        Conflict: it was withdrawn before.
    """
    _permit(by, Permission.EVIDENCE_WITHDRAW, backing)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence.withdrawn", msgid("This evidence was withdrawn before."))
    evidence.withdrawn_at = utc_now()
    await session.flush()
    await audit.record(session, "evidence.withdrawn", by=by, about=evidence, reason=reason or None)
