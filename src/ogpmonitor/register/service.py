"""Publishing: the only writer of the register.

One publication is one transaction: new documents, an edition, log entries, a signed checkpoint, the facts, and the jobs
that follow from it. It holds a lock of its own, so that editions and log entries are numbered without gaps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit import jobs
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict, Unavailable
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.register import queries
from ogpmonitor.register.documents import Document as AnyDocument
from ogpmonitor.register.documents import Manifest, ManifestEntry, PlanDocument, canonical, name_of
from ogpmonitor.register.facts import facts_of
from ogpmonitor.register.keys import newest_key
from ogpmonitor.register.log import START, SigningKey, checkpoint_text, entry_hash
from ogpmonitor.register.models import (
    Checkpoint,
    CommitmentFact,
    Document,
    Edition,
    EditionEntry,
    EvidenceReceipt,
    LogEntry,
    MilestoneFact,
    PlanFact,
)
from ogpmonitor.register.receipts import receipts_of

OTHER_KEY = msgid(
    "Nothing can be published for a moment: the key that signs was changed, and the service has yet to be restarted. "
    "What you wrote is kept."
)
LOG_LOCK = 7_264_902
EDITION_PUBLISHED = "ogp_edition_published"  # the channel on which every process hears of it, after commit
ORDER = {"plan": 0, "commitment": 1, "assessment": 2}


@dataclass(frozen=True)
class Address:
    """Which plan of which jurisdiction."""

    jurisdiction: str
    plan: str


async def append_edition(
    session: TenantSession,
    address: Address,
    documents: Sequence[AnyDocument],
    *,
    voice: Literal["government", "monitor"],
    key: SigningKey,
    replace_all: bool = False,
) -> Edition:
    """A new edition holds `documents` in place of those of the same kind and code, and every other one as it was.

    With `replace_all`, documents of this voice that are not given are dropped from the plan; what the other voice has
    published stays in any case, and the database refuses otherwise.

    Raises:
        Unavailable: the log is signed with another key now, and this process was not restarted since.
        Conflict: nothing differs from the newest edition, or what it holds was changed behind the register's back.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOG_LOCK)))
    previous = await queries.latest_edition(session, address.jurisdiction, address.plan)
    before = await queries.get_published(session, previous) if previous else None
    after = merged(before, documents, voice=voice, replace_all=replace_all)
    bodies = {place: _body(place, document, before) for place, document in after.items()}
    if before and {place: name_of(body) for place, body in bodies.items()} == {
        (entry.kind, entry.code): entry.document_sha256 for entry in before.entries
    }:
        raise Conflict("edition.nothing_new", msgid("Nothing has changed since the last edition."))
    now = utc_now().replace(microsecond=0)
    edition = _edition(address, previous, after, bodies, voice=voice, now=now)
    await _store(session, edition, bodies)
    await _write_log(session, edition, receipts_of(edition.sha256, after.values()), key=key, now=now)
    await _write_facts(session, edition, list(after.values()))
    await jobs.defer(session, "reports.render_edition", edition_sha256=edition.sha256)
    await session.execute(select(func.pg_notify(EDITION_PUBLISHED, f"{address.jurisdiction}/{address.plan}")))
    return edition


def _body(place: tuple[str, str], document: AnyDocument, before: queries.Published | None) -> bytes:
    """The bytes of one document of the next edition: those that were published, where it is carried over.

    Writing them anew would give what somebody changed in the database a name of its own, as if it had been published.
    """
    if before is None or before.documents.get(place) != document:
        return canonical(document)
    name = before.sha256_of(*place)
    body = before.bodies[name]
    if name_of(body) != name:
        raise Conflict("register.damaged", msgid("What was published before does not hold any more: verify it first."))
    return body


def merged(
    before: queries.Published | None, documents: Iterable[AnyDocument], *, voice: str, replace_all: bool = False
) -> dict[tuple[str, str], AnyDocument]:
    """What the next edition holds, in the order of its manifest: plan, commitments, assessments."""
    given: dict[tuple[str, str], AnyDocument] = {(document.kind, document.code): document for document in documents}
    kept: dict[tuple[str, str], AnyDocument] = dict(before.documents) if before else {}
    if replace_all:
        kept = {place: d for place, d in kept.items() if (place[0] == "assessment") == (voice == "government")}
    merged_documents = given | kept if replace_all else kept | given
    return dict(
        sorted(merged_documents.items(), key=lambda item: ORDER[item[0][0]])
    )  # stable: order within a kind stays


def _edition(
    address: Address,
    previous: Edition | None,
    after: Mapping[tuple[str, str], AnyDocument],
    bodies: Mapping[tuple[str, str], bytes],
    *,
    voice: Literal["government", "monitor"],
    now: datetime,
) -> Edition:
    submitted = any(
        isinstance(document, PlanDocument) and document.status != "co_creation" for document in after.values()
    )
    number = previous.number + 1 if previous else 1
    known_baseline = Manifest.model_validate_json(previous.body).baseline if previous else None
    is_baseline = submitted and known_baseline is None
    manifest = Manifest(
        jurisdiction=address.jurisdiction,
        plan=address.plan,
        number=number,
        voice=voice,
        is_baseline=is_baseline,
        baseline=number if is_baseline else known_baseline,
        published_at=now,
        previous=previous.sha256 if previous else None,
        documents=tuple(
            ManifestEntry(kind=document.kind, code=code, sha256=name_of(bodies[kind, code]))
            for (kind, code), document in after.items()
        ),
    )
    body = canonical(manifest)
    return Edition(
        sha256=name_of(body),
        jurisdiction=address.jurisdiction,
        plan=address.plan,
        number=manifest.number,
        voice=voice,
        is_baseline=manifest.is_baseline,
        published_at=now,
        body=body,
    )


async def _store(session: AsyncSession, edition: Edition, bodies: Mapping[tuple[str, str], bytes]) -> None:
    rows = [{"sha256": name_of(body), "kind": kind, "body": body} for (kind, _), body in bodies.items()]
    known = set(await session.scalars(select(Document.sha256).where(Document.sha256.in_([r["sha256"] for r in rows]))))
    fresh = [row for row in rows if row["sha256"] not in known]
    if fresh:
        await session.execute(insert(Document), fresh)
    session.add(edition)
    await session.flush()
    session.add_all(
        EditionEntry(
            edition_sha256=edition.sha256, kind=kind, code=code, position=position, document_sha256=name_of(body)
        )
        for position, ((kind, code), body) in enumerate(bodies.items())
    )
    await session.flush()


async def _write_log(
    session: AsyncSession, edition: Edition, receipts: Sequence[EvidenceReceipt], *, key: SigningKey, now: datetime
) -> None:
    """The edition and every piece of evidence the log does not know yet are appended, and the new head is signed."""
    if await newest_key(session) not in (None, key.public_key):
        raise Unavailable("log.other_key", OTHER_KEY)
    wanted = {receipt.sha256 for receipt in receipts}
    known = set(await session.scalars(select(LogEntry.subject_sha256).where(LogEntry.subject_sha256.in_(wanted))))
    session.add_all(receipts)
    head = (await session.scalars(select(LogEntry).order_by(LogEntry.sequence.desc()).limit(1))).one_or_none()
    sequence, previous_hash = (head.sequence, head.hash) if head else (0, START)
    for kind, subject in [*(("evidence", sha) for sha in sorted(wanted - known)), ("edition", edition.sha256)]:
        sequence += 1
        facts: dict[str, Any] = {"sequence": sequence, "kind": kind, "subject_sha256": subject, "at": now}
        entry = LogEntry(**facts, previous_hash=previous_hash, hash=entry_hash(**facts, previous_hash=previous_hash))
        session.add(entry)
        previous_hash = entry.hash
    await session.flush()
    session.add(
        Checkpoint(
            sequence=sequence,
            head_hash=previous_hash,
            at=now,
            key_id=key.key_id,
            public_key=key.public_key,
            signature=key.sign(checkpoint_text(sequence=sequence, head_hash=previous_hash, at=now)),
        )
    )
    await session.flush()


async def _write_facts(session: AsyncSession, edition: Edition, documents: Sequence[AnyDocument]) -> None:
    """The facts say what the newest edition says, and nothing older."""
    for table in (MilestoneFact, CommitmentFact, PlanFact):
        await session.execute(
            delete(table).where(table.jurisdiction == edition.jurisdiction, table.plan == edition.plan)
        )
    session.add_all(facts_of(edition, documents).rows)
    await session.flush()
