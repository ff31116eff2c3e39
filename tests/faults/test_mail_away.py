"""The mail server is away: letters wait and everything else goes on; when it is back, each is sent once."""

import asyncio
import time

from tests.factories.entering import a_person, a_role
from tests.factories.mail import SENDER, smtp_server
from tests.factories.programs import free_port, rows
from tests.faults.deployed import Deployed, browser, ready

from ogpmonitor.kit.db import owner_session
from ogpmonitor.kit.jobs import defer_first
from ogpmonitor.kit.mail.outbox import SEND_MAIL

EMAILS = [f"persona-{number}@penalolen.example" for number in range(3)]
LETTERS = "SELECT id::text, state, attempts FROM platform.mails WHERE address LIKE 'persona-%' ORDER BY address"
UNDONE = "SELECT 1 FROM jobs.procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing')"


async def until_letters(house: Deployed, state: str) -> list[str]:
    """Their ids, once all of them are in `state` and were tried."""
    async with asyncio.timeout(120):
        while True:
            found = rows(house.settings, LETTERS)
            if len(found) == len(EMAILS) and all(row[1] == state and int(str(row[2])) > 0 for row in found):
                return [str(row[0]) for row in found]
            await asyncio.sleep(0.1)


async def try_again(house: Deployed, letters: list[str]) -> None:
    """Every letter is due, and asked for twice at once: by two workers, most likely."""
    rows(house.settings, "UPDATE platform.mails SET due_at = now() WHERE id = ANY(%s::uuid[])", letters)
    async with owner_session(house.settings.database_url) as session:
        for letter in letters * 2:
            await defer_first(session, SEND_MAIL, mail=letter)


async def test_letters_wait_and_each_is_sent_once(house: Deployed) -> None:
    for email in EMAILS:
        person = await a_person(house.settings, "Ana Rojas", email=email)
        await a_role(house.settings, person, "penalolen", "coordinator")
    port = free_port()
    given = {
        "OGPMONITOR_DEMO": "false",
        "OGPMONITOR_SMTP_URL": f"smtp+plain://127.0.0.1:{port}",
        "OGPMONITOR_MAIL_FROM": SENDER,
    }
    address = house.serve(**given)
    for _ in "ab":
        house.work(**given)
    await ready(address)

    async with browser(address) as client:
        asked = [(await client.post("/es/sign-in/email", data={"email": email})).status_code for email in EMAILS]
        waiting = await until_letters(house, "waiting")
        meanwhile = (await client.get("/es/penalolen/")).status_code
        async with smtp_server(port=port) as box:
            back = time.monotonic()
            await try_again(house, waiting)
            await until_letters(house, "sent")
            sent = time.monotonic() - back
            async with asyncio.timeout(60):
                while rows(house.settings, UNDONE, SEND_MAIL):  # noqa: ASYNC110  another process
                    await asyncio.sleep(0.05)
        got = [letter for letter in box.messages if letter["To"] in EMAILS]  # the demo's own letters wait there too
        told = got[0].get_body(("plain",))
        assert told is not None
        link = next(word for word in told.get_content().split() if "/sign-in/email/" in word)
        opened = await client.get(link.removeprefix(address))

    print(f"\n{len(got)} letters written while mail was away were sent {sent:.1f} s after it was asked again")  # noqa: T201
    assert (asked, meanwhile) == ([200] * len(EMAILS), 200)
    assert sorted(letter["To"] for letter in got) == EMAILS
    assert opened.status_code == 200
    assert "Ana Rojas" in opened.text
