"""Signing in at a certified provider of OpenID Connect, from the first page to the way out."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.factories.certified import CLIENT_ID, SECRET, Certified, certified_provider, sign_in_there
from tests.factories.entering import a_person, a_role, address_on, begin, write_platform
from tests.factories.site import ADDRESS, Site, running_site

from ogpmonitor.settings import Settings

NAME = "platform/certified"
WORKBENCH = "/es/penalolen/workbench/"


@pytest.fixture(scope="module")
def provider() -> Iterator[Certified]:
    with certified_provider([f"{ADDRESS}/sign-in/callback/{NAME}"], f"{ADDRESS}/") as running:
        yield running


@pytest.fixture
async def house(
    settings: Settings, provider: Certified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    """A deployment that names it, with a coordinator who has an address there."""
    monkeypatch.setenv("OGPMONITOR_CLIENT_SECRET__PLATFORM__CERTIFIED", SECRET)
    told = {
        "key": "certified",
        "kind": "keycloak",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "label": "Cuenta",
    }
    write_platform(tmp_path, {**told, "trust_email": True, "email_domains": ["penalolen.example"]})
    await a_role(
        settings, await a_person(settings, "Ana Rojas", email="ana@penalolen.example"), "penalolen", "coordinator"
    )
    await a_person(settings, "Bea Díaz", email="bea@penalolen.example")
    async with running_site(settings.model_copy(update={"demo": False, "tenants_folder": tmp_path})) as site:
        yield site


async def enter(
    client: httpx.AsyncClient, login: str, there: httpx.AsyncClient | None = None, **form: str
) -> httpx.Response:
    gone = await begin(client, NAME, **form)
    back = urlsplit(await sign_in_there(gone["address"], login, there))
    return await client.get(f"{back.path}?{back.query}")


async def test_somebody_whom_we_know_enters_and_leaves(house: Site, provider: Certified) -> None:
    page = await house.client.get(f"/es/sign-in/?next={WORKBENCH}")
    async with httpx.AsyncClient(trust_env=False) as browser:
        entered = await enter(house.client, "ana", browser, next=WORKBENCH)
        inside = await house.client.get(WORKBENCH)
        account = await house.client.get("/es/account/")
        left = await house.client.post("/es/sign-out/")
        there = await browser.get(address_on(left.text))

    assert "Ingresar con Cuenta" in page.text
    assert (entered.status_code, entered.headers["location"]) == (303, WORKBENCH)
    assert (inside.status_code, "Ana Rojas" in inside.text) == (200, True)
    assert "Cuenta" in account.text
    assert address_on(left.text).startswith(f"{provider.issuer}/session/end?")
    assert (there.status_code, "Do you want to sign-out" in there.text) == (200, True)
    assert (await house.client.get(WORKBENCH)).status_code == 401


async def test_its_answer_names_its_issuer(house: Site) -> None:
    """RFC 9207, which this provider announces: without it the same answer is not believed."""
    gone = await begin(house.client, NAME)
    back = urlsplit(await sign_in_there(gone["address"], "ana"))

    refused = await house.client.get(f"{back.path}?{re.sub('&?iss=[^&]*', '', back.query)}")

    assert "iss=" in back.query
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("login", "said"), [("bea", "Su correo no está verificado"), ("nadie", "Esta cuenta no es conocida aquí")]
)
async def test_who_is_not_known_does_not_enter(house: Site, login: str, said: str) -> None:
    answer = await enter(house.client, login)

    assert (answer.status_code, said in answer.text) == (403, True)


async def test_a_code_of_another_sign_in_is_refused_by_the_provider_itself(house: Site) -> None:
    """The code was asked for with another verifier: PKCE."""
    thief, victim = house.visitor(), house.visitor()
    stolen = urlsplit(await sign_in_there((await begin(victim, NAME))["address"], "ana"))
    own = urlsplit(await sign_in_there((await begin(thief, NAME))["address"], "nadie"))

    def parameters(query: str) -> dict[str, str]:
        return dict(part.split("=", 1) for part in query.split("&"))

    mixed = {**parameters(own.query), "code": parameters(stolen.query)["code"]}
    answer = await thief.get(f"{own.path}?{'&'.join(f'{name}={value}' for name, value in mixed.items())}")

    assert answer.status_code == 403
    assert "ogpmonitor_session" not in thief.cookies


async def test_it_asks_again_when_somebody_proves_anew(house: Site) -> None:
    """With its own session still standing, it shows its form, and says when the person signed in."""
    await enter(house.client, "ana")
    async with httpx.AsyncClient(trust_env=False) as browser:
        await sign_in_there((await begin(house.client, NAME))["address"], "ana", browser)
        once_more = await begin(house.client, NAME, again="true")
        answer = await browser.get(once_more["address"])
        form = await browser.get(str(httpx.URL(str(answer.url)).join(answer.headers["location"])))
        back = urlsplit(await sign_in_there(once_more["address"], "ana", browser))

    proved = await house.client.get(f"{back.path}?{back.query}")

    assert 'name="login"' in form.text
    assert proved.status_code == 303
    assert (await house.client.post(f"{WORKBENCH}publish/", data={})).status_code != 401
