"""Signing in outside the demo, at a provider and by links in letters, with two web servers taking turns."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser
from tests.factories.certified import CLIENT_ID, SECRET, certified_provider
from tests.factories.entering import a_person, a_role, give_provider
from tests.factories.installed import Installation, html_of, link_in
from tests.factories.mail import Mailbox
from tests.factories.programs import free_port
from tests.journeys.correspondence import SIGN_IN, look_at_letter, press, send_link, use
from tests.journeys.traveller import Traveller

from ogpmonitor.settings import Settings

EMAIL = "ana@penalolen.example"
WORKBENCH = re.compile(r"/penalolen/workbench/$")
AT_PROVIDER = "work"


@pytest.fixture
def provider_port() -> int:
    """Where the provider of the municipality will be."""
    return free_port()


@pytest.fixture
async def house(settings: Settings, tmp_path: Path, letters: Mailbox, provider_port: int) -> Installation:
    """Outside the demo: a coordinator who has an address, and a provider of Peñalolén's own."""
    await a_role(settings, await a_person(settings, "Ana Rojas", email=EMAIL), "penalolen", "coordinator")
    told = {"key": AT_PROVIDER, "kind": "oidc", "issuer": f"http://127.0.0.1:{provider_port}", "client_id": CLIENT_ID}
    believed = {"label": "su cuenta municipal", "trust_email": True, "email_domains": ["penalolen.example"]}
    await give_provider(settings, "penalolen", told | believed)
    folder = tmp_path / "tenants"
    folder.mkdir()
    apart = settings.model_copy(update={"tenants_folder": folder})
    return Installation(apart, tmp_path, letters, OGPMONITOR_CLIENT_SECRET__PENALOLEN__WORK=SECRET)


async def to_provider(traveller: Traveller) -> None:
    """From the door of Peñalolén on the way to its provider."""
    await traveller.open("penalolen/sign-in/")
    await press(traveller, f'form[action$="/sign-in/with/penalolen/{AT_PROVIDER}"] button')


async def at_provider(traveller: Traveller, login: str) -> None:
    """`login` signs in there, and is sent back."""
    page = traveller.page
    await page.fill('input[name="login"]', login)
    await page.fill('input[name="password"]', "any")
    await page.click('button[type="submit"]')
    await page.wait_for_url(re.compile(r"(sign-in/callback|workbench)"))
    traveller.complaints.clear()  # those pages are not ours


async def test_with_the_provider_away_and_back(
    house: Installation, guests: Traveller.Maker, provider_port: int
) -> None:
    async with house.running():
        ana, phone = await guests("es"), await guests("en", javascript=False, width=360)
        await to_provider(ana)
        assert "no responde" in await ana.words()
        await ana.look("sign-in-provider-away")
        assert (await phone.open("penalolen/")).status == 200

        callback = f"{house.address}/sign-in/callback/penalolen/{AT_PROVIDER}"
        with certified_provider([callback], f"{house.address}/", port=provider_port):
            refused = await ana.open("penalolen/workbench/")
            assert refused.status == 401
            await press(ana, "main a.button--primary")
            await ana.look("sign-in-provider")
            await to_provider(ana)
            await at_provider(ana, "ana")
            await ana.open("penalolen/workbench/")
            await ana.look("sign-in-arrived")

            await to_provider(phone)
            await at_provider(phone, "nadie")
            assert "not known here" in await phone.words()
            await phone.look("sign-in-unknown")

            await ana.open("account/")
            assert "su cuenta municipal" in await ana.words()
            await ana.page.click('form[action$="/sign-out/"] button')
            await ana.page.wait_for_url(re.compile(f":{provider_port}/"))
            await ana.page.click('button[type="submit"]:has-text("Yes")')
            await ana.page.wait_for_url(f"{house.address}/es/")
            ana.complaints.clear()
            assert (await ana.open("penalolen/workbench/")).status == 401


async def test_by_links_in_letters(
    house: Installation, guests: Traveller.Maker, browser: Browser, screenshots: Path
) -> None:
    async with house.running():
        ana = await guests("es")
        await ana.open("sign-in/")
        await ana.look("sign-in-email")
        await ana.page.fill("#email", "ana en penalolen")
        await ana.page.locator("#email").evaluate("each => each.form.noValidate = true")
        await press(ana, 'form[action$="/sign-in/email"] button')
        await ana.look("email-ask-again")
        await send_link(ana, EMAIL)
        await ana.look("email-sent")
        letter = await house.letter(EMAIL, SIGN_IN["es"])
        reader = await guests("es", width=360)
        await look_at_letter(reader, html_of(letter), "link")

        elsewhere = await guests("es", width=360)
        await elsewhere.page.goto(link_in(letter))
        await elsewhere.look("email-link-elsewhere")
        await ana.page.goto(link_in(letter))
        await ana.look("email-link")
        await use(ana, link_in(letter))
        assert WORKBENCH.search(ana.page.url)
        await press(elsewhere, "main form button.button--primary")
        await elsewhere.look("email-link-ended")
        assert await elsewhere.page.locator(".error-page").count() == 1, "whoever was second is not let in"
        assert (await elsewhere.open("penalolen/workbench/")).status == 401

        phone = await Traveller.maker(browser, house.webs[1], screenshots)("en", javascript=False, width=360)
        await phone.open("sign-in/")
        await send_link(phone, EMAIL)
        await use(phone, link_in(await house.letter(EMAIL, SIGN_IN["en"])))
        await phone.open("account/")
        await phone.look("account-phone")
        await ana.open("account/")
        await ana.look("account")
        assert await ana.page.locator("main tbody tr").count() == 2
        await press(ana, "main tbody form button")
        assert await ana.page.locator("main tbody tr").count() == 1
        assert (await phone.open("penalolen/workbench/")).status == 401
        await phone.look("session-ended")
        await ana.page.click('form[action$="/sign-out/"] button')
        await ana.page.wait_for_url(f"{house.address}/es/")
        assert (await ana.open("penalolen/workbench/")).status == 401
