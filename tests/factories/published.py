"""A published plan of one's own: two commitments, one with everything a public page can show, and its assessment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tests.factories.cast import Cast

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.kit.storage import Storage, blob_name, sha256_of
from ogpmonitor.register.assessment_documents import (
    AssessedEdition,
    AssessmentDocument,
    Citation,
    PublishedAnswer,
    Rating,
)
from ogpmonitor.register.documents import CommitmentDocument, Document, Jurisdiction, PlanDocument, PublishedMilestone
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.parts import PublishedEvidence, Source
from ogpmonitor.register.service import Address, append_edition
from ogpmonitor.settings import Settings

PLAN = "2031-2034"
ADDRESS = Address("penalolen", PLAN)
OPEN_FILE = b"barrio;arboles\nnorte;12\n"
SECRET_FILE = b"names that nobody may read"
OPEN_SHA256, SECRET_SHA256 = sha256_of(OPEN_FILE), sha256_of(SECRET_FILE)
OPEN_NAME, RESTRICTED_NAME = "árboles por barrio.csv", "nombres.txt"


def words(es: str, en: str) -> Localized:
    """A text in both languages."""
    return Localized.of("es", es=es, en=en)


def a_file(*, restricted: bool = False, **given: Any) -> PublishedEvidence:
    """A file that anyone may have, or one that nobody may."""
    content = SECRET_FILE if restricted else OPEN_FILE
    facts: dict[str, Any] = {
        "id": f"00000000-0000-4000-8000-00000000000{int(restricted)}",
        "kind": "file",
        "title": words("Nómina", "List of names") if restricted else words("Árboles por barrio", "Trees by quarter"),
        "file_name": RESTRICTED_NAME if restricted else OPEN_NAME,
        "media_type": "text/plain" if restricted else "text/csv",
        "size_bytes": len(content),
        "sha256": sha256_of(content),
        "restricted": restricted,
    }
    return PublishedEvidence(**{**facts, **given})


def a_milestone(code: str = "M1", **given: Any) -> PublishedMilestone:
    """A milestone that was completed twelve days late."""
    facts: dict[str, Any] = {
        "code": code,
        "title": words("Plantar árboles", "Plant trees"),
        "starts_on": PartialDate.parse("2024-01"),
        "due_on": PartialDate.parse("2024-06-30"),
        "progress": "completed",
        "progress_text": words("Se plantaron 400.", "400 were planted."),
        "started_on": date(2024, 1, 8),
        "completed_on": date(2024, 7, 12),
        "late_reason": words("Llovió mucho.", "It rained a lot."),
        "reported_at": datetime(2024, 7, 15, 12, tzinfo=UTC),
    }
    return PublishedMilestone(**{**facts, **given})


def a_commitment(code: str = "Verde1", **given: Any) -> CommitmentDocument:
    """A commitment whose only milestone is reported as completed, with an open and a restricted file."""
    facts: dict[str, Any] = {
        "code": code,
        "number": "1",
        "title": words("Más árboles en la ñuñería", "More trees in the square"),
        "problem": words("Falta sombra en las plazas.", "The squares lack shade."),
        "values": ("civic_participation",),
        "missing": ("sector",),
        "milestones": (a_milestone(evidence=(a_file(), a_file(restricted=True))),),
    }
    return CommitmentDocument(**{**facts, **given})


def a_plan(**given: Any) -> PlanDocument:
    """A plan that is being carried out."""
    facts: dict[str, Any] = {
        "jurisdiction": Jurisdiction(slug="penalolen", name=words("Peñalolén", "Peñalolén"), country="CL"),
        "slug": PLAN,
        "title": words("Plan de prueba 2031", "Test plan 2031"),
        "status": "submitted",
        "source_language": "es",
        "submitted_on": PartialDate.parse("2024-02-15"),
        "ends_on": PartialDate.parse("2034-06"),
        "cycle_ends_on": PartialDate.parse("2034-08"),
        "sources": (Source(title="A source"),),
    }
    return PlanDocument(**{**facts, **given})


def an_assessment(edition: Edition, commitment: str = "Verde1", **given: Any) -> AssessmentDocument:
    """The monitor rates completion as limited, and opening for participation as marginal."""
    citation = Citation(
        kind="published", title="Árboles", sha256=OPEN_SHA256, file_name=OPEN_NAME, media_type="text/csv"
    )
    facts: dict[str, Any] = {
        "code": f"end-of-commitment:{commitment}",
        "form": "end-of-commitment",
        "form_version": 1,
        "commitment": commitment,
        "assessed_edition": AssessedEdition(number=edition.number, sha256=edition.sha256),
        "evaluator": "Universidad de Prueba",
        "language": "es",
        "published_at": datetime(2024, 9, 1, 12, tzinfo=UTC),
        "answers": (
            PublishedAnswer(
                question="EOC1.1", value="limited", explanation="Se secaron casi todos.", citations=(citation,)
            ),
            PublishedAnswer(question="EOC1.2", value="No hubo riego."),
            PublishedAnswer(question="EOC2.1.2", value="applies", explanation="Hubo una reunión."),
            PublishedAnswer(question="EOC2.1.2D", value="marginal"),
        ),
        "ratings": (
            Rating(measures="completion", code="limited"),
            Rating(measures="diog", value="civic_participation", code="marginal"),
        ),
    }
    return AssessmentDocument(**{**facts, **given})


@dataclass(frozen=True)
class Publisher:
    """Publishes what it is given, as the government or as the monitor."""

    cast: Cast
    key: SigningKey

    async def government(self, *documents: Document, address: Address = ADDRESS, replace_all: bool = False) -> Edition:
        """A new edition by the coordinator."""
        async with self.cast.at(address.jurisdiction, self.cast.coordinator) as session:
            return await append_edition(
                session, address, documents, voice="government", key=self.key, replace_all=replace_all
            )

    async def monitor(self, *documents: AssessmentDocument, address: Address = ADDRESS) -> Edition:
        """A new edition by the monitor."""
        async with self.cast.at(address.jurisdiction, self.cast.monitor) as session:
            return await append_edition(session, address, documents, voice="monitor", key=self.key)

    async def story(self) -> Sequence[Edition]:
        """Three editions: promised, reported, rated."""
        nothing = dict.fromkeys(("progress_text", "started_on", "completed_on", "late_reason", "reported_at"))
        promised = a_commitment(milestones=(a_milestone(progress="not_started", **nothing),))
        other = a_commitment("Otro2", title=words("Otro compromiso", "Another commitment"), milestones=())
        first = await self.government(a_plan(), promised, other)
        second = await self.government(a_commitment())
        third = await self.monitor(an_assessment(second))
        return first, second, third


async def keep_files(settings: Settings) -> Storage:
    """The store holds both files."""
    storage = Storage.at(settings.files_url)
    for content in (OPEN_FILE, SECRET_FILE):
        await storage.put(blob_name(sha256_of(content)), content)
    return storage
