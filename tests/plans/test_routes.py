"""The workbench over HTTP: who sees what, and a report that is saved whole or not at all."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import LATE, OTHER_UNIT, OWN_UNIT, address_of, milestone_of, report, version_at
from tests.factories.site import Site

from ogpmonitor.accounts.models import Membership, Role
from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.evidence.models import Evidence, EvidenceSupport
from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.plans.models import Milestone
from ogpmonitor.settings import Settings

DESK = "/es/penalolen/workbench/"
PDF = ("acta.pdf", b"%PDF-1.7\nacta", "application/pdf")


async def told(cast: Cast, place: str) -> Milestone:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return await milestone_of(session, place)


async def counts(cast: Cast) -> tuple[int, int, int]:
    """Rows of evidence, of what it supports, and of the record."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        tables = (Evidence, EvidenceSupport, AuditRecord)
        found = [await session.scalar(select(func.count()).select_from(table)) for table in tables]
    return int(found[0] or 0), int(found[1] or 0), int(found[2] or 0)


async def make_viewer(settings: Settings, cast: Cast) -> None:
    """Peñalolén's contact becomes one who only reads."""
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids["penalolen"], None)
        statement = select(Membership).where(Membership.person_id == cast.contact.id)
        (await session.scalars(statement)).one().role = Role.VIEWER


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        (None, 401),
        ("penalolen-coordinator", 200),
        ("penalolen-contact", 200),
        ("penalolen-monitor", 303),
        ("maipu-coordinator", 404),
        ("maipu-monitor", 404),
        ("ogp-staff", 404),
        ("operator", 404),
    ],
)
async def test_workbench_is_open_to_its_own_people(site: Site, persona: str | None, status: int) -> None:
    client = await site.sign_in(persona) if persona else site.client

    assert (await client.get(DESK)).status_code == status


@pytest.mark.parametrize(
    ("persona", "place", "shown", "sent"),
    [
        (None, OWN_UNIT, 401, 401),
        ("penalolen-coordinator", OTHER_UNIT, 200, 303),
        ("penalolen-contact", OWN_UNIT, 200, 303),
        ("penalolen-contact", OTHER_UNIT, 200, 403),
        ("penalolen-monitor", OWN_UNIT, 403, 403),
        ("maipu-coordinator", OWN_UNIT, 404, 404),
        ("ogp-staff", OWN_UNIT, 404, 404),
        ("operator", OWN_UNIT, 404, 404),
    ],
)
async def test_a_milestone_is_reported_by_those_who_answer_for_it(
    site: Site, cast: Cast, *, persona: str | None, place: str, shown: int, sent: int
) -> None:
    client = await site.sign_in(persona) if persona else site.client
    address = await address_of(cast, place)

    page = await client.get(address)
    answer = await client.post(address, data=report())

    assert (page.status_code, answer.status_code) == (shown, sent)
    assert ('name="progress"' in page.text) == (sent == 303)  # the form asks the same table as the route
    assert (await told(cast, place)).version == (3 if persona == "penalolen-coordinator" else 2)  # a contact's waits


async def test_a_viewer_reads_and_changes_nothing(site: Site, cast: Cast, settings: Settings) -> None:
    await make_viewer(settings, cast)
    viewer = await site.sign_in("penalolen-contact")
    address = await address_of(cast, OWN_UNIT)

    desk, page, sent = await viewer.get(DESK), await viewer.get(address), await viewer.post(address, data=report())

    assert [desk.status_code, page.status_code, sent.status_code] == [200, 200, 403]
    assert "Informar<span" not in desk.text
    assert 'name="progress"' not in page.text
    assert (await viewer.get(f"{DESK}publish/")).status_code == 403


async def test_another_tenants_milestone_is_not_found(site: Site, cast: Cast) -> None:
    neighbour = await site.sign_in("maipu-coordinator")
    address = (await address_of(cast, LATE)).replace("penalolen", "maipu")

    assert (await neighbour.get(address)).status_code == 404
    assert (await neighbour.post(address, data=report())).status_code == 404


async def test_a_contact_finds_its_own_unit_first(site: Site) -> None:
    client = await site.sign_in("penalolen-contact")

    page = (await client.get("/en/penalolen/workbench/")).text
    urgent = page.split("Late or due soon")[1].split("By commitment")[0]

    assert urgent.split("<tbody>")[1].split("</tr>")[0].count("M6") == 2
    assert urgent.count("Report<span") == 1
    assert urgent.count("Look<span") == 4


@pytest.mark.parametrize(
    ("lang", "said", "saved"),
    [
        ("es", "903 días de atraso", "Guardado. Nada es público hasta que publique."),
        ("en", "903 days late", "Saved. Nothing is public until you publish."),
    ],
)
async def test_a_report_is_saved_and_the_workbench_says_so(
    site: Site, cast: Cast, lang: str, said: str, saved: str
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE, lang)
    assert said.split()[1] in (await client.get(f"/{lang}/penalolen/workbench/")).text

    answer = await client.post(address, data=report(), files={"file_1": PDF})
    desk = await client.get(answer.headers["location"])

    assert answer.headers["location"] == f"/{lang}/penalolen/workbench/?plan=2021-2024&saved=report"
    assert saved in desk.text
    milestone = await told(cast, LATE)
    assert milestone.progress_text == (
        {"source": "es", "es": "Se avanzó."} if lang == "es" else {**_before(), "source": "en", "en": "Se avanzó."}
    )
    assert milestone.report_demo


def _before() -> dict[str, str]:
    words = (
        "El tablero está en prueba con datos de residuos y arbolado. Falta conectar los reclamos ambientales y publicar"
    )
    return {"es": f"{words} la descarga."}


async def test_a_report_brings_its_evidence(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE)
    before = await counts(cast)
    data = report(file_title_1="Acta", link_url="https://example.org/tablero", restricted="yes")

    await client.post(address, data=data, files={"file_1": PDF, "file_2": ("b.txt", b"hola", "text/html")})
    after = await counts(cast)
    page = (await client.get(address)).text
    repeated = await client.post(address, data=report(await version_at(client, address)), files={"file_3": PDF})

    assert (after[0] - before[0], after[1] - before[1], after[2] - before[2]) == (3, 3, 7)
    assert [title in page for title in ("Acta", ">b<", "example.org")] == [True, True, True]
    assert page.count("reservada") == 3
    assert repeated.status_code == 303
    assert await counts(cast) == after  # the same bytes twice are kept once, and leave no trace


@pytest.mark.parametrize(
    ("given", "files", "lang", "message"),
    [
        ({"progress": "completed"}, {}, "es", "Diga qué día se completó."),
        ({"progress": "completed"}, {}, "en", "Say on which day it was completed."),
        ({"late_reason": ""}, {}, "es", "Diga por qué: está o quedará atrasado, o dice menos que antes."),
        ({"started_on": "31-02-2024"}, {}, "en", "This is not a date."),
        ({"text": "x" * 4001}, {}, "en", "This is too long."),
        ({"late_reason": "x" * 2001}, {}, "en", "This is too long."),
        ({"text": "a\0b"}, {}, "en", "This contains characters that cannot be kept."),
        ({"link_url": "javascript:alert(1)"}, {}, "en", "This is not an address."),
        ({"link_title": "Alone"}, {}, "en", "Give the address that this title belongs to."),
        ({"file_title_2": "Alone"}, {}, "en", "Choose the file that this title belongs to"),
        ({"progress": "done"}, {}, "en", "Please choose one of the options."),
        ({}, {"file_1": ("a.pdf", b"<html><script>", "application/pdf")}, "es", "No se reciben archivos de este tipo."),
        ({}, {"file_2": ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "text/plain")}, "en", "larger than 10 MB"),
        ({"text": ""}, {"file_1": ("a.txt", b"", "text/plain")}, "en", "The file is empty."),
    ],
)
async def test_wrong_input_is_said_beside_the_field_and_nothing_is_half_saved(
    site: Site, cast: Cast, *, given: dict[str, Any], files: dict[str, Any], lang: str, message: str
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    address, before = await address_of(cast, LATE, lang), await counts(cast)
    data = report(**{"text": "Lo que escribí.", **given}, withdraw_reason="Lo que pensé.")

    answer = await client.post(address, data=data, files={"file_3": ("ok.txt", b"bien", "text/plain"), **files})

    assert answer.status_code == 422
    assert answer.text.count(message) == 2  # in the summary and beside the field
    assert "Lo que pensé." in answer.text
    assert "ok.txt" in answer.text
    assert str(given.get("text", "Lo que escribí.")).replace("\0", "") in answer.text.replace("\0", "")
    assert await counts(cast) == before
    assert (await told(cast, LATE)).version == 2


async def test_the_second_writer_sees_both_texts_and_chooses(site: Site, cast: Cast) -> None:
    first, second = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE)
    await first.post(address, data=report(text="Lo del primero.", late_reason="Motivo del primero."))
    mine = report(text="Lo del segundo.", started_on="2024-02-06", late_reason="Motivo del segundo.")

    stale = await second.post(address, data=mine, files={"file_1": PDF})
    before = await counts(cast)
    wrong = await second.post(address, data={**mine, "version": "3", "take_text": "theirs", "started_on": "2999-01-01"})
    chosen = await second.post(address, data={**mine, "version": "3", "take_text": "theirs"})

    assert stale.status_code == 409
    for words in ("Lo del primero.", "Lo del segundo.", "Motivo del primero.", "Motivo del segundo.", "acta.pdf"):
        assert words in stale.text
    assert 'name="version" value="3"' in stale.text
    assert 'name="take_progress"' not in stale.text  # both say the same there
    assert wrong.status_code == 422
    assert 'value="theirs" checked' in wrong.text
    assert chosen.status_code == 303
    assert (await counts(cast))[2] == before[2] + 1
    milestone = await told(cast, LATE)
    assert (milestone.progress_text or {})["es"] == "Lo del primero."
    assert (milestone.late_reason or {})["es"] == "Motivo del segundo."
    assert str(milestone.started_on) == "2024-02-06"


async def test_a_wrong_form_does_not_forget_that_it_is_stale(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE)
    await client.post(address, data=report(text="Lo del primero."))

    wrong = await client.post(address, data=report(text="Lo del segundo.", started_on="mañana"))

    assert wrong.status_code == 422
    assert 'name="version" value="2"' in wrong.text
    assert (await client.post(address, data=report(text="Lo del segundo."))).status_code == 409


async def test_of_two_at_once_one_waits_and_is_told(site: Site, cast: Cast) -> None:
    one, two = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE)

    answers = await asyncio.gather(
        one.post(address, data=report(text="Uno.")), two.post(address, data=report(text="Dos."))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert (await told(cast, LATE)).version == 3


async def test_evidence_is_withdrawn_with_the_report(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, LATE)
    page = (await client.get(address)).text
    evidence = page.split('name="withdraw" value="')[1].split('"')[0]

    unexplained = await client.post(address, data=report(withdraw=evidence))
    done = await client.post(address, data=report(withdraw=evidence, withdraw_reason="Está duplicada."))

    assert unexplained.status_code == 422
    assert "Diga por qué: esta evidencia ya fue publicada." in unexplained.text
    assert f'value="{evidence}" checked' in unexplained.text
    assert done.status_code == 303
    assert evidence not in (await client.get(address)).text


async def test_a_contact_cannot_withdraw_what_backs_another_unit(site: Site, cast: Cast) -> None:
    coordinator, contact = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-contact")
    other = (await coordinator.get(await address_of(cast, LATE))).text
    evidence = other.split('name="withdraw" value="')[1].split('"')[0]

    await contact.post(await address_of(cast, OWN_UNIT), data=report(withdraw=evidence, withdraw_reason="No es mía."))

    assert f'value="{evidence}"' in (await coordinator.get(await address_of(cast, LATE))).text


async def queries_of(client: httpx.AsyncClient, address: str) -> int:
    """How many statements one look at a page takes."""
    with counted() as statements:
        assert (await client.get(address)).status_code == 200
    return len(statements)


async def test_the_workbench_costs_the_same_for_one_and_many_milestones(site: Site) -> None:
    few, many = await site.sign_in("renca-coordinator"), await site.sign_in("penalolen-coordinator")
    for client, slug in ((few, "renca"), (many, "penalolen")):
        await client.get(f"/es/{slug}/workbench/")

    cheap = await queries_of(few, "/es/renca/workbench/")
    full = await queries_of(many, DESK)

    assert cheap == full


async def test_flash_says_only_what_the_house_says(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    page = await client.get(f"{DESK}?saved=<script>alert(1)</script>")

    assert page.status_code == 200
    assert "alert(1)" not in page.text.split("<main")[1]


async def test_an_unknown_plan_is_not_found(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    assert (await client.get(f"{DESK}?plan=1999")).status_code == 404
