"""How a government counts a commitment itself: the form, its trace, and who may."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from tests.factories.cast import Cast
from tests.factories.site import Site

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Role
from ogpmonitor.demo.people import personas
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import NotPermitted
from ogpmonitor.plans.measurefile import MeasureFile
from ogpmonitor.plans.measuring import set_measure
from ogpmonitor.plans.models import Amendment, Commitment
from ogpmonitor.plans.queries import get_commitment
from ogpmonitor.register.documents import Money, OwnMeasure

PLAN, CODE = "2022-2024", "T2"
PATH = f"santiago/workbench/plans/{PLAN}/commitments/{CODE}/measure/"
SANTIAGO = {persona.key: persona.actor for persona in personas(["santiago"])}["santiago-coordinator"]


def a_measure(version: str = "", **given: str) -> dict[str, str]:
    """What the form sends for a commitment that counts by both."""
    facts = {
        "version": version,
        "basis": "both",
        "investment": "1.200.000",
        "investment_approved_on": "03-2024",
        "action": "El canal atiende.",
        "action_done_on": "2024-05-02",
        "beneficiaries": "1.500",
        "beneficiaries_note": "Personas que denunciaron.",
        "spot_name": "Plaza",
        "latitude": "-33,4569",
        "longitude": "-70.6483",
        "project_code": "30123456-0",
        "management_goal": "PMG 2024",
        "verifier": "https://example.org/acta",
    }
    return {**facts, **given}


async def content_of(cast: Cast) -> dict[str, Any]:
    """The measure that stands in the workbench."""
    async with cast.at("santiago", SANTIAGO, read_only=True) as session:
        return dict((await get_commitment(session, PLAN, CODE)).content.get("measure", {}))


async def version_at(client: httpx.AsyncClient, lang: str = "es") -> str:
    """The fingerprint that the form would send."""
    page = (await client.get(f"/{lang}/{PATH}")).text
    return page.split('name="version" value="')[1].split('"')[0]


async def test_a_measure_is_kept_with_everything_it_says(site: Site, cast: Cast) -> None:
    client = await site.sign_in("santiago-coordinator")

    answer = await client.post(f"/es/{PATH}", data=a_measure(await version_at(client)))
    kept = await content_of(cast)

    assert answer.status_code == 303
    assert kept == {
        "basis": "both",
        "investment": {"amount": 1200000, "currency": "CLP"},
        "investment_approved_on": "2024-03",
        "action": {"source": "es", "es": "El canal atiende."},
        "action_done_on": "2024-05-02",
        "beneficiaries": 1500,
        "beneficiaries_note": {"source": "es", "es": "Personas que denunciaron."},
        "spot": {"latitude": -33.4569, "longitude": -70.6483, "name": {"source": "es", "es": "Plaza"}},
        "project_code": "30123456-0",
        "management_goal": "PMG 2024",
        "verifier": "https://example.org/acta",
        "demo": True,
    }
    page = (await client.get(f"/es/{PATH}")).text
    assert 'value="both" checked' in page
    assert "El canal atiende." in page


async def test_a_measure_leaves_its_trace_and_no_amendment(site: Site, cast: Cast) -> None:
    client = await site.sign_in("santiago-coordinator")
    await client.post(f"/es/{PATH}", data=a_measure(await version_at(client)))
    await client.post(f"/es/{PATH}", data=a_measure(await version_at(client)))  # the same again

    async with cast.at("santiago", SANTIAGO, read_only=True) as session:
        found = await get_commitment(session, PLAN, CODE)
        told = text(
            "SELECT before, after FROM workbench.audit_records "
            "WHERE action = 'commitment.measured' AND subject_id = :id"
        )
        traces = (await session.execute(told, {"id": found.id})).all()
        amendments = (await session.scalars(select(Amendment).where(Amendment.commitment == CODE))).all()

    assert [(before["measure"], after["measure"]["basis"]) for before, after in traces] == [(None, "both")]
    assert amendments == []


async def test_a_measure_can_be_taken_away(site: Site, cast: Cast) -> None:
    client = await site.sign_in("santiago-coordinator")
    await client.post(f"/es/{PATH}", data=a_measure(await version_at(client)))

    await client.post(f"/es/{PATH}", data={"basis": "none", "version": await version_at(client)})

    assert await content_of(cast) == {}


async def test_words_in_the_other_language_stay_and_are_marked_older(site: Site, cast: Cast) -> None:
    client = await site.sign_in("santiago-coordinator")
    await client.post(f"/es/{PATH}", data=a_measure(await version_at(client)))
    await client.post(f"/en/{PATH}", data=a_measure(await version_at(client, "en"), action="The channel works."))

    await client.post(f"/es/{PATH}", data=a_measure(await version_at(client), action="El canal atiende bien."))

    assert (await content_of(cast))["action"] == {
        "source": "es", "outdated": ["en"], "es": "El canal atiende bien.", "en": "The channel works."
    }  # fmt: skip


WRONG = [
    ("basis", "luck", "Please choose one of the options.", "Elija una de las opciones."),
    ("investment", "12,5", "Write a whole amount of pesos", "Escriba un monto entero en pesos"),
    ("investment", "0", "Write a whole amount of pesos", "Escriba un monto entero en pesos"),
    ("investment", "", "Write the amount that was approved", "Escriba el monto que se aprobó"),
    ("investment_approved_on", "soon", "This is not a date.", "Esto no es una fecha."),
    ("investment_approved_on", str(utc_now().year + 1), "This day has not come yet.", "Ese día aún no llega."),
    ("action", "x" * 4001, "This is too long.", "Es demasiado largo."),
    ("action", "", "Say what was done on that day.", "Diga qué se hizo ese día."),
    ("action_done_on", "31-02-2024", "This is not a date.", "Esto no es una fecha."),
    ("beneficiaries", "many", "Write a whole number of people", "Escriba un número entero de personas"),
    ("beneficiaries_note", "x" * 501, "This is too long.", "Es demasiado largo."),
    ("latitude", "91", "Write degrees between -90 and 90", "Escriba grados entre -90 y 90"),
    ("latitude", "", "A place needs both", "Un lugar necesita ambas"),
    ("longitude", "west", "Write degrees between -180 and 180", "Escriba grados entre -180 y 180"),
    ("longitude", "", "A place needs both", "Un lugar necesita ambas"),
    ("spot_name", "x" * 301, "This is too long.", "Es demasiado largo."),
    ("project_code", "30123456", "BIP codes have eight digits", "Los códigos BIP tienen ocho dígitos"),
    ("management_goal", "x" * 301, "This is too long.", "Es demasiado largo."),
    ("verifier", "javascript:alert(1)", "This is not an address.", "Esto no es una dirección."),
]


@pytest.mark.parametrize("lang", ["en", "es"])
async def test_wrong_input_is_said_beside_its_field_and_what_was_typed_stays(site: Site, cast: Cast, lang: str) -> None:
    client = await site.sign_in("santiago-coordinator")
    version = await version_at(client)
    for name, value, english, spanish in WRONG:
        typed = a_measure(version, **{"management_goal": "Lo que escribí.", name: value})

        answer = await client.post(f"/{lang}/{PATH}", data=typed)

        said = english if lang == "en" else spanish
        field = "basis" if name == "basis" else name
        assert answer.status_code == 422, name
        assert answer.text.count(said) >= 2, (name, said)
        assert f'id="{field}-error"' in answer.text, name
        assert "Lo que escribí." in answer.text or name == "management_goal"
        assert value in answer.text or name == "basis", name
    assert await content_of(cast) == {}


async def test_the_second_writer_sees_both_texts_and_chooses(site: Site, cast: Cast) -> None:
    first, second = await site.sign_in("santiago-coordinator"), await site.sign_in("santiago-coordinator")
    old = await version_at(second)
    await first.post(f"/es/{PATH}", data=a_measure(await version_at(first), action="Lo del primero."))
    mine = a_measure(old, action="Lo del segundo.", beneficiaries="7")

    stale = await second.post(f"/es/{PATH}", data=mine)
    new = stale.text.split('name="version" value="')[1].split('"')[0]
    chosen = await second.post(f"/es/{PATH}", data={**mine, "version": new, "take_action": "theirs"})

    assert stale.status_code == 409
    assert "Lo del primero." in stale.text
    assert "Lo del segundo." in stale.text
    assert 'name="take_action"' in stale.text
    assert 'name="take_basis"' not in stale.text
    assert chosen.status_code == 303
    kept = await content_of(cast)
    assert (kept["action"]["es"], kept["beneficiaries"]) == ("Lo del primero.", 7)


async def test_who_may_measure(site: Site) -> None:
    for persona, status in (("santiago-monitor", 403), ("maipu-coordinator", 404)):
        client = await site.sign_in(persona)
        assert (await client.get(f"/es/{PATH}")).status_code == status
        assert (await client.post(f"/es/{PATH}", data=a_measure())).status_code == status
    assert (await site.client.post(f"/es/{PATH}", data=a_measure())).status_code in {303, 401}


async def test_a_jurisdiction_without_a_measure_of_its_own_has_no_form(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    page = await client.get("/es/penalolen/workbench/plans/2021-2024/commitments/CLPLN0002/measure/")

    assert page.status_code == 404


async def test_only_a_coordinator_sets_a_measure(cast: Cast) -> None:
    contact = Actor(SANTIAGO.id, "Ana", role=Role.CONTACT, unit="Transparencia")
    async with cast.rehearsal("santiago", SANTIAGO) as session:
        commitment = (await session.scalars(select(Commitment).where(Commitment.code == CODE))).one()

        with pytest.raises(NotPermitted):
            await set_measure(session, commitment, OwnMeasure(basis="action"), by=contact)

        assert "measure" not in commitment.content


@pytest.mark.parametrize(
    ("basis", "has_money", "has_action", "fulfilled"),
    [
        ("investment", True, False, True),
        ("investment", False, True, False),
        ("action", False, True, True),
        ("action", True, False, False),
        ("both", True, True, True),
        ("both", True, False, False),
        ("both", False, True, False),
    ],
)
def test_each_basis_has_its_own_rule(*, basis: str, has_money: bool, has_action: bool, fulfilled: bool) -> None:
    measure = OwnMeasure.model_validate(
        {
            "basis": basis,
            "investment": Money(amount=1) if has_money else None,
            "action": {"source": "es", "es": "Hecho."} if has_action else None,
        }
    )

    assert measure.is_fulfilled is fulfilled


def test_a_file_says_what_a_document_can() -> None:
    assert set(MeasureFile.model_fields) == set(OwnMeasure.model_fields) - {"demo"}
