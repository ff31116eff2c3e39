"""Signing in and out."""

import pytest
from sqlalchemy import text
from tests.factories.cast import TENANTS, Cast
from tests.factories.site import Site, running_site

from ogpmonitor.accounts.routes import local_path
from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.settings import Settings

SIGN_IN = "/es/sign-in/"


async def test_every_persona_has_one_button_under_its_jurisdiction(site: Site) -> None:
    page = (await site.client.get(SIGN_IN)).text

    for slug in TENANTS:
        assert page.count(f'value="{slug}-coordinator"') == page.count(f'value="{slug}-monitor"') == 1
    assert page.count("<h2>") == len(TENANTS) + 1
    assert page.count("Entrar como ") == 2 * len(TENANTS) + 4
    assert "Estas personas son inventadas" in page
    assert "Dirección de Medio Ambiente" in page


async def test_the_page_speaks_english_too(site: Site) -> None:
    page = (await site.client.get("/en/sign-in/")).text

    assert "Enter as Independent monitoring body" in page
    assert "These people are invented" in page


@pytest.mark.parametrize(
    ("persona", "first"),
    [
        ("penalolen-coordinator", "/es/penalolen/workbench/"),
        ("penalolen-contact", "/es/penalolen/workbench/"),
        ("penalolen-monitor", "/es/penalolen/workbench/assessments/"),
        ("ogp-staff", "/es/desk/"),
        ("operator", "/es/desk/"),
    ],
)
async def test_entering_leads_to_ones_work(site: Site, persona: str, first: str) -> None:
    answer = await site.client.post(SIGN_IN, data={"persona": persona})

    assert answer.headers["location"] == first
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_a_refused_visitor_lands_where_it_wanted_to_go(site: Site) -> None:
    wanted = "/en/penalolen/workbench/?plan=2021-2024"

    refused = await site.client.get(wanted)
    door = refused.text.split('class="button button--primary" href="')[1].split('"')[0]
    page = await site.client.get(door.replace("&amp;", "&"))
    entered = await site.client.post(
        "/en/sign-in/",
        data={"persona": "penalolen-coordinator", "next": page.text.split('name="next" value="')[1].split('"')[0]},
    )

    assert refused.status_code == 401
    assert entered.headers["location"] == wanted
    assert (await site.client.get(wanted)).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/", "//example.org/", "/\\example.org", "/es//example.org", "javascript:alert(1)", "es/x",
        "/fr/penalolen/", "/es/sign-in/", "/es/sign-out/", "/es/sign-in/?next=/es/x", "/es/x\r\nSet-Cookie: a=b",
        "/es/x\t", "/es/@example.org", "", " /es/x", "/static/x",
    ],
)  # fmt: skip
def test_only_pages_of_this_host_are_gone_to(wanted: str) -> None:
    assert local_path(wanted) == ""


@pytest.mark.parametrize(
    "wanted", ["/es/penalolen/workbench/", "/en/penalolen/workbench/publish/?plan=2021-2024&x=%C3%B1"]
)
def test_a_local_page_is_kept_as_it_was_asked_for(wanted: str) -> None:
    assert local_path(wanted) == wanted


async def test_another_host_is_not_gone_to(site: Site) -> None:
    answer = await site.client.post(SIGN_IN, data={"persona": "penalolen-coordinator", "next": "https://example.org/"})

    assert answer.headers["location"] == "/es/penalolen/workbench/"


async def test_being_signed_in_already_shows(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    page = (await client.get(SIGN_IN)).text

    assert "Usted ya ingresó como Coordinación (demo)" in page
    assert 'href="/es/penalolen/workbench/"' in page
    assert 'action="/es/sign-out/"' in page


async def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")
    copy = site.visitor(Cookie="; ".join(f"{name}={value}" for name, value in client.cookies.items()))
    assert (await copy.get("/es/penalolen/workbench/")).status_code == 200

    left = await client.post("/es/sign-out/")

    assert (left.status_code, left.headers["location"]) == (303, "/es/")
    assert (await copy.get("/es/penalolen/workbench/")).status_code == 401
    assert "Usted ya ingresó" not in (await copy.get(SIGN_IN)).text


async def test_an_unknown_persona_is_not_found(site: Site) -> None:
    assert (await site.client.post(SIGN_IN, data={"persona": "nobody"})).status_code == 404
    assert (await site.client.post(SIGN_IN, data={})).status_code == 404


@pytest.mark.parametrize(
    ("lang", "said"), [("es", "Aquí todavía nadie puede ingresar"), ("en", "Nobody can sign in here yet")]
)
async def test_outside_the_demo_nobody_enters_and_the_page_says_so(settings: Settings, lang: str, said: str) -> None:
    async with running_site(settings.model_copy(update={"demo": False, "email_links": False})) as site:
        page = await site.client.get(f"/{lang}/sign-in/")
        entered = await site.client.post(f"/{lang}/sign-in/", data={"persona": "penalolen-coordinator"})

    assert said in page.text
    assert 'name="persona"' not in page.text
    assert entered.status_code == 404


async def test_who_has_no_role_any_more_is_led_to_no_workbench(site: Site, settings: Settings, cast: Cast) -> None:
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids["penalolen"], None)
        await session.execute(
            text("UPDATE platform.memberships SET ends_on = current_date - 1 WHERE person_id = :id"),
            {"id": cast.contact.id},
        )

    answer = await site.client.post(SIGN_IN, data={"persona": "penalolen-contact"})

    assert answer.headers["location"] == "/es/account/?done=no-role"
    assert "no tiene un rol aquí" in (await site.client.get(answer.headers["location"])).text
    assert (await site.client.get("/es/penalolen/workbench/")).status_code == 404


async def test_the_open_page_takes_one_connection_at_a_time(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")
    engine = site.state.database.app_engine
    engine.pool._timeout = 2  # noqa: SLF001  nobody waits ten seconds here
    held = [await engine.connect() for _ in range(14)]
    try:
        answer = await client.get(SIGN_IN)
    finally:
        for connection in held:
            await connection.close()

    assert answer.status_code == 200


async def test_a_form_for_two_words_takes_no_megabytes(site: Site) -> None:
    answer = await site.client.post(SIGN_IN, data={"persona": "x" * 20_000})

    assert answer.status_code == 413
