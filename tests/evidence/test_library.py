"""The library over HTTP: filed, described, replaced, withdrawn; and links asked in the background."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import LATE, milestone_of
from tests.factories.site import Site
from tests.kit.test_images import a_picture

from ogpmonitor.evidence.links import check_all
from ogpmonitor.evidence.models import Evidence, EvidenceSupport
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.fetch import LinkState

AT = "/es/penalolen/workbench/evidence/"
PDF = ("acta.pdf", b"%PDF-1.7\nacta", "application/pdf")


def said(**given: Any) -> dict[str, Any]:
    return {"category": "minute", "title_es": "Acta del foro", **given}


async def file(client: httpx.AsyncClient, sent: dict[str, Any], upload: tuple[str, bytes, str] | None = PDF) -> str:
    answer = await client.post(f"{AT}new/", data=sent, files={"file": upload} if upload else None)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def row_at(cast: Cast, address: str) -> Evidence:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        found = await session.get(Evidence, address.rstrip("/").split("/")[-2])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        (None, 401), ("penalolen-coordinator", 200), ("penalolen-contact", 403), ("penalolen-monitor", 403),
        ("maipu-coordinator", 404), ("ogp-staff", 404), ("operator", 404),
    ],
)  # fmt: skip
async def test_the_library_is_the_coordinators(site: Site, persona: str | None, status: int) -> None:
    client = await site.sign_in(persona) if persona else site.client

    assert (await client.get(AT)).status_code == status
    assert (await client.get(f"{AT}new/")).status_code == status


async def test_a_piece_supports_several_things(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = await milestone_of(session, LATE)

    at = await file(client, said(milestone=str(milestone.id), commitment=str(milestone.commitment_id), source="Foro"))

    row = await row_at(cast, at)
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        found = (await session.scalars(select(EvidenceSupport).where(EvidenceSupport.evidence_id == row.id))).all()
    assert {(one.milestone_id, one.commitment_id) for one in found} == {
        (milestone.id, None), (None, milestone.commitment_id),
    }  # fmt: skip
    assert row.sha256 in (await client.get(at)).text


async def test_a_picture_is_kept_without_its_place(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    sent = a_picture("jpeg")

    at = await file(client, said(category="picture"), ("foto.jpg", sent, "image/jpeg"))
    row = await row_at(cast, at)
    kept = (await client.get(at.replace("about/", ""))).content
    shown = await client.get(at.replace("about/", "preview/"))

    assert b"Ana Persona" in sent
    assert b"Ana Persona" not in kept + shown.content
    assert row.sent_sha256 not in (None, row.sha256)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert str(row.sent_sha256) in (await client.get(at)).text


@pytest.mark.parametrize(("more", "restricted"), [({}, True), ({"harmless": "yes"}, False)])
async def test_an_attendance_list_is_restricted_by_default(
    site: Site, cast: Cast, more: dict[str, str], *, restricted: bool
) -> None:
    client = await site.sign_in("penalolen-coordinator")

    row = await row_at(cast, await file(client, said(category="attendance", **more)))

    assert row.restricted is restricted


@pytest.mark.parametrize(
    ("given", "upload", "es", "en"),
    [
        ({"title_es": "", "title_en": ""}, PDF, "Diga cómo se llama", "Say what it is called"),
        ({"title_en": "x" * 201}, PDF, "Es demasiado largo.", "This is too long"),
        ({"category": "poem"}, PDF, "Elija una de las opciones", "Please choose one of the options"),
        ({"dated_on": "mañana"}, PDF, "Esto no es una fecha", "This is not a date"),
        ({"covers_from": "2025", "covers_to": "2024"}, PDF, "No puede terminar antes", "It cannot end before"),
        ({"source": "x" * 301}, PDF, "Es demasiado largo.", "This is too long"),
        ({"link_url": "https://example.org"}, PDF, "no ambos", "not both"),
        ({}, None, "Elija un archivo o indique", "Choose a file, or give"),
        ({"link_url": "javascript:1"}, None, "Esto no es una dirección", "This is not an address"),
        ({}, ("a.jpg", b"\xff\xd8\xffrota", "image/jpeg"), "Esta imagen está dañada", "This picture is damaged"),
    ],
)
async def test_wrong_input_is_said_beside_the_field_and_nothing_is_filed(
    site: Site, *, given: dict[str, Any], upload: tuple[str, bytes, str] | None, es: str, en: str
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    before = (await client.get(AT)).text.count("<tr>")
    data = said(**{"title_en": "In English", "source": "What I wrote", **given})

    for lang, message in (("es", es), ("en", en)):
        answer = await client.post(
            f"/{lang}/penalolen/workbench/evidence/new/", data=data, files={"file": upload} if upload else None
        )
        assert answer.status_code == 422
        assert answer.text.count(message) == 2  # in the summary and beside the field
        assert str(data["source"]) in answer.text
    assert (await client.get(AT)).text.count("<tr>") == before


async def test_the_second_writer_sees_both_texts_and_chooses(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    at = await file(client, said())
    seen = re.search(r'name="version" value="(\d+)"', (await client.get(at)).text)
    assert seen is not None

    await client.post(at, data=said(version=seen[1], title_es="Lo primero"))
    stale = await client.post(at, data=said(version=seen[1], title_es="Lo segundo"))
    newer = re.search(r'name="version" value="(\d+)"', stale.text)
    assert newer is not None
    chosen = await client.post(at, data=said(version=newer[1], title_es="Lo segundo", take_title_es="theirs"))

    assert stale.status_code == 409
    assert "Lo primero" in stale.text
    assert "Lo segundo" in stale.text
    assert chosen.status_code == 303
    assert (await row_at(cast, at)).title["es"] == "Lo primero"


async def test_a_piece_is_replaced_and_never_overwritten(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = await milestone_of(session, LATE)
    old = await file(client, said(milestone=str(milestone.id)))
    before = await row_at(cast, old)

    new = await file(client, said(replaces=str(before.id)), ("acta2.pdf", b"%PDF-1.7\nnueva", "application/pdf"))

    after, replaced = await row_at(cast, new), await row_at(cast, old)
    assert (after.replaces_id, replaced.sha256) == (before.id, before.sha256)
    assert (await client.get(old.replace("about/", ""))).content == PDF[1]
    assert "Una evidencia más nueva ocupa su lugar" in (await client.get(old)).text
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        found = (
            await session.scalars(select(EvidenceSupport).where(EvidenceSupport.milestone_id == milestone.id))
        ).all()
    assert after.id in {one.evidence_id for one in found}
    assert before.id not in {one.evidence_id for one in found}


async def test_withdrawing_needs_a_reason(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    at = await file(client, said())

    silent = await client.post(at.replace("about/", "withdraw/"), data={"reason": " "})
    endless = await client.post(at.replace("about/", "withdraw/"), data={"reason": "a" * 501})
    done = await client.post(at.replace("about/", "withdraw/"), data={"reason": "Está duplicada."})

    assert (silent.status_code, endless.status_code, done.status_code) == (422, 422, 303)
    assert (await row_at(cast, at)).withdrawn_at is not None


async def test_links_are_asked_for_nobody_and_dead_ones_are_shown(site: Site, cast: Cast, database: Database) -> None:
    client = await site.sign_in("penalolen-coordinator")
    at = await file(client, said(link_url="https://example.org/no"), None)

    async def ask(url: str) -> LinkState:
        return "dead" if url.endswith("/no") else "alive"

    first = await check_all(database, ask)
    again = await check_all(database, ask)

    assert first >= 1
    assert again == 0  # a week has not gone by
    assert (await row_at(cast, at)).link_state == "dead"
    assert "Acta del foro" in (await client.get(f"{AT}?only=dead")).text
    assert "El enlace no funciona" in (await client.get(at)).text


async def test_the_library_costs_the_same_for_one_and_many_pieces(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await client.get(AT)
    with counted() as few:
        await client.get(f"{AT}?words=zzz")
    with counted() as many:
        await client.get(AT)

    assert len(few) <= len(many) <= len(few) + 1  # nothing found asks nothing about what it supports


async def test_another_tenants_piece_is_not_found(site: Site) -> None:
    client, neighbour = await site.sign_in("penalolen-coordinator"), await site.sign_in("maipu-coordinator")
    at = await file(client, said())

    assert (await neighbour.get(at.replace("penalolen", "maipu"))).status_code == 404
