"""Pages of duties, of choices and of the demo's mailbox, and the link that stops notices."""

import re

import httpx
import pytest
from pydantic import SecretStr
from tests.factories.cast import Cast
from tests.factories.mail import SENDER
from tests.factories.notices import digest, mailbox
from tests.factories.reading import said
from tests.factories.site import Site, running_site

from ogpmonitor.kit.mail import outbox
from ogpmonitor.notifications.choices import choices_of
from ogpmonitor.notifications.stopping import token_for
from ogpmonitor.settings import Settings

DUTIES, NOTICES = "/es/penalolen/workbench/duties/", "/es/penalolen/workbench/notices/"


def stop_path(settings: Settings, cast: Cast, lang: str = "es") -> str:
    assert cast.contact.id
    return f"/{lang}/penalolen/notices/stop/{token_for(settings.secret_key.get_secret_value(), cast.contact.id)}/"


async def chosen(cast: Cast) -> dict[str, str]:
    async with cast.at("penalolen", cast.contact, read_only=True) as session:
        return dict((await choices_of(session, cast.contact.id)).rhythms)


async def test_everyone_sees_their_own_duties(site: Site) -> None:
    pages = {
        who: said((await (await site.sign_in(f"penalolen-{who}")).get(DUTIES)).text)
        for who in ("coordinator", "contact", "monitor")
    }

    assert "Usted responde por este hito." in pages["contact"]
    assert "una unidad responde por este hito" in pages["coordinator"]
    assert "Su organización evalúa aquí y debe esta evaluación." in pages["monitor"]
    assert "debe esta evaluación" not in pages["coordinator"] + pages["contact"]
    assert "hito" not in pages["monitor"].replace("Mis pendientes", "")


async def test_late_comes_first_and_leads_to_where_it_is_done(site: Site) -> None:
    client = await site.sign_in("penalolen-contact")
    page = (await client.get(DUTIES)).text

    first = re.search(r'<th scope="row"><a href="([^"]+)"', page)
    assert first
    assert (await client.get(first[1])).status_code == 200
    assert page.index("Lo que debe y está atrasado") < page.index("días de atraso")


async def test_a_stranger_and_a_neighbour_see_none_of_it(site: Site) -> None:
    neighbour, staff = await site.sign_in("maipu-coordinator"), await site.sign_in("ogp-staff")

    for path in (DUTIES, NOTICES):
        assert (await site.client.get(path)).status_code == 401
        assert [(await one.get(path)).status_code for one in (neighbour, staff)] == [404, 404]
    assert (await neighbour.get("/es/desk/notices/")).status_code == 404


async def test_the_choice_is_kept_and_shown(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-contact")
    answer = await client.post(NOTICES, data={"language": "en", "rhythm-milestone": "weekly", "rhythm-period": "never"})

    assert (answer.status_code, answer.headers["location"]) == (303, f"{NOTICES}?saved=yes")
    assert await chosen(cast) == {"milestone": "weekly", "period": "never"}
    page = (await client.get(f"{NOTICES}?saved=yes")).text
    assert '<option value="weekly" selected>' in page
    assert '<option value="en" selected>' in page
    assert 'name="rhythm-assessment"' not in page


@pytest.mark.parametrize("wrong", [{"rhythm-milestone": "hourly"}, {"language": "xx"}])
async def test_what_cannot_be_chosen_is_refused(site: Site, cast: Cast, wrong: dict[str, str]) -> None:
    client = await site.sign_in("penalolen-contact")

    assert (await client.post(NOTICES, data=wrong)).status_code == 422
    assert await chosen(cast) == {}


async def test_ogps_staff_chooses_at_its_desk(site: Site) -> None:
    client = await site.sign_in("ogp-staff")

    assert (await client.post("/es/desk/notices/", data={"rhythm-proposed": "never"})).status_code == 303
    assert '<option value="never" selected>' in (await client.get("/es/desk/notices/")).text


async def test_looking_at_the_link_stops_nothing_and_the_button_everything(
    site: Site, settings: Settings, cast: Cast
) -> None:
    path = stop_path(settings, cast)

    shown = await site.client.get(path)
    assert (shown.status_code, await chosen(cast)) == (200, {})
    assert cast.contact.name not in shown.text
    done = await site.client.post(path)
    assert (done.status_code, await chosen(cast)) == (200, {"*": "never"})
    assert "Ya no recibe recordatorios" in done.text


async def test_a_mailbox_stops_notices_by_its_own_button(site: Site, settings: Settings, cast: Cast) -> None:
    """RFC 8058: a POST from the mailbox's server, without a cookie, an origin or a redirect."""
    transport = httpx.ASGITransport(site.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as machine:
        answer = await machine.post(stop_path(settings, cast), data={"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, await chosen(cast)) == (200, {"*": "never"})
    assert "set-cookie" not in answer.headers


async def test_a_wrong_link_is_not_found(site: Site, settings: Settings, cast: Cast) -> None:
    path = stop_path(settings, cast)

    for wrong in (path[:-3] + "/", path.replace("gAAAA", "gAAAB", 1), "/es/penalolen/notices/stop/x/"):
        assert [(await site.client.get(wrong)).status_code, (await site.client.post(wrong)).status_code] == [404, 404]


async def test_the_link_opens_nothing_else(site: Site, settings: Settings, cast: Cast) -> None:
    await site.client.post(stop_path(settings, cast))

    assert (await site.client.get(NOTICES)).status_code == 401


async def test_the_mailbox_shows_what_the_demo_wrote(site: Site, cast: Cast) -> None:
    assert "Todavía no hay mensajes" in (await site.client.get("/es/demo/mail/")).text
    await digest(cast, cast.contact)
    (kept,) = await mailbox(cast)
    listed = await site.client.get("/es/demo/mail/")
    message = await site.client.get(f"/es/demo/mail/{kept['id']}/")
    letter = await site.client.get(f"/es/demo/mail/{kept['id']}/letter.html")

    assert "Nada sale de este equipo" in listed.text
    assert f"/es/demo/mail/{kept['id']}/" in listed.text
    assert "penalolen-contact@example.org" in message.text
    assert "List-Unsubscribe-Post" in message.text
    assert "<style>" in letter.text
    policy = letter.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "sandbox" in policy
    assert "unsafe" not in policy
    assert "<img" not in letter.text


async def test_outside_the_demo_there_is_no_mailbox(settings: Settings, cast: Cast) -> None:
    await digest(cast, cast.contact)
    (kept,) = await mailbox(cast)
    real = settings.model_copy(update={"demo": False})

    async with running_site(real) as site:
        paths = ("", f"{kept['id']}/", f"{kept['id']}/letter.html")
        found = [(await site.client.get(f"/es/demo/mail/{path}")).status_code for path in paths]

    assert found == [404, 404, 404]


async def test_the_operator_sees_how_mail_is_doing_and_others_do_not(site: Site, cast: Cast) -> None:
    async with cast.database.tenant_session(None) as session:
        await outbox.send(
            session, to="ana@example.org", template="mail/none", lang="es", context={"x": "secreto"}, key="k"
        )
    await mailbox(cast)  # there is no such template
    operator, staff = await site.sign_in("operator"), await site.sign_in("ogp-staff")
    page = await operator.get("/es/desk/mail/")

    assert "ana@example.org" in page.text
    assert "it could not be written" in page.text
    assert "secreto" not in page.text
    assert ((await staff.get("/es/desk/mail/")).status_code, (await site.client.get("/es/desk/mail/")).status_code) == (
        403,
        401,
    )


def test_a_server_needs_a_sender(settings: Settings) -> None:
    given = {
        **settings.model_dump(),
        "smtp_url": SecretStr("smtp://mail.example.org"),
        "secret_key": settings.secret_key,
    }

    with pytest.raises(ValueError, match="OGPMONITOR_MAIL_FROM"):
        Settings(**given)
    assert Settings(**{**given, "mail_from": SENDER}).mail_from == SENDER
