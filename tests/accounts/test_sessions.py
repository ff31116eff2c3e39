"""Where one is signed in, ending it, and signing in once more before what becomes public."""

import re
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.site import Site, running_site

from ogpmonitor.accounts.browsers import browser_name
from ogpmonitor.kit.db import owner_session
from ogpmonitor.settings import Settings

ACCOUNT, END = "/es/account/", "/es/account/end/"
PUBLISH = "/es/penalolen/workbench/publish/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NAMED = re.compile(r'name="session" value="([0-9a-f-]{36})"')


async def enter(site: Site, persona: str, *, agent: str = FIREFOX) -> httpx.AsyncClient:
    client = site.visitor(**{"User-Agent": agent})
    assert (await client.post("/es/sign-in/", data={"persona": persona})).status_code == 303
    return client


async def make_old(settings: Settings, *, minutes: int) -> None:
    """Everybody signed in that long ago, and was there just now."""
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text("UPDATE platform.sign_ins SET proved_at = proved_at - make_interval(mins => :m)"), {"m": minutes}
        )


async def test_every_browser_is_listed_and_one_can_be_ended(site: Site) -> None:
    here, there = await enter(site, "penalolen-coordinator"), await enter(site, "penalolen-coordinator")
    await enter(site, "maipu-coordinator")

    page = (await here.get(ACCOUNT)).text
    (other,) = NAMED.findall(page)
    ended = await here.post(END, data={"session": other})

    assert page.count("Firefox, Linux") == 2
    assert page.count("este navegador") == 1
    assert "como persona de la demostración" in page
    assert (ended.status_code, ended.headers["location"]) == (303, ACCOUNT)
    assert (await there.get(ACCOUNT)).status_code == 401
    assert NAMED.findall((await here.get(ACCOUNT)).text) == []


async def test_all_others_can_be_ended_at_once(site: Site) -> None:
    here, *others = [await enter(site, "penalolen-coordinator") for _ in range(3)]
    neighbour = await enter(site, "maipu-coordinator")

    await here.post(END, data={})

    assert [(await client.get(ACCOUNT)).status_code for client in (here, *others, neighbour)] == [200, 401, 401, 200]


async def test_nobody_ends_anothers_session(site: Site, settings: Settings, cast: Cast) -> None:
    mine, theirs = await enter(site, "penalolen-coordinator"), await enter(site, "maipu-coordinator")
    async with owner_session(settings.database_url) as session:
        statement = text("SELECT id FROM platform.sign_ins WHERE person_id = :id")
        other: UUID = (await session.execute(statement, {"id": cast.neighbour.id})).scalar_one()

    refused = [await mine.post(END, data={"session": value}) for value in (str(other), "x")]

    assert [answer.status_code for answer in refused] == [404, 404]
    assert (await theirs.get(ACCOUNT)).status_code == 200


async def test_a_stranger_has_no_account_page(site: Site) -> None:
    assert (await site.client.get(ACCOUNT)).status_code == 401


async def test_signing_in_gives_a_new_token_and_ends_the_old_one(site: Site) -> None:
    client = await enter(site, "penalolen-coordinator")
    old = client.cookies["ogpmonitor_session"]

    await client.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})
    copy = site.visitor(Cookie=f"ogpmonitor_session={old}")

    assert client.cookies["ogpmonitor_session"] != old
    assert (await copy.get(ACCOUNT)).status_code == 401


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_a_name_people_know(agent: str, name: str) -> None:
    assert browser_name(agent) == name


# A fresh sign-in before what becomes public.


async def test_publishing_asks_who_signed_in_long_ago_once_more(site: Site, settings: Settings) -> None:
    client = await enter(site, "penalolen-coordinator")
    await make_old(settings, minutes=31)

    looked = await client.get(PUBLISH)
    refused = await client.post(
        PUBLISH, data={"note": "Un avance importante."}, headers={"Referer": f"http://testserver{PUBLISH}"}
    )
    page = await client.get(f"/es/sign-in/?next={PUBLISH}")
    proved = await client.post("/es/sign-in/", data={"persona": "penalolen-coordinator", "next": PUBLISH})
    taken = await client.post(PUBLISH, data={"note": "Un avance importante."})

    assert looked.status_code == 200
    assert refused.status_code == 401
    assert "ingrese una vez más" in refused.text
    assert "<dd>Un avance importante.</dd>" in refused.text
    assert "Ingrese una vez más, Coordinación (demo)" in page.text
    assert "Sí, soy yo" in page.text
    assert proved.headers["location"] == PUBLISH
    assert taken.status_code != 401


async def test_a_fresh_sign_in_is_not_asked_again(site: Site, settings: Settings) -> None:
    client = await enter(site, "penalolen-coordinator")
    await make_old(settings, minutes=29)

    assert (await client.post(PUBLISH, data={})).status_code != 401


@pytest.mark.parametrize(
    ("persona", "path"),
    [
        ("penalolen-coordinator", PUBLISH),
        ("renca-coordinator", "/es/renca/workbench/plans/en-cocreacion/submit/"),
        ("penalolen-monitor", "/es/penalolen/workbench/assessments/00000000-0000-4000-8000-000000000000/publish/"),
        ("ogp-staff", "/es/desk/mandates/penalolen/00000000-0000-4000-8000-000000000000/confirm/"),
        ("operator", "/es/desk/mandates/penalolen/00000000-0000-4000-8000-000000000000/end/"),
    ],
)
async def test_every_step_that_becomes_public_asks(site: Site, settings: Settings, persona: str, path: str) -> None:
    client = await enter(site, persona)
    fresh = await client.post(path, data={})
    await make_old(settings, minutes=31)

    old = await client.post(path, data={})

    assert fresh.status_code != 401
    assert (old.status_code, "ingrese una vez más" in old.text) == (401, True)


async def test_a_machine_is_told_so_in_its_own_words(site: Site, settings: Settings) -> None:
    client = await enter(site, "penalolen-coordinator")
    await make_old(settings, minutes=31)

    refused = await client.post(PUBLISH, data={}, headers={"Accept": "application/json"})

    assert (refused.status_code, refused.json()["title"]) == (401, "sign_in.too_long_ago")


# The demo's people exist only where the demo is.


async def test_outside_the_demo_nobody_is_an_invented_person(site: Site, settings: Settings) -> None:
    """The same database, the same cookie: only the demo's switch differs."""
    client = await enter(site, "penalolen-coordinator")
    cookie = f"ogpmonitor_session={client.cookies['ogpmonitor_session']}"
    assert (await client.get(ACCOUNT)).status_code == 200

    async with running_site(settings.model_copy(update={"demo": False})) as real:
        same = real.visitor(Cookie=cookie)
        pages = [(await same.get(path)).status_code for path in (ACCOUNT, "/es/penalolen/workbench/", "/es/desk/")]
        entered = await real.client.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})
        door = await same.get("/es/sign-in/")

    assert pages == [401, 401, 401]
    assert entered.status_code == 404
    assert "ogpmonitor_session" not in entered.headers.get("set-cookie", "")
    assert not any(word in door.text for word in ("persona", "demostración", "Elija quién ser", "Coordinación (demo)"))
