"""Links by e-mail: the same for whom we know and whom we do not, used once, gone when they should be."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.counting import counted
from tests.factories.entering import a_person, a_role, give_provider
from tests.factories.mail import Written, written
from tests.factories.site import Site, running_site

from ogpmonitor.accounts.email_links import PREPARE
from ogpmonitor.accounts.jobs import prepare_link
from ogpmonitor.kit.db import owner_session
from ogpmonitor.kit.mail.outbox import SEND_MAIL
from ogpmonitor.settings import Settings

ASK = "/es/sign-in/email"
EMAIL = "ana@penalolen.example"
WORKBENCH = "/es/penalolen/workbench/"
SENT = "Si este correo es conocido aquí"
ENDED = "Este enlace ya no sirve para ingresar"
Letters = Callable[[], Awaitable[list[Written]]]


@pytest.fixture
def real(settings: Settings) -> Settings:
    """Outside the demo, without any provider."""
    return settings.model_copy(update={"demo": False})


@pytest.fixture
async def house(real: Settings) -> AsyncIterator[Site]:
    """That deployment, answering."""
    person = await a_person(real, "Ana Rojas", email=EMAIL)
    await a_role(real, person, "penalolen", "coordinator")
    async with running_site(real) as site:
        yield site


@pytest.fixture
def letters(real: Settings) -> Letters:
    """Does what the worker would, and gives the letters that wait to be sent, oldest first."""

    async def read() -> list[Written]:
        context = SimpleNamespace(additional_context={"settings": real})
        for job in await jobs(real, PREPARE):
            await prepare_link(context, **job)
        return await written(real, "mail/link")

    return read


async def jobs(settings: Settings, task: str) -> list[dict[str, Any]]:
    async with owner_session(settings.database_url) as session:
        await session.execute(text("RESET ROLE"))
        rows = await session.scalars(
            text("SELECT args FROM jobs.procrastinate_jobs WHERE task_name = :task ORDER BY id"), {"task": task}
        )
        return [row if isinstance(row, dict) else json.loads(row) for row in rows]


async def test_a_link_signs_in_once(house: Site, letters: Letters) -> None:
    asked = await house.client.post(ASK, data={"email": " Ana@Penalolen.example ", "next": WORKBENCH})
    (letter,) = await letters()
    path = letter.link

    looked = [await house.visitor().get(path) for _ in range(3)]
    page = await house.client.get(path)
    used = await house.client.post(path)
    again = await house.visitor().post(path)

    assert (asked.status_code, SENT in asked.text) == (200, True)
    assert letter.to == EMAIL
    assert [answer.status_code for answer in looked] == [200, 200, 200]
    assert all("Lo pidió en otro navegador" in answer.text for answer in looked)
    assert "Lo pidió en otro navegador" not in page.text
    assert "Ingresar como Ana Rojas" in page.text
    assert (used.status_code, used.headers["location"]) == (303, WORKBENCH)
    assert (await house.client.get(WORKBENCH)).status_code == 200
    assert (again.status_code, ENDED in again.text) == (403, True)


async def test_a_link_opens_in_another_browser_by_its_button(house: Site, letters: Letters) -> None:
    await house.client.post(ASK, data={"email": EMAIL})
    (letter,) = await letters()
    phone = house.visitor()

    used = await phone.post(letter.link)

    assert used.headers["location"] == WORKBENCH
    assert (await phone.get(WORKBENCH)).status_code == 200
    assert (await house.client.get(WORKBENCH)).status_code == 401


async def test_a_letter_is_not_kept_waiting_by_reports(house: Site, real: Settings, letters: Letters) -> None:
    """The worker does one thing at a time, and a report takes many seconds: who waits for a link goes first."""
    await house.client.post(ASK, data={"email": EMAIL})
    await letters()
    async with owner_session(real.database_url) as session:
        await session.execute(text("RESET ROLE"))
        order = text(
            "SELECT task_name FROM jobs.procrastinate_jobs WHERE task_name <> 'events.heard' ORDER BY priority DESC, id"
        )
        waiting = (await session.scalars(order)).all()

    assert waiting[:2] == [PREPARE, SEND_MAIL]
    assert set(waiting[2:]) == {"reports.render_edition"}


async def test_nothing_tells_whether_an_address_is_known(house: Site, real: Settings, letters: Letters) -> None:
    """The same words, the same statements, the same job."""
    pages, counts = [], []
    for email in (EMAIL, "nobody@penalolen.example"):
        client = house.visitor()
        with counted() as seen:
            answer = await client.post(ASK, data={"email": email})
        pages.append((answer.status_code, answer.text, sorted(answer.headers)))
        counts.append(list(seen))

    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    assert [job["address"] for job in await jobs(real, PREPARE)] == [EMAIL, "nobody@penalolen.example"]
    assert [letter.to for letter in await letters()] == [EMAIL]


async def test_the_newest_link_is_the_only_one(house: Site, letters: Letters) -> None:
    await house.client.post(ASK, data={"email": EMAIL})
    (first,) = await letters()
    await house.client.post(ASK, data={"email": EMAIL})
    second = (await letters())[1]

    old, new = await house.client.post(first.link), await house.client.post(second.link)

    assert (old.status_code, new.status_code) == (403, 303)


async def test_a_link_that_was_replaced_before_it_was_sent_is_not_sent(house: Site, letters: Letters) -> None:
    await house.client.post(ASK, data={"email": EMAIL})
    await house.client.post(ASK, data={"email": EMAIL})

    assert len(await letters()) == 1
    assert len(await letters()) == 1  # a job that runs twice sends nothing more


async def test_a_link_ends_after_fifteen_minutes(house: Site, real: Settings, letters: Letters) -> None:
    await house.client.post(ASK, data={"email": EMAIL})
    (letter,) = await letters()
    async with owner_session(real.database_url) as session:
        lasts = await session.scalar(text("SELECT expires_at - created_at FROM platform.email_links"))
        await session.execute(text("UPDATE platform.email_links SET expires_at = now() - interval '1 second'"))

    looked, used = await house.client.get(letter.link), await house.client.post(letter.link)

    assert lasts is not None
    assert lasts.total_seconds() == 900
    assert (looked.status_code, used.status_code) == (403, 403)
    assert ENDED in looked.text


async def test_three_links_an_hour_for_an_address(house: Site, real: Settings) -> None:
    for email in (EMAIL, "nobody@penalolen.example"):
        answers = [await house.visitor().post(ASK, data={"email": email}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert "Espere una hora" in answers[3].text

    async with owner_session(real.database_url) as session:
        await session.execute(text("UPDATE platform.email_links SET created_at = created_at - interval '61 minutes'"))
    assert (await house.client.post(ASK, data={"email": EMAIL})).status_code == 200


async def test_ten_links_an_hour_for_a_network(house: Site) -> None:
    answers = [await house.client.post(ASK, data={"email": f"p{number}@x.example"}) for number in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


async def test_neither_address_nor_link_stands_in_the_database(house: Site, real: Settings, letters: Letters) -> None:
    await house.client.post(ASK, data={"email": EMAIL})
    (letter,) = await letters()
    token = letter.link.strip("/").rpartition("/")[2]
    async with owner_session(real.database_url) as session:
        kept = str((await session.execute(text("SELECT * FROM platform.email_links"))).all())

    assert len(token) == 43
    assert token not in kept
    assert "penalolen.example" not in kept
    assert house.client.cookies["ogpmonitor_entry"] not in kept


@pytest.mark.parametrize(
    "email", ["", "ana", "ana@", "a@b", "ana@x.cl, eva@x.cl", "ana@x.cl\nBcc: eva@x.cl", "<a@x.cl>"]
)
async def test_what_is_no_address_is_asked_again(house: Site, real: Settings, email: str) -> None:
    answer = await house.client.post(ASK, data={"email": email, "next": WORKBENCH})

    assert answer.status_code == 422
    assert f'name="next" value="{WORKBENCH}"' in answer.text
    assert await jobs(real, PREPARE) == []


async def test_an_invented_person_gets_no_link(house: Site, real: Settings, letters: Letters) -> None:
    async with owner_session(real.database_url) as session:
        await session.execute(text("UPDATE platform.people SET email = 'op@x.example' WHERE persona = 'operator'"))

    await house.client.post(ASK, data={"email": "op@x.example"})

    assert await letters() == []


async def test_a_jurisdiction_may_take_no_links_from_its_government(real: Settings) -> None:
    """Its monitors and the platform's people still come by one: the provider that must be used is the government's."""
    people = {"ana@x.example": "coordinator", "ema@x.example": "monitor"}
    for email, role in people.items():
        await a_role(real, await a_person(real, email, email=email), "penalolen", role)
    await give_provider(real, "penalolen", email_links=False)
    seen = {}
    async with running_site(real) as site:
        for email in people:
            await site.client.post(ASK, data={"email": email})
            context = SimpleNamespace(additional_context={"settings": real})
            for job in await jobs(real, PREPARE):
                await prepare_link(context, **job)
            client = site.visitor()
            await client.post((await written(real))[-1].link)
            seen[email] = [(await client.get(f"{WORKBENCH}{rest}")).status_code for rest in ("", "assessments/")]
        page = await site.client.get("/es/penalolen/sign-in/")

    assert seen["ana@x.example"] == [404, 404]
    assert seen["ema@x.example"][1] == 200
    assert "El enlace es para su ente de monitoreo y para OGP." in page.text


@pytest.mark.parametrize(("needs_provider", "status"), [(False, 200), (True, 403)])
async def test_the_platforms_people_may_need_a_provider(real: Settings, *, needs_provider: bool, status: int) -> None:
    await a_person(real, "Pía", email="pia@x.example", platform_role="ogp_staff")
    strict = real.model_copy(update={"platform_roles_need_provider": needs_provider})
    async with running_site(strict) as site:
        await site.client.post(ASK, data={"email": "pia@x.example"})
        for job in await jobs(real, PREPARE):
            await prepare_link(SimpleNamespace(additional_context={"settings": real}), **job)
        await site.client.post((await written(real))[0].link)
        desk = await site.client.get("/es/desk/")

    assert desk.status_code == status


@pytest.mark.parametrize("off", [{"demo": True}, {"email_links": False}])
async def test_where_no_links_are_sent_there_is_no_form_and_no_address(real: Settings, off: dict[str, bool]) -> None:
    async with running_site(real.model_copy(update=off)) as site:
        page = await site.client.get("/es/sign-in/")
        asked = await site.client.post(ASK, data={"email": EMAIL})

    assert 'name="email"' not in page.text
    assert asked.status_code == 404
