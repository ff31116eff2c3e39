"""What government and monitor said to each other about an assessment, and what became of it, in public."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
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

from ogpmonitor.register.assessment_documents import AssessmentDocument, Correction, PublishedAnswer, Rating
from ogpmonitor.register.models import Edition
from ogpmonitor.register.queries import get_published

ROOT = f"penalolen/plans/{PLAN}/"
ADDRESS = f"{ROOT}assessments/end-of-commitment:Verde1/"
COMMITMENT = f"{ROOT}commitments/Verde1/"


async def promised(publisher: Publisher, **plan: Any) -> Edition:
    """The plan with two commitments, published."""
    other = a_commitment("Otro2", title=words("Otro compromiso", "Another commitment"), milestones=())
    return await publisher.government(a_plan(**plan), a_commitment(), other)


async def assessed(publisher: Publisher, **given: Any) -> tuple[Edition, AssessmentDocument]:
    """The plan, and one assessment that carries `given`; the edition that holds it."""
    document = an_assessment(await promised(publisher), **given)
    return await publisher.monitor(document), document


async def correct(publisher: Publisher, holding: Edition, document: AssessmentDocument) -> Edition:
    """The monitor publishes a second version, which rates completion as substantial."""
    async with publisher.cast.database.register_session() as session:
        sha256 = (await get_published(session, holding)).sha256_of("assessment", document.code)
    first, *rest = document.answers
    corrected = document.model_copy(
        update={
            "answers": (first.model_copy(update={"value": "substantial", "explanation": "Viven casi todos."}), *rest),
            "ratings": (Rating(measures="completion", code="substantial"), *document.ratings[1:]),
            "corrects": Correction(sha256=sha256, published_on=date(2024, 9, 1), reason="Se contó mal."),
            "version": 2,
            "published_at": datetime(2024, 10, 5, 12, tzinfo=UTC),
        }
    )
    return await publisher.monitor(corrected)


async def read(site: Site, path: str, lang: str = "es") -> str:
    page = await site.client.get(f"/{lang}/{path}")
    assert page.status_code == 200, page.text
    return page.text


async def test_a_reply_stands_beside_its_finding_and_silence_beside_the_others(
    site: Site, publisher: Publisher
) -> None:
    await assessed(publisher, right_of_reply=a_right_of_reply(a_reply()))

    page, english = await read(site, ADDRESS), await read(site, ADDRESS, "en")

    beside = page.split('<div class="voices">')[1]
    assert beside.index("Se secaron casi todos.") < beside.index("Los árboles se replantaron en agosto.")
    assert said(page).count("Sin réplica dentro de 14 días.") == 3
    assert "El gobierno replicó a 1 de 4 hallazgos. Se le consultó el 14 ago 2024 y tuvo 14 días" in said(page)
    assert said(english).count("No reply within 14 days.") == 3
    assert "replied 20 Aug 2024" in said(english)
    assert "cambió este hallazgo" not in page


async def test_a_reply_handed_in_without_a_word_is_another_silence(site: Site, publisher: Publisher) -> None:
    await assessed(publisher, right_of_reply=a_right_of_reply(handed_in_on=date(2024, 8, 21)))

    page, english = said(await read(site, ADDRESS)), said(await read(site, ADDRESS, "en"))

    assert page.count("El gobierno entregó su réplica sin decir nada sobre esto.") == 4
    assert "Entregó su réplica el 21 ago 2024." in page
    assert "Sin réplica dentro" not in page
    assert english.count("The government handed in its reply without a word on this.") == 4


async def test_whoever_never_replied_is_said_to_have_been_asked(site: Site, publisher: Publisher) -> None:
    await assessed(publisher, right_of_reply=a_right_of_reply(days=1))

    assert "The government did not reply within 1 day." in said(await read(site, ADDRESS, "en"))


async def test_an_assessment_from_before_is_shown_as_before(site: Site, publisher: Publisher) -> None:
    await assessed(publisher)

    page, commitment = await read(site, ADDRESS), await read(site, COMMITMENT)

    assert page.count('<div class="voices">') == 0
    assert commitment.count('<div class="voices">') == 1
    assert said(page).count("No se pidió al gobierno que comentara antes de la publicación.") == 2
    assert "No se publicó ninguna declaración con esta evaluación." in said(page)
    assert [name for name in ("Recomendaciones", "corregida", "Sin réplica") if name in page] == []


async def test_a_finding_that_changed_after_the_reply_shows_what_it_said(site: Site, publisher: Publisher) -> None:
    before = PublishedAnswer(question="EOC1.1", value="complete", explanation="Viven todos.")
    gone = a_reply("EOC1.3", PublishedAnswer(question="EOC1.3", value="no", explanation="Se cambió el barrio."))
    await assessed(publisher, right_of_reply=a_right_of_reply(a_reply(finding=before), gone))

    page = said(await read(site, ADDRESS))

    changed = page.split("El ente de monitoreo cambió este hallazgo después de la réplica.")
    assert len(changed) == 3
    assert changed[1].startswith(" Cuando el gobierno replicó, decía: Completo Viven todos.")
    assert "Réplicas a hallazgos que el ente de monitoreo retiró" in changed[1]
    assert "Se cambió el barrio." in changed[2]


async def test_clarifications_stand_under_what_they_are_about(site: Site, publisher: Publisher) -> None:
    late = a_clarification(question="EOC1.2", answer="Viven 200.", answered_on=date(2024, 7, 13))
    absent = a_clarification(milestone="Verde1/M1", asked="¿Dónde está el acta?")
    loose = a_clarification(asked="¿Quién responde?", answer="La dirección.", answered_on=date(2024, 7, 2))
    await assessed(publisher, clarifications=(late, absent, loose))

    page, commitment = said(await read(site, ADDRESS)), said(await read(site, COMMITMENT, "en"))

    factor = page.index("Describa los principales factores")
    assert factor < page.index("Viven 200.") < page.index("¿El gobierno creó nuevas oportunidades")
    assert "respondido el 13 jul 2024 3 días de atraso" in page
    assert "Hito M1 Verde1 Preguntado por el ente independiente ¿Dónde está el acta?" in page
    assert page.count("Sin respuesta hasta el 10 jul 2024.") == 1
    assert "¿Quién responde?" in page.partition("Otras preguntas del ente de monitoreo")[2]
    assert "¿Dónde está el acta?" in commitment.partition("What was promised")[0]
    assert "No answer by 10 Jul 2024." in commitment


async def test_how_it_was_assessed_is_said_and_no_monitor_is_named(
    site: Site, publisher: Publisher, cast: Cast
) -> None:
    everything = how_it_was_assessed() | {"right_of_reply": a_right_of_reply(a_reply())}
    await assessed(publisher, **everything)
    expected = {
        "es": ("Cómo se evaluó", "El monitor 1 declara no tener conflictos de interés (3 jun 2024).",
               "El monitor 2 declara un conflicto de interés (4 jun 2024). Asesoró a otro.",
               "El monitor 2, en lo que toca al compromiso Otro2. Trabajó allí.",
               "Difirieron en 1 de 4 preguntas.", "Primera: Limitado · Segunda: Sustancial",
               "Confirmado por OGP el 3 feb 2023.", "se publicó la edición 5"),
        "en": ("How this was assessed", "Monitor 1 declares no conflict of interest (3 Jun 2024).",
               "Monitor 2 declares a conflict of interest (4 Jun 2024).",
               "They differed on 1 of 4 questions.", "Confirmed by OGP on 3 Feb 2023."),
    }  # fmt: skip

    for lang, sentences in expected.items():
        page = said(await read(site, ADDRESS, lang))
        assert [one for one in sentences if one not in page] == []
        for path in (ADDRESS, COMMITMENT, ROOT, f"{ROOT}editions/2/", f"{ROOT}reports/end-of-term.html"):
            assert cast.monitor.name not in await read(site, path, lang), path
    data = await site.client.get(f"/es/{ROOT}reports/end-of-term.json")
    assert cast.monitor.name not in data.text


async def test_recommendations_carry_answer_and_what_became_of_them(site: Site, publisher: Publisher) -> None:
    asked = (a_recommendation(), a_recommendation("r2", text="Publicar el catastro.", commitment=None))
    first = await promised(publisher, recommendation_answers=(an_answer_to(),), mandates=(a_mandate(),))
    one = an_assessment(first, recommendations=asked)
    later = an_assessment(first, "Otro2", follow_ups=(a_follow_up(), a_follow_up("r2", state="followed", words="")))
    await publisher.monitor(one, later)

    page, plan = said(await read(site, ADDRESS)), said(await read(site, ROOT))
    followed = said(await read(site, f"{ROOT}assessments/end-of-commitment:Otro2/", "en"))

    assert "Para: Dirección de Aseo y Ornato · Compromiso Verde1" in page
    assert "El gobierno la acepta. Se licitará el riego en 2025. respondido el 2 oct 2024" in page
    assert "El ente de monitoreo constató que se siguió en parte. Hay contrato para dos plazas." in page
    assert page.count("El gobierno aún no responde.") == 1
    assert "Contratar el riego de las plazas." in plan
    assert "Publicar el catastro." not in plan
    assert "El ente de monitoreo constató que se siguió 1 recomendación." in plan
    assert "Quién puede evaluar este plan Universidad de Prueba · monitoreo@example.org" in plan
    assert "The monitor found it followed in part." in followed
    assert "The government has not answered yet." in followed


async def test_a_correction_shows_what_it_changed_and_both_versions_know_of_each_other(
    site: Site, publisher: Publisher
) -> None:
    second, document = await assessed(publisher)
    third = await publisher.government(a_plan(title=words("Plan nuevo", "New plan")))
    await correct(publisher, third, document)

    now, then = await read(site, ADDRESS), await read(site, f"{ADDRESS}?edition=2")
    english = said(await read(site, ADDRESS, "en"))
    commitment, plan = said(await read(site, COMMITMENT)), said(await read(site, ROOT, "en"))

    assert second.number == 2
    assert "Esta es la versión 2, una corrección" in said(now)
    assert "Motivo: Se contó mal." in said(now)
    assert f'<a href="/es/{ADDRESS}?edition=3">Lea la versión anterior</a>' in now
    assert "Limitado</del>" in now
    assert "Sustancial</ins>" in now
    assert english.count("What the correction changed") == 1
    assert "Esta versión se corrigió después corregida el 5 oct 2024, versión 2. Motivo: Se contó mal." in said(then)
    assert f'<a href="/es/{ADDRESS}">Lea la versión vigente</a>' in then
    assert "una corrección" not in then
    assert "corregida el 5 oct 2024, versión 2" in commitment
    assert "corrected on 5 Oct 2024, version 2" in plan


async def test_a_version_nobody_holds_is_named_by_its_fingerprint(site: Site, publisher: Publisher) -> None:
    corrects = Correction(sha256="f" * 64, published_on=date(2024, 9, 1), reason="Se contó mal.")
    await assessed(publisher, corrects=corrects, version=3)

    page = await read(site, ADDRESS, "en")

    assert "This is version 3, a correction" in page
    assert "The former version is not in this register, so it cannot be compared." in page
    assert "?edition=" not in page.partition("The former version is not")[0].partition("This is version 3")[2]
    assert f'/en/verify/{"f" * 64}"' in page


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_newest_version_says_nothing_of_being_corrected(site: Site, publisher: Publisher, lang: str) -> None:
    holding, document = await assessed(publisher)
    newest = await correct(publisher, holding, document)

    page = await read(site, f"{ADDRESS}?edition={newest.number}", lang)

    assert [one for one in ("se corrigió después", "was corrected since") if one in page] == []


async def test_the_history_of_a_correction_is_told_in_words(site: Site, publisher: Publisher) -> None:
    asked = a_clarification(question="EOC1.2", answer="Viven 200.", answered_on=date(2024, 7, 9))
    holding, document = await assessed(publisher, right_of_reply=a_right_of_reply(), clarifications=(asked, asked))
    changed = document.model_copy(
        update={
            "right_of_reply": a_right_of_reply(a_reply()),
            "recommendations": (a_recommendation(),),
            "clarifications": (asked, asked.model_copy(update={"asked": "¿Y cuántos murieron?"})),
        }
    )
    newest = await correct(publisher, holding, changed)

    page = said(await read(site, f"{ROOT}editions/{newest.number}/"))
    history = (await site.client.get(f"/es/{ROOT}history.csv")).text

    assert "Réplica del gobierno · Réplicas" in page
    assert "Los árboles se replantaron en agosto." in page
    assert "Contratar el riego de las plazas. · Dirección de Aseo y Ornato" in page
    assert "murieron" in page
    assert "Contratar el riego de las plazas." in history
