"""Independent monitoring in a browser: inception, dialogue and silence, a blind second review, a correction."""

import re
from collections.abc import Awaitable, Callable

import pytest
from tests.factories.register import tampering
from tests.journeys.assessing import FOUND, answer_everything, publish, review
from tests.journeys.traveller import Traveller

from ogpmonitor.settings import Settings

PLAN = "penalolen/plans/2021-2024/"
DESK = "penalolen/workbench/assessments/"
REPLIES = "penalolen/workbench/replies/"
COMMITMENTS = ("CLPLN0002", "C2", "C3")


@pytest.fixture
def time_passes(settings: Settings) -> Callable[[], Awaitable[None]]:
    """The government's time to reply is over, as if fifteen days had gone by."""

    async def pass_by() -> None:
        async with tampering(settings) as connection:
            await connection.execute(
                "UPDATE workbench.reply_windows SET sent_at = sent_at - interval '15 days',"
                " ends_at = ends_at - interval '15 days'"
            )

    return pass_by


async def test_inception_of_a_plan_with_three_commitments(travellers: Traveller.Maker) -> None:
    monitor, citizen = await travellers("es"), await travellers("en", width=360)
    await monitor.enter("penalolen-monitor")
    await monitor.page.click('main a[href*="form=inception"]')
    await monitor.look("declare")
    await monitor.declare()
    await monitor.look("inception-empty")
    for code in COMMITMENTS:
        assert await monitor.page.locator(f'.desk__form section .lede:has-text("{code}")').count() >= 1
    await answer_everything(monitor)
    await monitor.page.locator('[name="recommendation_text"]').first.fill("Publicar el presupuesto de cada compromiso.")
    await monitor.page.locator('[name="recommendation_addressee"]').first.fill("Municipalidad de Peñalolén")
    await review(monitor)
    await monitor.look("inception-review")
    await publish(monitor)
    await monitor.look("inception-published")

    await citizen.open(f"{PLAN}assessments/inception/")
    seen = await citizen.words()
    assert seen.count(FOUND) >= len(COMMITMENTS)
    assert "Publicar el presupuesto de cada compromiso." in seen
    assert "declares no conflict of interest" in seen
    await citizen.look("inception-in-public-phone")


async def test_dialogue_with_a_reply_and_a_silence(
    travellers: Traveller.Maker, time_passes: Callable[[], Awaitable[None]]
) -> None:
    monitor, unit = await travellers("en"), await travellers("es", width=360)
    citizen = await travellers("es", javascript=False)
    await monitor.enter("penalolen-monitor")
    await monitor.begin("end-of-commitment", "C3")
    form = monitor.page.url
    await answer_everything(monitor)
    await monitor.page.select_option("#language", "es")
    await monitor.page.click(".save-bar button")
    await monitor.page.wait_for_url(re.compile(r"saved=1"))

    await monitor.page.click('main a[href$="/clarifications/"]')
    await monitor.page.select_option("#subject", "question:EOC1.1")
    await monitor.page.fill("#asked", "¿Qué quedó sin hacer?")
    await monitor.page.click("main form button.button--primary")
    await monitor.look("asked")
    await unit.enter("penalolen-coordinator")
    await unit.open(REPLIES)
    await unit.look("replies-phone")
    await unit.page.click('main a[href*="/clarifications/"]')
    await unit.page.fill("#answer", "Faltó un taller, por la contratación.")
    await unit.look("clarification-phone")
    await unit.page.click("main form button.button--primary")
    await monitor.page.goto(form)
    assert "Faltó un taller, por la contratación." in await monitor.words()

    await review(monitor)
    await monitor.page.click('form[action$="/send/"] button')
    await monitor.page.wait_for_load_state()
    await monitor.look("sent-for-comment")
    assert await monitor.page.locator('form[action$="/publish/"]').count() == 0, "the government may still reply"
    await unit.open(REPLIES)
    await unit.page.click(f'main a[href*="{form.rstrip("/").rpartition("/")[2].partition("?")[0]}"]')
    await unit.page.fill("#q-EOC1-1-reply", "Creemos que se cumplió por completo.")
    await unit.look("reply-phone")
    await unit.page.click("main form button.button--primary")
    await unit.page.wait_for_url(re.compile(r"saved=reply"))

    await time_passes()
    await monitor.page.goto(form)
    await monitor.look("after-the-reply")
    await publish(monitor)
    await citizen.open(f"{PLAN}assessments/end-of-commitment:C3/")
    seen = await citizen.words()
    assert "Creemos que se cumplió por completo." in seen
    assert "Sin réplica dentro de 14 días." in seen
    assert "Faltó un taller, por la contratación." in seen
    await citizen.look("dialogue-in-public")


async def test_blind_second_review_with_a_disagreement(travellers: Traveller.Maker) -> None:
    monitor, second = await travellers("es"), await travellers("es", width=360)
    await monitor.enter("penalolen-monitor")
    await monitor.begin("end-of-commitment", "C3")
    form = monitor.page.url
    await answer_everything(monitor)
    await monitor.page.click(".save-bar button")
    await monitor.page.wait_for_url(re.compile(r"saved=1"))

    await second.enter("penalolen-monitor-2")
    await second.page.goto(form)
    await second.declare()
    await second.page.click('main a[href$="/second/"]')
    await second.page.click("main form button.button--primary")
    await second.look("second-phone")
    assert FOUND not in await second.words(), "the first answers are closed to who reviews blind"
    await second.page.goto(form)
    assert FOUND not in await second.words()
    choice = second.page.locator('input[name="value:EOC1.1"]').nth(1)
    await choice.check()
    await second.page.fill("#q-EOC1-1-value", "Lo publicado muestra menos.")
    await monitor.page.goto(form)
    await monitor.page.click('main a[href$="/second/"]')
    assert "Lo publicado muestra menos." not in await monitor.words()
    await second.page.click('main form button[name="then"]')
    await second.page.wait_for_url(re.compile(r"saved=1"))
    await second.look("differences-phone")

    await monitor.page.reload()
    await monitor.look("differences")
    await monitor.page.goto(f"{form.partition('?')[0].rstrip('/')}/publish/")
    assert "Resuelva en qué difieren las dos revisiones." in await monitor.words()
    await monitor.page.click('.notice--problem a[href*="/second/"]')
    await monitor.page.fill("#q-EOC1-1-value", "Miramos juntos el acta: la primera respuesta vale.")
    await monitor.page.click("main form button.button--primary")
    await monitor.page.goto(f"{form.partition('?')[0].rstrip('/')}/publish/")
    await publish(monitor)
    await monitor.open(f"{PLAN}assessments/end-of-commitment:C3/")
    assert "Miramos juntos el acta: la primera respuesta vale." in await monitor.words()
    await monitor.look("second-review-in-public")


async def test_a_correction_after_publication(travellers: Traveller.Maker) -> None:
    monitor, citizen = await travellers("en"), await travellers("es")
    await monitor.enter("penalolen-monitor")
    row = monitor.page.locator("main tr", has=monitor.page.locator('th:has-text("C2 ·")')).first
    await row.locator("a").click()
    await monitor.look("published-assessment")
    await monitor.page.fill("#reason", "Un informe publicado después muestra otra fecha.")
    await monitor.page.check("#conflict-no")
    await monitor.page.click('form[action$="/correct/"] button')
    await monitor.page.wait_for_load_state()
    await monitor.look("correction-form")
    await monitor.page.fill("#q-EOC1-1-explanation", "Los cuatro hitos se hicieron, uno de ellos con atraso.")
    await review(monitor)
    await publish(monitor)

    await citizen.open(f"{PLAN}assessments/end-of-commitment:C2/")
    seen = await citizen.words()
    assert "Un informe publicado después muestra otra fecha." in seen
    assert "Los cuatro hitos se hicieron, uno de ellos con atraso." in seen
    await citizen.look("corrected")
    await citizen.page.click('main a[href*="?edition="]')
    former = await citizen.words()
    assert "Tres de los cuatro hitos se completaron" in former
    assert "Esta versión se corrigió después" in former
    await citizen.look("former-version")


async def test_a_body_is_proposed_confirmed_and_sees_who_tried(travellers: Traveller.Maker) -> None:
    unit, staff, monitor = await travellers("es", width=360), await travellers("en"), await travellers("es")
    await unit.enter("penalolen-coordinator")
    await unit.open("penalolen/workbench/monitoring/")
    await unit.look("mandates-of-one-phone")
    await unit.page.fill("#body", "Universidad de Prueba (demo)")
    await unit.page.fill("#mandate", "Evalúa el plan; la eligió el foro.")
    await unit.page.fill("#starts_on", "2026-01-01")
    await unit.page.fill("#people", "Ana Soto, sin correo")
    await unit.page.click("main form button.button--primary")
    await unit.page.wait_for_load_state()
    await unit.look("mandate-refused-phone")
    await unit.page.fill("#people", "Ana Soto ana@universidad.example")
    await unit.page.click("main form button.button--primary")
    await unit.page.wait_for_url(re.compile(r"done=proposed"))
    await unit.open(DESK)
    await unit.look("closed-to-the-government-phone")

    await staff.enter("ogp-staff")
    await staff.open("desk/mandates/")
    await staff.look("mandates-of-all")
    await staff.page.click('form[action$="/confirm/"] button')
    await staff.page.wait_for_url(re.compile(r"/confirm/$"))
    assert "/en/invitations/" in await staff.words() or "/es/invitations/" in await staff.words()
    await staff.look("mandate-confirmed")
    await monitor.enter("penalolen-monitor")
    await monitor.open("penalolen/workbench/monitoring/")
    assert "coordinación del gobierno" in await monitor.words()
    assert "Universidad de Prueba (demo)" in await monitor.words()
    await monitor.look("monitoring")
