"""Which evidence an edition shows, as receipts: derived from its documents, so that anyone can derive them again."""

from collections.abc import Iterable
from uuid import UUID

from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import CommitmentDocument, Document, PlanDocument
from ogpmonitor.register.models import EvidenceReceipt
from ogpmonitor.register.parts import PublishedEvidence


def receipts_of(edition_sha256: str, documents: Iterable[Document]) -> list[EvidenceReceipt]:
    """One receipt for each piece of evidence that these documents show."""
    shown = {evidence.id: evidence for document in documents for evidence in evidence_in(document)}
    return [receipt_of(edition_sha256, evidence) for evidence in shown.values()]


def receipt_of(edition_sha256: str, evidence: PublishedEvidence) -> EvidenceReceipt:
    """What the register says of one piece of evidence beside the document that shows it."""
    return EvidenceReceipt(
        edition_sha256=edition_sha256,
        evidence_id=UUID(evidence.id),
        sha256=evidence.sha256,
        kind=evidence.kind,
        file_name=evidence.file_name,
        media_type=evidence.media_type,
        size_bytes=evidence.size_bytes,
        restricted=evidence.restricted,
    )


def evidence_in(document: Document) -> Iterable[PublishedEvidence]:
    """Every piece of evidence that `document` shows, in its order."""
    if isinstance(document, (PlanDocument, CommitmentDocument)):
        yield from document.evidence
        yield from (one.minute for one in document.amendments if one.minute)
    if isinstance(document, CommitmentDocument):
        for milestone in document.milestones:
            yield from milestone.evidence
    elif isinstance(document, AssessmentDocument):
        cited = (citation.own_file for answer in document.answers for citation in answer.citations)
        yield from (evidence for evidence in cited if evidence)
