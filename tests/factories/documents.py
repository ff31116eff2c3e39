"""Documents as the register holds them, with dull defaults, and editions of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from tests.factories.cast import Cast

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.assessment_documents import AssessedEdition, AssessmentDocument, Rating
from ogpmonitor.register.documents import CommitmentDocument, Document, Jurisdiction, PlanDocument, PublishedMilestone
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.parts import PublishedEvidence
from ogpmonitor.register.queries import Told, published_plan
from ogpmonitor.register.service import Address, append_edition

SHA = "0" * 64


def said(text: str) -> Localized:
    return Localized.of("es", es=text, en=f"{text} (en)")


def a_plan(**given: Any) -> PlanDocument:
    default: dict[str, Any] = {
        "jurisdiction": Jurisdiction(slug="penalolen", name=said("Peñalolén"), country="CL"),
        "slug": "2021-2024",
        "title": said("Un plan"),
        "status": "ended",
        "source_language": "es",
        "submitted_on": PartialDate.parse("2021-11-16"),
        "ends_on": PartialDate.parse("2024-09"),
    }
    return PlanDocument(**default | given)


def a_milestone(code: str = "M1", **given: Any) -> PublishedMilestone:
    default: dict[str, Any] = {"code": code, "title": said("Un hito"), "due_on": PartialDate.parse("2024-06-30")}
    return PublishedMilestone(**default | given)


def a_completed_milestone(code: str, on: date, **given: Any) -> PublishedMilestone:
    return a_milestone(code, progress="completed", completed_on=on, **given)


def a_piece_of_evidence(**given: Any) -> PublishedEvidence:
    default: dict[str, Any] = {
        "id": "11111111-1111-4111-8111-111111111111",
        "kind": "link",
        "title": said("Acta"),
        "url": "https://example.org/acta",
        "sha256": SHA,
    }
    return PublishedEvidence(**default | given)


def a_commitment(code: str = "C1", **given: Any) -> CommitmentDocument:
    default: dict[str, Any] = {"code": code, "number": "1", "title": said("Un compromiso")}
    return CommitmentDocument(**default | given)


def an_assessment(commitment: str = "C1", completion: str = "substantial", **given: Any) -> AssessmentDocument:
    default: dict[str, Any] = {
        "code": f"end-of-commitment:{commitment}",
        "form": "end-of-commitment",
        "form_version": 1,
        "commitment": commitment,
        "assessed_edition": AssessedEdition(number=1, sha256=SHA),
        "evaluator": "Ente de monitoreo",
        "language": "es",
        "published_at": datetime(2024, 11, 12, 12, tzinfo=UTC),
        "answers": (),
        "ratings": (Rating(measures="completion", code=completion),),
    }
    return AssessmentDocument(**default | given)


@dataclass(frozen=True)
class ToldBy(Told):
    """A plan that nobody published."""

    given: Sequence[Document]

    @cached_property
    def documents(self) -> dict[tuple[str, str], Document]:
        return {(one.kind, one.code): one for one in self.given}


def told_by(*documents: Document) -> ToldBy:
    """A plan as these documents tell it."""
    return ToldBy(documents)


async def publish_as_government(
    cast: Cast, key: SigningKey, documents: Sequence[Document], plan: str = "2021-2024"
) -> Edition:
    """A new edition of Peñalolén's plan holds `documents` in place of what stood there."""
    async with cast.at("penalolen", cast.coordinator) as session:
        return await append_edition(session, Address("penalolen", plan), documents, voice="government", key=key)


async def the_published_plan(cast: Cast, plan: str = "2021-2024") -> PlanDocument:
    async with cast.database.register_session() as session:
        return (await published_plan(session, "penalolen", plan)).plan
