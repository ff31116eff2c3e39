"""The end-of-term report tells what was asked, replied, declared, recommended and corrected: page, PDF and data."""

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from tests.factories.cast import Cast
from tests.factories.documents import (
    a_clarification,
    a_follow_up,
    a_mandate,
    a_recommendation,
    a_reply,
    a_right_of_reply,
    an_answer_to,
    how_it_was_assessed,
)
from tests.factories.published import PLAN, Publisher, a_commitment, a_plan, an_assessment, words
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.register.assessment_documents import AssessmentDocument, Correction
from ogpmonitor.register.log import SigningKey

ADDRESS = f"penalolen/plans/{PLAN}/reports/end-of-term"
LONG = "La cuadrilla del sector alto no alcanzó a regar en verano. " * 120
FORMER = "f" * 64


@pytest.fixture
def publisher(cast: Cast, key: SigningKey) -> Publisher:
    return Publisher(cast, key)


async def told(publisher: Publisher, **given: Any) -> AssessmentDocument:
    """A plan with one assessment that carries `given`, published."""
    other = a_commitment("Otro2", title=words("Otro compromiso", "Another commitment"), milestones=())
    plan = a_plan(mandates=(a_mandate(),), recommendation_answers=(an_answer_to(),))
    document = an_assessment(await publisher.government(plan, a_commitment(), other), **given)
    await publisher.monitor(document)
    return document


def everything() -> dict[str, Any]:
    return how_it_was_assessed() | {
        "right_of_reply": a_right_of_reply(a_reply(), a_reply("EOC2.1.2", text=LONG)),
        "clarifications": (
            a_clarification(question="EOC1.2", answer="Viven 200.", answered_on=date(2024, 7, 13)),
            a_clarification(milestone="Verde1/M1", asked="¿Dónde está el acta?"),
        ),
        "recommendations": (a_recommendation(), a_recommendation("r2", text="Publicar el catastro.")),
        "follow_ups": (a_follow_up("r0", state="not_followed"),),
        "corrects": Correction(sha256=FORMER, published_on=date(2024, 9, 1), reason="Se contó mal."),
        "version": 2,
    }


SENTENCES = {
    "es": [
        "Los árboles se replantaron en agosto.", "Sin réplica dentro de 14 días.", "3 días de atraso",
        "Sin respuesta hasta el 10 jul 2024.", "El monitor 1 declara no tener conflictos de interés",
        "Para: Dirección de Aseo y Ornato", "El gobierno la acepta. Se licitará el riego en 2025.",
        "El gobierno aún no responde.", "El ente de monitoreo constató que no se siguió.",
        "Esta es la versión 2, una corrección. Reemplaza lo que se publicó el 1 sep 2024. Motivo: Se contó mal.",
        "Quién puede evaluar este plan Universidad de Prueba",
    ],
    "en": [
        "No reply within 14 days.", "3 days late", "No answer by 10 Jul 2024.", "How this was assessed",
        "Monitor 1 declares no conflict of interest", "The government accepts it.",
        "The government has not answered yet.", "The monitor found it not followed.",
        "This is version 2, a correction",
    ],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_report_tells_what_was_said_around_an_assessment(
    site: Site, publisher: Publisher, cast: Cast, lang: str
) -> None:
    await told(publisher, **everything())

    page = (await site.client.get(f"/{lang}/{ADDRESS}.html")).text

    assert [one for one in SENTENCES[lang] if one not in said(page)] == []
    assert f"/{lang}/verify/{FORMER}" in page
    assert cast.monitor.name not in page


async def test_the_report_of_an_assessment_from_before_keeps_its_answers_alone(
    site: Site, publisher: Publisher
) -> None:
    await told(publisher)

    page = (await site.client.get(f"/es/{ADDRESS}.html")).text

    assert "report-answer--heard" not in page
    assert "No se pidió al gobierno que comentara antes de la publicación." in said(page)
    assert [one for one in ("Sin réplica", "una corrección", "Preguntado por") if one in page] == []


async def test_the_pdf_carries_long_replies_whole_and_stays_tagged(site: Site, publisher: Publisher) -> None:
    await told(publisher, **everything())

    answer = await site.client.get(f"/es/{ADDRESS}.pdf")

    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text().replace("\N{HYPHEN}\n", "").split()) for page in pdf.pages)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1<" in pdf.trailer["/Root"]["/Metadata"].get_data()
    assert text.count("sector alto") == 120
    assert "Los árboles se replantaron en agosto." in text
    assert text.count("Sin réplica dentro de 14 días.") == 2
    assert min(len(page.extract_text()) for page in pdf.pages[1:]) > 200


async def test_the_data_carry_the_assessment_whole(site: Site, publisher: Publisher) -> None:
    document = await told(publisher, **everything())

    exported = (await site.client.get(f"/es/{ADDRESS}.json")).json()["documents"].values()

    (carried,) = [one for one in exported if one["kind"] == "assessment"]
    (plan,) = [one for one in exported if one["kind"] == "plan"]
    assert AssessmentDocument.model_validate(carried) == document
    assert carried["right_of_reply"]["replies"][0]["text"] == "Los árboles se replantaron en agosto."
    assert plan["recommendation_answers"][0]["answer"] == "accepted"
    assert plan["mandates"][0]["body"] == "Universidad de Prueba"
