"""Finding a fingerprint from what somebody typed: all of it, its beginning, or its two ends as pages print them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.register.models import Document, Edition, EvidenceReceipt, LogEntry

FEWEST_DIGITS = 8
MOST_MATCHES = 20
_TYPED = re.compile(r"([0-9a-f]+)(?:(?:…|\.{2,3})([0-9a-f]+))?")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A SHA-256, or as much of it as is known: how it begins and how it ends."""

    start: str
    end: str = ""

    @property
    def is_whole(self) -> bool:
        return len(self.start) == 64

    @classmethod
    def typed(cls, text: str) -> "Fingerprint | None":
        """What was typed, with spaces, capitals and a leading "sha256:" forgiven; None where it is no fingerprint."""
        plain = re.sub(r"\s+", "", text).lower().removeprefix("sha256:").removeprefix("sha-256:")
        match = _TYPED.fullmatch(plain)
        if match is None:
            return None
        start, end = match[1], match[2] or ""
        is_enough = FEWEST_DIGITS <= len(start) + len(end) <= 64 and len(start) >= 6
        return cls(start, end) if is_enough else None


@dataclass(frozen=True, slots=True)
class Match:
    """One fingerprint of the register, and what it names: edition, document, evidence or head."""

    sha256: str
    kind: str


async def matches(session: AsyncSession, wanted: Fingerprint) -> Sequence[Match]:
    """Every fingerprint of the register that begins and ends like this, in order, at most twenty."""
    columns = {
        "edition": Edition.sha256,
        "document": Document.sha256,
        "evidence": EvidenceReceipt.sha256,
        "head": LogEntry.hash,
    }
    # Every digit sorts before "g", in every collation: the beginning is found by an index.
    parts = [
        select(column.label("sha256"), literal(kind).label("kind"))
        .where(column >= wanted.start, column < f"{wanted.start}g", column.endswith(wanted.end))
        .distinct()
        for kind, column in columns.items()
    ]
    statement = union(*parts).order_by("sha256").limit(MOST_MATCHES)
    return [Match(row.sha256, row.kind) for row in await session.execute(statement)]
