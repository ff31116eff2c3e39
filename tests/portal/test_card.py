"""The citizen card: the government's own count, in its own voice."""

from typing import Any

import pytest
from tests.factories.published import PLAN, Publisher, a_commitment, a_plan, words
from tests.factories.site import Site

from ogpmonitor.register.documents import Money, OwnMeasure, Spot
from ogpmonitor.register.service import Address

DEMO = "/{lang}/santiago/plans/2022-2024/commitments/{code}/"


def a_measure(**given: Any) -> OwnMeasure:
    """A measure that says everything."""
    facts: dict[str, Any] = {
        "basis": "both",
        "investment": Money(amount=1_200_000),
        "investment_approved_on": "2024-03",
        "action": words("Se plantó.", "It was planted."),
        "beneficiaries": 1500,
        "spot": Spot(latitude=-33.4569, longitude=-70.6483, name=words("Plaza", "Square")),
        "project_code": "30123456-0",
        "management_goal": "PMG 2024",
    }
    return OwnMeasure.model_validate({**facts, **given})


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "es",
            ("Ficha ciudadana", "$48.500.000 CLP", "Cumplido según su propia regla", "El consejo sesiona", "abr 2023"),
        ),
        ("en", ("Citizen card", "$48,500,000 CLP", "Fulfilled by its own rule", "The council meets", "Apr 2023")),
    ],
)
async def test_the_card_says_what_counts_in_both_languages(site: Site, lang: str, said: tuple[str, ...]) -> None:
    address = DEMO.format(lang=lang, code="P4")
    for path in (address, f"{address}card/"):
        page = (await site.client.get(path)).text

        for words_ in said:
            assert words_ in page, (path, words_)
        assert 'href="geo:-33.4416,-70.6541"' in page
        assert "30000000-0" in page
        assert "PMG 2023" in page
        assert "badge--demo" in page


async def test_the_card_carries_a_code_that_leads_to_the_verifier(site: Site) -> None:
    with_verifier = (await site.client.get(DEMO.format(lang="es", code="P4") + "card/")).text
    without = (await site.client.get(DEMO.format(lang="es", code="T7") + "card/")).text

    assert 'aria-label="Código QR que lleva a https://example.org/demo/consejo-actas"><svg' in with_verifier
    assert 'lleva a http://testserver/es/santiago/plans/2022-2024/commitments/T7/"><svg' in without
    assert "Aún no cumplido según su propia regla" in without
    assert with_verifier.count("<h1") == 1


async def test_the_two_voices_stay_apart_on_the_card(site: Site) -> None:
    card = (await site.client.get(DEMO.format(lang="en", code="P4") + "card/")).text.split("<main")[1]

    assert "voice--reported" in card
    assert "voice--rated" not in card


async def test_a_commitment_without_a_measure_has_no_card(site: Site) -> None:
    page = await site.client.get(DEMO.format(lang="es", code="T1"))

    assert "Ficha ciudadana</h2>" not in page.text
    assert (await site.client.get(DEMO.format(lang="es", code="T1") + "card/")).status_code == 404
    assert (await site.client.get(DEMO.format(lang="es", code="XX") + "card/")).status_code == 404


async def test_where_the_switch_is_off_the_page_shows_no_card(site: Site, publisher: Publisher) -> None:
    await publisher.government(a_plan(), a_commitment(measure=a_measure()), address=Address("penalolen", PLAN))

    page = (await site.client.get(f"/es/penalolen/plans/{PLAN}/commitments/Verde1/")).text

    assert "Ficha ciudadana" not in page
    assert (await site.client.get(f"/es/penalolen/plans/{PLAN}/commitments/Verde1/card/")).status_code == 404


async def test_the_card_answers_304(site: Site) -> None:
    address = DEMO.format(lang="es", code="P4") + "card/"
    first = await site.client.get(address)

    again = await site.client.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
