"""The drift log: what was changed in a plan after it was submitted, and why; told from the register alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.portal.evidence import EvidenceItem, evidence_items
from ogpmonitor.register.amended import AmendedWords, told_changes
from ogpmonitor.register.documents import CommitmentDocument, PublishedAmendment
from ogpmonitor.register.queries import Told


@dataclass(frozen=True, slots=True)
class Drift:
    """One amendment as the log tells it. Without a commitment it is of the plan itself."""

    id: str
    commitment: CommitmentDocument | None
    milestone: str
    made_at: datetime
    reason: str
    words: Localized
    changes: Sequence[AmendedWords]
    minute: Sequence[EvidenceItem]
    demo: bool


def amendments_in(published: Told) -> int:
    """How many amendments the edition tells of."""
    return sum(1 for _ in _amendments(published))


def drift_of(published: Told, lang: str, jurisdiction: str, *, commitment: str | None = None) -> list[Drift]:
    """Every amendment in the words of `lang`, the newest first; only of `commitment` and its milestones if given."""
    found = [
        _drift(document, one, lang, jurisdiction)
        for document, one in _amendments(published)
        if commitment is None or (document is not None and document.code == commitment)
    ]
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def _amendments(published: Told) -> Iterator[tuple[CommitmentDocument | None, PublishedAmendment]]:
    """The newest first where several were made in the same second, as the documents have them newest last."""
    for document in published.commitments:
        yield from ((document, one) for one in reversed(document.amendments))
    yield from ((None, one) for one in reversed(published.plan.amendments))


def _drift(document: CommitmentDocument | None, one: PublishedAmendment, lang: str, jurisdiction: str) -> Drift:
    return Drift(
        id=one.id,
        commitment=document,
        milestone=one.milestone or "",
        made_at=one.made_at,
        reason=load_amendment_reasons().label(one.reason, lang),
        words=one.words,
        changes=told_changes(one.changes, lang),
        minute=evidence_items([one.minute] if one.minute else [], jurisdiction),
        demo=one.demo,
    )
