"""A provider of sign-in is away, or answers nobody: who signs in is told so, and all the rest works."""

import asyncio
import time
from pathlib import Path

from tests.factories.entering import a_person, a_role, begin, come_back, known_by, write_platform
from tests.factories.hostile import CLIENT_ID, SECRET, hostile_provider
from tests.faults.deployed import Deployed, browser, ready

NAME, GO = "platform/hers", "/es/sign-in/with/platform/hers"
AWAY = "El proveedor no responde"
ANNOUNCEMENT = "/.well-known/openid-configuration"


async def test_sign_in_says_so_and_the_rest_works(house: Deployed, tmp_path: Path) -> None:
    person = await a_person(house.settings, "Eva Paz", email="eva@penalolen.example")
    await a_role(house.settings, person, "penalolen", "coordinator")
    with hostile_provider() as provider:
        told = {
            "key": "hers",
            "kind": "oidc",
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "label": "la plataforma",
        }
        write_platform(tmp_path, told)
        await known_by(house.settings, person, provider.issuer, "subject-1")
        address = house.serve(
            OGPMONITOR_DEMO="false",
            OGPMONITOR_TENANTS_FOLDER=str(tmp_path),
            OGPMONITOR_CLIENT_SECRET__PLATFORM__HERS=SECRET,
        )
        await ready(address)

        provider.raw[ANNOUNCEMENT] = (503, b"")
        async with browser(address) as client, browser(address) as reader:
            away = await client.post(GO)
            provider.waits = 60.0  # it takes the call and says nothing
            began = time.monotonic()
            silent = asyncio.create_task(client.post(GO))
            seen, longest = [], 0.0
            while not silent.done():
                asked = time.monotonic()
                seen += [(await reader.get(path)).status_code for path in ("/es/penalolen/", "/es/sign-in/")]
                longest = max(longest, (time.monotonic() - asked) / 2)
                await asyncio.sleep(0.2)
            waited = time.monotonic() - began
            provider.waits = 0.0
            del provider.raw[ANNOUNCEMENT]
            gone = await begin(client, NAME)
            code = provider.honest_code(gone["nonce"])
            entered = await come_back(client, NAME, state=gone["state"], code=code)

    print(  # noqa: T201  the figures are what a long run is for
        f"\na silent provider was given up after {waited:.1f} s; {len(seen)} pages meanwhile, each in {longest:.2f} s"
    )
    assert [AWAY in answer.text for answer in (away, silent.result())] == [True, True]
    assert set(seen) == {200}
    assert entered.status_code == 303
