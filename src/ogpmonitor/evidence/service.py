"""Submitting and withdrawing evidence. A file is kept under its hash, the row says what it is called."""

import asyncio
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
from ogpmonitor.kit.images import PICTURES, NotAPicture, preview, without_metadata
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
    category: str = "document"  # a code of method/evidence_kinds.toml
    covers_from: str | None = None
    covers_to: str | None = None
    source: str | None = None


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
    made = await asyncio.to_thread(_made_ready, upload, max_bytes)
    await storage.put(blob_name(made.sha256), made.content)
    if made.preview is not None:
        await storage.put(blob_name(sha256_of(made.preview)), made.preview)
    evidence = _row(about, voice_of(by), utc_now(), kind="file", sha256=made.sha256)
    evidence.file_name = safe_name(upload.file_name, made.media_type)
    evidence.media_type = made.media_type
    evidence.size_bytes = len(made.content)
    evidence.sent_sha256 = made.sent_sha256
    evidence.preview_sha256 = sha256_of(made.preview) if made.preview is not None else None
    return await _submitted(session, evidence, by=by)


@dataclass(frozen=True)
class _Made:
    """A file as it is kept. `sent_sha256` is of the bytes that were sent, where something was taken out of them."""

    content: bytes
    sha256: str
    media_type: str
    sent_sha256: str | None
    preview: bytes | None


def _made_ready(upload: Upload, max_bytes: int) -> _Made:
    """Checked, and a picture without its metadata. Takes as long as the file is large."""
    media_type = check_file(upload, max_bytes=max_bytes)
    content, shown = upload.content, None
    if media_type in PICTURES:
        try:
            content = without_metadata(content, media_type)
            shown = preview(content)
        except NotAPicture as error:
            raise Invalid("file.picture", msgid("This picture is damaged. Save it again and send that.")) from error
    sent = sha256_of(upload.content) if content != upload.content else None
    return _Made(content, sha256_of(content), media_type, sent, shown)


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
        category=about.category,
        covers_from=about.covers_from,
        covers_to=about.covers_to,
        source=about.source,
    )


async def _submitted(session: AsyncSession, evidence: Evidence, *, by: Actor) -> Evidence:
    evidence.submitted_by = by.id
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
