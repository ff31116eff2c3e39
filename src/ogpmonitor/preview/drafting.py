"""A draft that reads like an edition: what publishing everything would say, beside what the monitor has published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.publishing import preview
from ogpmonitor.portal.evidence import EvidenceItem, evidence_items
from ogpmonitor.register import queries as register
from ogpmonitor.register.documents import Document, Jurisdiction
from ogpmonitor.register.parts import PublishedEvidence


@dataclass(frozen=True)
class Draft(register.Told):
    """The government's documents as they are now. It has no edition, no number and no fingerprint."""

    own: Sequence[Document]
    latest: register.Published | None

    @cached_property
    def documents(self) -> dict[tuple[str, str], Document]:
        """The government's, and after them the assessments of the newest edition."""
        rated = self.latest.assessments if self.latest else ()
        return {(one.kind, one.code): one for one in (*self.own, *rated)}

    def sha256_of(self, kind: str, code: str) -> str:
        return self.latest.sha256_of(kind, code) if self.latest and kind == "assessment" else ""


async def draft_of(session: AsyncSession, plan: Plan, jurisdiction: Jurisdiction) -> Draft:
    """`plan` (loaded whole) as the public would read it now. Writes nothing."""
    seen = await preview(session, plan, jurisdiction)
    return Draft(seen.documents, await register.get_published(session, seen.latest) if seen.latest else None)


def items_at_the_desk(evidence: Iterable[PublishedEvidence], jurisdiction: str) -> list[EvidenceItem]:
    """`evidence` with files at the workbench's own door: the public one opens nothing before it is published."""
    listed = list(evidence)
    return [
        replace(item, path=f"{jurisdiction}/workbench/evidence/{one.id}/") if item.path else item
        for one, item in zip(listed, evidence_items(listed, jurisdiction), strict=True)
    ]
