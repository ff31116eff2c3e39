"""From an empty database to the first published plan, with the program's own commands, processes and letters."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.factories.installed import Installation, link_in
from tests.factories.mail import Mailbox
from tests.factories.newcomers import ANSWERS, SLUG
from tests.factories.programs import rows
from tests.journeys.correspondence import SIGN_IN, accept, send_link, use
from tests.journeys.first_plan import HOME, PLAN, TITLE, left, write_the_plan
from tests.journeys.traveller import Traveller

from ogpmonitor.settings import Settings

OPERATOR, COORDINATOR = "ope@plataforma.example", "ana@loespejo.example"


def prepared(house: Installation) -> str:
    """The database stands, one jurisdiction is loaded, and an operator invited: the link, as the terminal shows it."""
    folder = house.settings.tenants_folder
    said = [part for key, answer in ANSWERS.items() for part in ("--say", f"{key}={answer}")]
    house.ran("keys", "new", str(house.settings.signing_key_file))
    made = house.ran("tenants", "new", SLUG, "--folder", str(folder), "--no-ask", *said)
    assert "Nothing is left open" in made
    assert f"1 tenant and 0 plans, no problem: {SLUG}." in house.ran("tenants", "check", "--folder", str(folder))
    house.ran("migrate")
    assert house.ran("tenants", "sync") == f"{SLUG}: written\n"
    return house.ran("operators", "invite", OPERATOR, "--name", "Olga Pérez").splitlines()[0]


async def let_in_a_coordinator(operator: Traveller, link: str) -> None:
    """The operator follows its link to the desk, and invites Ana from there."""
    page = operator.page
    await page.goto(link)
    await operator.look("nothing-operator-invited")
    await page.click("main form button.button--primary")
    await page.wait_for_url("**/desk/")
    await operator.look("nothing-desk")
    await operator.open("desk/people/")
    await page.select_option("#coordinator-slug", SLUG)
    await page.fill("#coordinator-name", "Ana Rojas")
    await page.fill("#coordinator-email", COORDINATOR)
    await page.select_option("#coordinator-language", "es")
    await page.click("form[action$='/coordinator/'] button.button--primary")
    await page.wait_for_url(re.compile("done=invited"))
    await operator.look("nothing-coordinator-invited")


async def submit(writer: Traveller, house: Installation) -> None:
    """The plan is handed in; the sign-in was too long ago, so once more by a link, and what was ticked is kept."""
    page = writer.page
    await writer.open(f"{PLAN}submit/")
    rows(house.settings, "UPDATE platform.sign_ins SET proved_at = proved_at - interval '31 minutes'")
    await page.check("#approved")
    await page.check("#warnings")
    await page.click("form[data-keep^='submit-'] button.button--primary")
    await page.wait_for_selector(".error-page")
    await writer.look("nothing-prove")
    async with page.context.expect_page() as opened:
        await page.click("main ol a")
    door = Traveller(await opened.value, writer.address, writer.lang, writer._screenshots, javascript=True)  # noqa: SLF001  a second window of the same person
    await door.look("nothing-prove-door")
    assert await door.page.input_value("#email") == COORDINATOR
    await send_link(door, COORDINATOR)
    await use(door, link_in(await house.letter(COORDINATOR, SIGN_IN["es"])))
    await page.click("main form button.button--primary")
    await page.wait_for_url(re.compile(r"^(?!.*/submit/)"))


@pytest.fixture
def house(empty_database_url: str, secret: str, tmp_path: Path, letters: Mailbox) -> Installation:
    """Nothing: an empty database, an empty folder, and no key to sign with."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    settings = Settings(
        database_url=empty_database_url,
        secret_key=SecretStr(secret),
        signing_key_file=tmp_path / "signing-key.pem",
        files_url=f"file://{tmp_path}/files",
        tenants_folder=folder,
        cookie_secure=False,
    )
    return Installation(settings, tmp_path, letters)


async def test_a_jurisdiction_from_nothing_to_its_first_plan(house: Installation, guests: Traveller.Maker) -> None:
    link = prepared(house)
    async with house.running() as turns:
        operator, ana = await guests("en", width=360), await guests("es")
        await let_in_a_coordinator(operator, link.replace("/es/", "/en/"))
        await accept(ana, house, COORDINATOR)
        assert "1 de 8" in await left(ana)
        await ana.look("nothing-onboarding")
        await write_the_plan(ana)
        await ana.open(HOME)
        await ana.look("nothing-onboarding-last")
        await submit(ana, house)
        await ana.open(HOME)
        assert await ana.page.locator("#onboarding").count() == 0

        citizen = await guests("en", javascript=False, width=360)
        await citizen.open(f"{SLUG}/")
        assert TITLE in await citizen.words()
        await citizen.look("nothing-published")
        assert house.ran("tenants", "sync") == f"{SLUG}: unchanged\n"
        assert (await citizen.open(f"{SLUG}/")).status == 200
    assert all(turns.given[port] > 20 for port in house.web_ports), turns.given
