"""Documents as the register holds them, with dull defaults, and editions of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from tests.factories.cast import Cast

from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.assessment_documents import (
    AssessedEdition,
    AssessmentDocument,
    Clarification,
    Declaration,
    Finding,
    FollowUp,
    Mandate,
    PublishedAnswer,
    Rating,
    Recommendation,
    Recusal,
    Reply,
    RightOfReply,
    SecondReview,
    Settled,
)
from ogpmonitor.register.documents import (
    CommitmentDocument,
    Document,
    Jurisdiction,
    PlanDocument,
    PublishedMilestone,
    RecommendationAnswer,
)
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


def a_mandate(**given: Any) -> Mandate:
    default: dict[str, Any] = {
        "body": "Universidad de Prueba",
        "contact": "monitoreo@example.org",
        "mandate": said("Convenio con el foro"),
        "starts_on": date(2023, 1, 2),
        "ends_on": date(2025, 12, 31),
        "confirmed_on": date(2023, 2, 3),
        "confirmed_by": "ogp_staff",
    }
    return Mandate(**default | given)


def a_reply(question: str = "EOC1.1", finding: PublishedAnswer | None = None, **given: Any) -> Reply:
    """The government replies to the answer as it stands in `finding`."""
    seen = finding or PublishedAnswer(question=question, value="limited", explanation="Se secaron casi todos.")
    default: dict[str, Any] = {
        "question": question,
        "text": "Los árboles se replantaron en agosto.",
        "replied_on": date(2024, 8, 20),
        "finding": Finding(value=seen.value, explanation=seen.explanation),
    }
    return Reply(**default | given)


def a_right_of_reply(*replies: Reply, **given: Any) -> RightOfReply:
    default: dict[str, Any] = {
        "sent_on": date(2024, 8, 14),
        "until": date(2024, 8, 28),
        "days": 14,
        "replies": replies,
    }
    return RightOfReply(**default | given)


def a_clarification(**given: Any) -> Clarification:
    default: dict[str, Any] = {
        "asked": "¿Cuántos árboles viven?",
        "asked_on": date(2024, 7, 1),
        "due_on": date(2024, 7, 10),
    }
    return Clarification(**default | given)


def a_recommendation(name: str = "r1", **given: Any) -> Recommendation:
    default: dict[str, Any] = {
        "id": name,
        "text": "Contratar el riego de las plazas.",
        "addressee": "Dirección de Aseo y Ornato",
        "commitment": "Verde1",
    }
    return Recommendation(**default | given)


def an_answer_to(name: str = "r1", **given: Any) -> RecommendationAnswer:
    default: dict[str, Any] = {
        "recommendation": name,
        "answer": "accepted",
        "words": said("Se licitará el riego en 2025."),
        "answered_on": date(2024, 10, 2),
    }
    return RecommendationAnswer(**default | given)


def a_follow_up(name: str = "r1", **given: Any) -> FollowUp:
    default: dict[str, Any] = {
        "recommendation": name,
        "text": "Contratar el riego de las plazas.",
        "state": "partly",
        "words": "Hay contrato para dos plazas.",
    }
    return FollowUp(**default | given)


def how_it_was_assessed() -> dict[str, Any]:
    """Fields of an assessment that say who made it: two monitors by number, one of whom kept away from something."""
    differed = Settled(question="EOC1.1", first="limited", second="substantial", words="Solo la mitad vive.")
    return {
        "mandate": a_mandate(),
        "declarations": (
            Declaration(monitor=1, has_conflict=False, statement="", declared_on=date(2024, 6, 3)),
            Declaration(monitor=2, has_conflict=True, statement="Asesoró a otro.", declared_on=date(2024, 6, 4)),
        ),
        "recusals": (Recusal(monitor=2, commitment="Otro2", reason="Trabajó allí."),),
        "second_review": SecondReview(handed_in_on=date(2024, 7, 30), compared=4, differed=1, settled=(differed,)),
        "newer_edition": AssessedEdition(number=5, sha256="1" * 64),
    }


async def publish_as_government(
    cast: Cast, key: SigningKey, documents: Sequence[Document], plan: str = "2021-2024"
) -> Edition:
    """A new edition of Peñalolén's plan holds `documents` in place of what stood there."""
    async with cast.at("penalolen", cast.coordinator) as session:
        return await append_edition(session, Address("penalolen", plan), documents, voice="government", key=key)


async def the_published_plan(cast: Cast, plan: str = "2021-2024") -> PlanDocument:
    async with cast.database.register_session() as session:
        return (await published_plan(session, "penalolen", plan)).plan
