"""The pages of a request: made by a coordinator, opened by a contact, closed to everyone else."""

from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import OTHER_UNIT, OWN_UNIT, address_of, milestone_of, report
from tests.factories.requests import DESK, HOME, UNIT, ask, change, form, opened, today
from tests.factories.site import Site

from ogpmonitor.kit.db import utc_now
from ogpmonitor.periods.requests import COOKIE


async def id_of(cast: Cast, place: str = OWN_UNIT) -> str:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return str((await milestone_of(session, place)).id)


async def test_new_request_ticks_what_the_unit_still_owes(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")

    page = await client.get(f"{DESK}new/", params={"unit": UNIT})

    assert page.status_code == 200
    assert f'value="{await id_of(cast)}" checked' in page.text
    assert (today() + timedelta(days=30)).isoformat() in page.text


async def test_new_request_shows_its_link_once_inside_a_reminder(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    sent = form(milestones=await id_of(cast), language="en")

    made = await client.post(f"{DESK}new/", data=sent)
    again = await client.post(f"{DESK}new/", data=sent)
    later = await client.get(again.headers["location"])

    assert made.status_code == 200
    link = made.text.split('reminder__link" data-copy>')[1].split("<")[0]
    assert link.startswith("http://testserver/en/penalolen/requests/")
    assert made.headers["cache-control"] == "private, no-store"
    mail = unquote(unescape(made.text.split('href="mailto:')[1].split('"')[0]))
    assert mail.startswith("ana@example.org?subject=Report on the action plan of")
    assert link in mail
    assert "Dear Ana Soto," in mail
    assert again.status_code == 303
    assert link not in later.text
    assert (await site.visitor().get(link)).status_code == 200


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("name", ""), {"es": "Complete", "en": "Please fill this in."}),
        (("name", "x" * 201), {"es": "Es demasiado largo", "en": "This is too long."}),
        (("email", "ana"), {"es": "no es una dirección de correo", "en": "not an e-mail address"}),
        (("email", "a@b.cl, c@d.cl"), {"es": "no es una dirección de correo", "en": "not an e-mail address"}),
        (("language", "fr"), {"es": "Elija", "en": "Please choose one of the options."}),
        (("until", "mañana"), {"es": "no es una fecha", "en": "This is not a date."}),
        (("until", "2020-01-01"), {"es": "Este día ya pasó", "en": "This day is over."}),
        (("until", "2099-01-01"), {"es": "60 días", "en": "at most 60 days"}),
        (("milestones", ""), {"es": "al menos un hito", "en": "at least one milestone"}),
    ],
)
async def test_new_request_says_what_is_wrong_beside_the_field(
    site: Site, cast: Cast, lang: str, wrong: tuple[str, str], said: dict[str, str]
) -> None:
    field, value = wrong
    client = await site.sign_in("penalolen-coordinator")
    desk = DESK.replace("/es/", f"/{lang}/")
    sent = form(milestones=await id_of(cast), name="Ana María Soto") | {field: value}
    before = await how_many(cast)

    page = await client.post(f"{desk}new/", data=sent)

    assert page.status_code == 422
    words = unescape(page.text)
    assert f'id="{field}-error"' in words
    assert said[lang] in words.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert field == "name" or 'value="Ana María Soto"' in words
    assert await how_many(cast) == before


async def how_many(cast: Cast) -> int:
    async with cast.at("penalolen", cast.coordinator) as session:
        return int(await session.scalar(text("SELECT count(*) FROM workbench.report_requests")) or 0)


async def test_another_units_milestone_cannot_be_asked(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")

    page = await client.post(f"{DESK}new/", data=form(milestones=await id_of(cast, OTHER_UNIT)))

    assert page.status_code == 422


@pytest.mark.parametrize("persona", ["penalolen-contact", "penalolen-monitor", "maipu-coordinator"])
async def test_only_the_coordinator_makes_requests(site: Site, cast: Cast, persona: str) -> None:
    asked = await ask(cast)
    client = await site.sign_in(persona)

    answers = [
        await client.get(DESK),
        await client.get(f"{DESK}new/"),
        await client.post(f"{DESK}new/", data=form()),
        await client.get(f"{DESK}{asked.request.id}/"),
        await client.post(f"{DESK}{asked.request.id}/revoke/"),
        await client.post(f"{DESK}{asked.request.id}/renew/"),
    ]

    assert {answer.status_code for answer in answers} == {404 if persona.startswith("maipu") else 403}


async def test_another_tenants_request_is_not_found(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = await site.sign_in("maipu-coordinator")

    root = f"{DESK.replace('penalolen', 'maipu')}{asked.request.id}/"

    assert [(await client.get(root)).status_code, (await client.post(f"{root}revoke/")).status_code] == [404, 404]


async def test_list_costs_the_same_for_many_requests(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await ask(cast)
    with counted() as few:
        await client.get(DESK)
    for _ in range(30):
        await ask(cast)

    with counted() as many:
        page = await client.get(DESK)

    assert page.text.count("Ana Soto") >= 31
    assert len(many) == len(few)


async def test_looking_at_the_link_takes_nothing(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    address = f"{HOME}{asked.token}/"

    looks = [await site.visitor().get(address) for _ in range(3)] + [await site.visitor().head(address)]
    taken = await site.visitor().post(address)

    assert [look.status_code for look in looks] == [200, 200, 200, 200]
    assert all("set-cookie" not in look.headers for look in looks)
    assert all(look.headers["cache-control"] == "private, no-store" for look in looks)
    assert UNIT in looks[0].text
    assert taken.status_code == 303


async def test_the_key_stays_in_one_browser(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    address = f"{HOME}{asked.token}/"

    answer = await site.visitor().post(address)

    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie, lang in zip(sorted(cookies, reverse=True), ("es", "en"), strict=True):
        assert cookie.startswith(f"{COOKIE}=")
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
        assert f"Path=/{lang}/penalolen/requests/{asked.token}" in cookie
        assert "Max-Age=" in cookie


async def test_a_used_link_opens_nothing_in_another_browser(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    address = f"{HOME}{asked.token}/"
    holder, other = await opened(site, asked), site.visitor()

    mine = await holder.get(address)
    answers = [await other.get(address), await other.post(address), await other.get(f"{address}milestones/")]
    answers.append(await other.get(f"{address}milestones/{await id_of(cast)}/"))
    answers.append(await other.post(f"{address}milestones/{await id_of(cast)}/", data=report()))

    assert mine.status_code == 303
    assert (await holder.get(mine.headers["location"])).status_code == 200
    assert (await holder.post(address)).status_code == 303
    assert [answer.status_code for answer in answers] == [410] * 5
    assert "en otro navegador" in answers[0].text
    assert UNIT not in answers[0].text


async def test_the_other_language_is_open_to_the_holder_too(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = await opened(site, asked)

    page = await client.get(f"/en/penalolen/requests/{asked.token}/milestones/")

    assert page.status_code == 200
    assert "Your report" in page.text


async def test_a_revoked_or_ended_link_says_so(site: Site, cast: Cast) -> None:
    revoked, ended = await ask(cast), await ask(cast)
    holder = await opened(site, revoked)
    coordinator = await site.sign_in("penalolen-coordinator")

    await coordinator.post(f"{DESK}{revoked.request.id}/revoke/")
    await change(cast, ended, expires_at=utc_now() - timedelta(minutes=1))

    first = await site.visitor().get(f"{HOME}{revoked.token}/")
    second = await site.visitor().get(f"{HOME}{ended.token}/")
    assert (first.status_code, second.status_code) == (410, 410)
    assert "Fue retirado el" in first.text
    assert "Valía hasta el" in second.text
    assert (await site.visitor().post(f"{HOME}{ended.token}/")).status_code == 410
    assert (await holder.get(f"{HOME}{revoked.token}/milestones/")).status_code == 410


async def test_renewing_leaves_the_old_link_dead(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    holder = await opened(site, asked)
    coordinator = await site.sign_in("penalolen-coordinator")

    until = (today() + timedelta(days=5)).isoformat()
    made = await coordinator.post(f"{DESK}{asked.request.id}/renew/", data={"until": until})
    wrong = await coordinator.post(f"{DESK}{asked.request.id}/renew/", data={"until": "2020-01-01"})

    link = made.text.split('reminder__link" data-copy>')[1].split("<")[0]
    assert (await holder.get(f"{HOME}{asked.token}/milestones/")).status_code == 410
    assert (await site.visitor().get(link)).status_code == 200
    assert wrong.status_code == 422
    assert "Este día ya pasó" in wrong.text


@pytest.mark.parametrize("token", ["x" * 43, "x", "ñ" * 43])
async def test_a_guessed_link_is_not_found(site: Site, token: str) -> None:
    assert (await site.visitor().get(f"{HOME}{token}/")).status_code == 404
    assert (await site.visitor().post(f"{HOME}{token}/")).status_code == 404


async def test_a_link_opens_nothing_in_another_tenant(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = await opened(site, asked)
    cookie = client.cookies.jar

    key = next(one.value for one in cookie if one.name == COOKIE)
    stranger = site.visitor(Cookie=f"{COOKIE}={key}")

    assert (await stranger.get(f"/es/maipu/requests/{asked.token}/")).status_code == 404
    assert (await stranger.get(f"/es/maipu/requests/{asked.token}/milestones/")).status_code == 404


async def test_the_key_of_one_request_does_not_open_another(site: Site, cast: Cast) -> None:
    first, second = await ask(cast), await ask(cast)
    client = await opened(site, first)
    await opened(site, second)
    key = next(one.value for one in client.cookies.jar if one.name == COOKIE)

    answer = await site.visitor(Cookie=f"{COOKIE}={key}").get(f"{HOME}{second.token}/milestones/")

    assert answer.status_code == 410


async def test_the_holder_is_a_stranger_everywhere_else(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    opener = await opened(site, asked)
    key = next(one.value for one in opener.cookies.jar if one.name == COOKIE)
    client = site.visitor(Cookie=f"{COOKIE}={key}; ogpmonitor_session={key}")
    own, other = await id_of(cast), await id_of(cast, OTHER_UNIT)

    assert (await client.get("/es/penalolen/workbench/")).status_code == 401
    assert (await client.get(await address_of(cast, OWN_UNIT))).status_code == 401
    assert (await client.get(DESK)).status_code == 401
    assert (await client.get(f"{HOME}{asked.token}/milestones/{other}/")).status_code == 404
    assert (await client.post(f"{HOME}{asked.token}/milestones/{other}/", data=report())).status_code == 404
    assert (await client.get(f"{HOME}{asked.token}/milestones/{own}/")).status_code == 200


async def test_the_holder_reports_with_evidence_and_is_thanked(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = await opened(site, asked)
    address = f"{HOME}{asked.token}/milestones/{await id_of(cast)}/"
    page = await client.get(address)
    version = int(page.text.split('name="version" value="')[1].split('"')[0])

    sent = report(version, text="Se plantaron 40 árboles.", link_url="https://example.org/arboles", file_title_1="Acta")
    answer = await client.post(address, data=sent, files={"file_1": ("acta.txt", b"Acta de entrega", "text/plain")})
    thanks = await client.get(answer.headers["location"])

    assert answer.status_code == 303, answer.text
    assert "1 de 1" in thanks.text
    async with cast.at("penalolen", cast.coordinator) as session:
        traces = await session.execute(
            text("SELECT action, actor_id, actor_role FROM workbench.audit_records WHERE request_id = :id"),
            {"id": asked.request.id},
        )
        found = [tuple(row) for row in traces]
    assert {row[0] for row in found} >= {"request.opened", "evidence.submitted", "milestone.backed"}
    assert {row[1:] for row in found} == {(None, "contact")}


@pytest.mark.parametrize(("lang", "said"), [("es", "Solo un hito completado"), ("en", "Only a completed milestone")])
async def test_the_holders_form_comes_back_with_what_was_typed(site: Site, cast: Cast, lang: str, said: str) -> None:
    asked = await ask(cast)
    client = await opened(site, asked)
    address = f"/{lang}/penalolen/requests/{asked.token}/milestones/{await id_of(cast)}/"

    page = await client.post(address, data=report(completed_on="2024-02-05", text="Palabras mías", report_version="0"))

    assert page.status_code == 422
    assert said in page.text.split('id="completed_on-error"')[1].split("</p>")[0]
    assert "Palabras mías" in page.text


async def test_what_somebody_else_wrote_meanwhile_is_shown_beside(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = await opened(site, asked)
    address = f"{HOME}{asked.token}/milestones/{await id_of(cast)}/"

    page = await client.post(address, data=report(0, text="Lo mío"))

    assert page.status_code == 409
    assert 'name="take_text"' in page.text
    assert "Lo mío" in page.text
