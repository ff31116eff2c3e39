"""Signing in as a person outside the demo: at a provider, and by a link in a letter."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from sqlalchemy import text
from tests.factories.certified import CLIENT_ID, SECRET, certified_provider
from tests.factories.entering import a_person, a_role, give_provider
from tests.journeys.conftest import free_port, served
from tests.journeys.traveller import Traveller

from ogpmonitor.accounts.letters import SEND
from ogpmonitor.kit.db import owner_session
from ogpmonitor.settings import Settings

EMAIL = "ana@penalolen.example"
WORKBENCH = re.compile(r"/penalolen/workbench/$")


@pytest.fixture
async def real(settings: Settings, tmp_path: Path) -> Settings:
    """Outside the demo, with a coordinator who has an address."""
    await a_role(settings, await a_person(settings, "Ana Rojas", email=EMAIL), "penalolen", "coordinator")
    return settings.model_copy(update={"demo": False, "tenants_folder": tmp_path})


async def letter_in(settings: Settings) -> str:
    """The first letter that waits to be sent."""
    statement = text("SELECT args ->> 'body' FROM jobs.procrastinate_jobs WHERE task_name = :task")
    async with asyncio.timeout(90):  # the worker first ends the report that it is drawing
        while True:
            async with owner_session(settings.database_url) as session:
                await session.execute(text("RESET ROLE"))
                found: Any = await session.scalar(statement, {"task": SEND})
            if found:
                return str(found)
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(("lang", "javascript"), [("es", True), ("en", False)])
async def test_at_the_provider_of_the_municipality(
    real: Settings, browser: Browser, screenshots: Path, lang: str, *, javascript: bool
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with certified_provider([f"{base}/sign-in/callback/penalolen/work"], f"{base}/") as provider:
        told = {
            "key": "work",
            "kind": "oidc",
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "label": "Cuenta municipal",
        }
        believed = {"trust_email": True, "email_domains": ["penalolen.example"]}
        await give_provider(real, "penalolen", {**told, **believed})
        async with served(real, port, OGPMONITOR_CLIENT_SECRET__PENALOLEN__WORK=SECRET):
            ana = await Traveller.maker(browser, base, screenshots)(lang, javascript=javascript, width=360)
            refused = await ana.open("penalolen/workbench/")
            assert refused.status == 401
            await ana.page.click("main a.button--primary")
            await ana.page.wait_for_selector("main form button")
            await ana.look("sign-in-provider")
            await ana.page.get_by_role("button", name=re.compile("Cuenta municipal")).click()
            await ana.page.wait_for_selector('input[name="login"]')
            await ana.page.fill('input[name="login"]', "ana")
            await ana.page.fill('input[name="password"]', "any")
            ana.complaints.clear()  # that page is not ours
            await ana.page.click('button[type="submit"]')
            await ana.page.wait_for_url(WORKBENCH)
            await ana.open("account/")
            await ana.look("account")
            assert "Cuenta municipal" in await ana.words()

            stranger = await Traveller.maker(browser, base, screenshots)(lang, javascript=javascript, width=360)
            await stranger.open("penalolen/sign-in/")
            await stranger.page.get_by_role("button", name=re.compile("Cuenta municipal")).click()
            await stranger.page.wait_for_selector('input[name="login"]')
            await stranger.page.fill('input[name="login"]', "nadie")
            await stranger.page.fill('input[name="password"]', "any")
            stranger.complaints.clear()
            await stranger.page.click('button[type="submit"]')
            await stranger.page.wait_for_selector(".error-page")
            await stranger.look("sign-in-unknown")


@pytest.mark.parametrize(("lang", "javascript"), [("es", True), ("en", False)])
async def test_by_a_link_in_a_letter(
    real: Settings, browser: Browser, screenshots: Path, lang: str, *, javascript: bool
) -> None:
    async with served(real, free_port()) as base:
        ana = await Traveller.maker(browser, base, screenshots)(lang, javascript=javascript, width=360)
        await ana.open("sign-in/")
        await ana.look("sign-in-email")
        await ana.page.fill("#email", EMAIL)
        await ana.page.click("main form button")
        await ana.page.wait_for_selector("main ul")
        await ana.look("email-sent")
        link = next(word for word in (await letter_in(real)).split() if word.startswith(base))

        phone = await Traveller.maker(browser, base, screenshots)(lang, javascript=javascript, width=360)
        await phone.page.goto(link)
        await phone.look("email-link-elsewhere")

        await ana.page.goto(link)
        await ana.look("email-link")
        await ana.page.click("main form button.button--primary")
        await ana.page.wait_for_url(WORKBENCH)

        await phone.page.reload()
        await phone.look("email-link-ended")
        assert await phone.page.locator(".error-page").count() == 1
