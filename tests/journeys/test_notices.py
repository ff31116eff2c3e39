"""A question of the monitor reaches the coordination as mail, by the real worker; the pages around it, looked at."""

import asyncio
from datetime import timedelta

import pytest
from tests.factories.assessments import a_filled_draft
from tests.factories.cast import Cast
from tests.factories.notices import digest, mailbox
from tests.factories.requests import today
from tests.journeys.traveller import Traveller

from ogpmonitor.assessments import asking, queries

QUESTION = "¿En cuántas plazas se plantaron árboles?"


async def ask(cast: Cast) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        filled = await a_filled_draft(session, cast.monitor)
        sheet = await queries.get_sheet(session, "penalolen", filled.assessment.id)
        due_on = today() + timedelta(days=10)
        await asking.ask(session, sheet, "question:EOC1.1", QUESTION, due_on=due_on, by=cast.monitor)


async def arrived(traveller: Traveller, words: str) -> None:
    """Return once the mailbox holds a message whose subject says `words`."""
    for _ in range(300):
        await traveller.open("demo/mail/")
        if words in await traveller.words():
            return
        await asyncio.sleep(0.2)
    pytest.fail("the message did not arrive")


async def test_a_question_arrives_and_leads_to_its_answer(travellers: Traveller.Maker, cast: Cast) -> None:
    reader = await travellers(width=360)

    await ask(cast)
    await arrived(reader, "El ente de monitoreo pregunta algo")
    await reader.look("mail-mailbox")
    await reader.page.click("main tbody a:has-text('pregunta algo')")
    await reader.look("mail-message")
    assert QUESTION in await reader.words()
    await reader.page.click("main a.button--primary")
    await reader.page.screenshot(path=reader._screenshots / "mail-letter-news.png", full_page=True)  # noqa: SLF001  no script runs in a letter: axe cannot
    assert "Nobody" not in (await reader.page.text_content("footer") or "")

    await reader.enter("penalolen-coordinator")
    await reader.open("penalolen/workbench/duties/")
    await reader.look("duties-coordinator")
    await reader.page.click(f"main a:has-text('{QUESTION[:20]}')")
    assert "Respuesta" in await reader.words()


async def test_the_letter_of_the_morning_and_how_to_stop_it(travellers: Traveller.Maker, cast: Cast) -> None:
    await digest(cast, cast.contact)
    letters = await mailbox(cast, "penalolen-contact@example.org")
    reader = await travellers(width=1280)

    await reader.page.goto(f"{reader.address}/es/demo/mail/{letters[0]['id']}/letter.html")
    await reader.page.screenshot(path=reader._screenshots / "mail-letter-digest.png", full_page=True)  # noqa: SLF001  as above

    await reader.enter("penalolen-contact")
    await reader.open("penalolen/workbench/duties/")
    await reader.look("duties-contact")
    await reader.open("penalolen/workbench/notices/")
    await reader.look("notices-choices")
    await reader.page.select_option("#rhythm-milestone", "weekly")
    await reader.page.click("main form button.button--primary")
    await reader.page.wait_for_url("**/notices/?saved=yes")
    await reader.look("notices-saved")

    small = await travellers(width=320, javascript=False)
    await small.open(str(letters[0]["unsubscribe_url"]).partition("/es/")[2])
    await small.look("notices-stop")
    await small.page.click("main form button.button--primary")
    assert "Ya no recibe recordatorios ni novedades." in await small.words()
    assert await digest(cast, cast.contact, today() + timedelta(days=400)) is False


async def test_the_operator_looks_after_mail(travellers: Traveller.Maker) -> None:
    operator = await travellers(lang="en", width=360)

    await operator.enter("operator")
    await operator.open("desk/mail/")
    await operator.look("mail-outbox")
