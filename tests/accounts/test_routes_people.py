"""The pages of people over HTTP: who sees and does what, in both languages, with every answer that can come."""

import re

import httpx
import pytest
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.mail import written
from tests.factories.people import PEOPLE, a_person, invited, member_of, role_of
from tests.factories.reading import said
from tests.factories.site import ADDRESS, Site, running_site

from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.settings import Settings

STAFF = "/es/desk/people/"
ANA = {"name": "Ana Soto", "email": "ana@example.org", "role": "contact", "unit": "Tránsito", "language": "es"}


def link_in(answer: httpx.Response) -> str:
    """The path of the link that the demonstration shows."""
    found = re.search(r'id="invitation" href="http://testserver([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


@pytest.mark.parametrize(
    ("who", "seen", "managed"),
    [
        ("penalolen-coordinator", 200, 422),
        ("penalolen-contact", 200, 403),
        ("penalolen-monitor", 200, 403),
        ("maipu-coordinator", 404, 404),
        ("maipu-monitor", 404, 404),
        ("ogp-staff", 404, 404),
        ("operator", 404, 404),
        ("", 401, 401),
    ],
)
async def test_who_sees_people_and_who_manages_them(site: Site, cast: Cast, who: str, seen: int, managed: int) -> None:
    client = await site.sign_in(who) if who else site.client
    link, member = await invited(cast), (await member_of(cast, cast.contact.id)).membership

    page = await client.get(PEOPLE)
    posts = [await client.post(f"{PEOPLE}{path}", data={}) for path in ("invite/", f"{member.id}/remove/")]
    posts.append(await client.post(f"{PEOPLE}{member.id}/", data={"role": "nothing", "version": "1"}))

    assert page.status_code == seen
    assert [one.status_code for one in posts] == [managed] * 3
    if managed != 422:
        for path in (f"invitations/{link.id}/send/", f"invitations/{link.id}/withdraw/"):
            assert (await client.post(f"{PEOPLE}{path}")).status_code == managed
        assert "ana@example.org" not in page.text


@pytest.mark.parametrize(
    ("who", "seen", "managed"),
    [
        ("operator", 200, 422),
        ("ogp-staff", 200, 403),
        ("penalolen-coordinator", 403, 403),
        ("penalolen-monitor", 403, 403),
        ("", 401, 401),
    ],
)
async def test_who_sees_the_platforms_people(site: Site, cast: Cast, who: str, seen: int, managed: int) -> None:
    client = await site.sign_in(who) if who else site.client

    page = await client.get(STAFF)
    posts = [await client.post(f"{STAFF}{path}", data={}) for path in ("invite/", "coordinator/")]
    posts.append(await client.post(f"{STAFF}{cast.ogp_staff.id}/", data={}))

    assert page.status_code == seen
    assert [one.status_code for one in posts] == [managed] * 3


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "es",
            ("Ana Soto", "Enlace de una unidad: Tránsito", "Invitaciones que esperan", "Enviar de nuevo a Ana Soto"),
        ),
        ("en", ("Ana Soto", "Contact of a unit: Tránsito", "Invitations that wait", "Send again to Ana Soto")),
    ],
)
async def test_the_page_says_who_is_invited(site: Site, cast: Cast, lang: str, words: tuple[str, ...]) -> None:
    await invited(cast, Role.CONTACT, unit="Tránsito")
    client = await site.sign_in("penalolen-coordinator")

    told = said((await client.get(PEOPLE.replace("/es/", f"/{lang}/"))).text)

    assert [one for one in words if one not in told] == []


async def test_from_an_invitation_to_the_workbench(site: Site) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")
    ana = site.visitor()

    sent = await coordinator.post(f"{PEOPLE}invite/", data=ANA)
    link = link_in(sent)
    page = await ana.get(link)
    looked = await ana.get(link)  # looking, as a mail program does, accepts nothing
    done = await ana.post(link, data={"name": "Ana Soto R."})
    desk = await ana.get(done.headers["location"])
    again = await ana.get(link)

    assert sent.status_code == 200
    assert "Coordinación (demo) le invita" in said(page.text)
    assert "Enlace de una unidad: Tránsito" in said(page.text)
    assert "no-store" in page.headers["cache-control"]
    assert (looked.status_code, done.status_code, desk.status_code, again.status_code) == (200, 303, 200, 410)
    assert "Ana Soto R." in desk.text
    assert "fue aceptada o retirada, o venció" in said(again.text)


async def test_the_invitation_speaks_english(site: Site, cast: Cast) -> None:
    link = await invited(cast, Role.CONTACT, unit="Tránsito")

    told = said((await site.client.get(f"/en/invitations/{link.token}/")).text)

    assert "Coordinación (demo) invites you." in told
    assert "Contact of a unit: Tránsito" in told


async def test_a_link_that_never_was_is_not_found(site: Site) -> None:
    for token in ("a" * 43, "x", "%C3%A1" * 43):
        assert (await site.client.get(f"/es/invitations/{token}/")).status_code == 404
        assert (await site.client.post(f"/es/invitations/{token}/", data={"name": "x"})).status_code == 404


async def test_without_a_name_nobody_new_accepts(site: Site, cast: Cast) -> None:
    link = await invited(cast)

    answer = await site.client.post(f"/es/invitations/{link.token}/", data={"name": " "})

    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    assert (await site.client.get(f"/es/invitations/{link.token}/")).status_code == 200


async def test_roles_that_do_not_go_together_are_said_when_accepting(site: Site, cast: Cast) -> None:
    await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator)
    link = await invited(cast)

    answer = await site.client.post(f"/es/invitations/{link.token}/", data={"name": "Ana"})

    assert answer.status_code == 409
    assert "Quien trabaja para la plataforma no tiene un rol en un gobierno" in said(answer.text)


async def test_outside_the_demo_the_inviter_sees_no_link_and_the_letter_has_it(settings: Settings, cast: Cast) -> None:
    """And whoever has signed in before is not signed in by a link of fourteen days."""
    async with running_site(settings) as site:
        client = await site.sign_in("penalolen-coordinator")
        site.state.demo = False
        try:
            sent = await client.post(f"{PEOPLE}invite/", data=ANA)
            page = await client.get(sent.headers["location"])
            (letter,) = await written(settings, "mail/invitation")
            token = re.findall(r"/invitations/([\w-]{43})/", letter.text)[0]
            first = await site.visitor().post(f"/es/invitations/{token}/", data={"name": "Ana"})
            second = await invited(cast, tenant="maipu")
            known = await site.client.get(f"/es/invitations/{second.token}/")
            later = await site.visitor().post(f"/es/invitations/{second.token}/", data={})
        finally:
            site.state.demo = True

    assert (sent.status_code, sent.headers["location"]) == (303, f"{PEOPLE}?done=invited")
    assert "La invitación va en camino" in said(page.text)
    assert "/invitations/" not in sent.text + page.text.replace(f"{PEOPLE}invitations/", "")
    assert (letter.to, "peñalolén" in letter.subject.lower()) == ("ana@example.org", True)
    assert "ogpmonitor_session" in first.headers["set-cookie"]
    assert "Hay una cuenta con esta dirección" in said(known.text)
    assert later.headers["location"] == "/es/sign-in/?next=/es/maipu/workbench/"
    assert "set-cookie" not in later.headers


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"unit": ""}, "Un enlace informa por una unidad"),
        ({"email": "ana"}, "Esto no es una dirección de correo"),
        ({"until": "2020-01-01"}, "Este día ya pasó"),
        ({"role": "monitor"}, "Elija una de las opciones"),
        ({"role": "operator"}, "Elija una de las opciones"),
    ],
)
async def test_what_cannot_be_sent_comes_back_with_why(site: Site, sent: dict[str, str], told: str) -> None:
    client = await site.sign_in("penalolen-coordinator")

    answer = await client.post(f"{PEOPLE}invite/", data={**ANA, **sent})

    assert answer.status_code == 422
    assert told in said(answer.text)
    assert 'value="Ana Soto"' in answer.text


async def test_who_has_an_invitation_is_not_invited_again(site: Site, cast: Cast) -> None:
    await invited(cast)
    client = await site.sign_in("penalolen-coordinator")

    answer = await client.post(f"{PEOPLE}invite/", data=ANA)

    assert answer.status_code == 409
    assert "ya tiene una invitación" in said(answer.text)


async def test_two_who_change_the_same_person_see_what_both_wrote(site: Site, cast: Cast) -> None:
    ana = await a_person(cast)
    client = await site.sign_in("penalolen-coordinator")
    here = f"{PEOPLE}{(await member_of(cast, ana)).membership.id}/"
    first = {"version": "1", "role": "contact", "unit": "Tránsito", "reason": "a"}
    assert (await client.post(here, data=first)).status_code == 303

    second = await client.post(here, data={"version": "1", "role": "contact", "unit": "Aseo", "reason": "b"})

    told = said(second.text)
    assert second.status_code == 409
    assert "Tránsito" in told
    assert 'value="Aseo"' in second.text
    assert 'name="take_unit"' in second.text
    chosen = {"version": "2", "role": "contact", "unit": "Aseo", "take_unit": "theirs", "reason": "b"}
    assert (await client.post(here, data=chosen)).status_code == 303
    assert (await member_of(cast, ana)).membership.unit == "Tránsito"


async def test_the_last_coordinator_is_told_why_it_stays(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    here = f"{PEOPLE}{(await member_of(cast, cast.coordinator.id)).membership.id}/"

    answers = [
        await client.post(f"{PEOPLE}leave/"),
        await client.post(here, data={"version": "1", "role": "viewer"}),
        await client.post(f"{here}remove/", data={"version": "1", "reason": "x"}),
    ]

    assert [one.status_code for one in answers] == [409, 409, 409]
    assert all("conserva una coordinación" in said(one.text) for one in answers)
    assert await role_of(cast, cast.coordinator.id) == "coordinator"


async def test_a_coordinator_sees_monitors_and_can_do_nothing_to_them(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    monitor = (await member_of(cast, cast.monitor.id)).membership

    page = await client.get(PEOPLE)
    here = f"{PEOPLE}{monitor.id}/"
    tried = [
        await client.get(here),
        await client.post(here, data={"version": "1", "role": "viewer"}),
        await client.post(f"{here}remove/", data={"version": "1", "reason": "x"}),
        await client.post(f"{here}dismiss/", data={"version": "1", "reason": "x"}),
    ]

    assert "Ente de monitoreo (demo)" in said(page.text)
    assert here not in page.text
    assert [one.status_code for one in tried] == [403] * 4
    assert await role_of(cast, cast.monitor.id) == "monitor"


async def test_a_monitor_removes_a_colleague_at_once(site: Site, cast: Cast) -> None:
    client, other = await site.sign_in("penalolen-monitor"), await site.sign_in("penalolen-monitor-2")
    second = (await member_of(cast, cast.second_monitor.id)).membership
    here = f"{PEOPLE}{second.id}/dismiss/"

    silent = await client.post(here, data={"version": str(second.version), "reason": ""})
    done = await client.post(here, data={"version": str(second.version), "reason": "Dejó el ente"})

    assert (silent.status_code, done.status_code) == (422, 303)
    assert (await other.get("/es/penalolen/workbench/assessments/")).status_code == 401


async def test_removed_while_writing_one_keeps_what_was_typed(site: Site, cast: Cast) -> None:
    """Without any role the session is over (401); with one elsewhere this jurisdiction has nothing any more (404)."""
    coordinator = await site.sign_in("penalolen-coordinator")
    kept = []
    for address in ("ana@example.org", "luis@example.org"):
        link = await invited(cast, Role.COORDINATOR, email=address)
        client = site.visitor()
        await client.post(f"/es/invitations/{link.token}/", data={"name": "Ana"})
        if address.startswith("luis"):
            await a_person(cast, tenant="maipu", email=address)
        page = await coordinator.get(PEOPLE)
        member = re.findall(rf"{PEOPLE}([0-9a-f-]{{36}})/\">Ana", page.text)[0]
        sent = {"version": "1", "reason": "Se fue"}
        assert (await coordinator.post(f"{PEOPLE}{member}/remove/", data=sent)).status_code == 303
        typed = {**ANA, "name": "Lo que escribí"}
        kept.append(await client.post(f"{PEOPLE}invite/", data=typed, headers={"Referer": f"{ADDRESS}{PEOPLE}"}))

    assert [one.status_code for one in kept] == [401, 404]
    assert all("Lo que escribí" in said(one.text) for one in kept)


async def test_an_operator_invites_changes_and_removes(site: Site, cast: Cast) -> None:
    operator, ana = await site.sign_in("operator"), site.visitor()
    sent = await operator.post(f"{STAFF}invite/", data={**ANA, "role": "ogp_staff"})
    done = await ana.post(link_in(sent), data={"name": "Ana Soto"})
    page = await operator.get(STAFF)
    action = re.findall(r'action="(/es/desk/people/[0-9a-f-]{36}/)"', page.text)
    (hers,) = [one for one in action if str(cast.ogp_staff.id) not in one]
    silent = await operator.post(hers, data={"version": "2", "role": "none", "reason": ""})
    removed = await operator.post(hers, data={"version": "2", "role": "none", "reason": "Fin del contrato"})
    after = (await operator.get(removed.headers["location"])).text
    told = said((await operator.get("/es/desk/record/")).text)

    assert done.headers["location"] == "/es/desk/"
    assert (silent.status_code, removed.status_code) == (422, 303)
    assert 'href="/es/desk/record/"' in after
    assert "quitó a alguien un rol en la plataforma: equipo de OGP (Ana Soto) Por qué: Fin del contrato" in told
    assert told.count("Fin del contrato") == 1
    assert (await ana.get("/es/desk/")).status_code == 401
    assert (await operator.post(f"{STAFF}leave/")).status_code == 409


async def test_an_operator_invites_no_coordinator_where_there_is_one(site: Site) -> None:
    operator = await site.sign_in("operator")
    for slug in ("penalolen", "maipu"):
        await (await site.sign_in(f"{slug}-coordinator")).get(f"/es/{slug}/workbench/")

    answer = await operator.post(f"{STAFF}coordinator/", data={**ANA, "slug": "penalolen"})

    assert answer.status_code == 409
    assert "tiene una coordinación" in said(answer.text)


@pytest.mark.parametrize("path", [PEOPLE, STAFF])
async def test_no_more_queries_for_more_people(site: Site, cast: Cast, path: str) -> None:
    client = await site.sign_in("operator" if path == STAFF else "penalolen-coordinator")
    for number in range(2):
        await some_people(cast, number)
    await client.get(path)
    with counted() as few:
        await client.get(path)

    for number in range(2, 6):
        await some_people(cast, number)
    with counted() as many:
        page = await client.get(path)

    assert page.text.count("persona-") >= 6
    assert len(many) == len(few)


async def some_people(cast: Cast, number: int) -> None:
    """One more of each kind, and one more who is invited."""
    for role, by in ((Role.VIEWER, cast.coordinator), (PlatformRole.OGP_STAFF, cast.operator)):
        await a_person(cast, role, by=by, email=f"persona-{role}-{number}@example.org")
        await invited(cast, role, by=by, email=f"espera-{role}-{number}@example.org")


async def test_the_history_tells_what_was_done_to_people(site: Site, cast: Cast) -> None:
    ana = await a_person(cast)
    client = await site.sign_in("penalolen-coordinator")
    here = f"{PEOPLE}{(await member_of(cast, ana)).membership.id}/"
    await client.post(here, data={"version": "1", "role": "contact", "unit": "Aseo", "reason": "Pasa a la unidad"})

    told = said((await client.get("/es/penalolen/workbench/history/")).text)

    assert "cambió lo que una persona puede hacer aquí" in told
    assert "Pasa a la unidad" in told
    assert "Lectura" in told
    assert "Enlace de una unidad" in told
