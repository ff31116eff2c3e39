"""The drift log: what was changed after submission, old beside new, with its reason, from the register alone."""

from typing import Any

import pytest
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import LATE, milestone_of
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.evidence.service import About, Upload, submit_file
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.storage import Storage
from ogpmonitor.plans.amending import amend
from ogpmonitor.plans.publishing import preview, publish
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import list_editions
from ogpmonitor.settings import Settings

SLUG = "2021-2024"
ADDRESS = "/penalolen/plans/2021-2024/changes/"
PENALOLEN = Jurisdiction(slug="penalolen", name=Localized.of("es", es="Peñalolén"), country="CL")
WHY = Localized.of("es", es="La licitación quedó desierta.")
FILE = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


async def amended(cast: Cast, key: SigningKey, *values: dict[str, Any], place: str = LATE, **why: Any) -> None:
    """Peñalolén's milestone says each of `values` in turn, and that is published."""
    async with cast.at("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, SLUG)
        row = await milestone_of(session, place)
        for one in values:
            await amend(session, plan, row, one, by=cast.coordinator, **{"reason": "procurement", "words": WHY, **why})
        await publish(session, plan, PENALOLEN, key=key, by=cast.coordinator)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("es", ["Compras y licitaciones", "La licitación quedó desierta.", "31 mar 2031", "Fecha prevista"]),
        ("en", ["Procurement", "La licitación quedó desierta.", "31 Mar 2031", "Due on"]),
    ],
)
async def test_changes_show_old_new_and_why(
    site: Site, cast: Cast, key: SigningKey, lang: str, expected: list[str]
) -> None:
    await amended(cast, key, {"due_on": "2031-03-31"})

    page = (await site.client.get(f"/{lang}{ADDRESS}")).text

    assert [words for words in expected if words not in said(page)] == []
    assert "<del>" in page
    assert "<ins>" in page


async def test_changes_are_empty_until_they_are_published(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator) as session:
        plan, row = await get_plan(session, SLUG), await milestone_of(session, LATE)
        await amend(session, plan, row, {"due_on": "2031"}, reason="law", words=WHY, by=cast.coordinator)

    page = (await site.client.get(f"/es{ADDRESS}")).text

    assert "Desde la entrega no se cambió nada" in page
    assert "desierta" not in page


async def test_changes_of_one_commitment_alone(site: Site, cast: Cast, key: SigningKey) -> None:
    await amended(cast, key, {"due_on": "2031-03-31"})
    one, other = LATE.split("/")[0], "C2"

    assert "desierta" in (await site.client.get(f"/es{ADDRESS}?commitment={one}")).text
    page = (await site.client.get(f"/es{ADDRESS}?commitment={other}")).text
    assert "En este compromiso no se cambió nada" in page
    assert "desierta" not in page
    assert (await site.client.get(f"/es{ADDRESS}?commitment=nope")).status_code == 404


async def test_plan_and_commitment_lead_to_their_changes(site: Site, cast: Cast, key: SigningKey) -> None:
    plan, commitment = "/es/penalolen/plans/2021-2024/", LATE.split("/")[0]
    assert "Sin cambios desde la entrega" in (await site.client.get(plan)).text

    await amended(cast, key, {"due_on": "2031-03-31"}, {"set_aside": "deprioritised"})
    site.forget_pages()

    assert "2 cambios desde la entrega" in (await site.client.get(plan)).text
    page = (await site.client.get(f"{plan}commitments/{commitment}/")).text
    assert f'changes/?commitment={commitment}">2 cambios' in page
    assert "Dejado de lado: ya no es prioridad" in page


async def test_set_aside_stays_in_the_original(site: Site, cast: Cast, key: SigningKey) -> None:
    await amended(cast, key, {"set_aside": "withdrawn"})

    page = " ".join(
        (await site.client.get(f"/en/penalolen/plans/2021-2024/commitments/{LATE.split('/')[0]}/")).text.split()
    )

    assert "· 1 set aside ·" in page
    assert "of the original 6" in page


async def test_names_of_people_are_not_told(site: Site, cast: Cast, key: SigningKey) -> None:
    hidden = {"name": "Ana Rojas", "email": "ana@example.org", "public": False}
    await amended(cast, key, {"contact": hidden}, {"due_on": "2031"})

    page = (await site.client.get(f"/es{ADDRESS}")).text

    assert "Ana Rojas" not in page
    assert cast.coordinator.name not in page


async def test_minute_is_handed_over_once_published(
    site: Site, cast: Cast, key: SigningKey, settings: Settings
) -> None:
    storage = Storage.at(settings.files_url)
    async with cast.at("penalolen", cast.coordinator) as session:
        minute = await submit_file(
            session, storage, Upload("acta.pdf", FILE), About(Localized.of("es", es="Acta del foro 4")),
            max_bytes=10_000, by=cast.coordinator,
        )  # fmt: skip
        address = f"/es/penalolen/evidence/{minute.sha256}/acta.pdf"
    assert (await site.client.get(address)).status_code == 404

    await amended(cast, key, {"due_on": "2031"}, minute=minute)

    page = (await site.client.get(f"/es{ADDRESS}")).text
    assert "Acta del foro 4" in page
    assert (await site.client.get(address)).content == FILE


async def test_amendments_leave_the_baseline_as_it_was(cast: Cast, key: SigningKey) -> None:
    async with cast.database.register_session() as register:
        before = {one.number: bytes(one.body) for one in await list_editions(register, "penalolen", SLUG)}

    await amended(cast, key, {"due_on": "2031"}, {"set_aside": "withdrawn"})

    async with cast.database.register_session() as register:
        after = {one.number: one for one in await list_editions(register, "penalolen", SLUG)}
    assert {number: bytes(after[number].body) for number in before} == before
    assert [number for number, one in after.items() if one.is_baseline] == [1]
    assert len(after) == len(before) + 1


async def test_changes_cost_the_same_for_one_and_for_a_hundred(site: Site, cast: Cast, key: SigningKey) -> None:
    await amended(cast, key, {"due_on": "2031-01-01"})
    with counted() as one:
        await site.client.get(f"/es{ADDRESS}?commitment=")
    await amended(cast, key, *({"due_on": f"{year}-02"} for year in range(2031, 2130)))
    with counted() as hundred:
        page = await site.client.get(f"/es{ADDRESS}?commitment=&again")

    assert page.text.count('<article id="amendment-') == 100
    assert len(hundred) == len(one)


async def test_what_is_published_waits_for_nothing_more(cast: Cast, key: SigningKey) -> None:
    await amended(cast, key, {"due_on": "2031"}, {"due_on": "2032"})

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        seen = await preview(session, await get_plan(session, SLUG), PENALOLEN)
    assert seen.changes == []
    told = next(one for one in seen.documents if one.code == LATE.split("/")[0]).amendments
    assert [one.changes[0].new for one in told] == ["2031", "2032"]
