"""People come and go: invited, accepted, given another role, removed."""

import re

import pytest
from tests.journeys.traveller import Traveller

PEOPLE = "penalolen/workbench/people/"


async def invite(coordinator: Traveller, *, role: str = "contact") -> str:
    """The coordinator invites Ana; where the link leads, below the language."""
    page = coordinator.page
    await coordinator.open(PEOPLE)
    await coordinator.look("people")
    await page.fill("#name", "Ana Soto")
    await page.fill("#email", "ana@example.org")
    await page.check(f"#role-{role}")
    await page.fill("#unit", "Dirección de Medio Ambiente")
    await page.click('form[action$="/invite/"] button.button--primary')
    await page.wait_for_selector("#invitation")
    await coordinator.look("people-invited")
    return (await page.inner_text("#invitation")).split("/", 4)[4].strip()


@pytest.mark.parametrize(("lang", "javascript"), [("es", True), ("en", False)])
async def test_a_person_comes_and_goes(travellers: Traveller.Maker, lang: str, javascript: bool) -> None:
    coordinator = await travellers(lang, javascript=javascript)
    await coordinator.enter("penalolen-coordinator")
    link = await invite(coordinator)

    ana = await travellers(lang, javascript=javascript, width=360)
    await ana.open(link)
    await ana.look("people-invitation")
    await ana.page.click("main form button.button--primary")
    await ana.page.wait_for_url(re.compile(r"/workbench/"))
    assert (await ana.open(f"{PEOPLE}")).status == 200
    await ana.look("people-as-contact")
    assert (await ana.open("penalolen/workbench/history/")).status == 403
    assert (await ana.open("account/data/")).status == 200
    await ana.look("people-data")

    await coordinator.open(PEOPLE)
    await coordinator.page.click('main tbody a:has-text("Ana Soto")')
    await coordinator.look("people-member")
    await coordinator.page.check("#role-coordinator")
    await coordinator.page.click("form[data-keep] button.button--primary")
    await coordinator.page.wait_for_url(re.compile(r"done=changed"))
    assert (await ana.open("penalolen/workbench/history/")).status == 200
    await ana.look("people-as-coordinator")

    await coordinator.page.click('main tbody a:has-text("Ana Soto")')
    await coordinator.page.fill("#reason", "Cambió de trabajo")
    await coordinator.page.click('form[action$="/remove/"] button')
    await coordinator.page.wait_for_url(re.compile(r"done=removed"))
    await coordinator.look("people-removed")
    for path in (PEOPLE, "penalolen/workbench/", "account/data/"):
        assert (await ana.open(path)).status == 401
    assert (await (await travellers(lang)).open(link)).status == 410


async def test_the_platforms_people_and_who_can_do_what(travellers: Traveller.Maker) -> None:
    operator = await travellers("es", width=360)
    await operator.enter("operator")
    await operator.open("desk/people/")
    await operator.look("staff")
    await operator.open("about/roles/")
    await operator.look("roles")
