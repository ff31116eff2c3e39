"""Amending over HTTP: who may, what is asked for, what is said when it is wrong, and what is kept."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
from markupsafe import escape
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import LATE, milestone_of
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.evidence.models import Evidence
from ogpmonitor.evidence.service import About, submit_link
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.amending import amend
from ogpmonitor.plans.models import Amendment
from ogpmonitor.plans.queries import get_plan

ROOT = "/penalolen/workbench/plans/2021-2024/amendments/"
COMMITMENT, CODE = LATE.split("/")
CHANGE = f"{ROOT}change/?commitment={COMMITMENT}&milestone={CODE}"
WHY = Localized.of("es", es="La licitación quedó desierta.")
LONG = 1_000
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


async def fields_at(client: httpx.AsyncClient, address: str) -> dict[str, str]:
    """What a browser would send from the form at `address`, as it came."""
    page = (await client.get(address)).text
    form = page.split('enctype="multipart/form-data"')[1].split("</form>")[0]
    lines = re.findall(r'<input [^>]*name="(\w+)" type="text" value="([^"]*)"', form)
    texts = re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    version = form.split('name="version" value="')[1].split('"')[0]
    return {"version": version, **{name: unescape(value) for name, value in (*lines, *texts)}}


async def amended_form(client: httpx.AsyncClient, address: str = f"/es{CHANGE}", **given: Any) -> dict[str, Any]:
    return {
        **await fields_at(client, address),
        "reason": "procurement",
        "words": "La licitación quedó desierta.",
        **given,
    }


async def made(cast: Cast) -> list[Amendment]:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return list(await session.scalars(select(Amendment).order_by(Amendment.made_at, Amendment.id)))


async def test_amending_over_the_form_keeps_old_new_and_why(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")

    answer = await client.post(f"/es{CHANGE}", data=await amended_form(client, due_on="31-03-2031"))

    assert answer.status_code == 303, said(answer.text)
    (one,) = await made(cast)
    assert (one.kind, one.reason, [change["field"] for change in one.changes]) == ("dates", "procurement", ["due_on"])
    assert one.changes[0]["new"] == "2031-03-31"
    assert one.demo
    page = said((await client.get(answer.headers["location"])).text)
    assert "La enmienda se guardó" in page
    assert "31 mar 2031" in page
    assert "Compras y licitaciones. La licitación quedó desierta." in page


async def test_preview_shows_both_and_saves_nothing(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    sent = await amended_form(client, due_on="2031-03", step="preview")

    answer = await client.post(f"/es{CHANGE}", data=sent)

    assert answer.status_code == 200
    shown = said(answer.text.split('id="preview"')[1].split("<form")[0])
    assert "mar 2031" in shown
    assert "Fecha prevista" in shown
    assert 'value="2031-03"' in answer.text
    assert await made(cast) == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"due_on": "pronto"}, "due_on", ("Esto no es una fecha.", "This is not a date.")),
        ({"due_on": "1024"}, "due_on", ("Revise el año", "Please check the year.")),
        ({"starts_on": "2031-05", "due_on": "2031-04"}, "due_on", ("No puede terminar antes", "It cannot end before")),
        ({"title": "  "}, "title", ("Complete este campo.", "Please fill this in.")),
        ({"title": "x" * 301}, "title", ("Es demasiado largo", "This is too long.")),
        ({"responsible_unit": "x" * 301}, "responsible_unit", ("Es demasiado largo", "This is too long.")),
        ({"expected_output": "x" * 20_001}, "expected_output", ("Es demasiado largo", "This is too long.")),
        ({"indicator": "a\x00b"}, "indicator", ("caracteres que no se pueden", "characters that cannot be kept")),
        ({"set_aside": "bored"}, "set_aside", ("Elija una de las opciones", "Please choose one of the options.")),
        ({"reason": ""}, "reason", ("Elija el motivo que mejor", "Choose the reason that fits best.")),
        ({"reason": "bored"}, "reason", ("Elija el motivo que mejor", "Choose the reason that fits best.")),
        ({"words": " "}, "words", ("Diga con palabras por qué", "Say in words why the plan is changed.")),
        ({"words": "x" * 2_001}, "words", ("Es demasiado largo", "This is too long.")),
        (
            {"minute": "00000000-0000-0000-0000-000000000000"},
            "minute",
            ("Elija un acta de la lista", "Choose a minute"),
        ),
        ({"minute_title": "x" * 201}, "minute_title", ("Es demasiado largo", "This is too long.")),
        ({"due_on": None}, "title", ("Nada difiere", "Nothing differs")),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    site: Site, cast: Cast, given: dict[str, Any], field: str, words: tuple[str, str]
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    for lang, message in zip(("es", "en"), words, strict=True):
        sent = await amended_form(client, f"/{lang}{CHANGE}", **{"due_on": "2031-03-31", **given})
        sent = {name: value for name, value in sent.items() if value is not None}
        if given.get("due_on", "") is None:
            sent["due_on"] = (await fields_at(client, f"/{lang}{CHANGE}"))["due_on"]

        answer = await client.post(f"/{lang}{CHANGE}", data=sent)

        assert answer.status_code == 422
        assert message in said(answer.text.split(f'id="{field}-error"')[1].split("</p>")[0])
        assert f'href="#{field}"' in answer.text
        kept = [str(escape(sent[name])) for name in ("due_on", "words", "indicator") if len(sent[name]) < LONG]
        assert [one for one in kept if one not in answer.text] == []
    assert await made(cast) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("acta.exe", b"MZ\x90\x00", "tipo"), ("acta.pdf", b"%PDF-1.4" + b"x" * 11_000_000, "10 MB")],
)
async def test_a_minute_that_may_not_be_kept_is_refused(
    site: Site, cast: Cast, name: str, content: bytes, words: str
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    sent = await amended_form(client, due_on="2031-03-31")

    answer = await client.post(f"/es{CHANGE}", data=sent, files={"minute_file": (name, content)})

    assert answer.status_code == 422
    assert words in answer.text.split('id="minute_file-error"')[1].split("</p>")[0]
    assert "2031-03-31" in answer.text
    assert await made(cast) == []


async def test_a_minute_is_kept_as_evidence_and_can_be_chosen_again(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    sent = await amended_form(client, due_on="2031-03-31", minute_title="Acta 4 del foro")
    answer = await client.post(f"/es{CHANGE}", data=sent, files={"minute_file": ("acta.pdf", PDF)})
    assert answer.status_code == 303

    (one,) = await made(cast)
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        minute = await session.get_one(Evidence, one.minute_id)
        assert (minute.category, minute.title["es"], minute.voice) == ("minute", "Acta 4 del foro", "government")
    again = await amended_form(client, due_on="2032", minute=str(one.minute_id))
    assert (await client.post(f"/es{CHANGE}", data=again)).status_code == 303
    assert [each.minute_id for each in await made(cast)] == [one.minute_id] * 2


async def test_a_minute_of_the_monitor_is_not_taken(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        about = About(Localized.of("es", es="Nota"))
        theirs = (await submit_link(session, "https://example.org", about, by=cast.monitor)).id
    client = await site.sign_in("penalolen-coordinator")

    answer = await client.post(f"/es{CHANGE}", data=await amended_form(client, due_on="2031", minute=str(theirs)))

    assert answer.status_code == 422
    assert "Elija un acta de la lista" in answer.text


async def test_setting_aside_takes_milestones_along_and_back(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    assert (
        await client.post(f"/es{CHANGE}", data=await amended_form(client, set_aside="withdrawn"))
    ).status_code == 303
    whole = f"/es{ROOT}change/?commitment={COMMITMENT}"
    for chosen in ("deprioritised", ""):
        answer = await client.post(whole, data=await amended_form(client, whole, set_aside=chosen))
        assert answer.status_code == 303
        async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
            plan = await get_plan(session, "2021-2024")
            commitment = next(one for one in plan.commitments if one.code == COMMITMENT)
            steps = {one.code: one.set_aside for one in commitment.milestones}
        expected = dict.fromkeys(steps, chosen or None) | {CODE: "withdrawn"}
        assert (commitment.set_aside, steps) == (chosen or None, expected)
    assert [one.kind for one in await made(cast)] == ["scope"] * 3


async def test_two_writers_see_both_texts_and_choose(site: Site, cast: Cast) -> None:
    client, other = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-coordinator")
    mine = await amended_form(client, due_on="2031-03-31", title="Mi título")
    theirs = await amended_form(other, title="El otro título")
    assert (await other.post(f"/es{CHANGE}", data=theirs)).status_code == 303

    answer = await client.post(f"/es{CHANGE}", data=mine)

    assert answer.status_code == 409
    assert "El otro título" in answer.text
    assert "Mi título" in answer.text
    version = answer.text.split('name="version" value="')[1].split('"')[0]
    again = {**mine, "version": version, "take_title": "theirs", "take_due_on": "mine"}
    assert (await client.post(f"/es{CHANGE}", data=again)).status_code == 303
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        row = await milestone_of(session, LATE)
    assert (row.title["es"], row.due_on) == ("El otro título", "2031-03-31")


async def test_adding_marks_what_was_not_in_the_original(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    step, promise = f"/es{ROOT}add/?commitment={COMMITMENT}", f"/es{ROOT}add/"
    sent = await amended_form(client, step, title="Un hito nuevo", due_on="2031", responsible_unit="Secpla")
    assert (await client.post(step, data={**sent, "code": "M99"})).status_code == 303
    sent = await amended_form(client, promise, title="Un compromiso nuevo", action="Se hará.")
    assert (await client.post(promise, data={**sent, "code": "C99"})).status_code == 303

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        plan = await get_plan(session, "2021-2024")
        added = [one for one in plan.commitments if one.added]
        steps = [m for one in plan.commitments for m in one.milestones if m.added]
    assert [(one.code, one.title["es"], one.content["number"]) for one in added] == [
        ("C99", "Un compromiso nuevo", str(len(plan.commitments)))
    ]
    assert [(one.code, one.responsible_unit) for one in steps] == [("M99", {"source": "es", "es": "Secpla"})]
    assert [(one.kind, one.commitment, one.milestone) for one in await made(cast)] == [
        ("scope", COMMITMENT, "M99"), ("scope", "C99", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "es", "en"),
    [
        (CODE.lower(), "Este código ya está en uso.", "This code is taken."),
        ("", "Use solo letras", "Use letters, figures"),
        ("M 1/2", "Use solo letras", "Use letters, figures"),
        ("M" * 41, "Es demasiado largo", "This is too long"),
    ],
)
async def test_a_new_code_is_checked(site: Site, cast: Cast, code: str, es: str, en: str) -> None:
    client = await site.sign_in("penalolen-coordinator")
    for lang, words in (("es", es), ("en", en)):
        address = f"/{lang}{ROOT}add/?commitment={COMMITMENT}"
        sent = {**await amended_form(client, address, title="Un hito nuevo"), "code": code}

        answer = await client.post(address, data=sent)

        assert answer.status_code == 422
        assert words in answer.text.split('id="code-error"')[1].split("</p>")[0]
        assert "Un hito nuevo" in answer.text
    assert await made(cast) == []


@pytest.mark.parametrize(
    ("persona", "read", "write"),
    [
        ("penalolen-contact", 200, 403),
        ("penalolen-monitor", 403, 403),
        ("maipu-coordinator", 404, 404),
        ("ogp-staff", 404, 404),
    ],
)
async def test_only_coordinators_amend(site: Site, cast: Cast, persona: str, read: int, write: int) -> None:
    client = await site.sign_in(persona)
    sent = {"version": "1", "title": "Otro", "reason": "law", "words": "Porque sí"}

    assert (await client.get(f"/es{ROOT}")).status_code == read
    assert (await client.get(f"/es{CHANGE}")).status_code == write
    assert (await client.post(f"/es{CHANGE}", data=sent)).status_code == write
    assert (await client.post(f"/es{ROOT}add/", data=sent)).status_code == write
    assert await made(cast) == []


async def test_a_stranger_is_sent_to_sign_in(site: Site) -> None:
    for address in (ROOT, CHANGE, "/renca/workbench/plans/en-cocreacion/submit/"):
        assert (await site.client.get(f"/es{address}")).status_code in {303, 401}


@pytest.mark.parametrize("query", ["?commitment=nope", f"?commitment={COMMITMENT}&milestone=nope"])
async def test_what_does_not_exist_is_not_found(site: Site, query: str) -> None:
    client = await site.sign_in("penalolen-coordinator")

    assert (await client.get(f"/es{ROOT}change/{query}")).status_code == 404


async def test_a_plan_being_written_is_not_amended(site: Site) -> None:
    client = await site.sign_in("renca-coordinator")

    answer = await client.get("/es/renca/workbench/plans/en-cocreacion/amendments/change/")

    assert answer.status_code == 409
    assert "no se ha entregado" in answer.text
    page = await client.get("/es/renca/workbench/plans/en-cocreacion/amendments/")
    assert "El plan aún no se ha entregado" in page.text


async def test_amendments_cost_the_same_for_one_and_for_a_hundred(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")

    async def write(dates: range) -> None:
        async with cast.at("penalolen", cast.coordinator) as session:
            plan, row = await get_plan(session, "2021-2024"), await milestone_of(session, LATE)
            for year in dates:
                await amend(session, plan, row, {"due_on": str(year)}, reason="law", words=WHY, by=cast.coordinator)

    await write(range(2031, 2032))
    with counted() as one:
        await client.get(f"/es{ROOT}")
    await write(range(2032, 2131))
    with counted() as hundred:
        page = await client.get(f"/es{ROOT}")

    assert page.text.count("<article>") == 100
    assert len(hundred) == len(one)
