"""Drafts and published assessments with dull answers, about Peñalolén's published plan."""

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.assessments import publishing, queries, second, sending, service
from ogpmonitor.assessments.answering import citable_evidence
from ogpmonitor.assessments.declaring import NO_CONFLICT, declare
from ogpmonitor.assessments.models import Assessment
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.assessments.service import Attachments
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.storage import Storage
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import clean_answers, visible_questions
from ogpmonitor.register.assessment_documents import Citation
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.queries import published_plan

PENALOLEN, PLAN, FORM = "penalolen", "2021-2024", "end-of-commitment"
ZONE = ZoneInfo("America/Santiago")
LINK = Citation(kind="link", title="Acta", url="https://example.org/acta")


def full_answers(sheet: Sheet | None = None, **given: Given) -> dict[str, Given]:
    """Answers that can be published; with a sheet the verdict cites what the government published."""
    published = citable_evidence(sheet)[:1] if sheet else []
    cited = tuple(Citation.of(one.evidence, "es") for one in published) or (LINK,)
    return {
        "EOC1.1": Given("substantial", "Casi todo se hizo.", "Una entrevista.", cited),
        "EOC1.2": Given("El presupuesto llegó tarde."),
        "EOC1.3": Given("planned_most", "Con un atraso."),
        "EOC2.1.1": Given("applies", "Se publicó un informe.", "", (LINK,)),
        "EOC2.1.1D": Given("marginal"),
        "EOC2.1.2": Given("not_applicable"),
        "EOC2.1.3": Given("not_applicable"),
        "EOC2.2": Given("yes", "En parte."),
        "EOC3.1": Given("Empezar antes."),
        **given,
    }


def whole_answers(sheet: Sheet) -> dict[str, Given]:
    """The first answer to every question of any form, with all it takes to be published; commitments included."""
    answers: dict[str, Given] = {}
    while len(answers) < len(shown := visible_questions(sheet.form, _judged(answers), sheet.asked_of)):
        for asking in shown:
            scale = sheet.form.scale_of(asking.question)
            value = scale.options[0].code if scale else f"Respuesta a {asking.key}."
            answers.setdefault(asking.key, Given(value, f"Porque {asking.key}.", "", (LINK,)))
    cleaned = clean_answers(sheet.form, _judged(answers), sheet.asked_of)
    return {key: answers[key].cleaned_as(answer) for key, answer in cleaned.items()}


def _judged(answers: Mapping[str, Given]) -> dict[str, Answer]:
    return {key: given.as_answer() for key, given in answers.items()}


async def a_whole_draft(
    session: TenantSession, by: Actor, *, form: str = "end-of-term", commitment: str | None = None
) -> Sheet:
    """A draft on any form that can be sent and published as it is."""
    draft = await a_draft(session, by, commitment=commitment, form=form)
    sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
    await service.save_draft(session, sheet, whole_answers(sheet), version=draft.version, evaluator="Ente", by=by)
    return await queries.get_sheet(session, PENALOLEN, draft.id)


async def a_draft(
    session: TenantSession, by: Actor, *, commitment: str | None = "CLPLN0002", form: str = FORM, plan: str = PLAN
) -> Assessment:
    """A draft about the newest edition."""
    published = await published_plan(session, PENALOLEN, plan)
    return await service.start(
        session,
        published,
        service.latest_form(form),
        commitment=commitment,
        evaluator="Ente",
        declared=NO_CONFLICT,
        by=by,
        demo=True,
    )


async def a_filled_draft(
    session: TenantSession,
    by: Actor,
    answers: Mapping[str, Given] | None = None,
    *,
    commitment: str = "CLPLN0002",
    storage: Storage | None = None,
) -> Sheet:
    """A draft with answers; with a storage its first answer rests on a file of the monitor's own."""
    draft = await a_draft(session, by, commitment=commitment)
    sheet = await queries.get_sheet(session, PENALOLEN, draft.id)
    uploads = {"EOC1.1": [Upload("acta.txt", b"Acta reservada del ente")]}
    await service.save_draft(
        session,
        sheet,
        full_answers(sheet) if answers is None else answers,
        version=draft.version,
        evaluator="Ente",
        by=by,
        attachments=Attachments(storage, 10_000, uploads) if storage else None,
    )
    return sheet


async def a_published_assessment(
    session: TenantSession, by: Actor, key: SigningKey, *, commitment: str = "CLPLN0002"
) -> tuple[Sheet, Edition]:
    """A published assessment, and the edition that first holds it."""
    sheet = await a_filled_draft(session, by, commitment=commitment)
    edition = await publishing.publish(session, sheet, version=sheet.assessment.version, key=key, by=by)
    return sheet, edition


async def a_second_review(session: TenantSession, assessment_id: UUID, by: Actor, **rated: tuple[str, str]) -> Sheet:
    """`by` reviews the draft blind and has rated some of it; it is not handed in."""
    sheet = await queries.get_sheet(session, PENALOLEN, assessment_id)
    await declare(session, sheet.assessment, NO_CONFLICT, by=by)
    await second.begin(session, sheet, by=by)
    blind = await queries.get_sheet(session, PENALOLEN, assessment_id)
    await second.rate(session, blind, rated or {"EOC1.1": ("limited", "Poco se ve.")}, by=by)
    return await queries.get_sheet(session, PENALOLEN, assessment_id)


async def a_sent_assessment(
    session: TenantSession, by: Actor, *, form: str = "end-of-term", commitment: str | None = None
) -> Sheet:
    """An assessment to which the government may reply for fourteen days."""
    sheet = await a_whole_draft(session, by, form=form, commitment=commitment)
    await sending.send(session, sheet, version=sheet.assessment.version, zone=ZONE, by=by)
    return await queries.get_sheet(session, PENALOLEN, sheet.assessment.id)
