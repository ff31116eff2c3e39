"""What backs a report or an answer, as pages list it: a file with its address here, a link, or only a name."""

from collections.abc import Iterable
from dataclasses import dataclass

from ogpmonitor.method.evidence_kinds import load_evidence_kinds
from ogpmonitor.register.parts import PublishedEvidence


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence as the list of evidence shows it; `path` is the file's address, below the language."""

    title: object
    kind: str
    url: str
    path: str
    dated: object
    size_bytes: int | None
    media: str
    sha256: str
    demo: bool
    restricted: bool
    source: str = ""
    category: object = None  # what kind of evidence it is, as a localised text
    covers: tuple[object, object] = (None, None)


def evidence_items(evidence: Iterable[PublishedEvidence], jurisdiction: str) -> list[EvidenceItem]:
    """`evidence` as a page shows it. A link is followed only to the web; a restricted file has no address."""
    return [_item(one, jurisdiction) for one in evidence]


def _item(one: PublishedEvidence, jurisdiction: str) -> EvidenceItem:
    url = one.url if one.url and one.url.startswith(("https://", "http://")) else ""
    name = one.file_name or ""
    is_served = one.kind == "file" and name != "" and not one.restricted
    return EvidenceItem(
        title=one.title,
        kind=one.kind,
        url="" if one.restricted else url,
        path=f"{jurisdiction}/evidence/{one.sha256}/{name}" if is_served else "",
        dated=one.dated_on,
        size_bytes=one.size_bytes,
        media=name.rpartition(".")[2].upper(),
        sha256=one.sha256 if one.kind == "file" else "",
        demo=one.demo,
        restricted=one.restricted,
        source=one.source or "",
        category=known.label if (known := load_evidence_kinds().kind(one.category)) else None,
        covers=(one.covers_from, one.covers_to),
    )
