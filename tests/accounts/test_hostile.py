"""Answers of a provider that must not be believed, and answers of one that is not there."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from tests.accounts.conftest import OWN, PLATFORM
from tests.factories.entering import REFERENCE, a_person, begin, come_back, known_by, write_platform
from tests.factories.hostile import CLIENT_ID, Hostile, hostile_provider
from tests.factories.site import Site, running_site

from ogpmonitor.accounts import discovery
from ogpmonitor.settings import Settings

FORGED = "No se pudo aceptar la respuesta del proveedor"
OVER = "Este ingreso ya terminó"


@pytest.fixture(autouse=True)
async def somebody_is_known(real: Settings, hostile: Hostile) -> None:
    """Whoever is called subject-1 there gets in: a refusal is for what is wrong with the answer."""
    person = await a_person(real, "Ana Rojas")
    await known_by(real, person, hostile.issuer, "subject-1")
    await known_by(real, person, hostile.issuer, "subject-1", slug="penalolen")


def is_refused(answer: httpx.Response, said: str = FORGED, status: int = 403) -> bool:
    """Nobody was signed in, and the page says why under a reference, without details."""
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert REFERENCE.search(answer.text)
    assert "ogpmonitor_session" not in answer.headers.get("set-cookie", "")
    return True


def part(value: dict[str, Any]) -> str:
    return encoded(json.dumps(value).encode())


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def unsigned(claims: dict[str, Any]) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def signed_with_the_public_key(hostile: Hostile, claims: dict[str, Any]) -> str:
    """By hand: no library that is any good does it."""
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    digest = hmac.new(hostile.keys["one"].as_pem(private=False), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(digest)}"


def spoiled(token: str) -> str:
    head, _, signature = token.rpartition(".")
    return f"{head}.{'A' * len(signature)}"


def _without_nonce(hostile: Hostile) -> dict[str, Any]:
    return {name: value for name, value in hostile.claims("").items() if name != "nonce"}


def with_a_hidden_key(hostile: Hostile, nonce: str, *, named: str) -> str:
    hostile.add_key("two", shown=False)
    return jwt.encode({"alg": "RS256", "kid": named}, hostile.claims(nonce), hostile.keys["two"])


def with_an_odd_kid(hostile: Hostile, nonce: str) -> str:
    _, payload, signature = hostile.signed(hostile.claims(nonce)).split(".")
    return f"{part({'alg': 'RS256', 'kid': ['one']})}.{payload}.{signature}"


FORGERIES: dict[str, Callable[[Hostile, str], Any]] = {
    "alg none": lambda h, nonce: unsigned(h.claims(nonce)),
    "HS256 with the public key": lambda h, nonce: signed_with_the_public_key(h, h.claims(nonce)),
    "a spoiled signature": lambda h, nonce: spoiled(h.signed(h.claims(nonce))),
    "signed by a key it does not show": lambda h, nonce: with_a_hidden_key(h, nonce, named="two"),
    "signed by another key under a known name": lambda h, nonce: with_a_hidden_key(h, nonce, named="one"),
    "RS512, which it does not announce": lambda h, nonce: jwt.encode(
        {"alg": "RS512", "kid": "one"}, h.claims(nonce), h.keys["one"], algorithms=["RS512"]
    ),
    "a dot too many": lambda h, nonce: h.signed(h.claims(nonce)).replace(".", "..", 1),
    "another nonce": lambda h, _nonce: h.signed(h.claims("of-another-sign-in")),
    "no nonce": lambda h, _nonce: h.signed(_without_nonce(h)),
    "another issuer": lambda h, nonce: h.signed(h.claims(nonce, iss="https://elsewhere.example")),
    "no issuer": lambda h, nonce: h.signed(h.claims(nonce, iss=None)),
    "another client": lambda h, nonce: h.signed(h.claims(nonce, aud="another-client")),
    "us among others": lambda h, nonce: h.signed(h.claims(nonce, aud=[CLIENT_ID, "another"], azp=CLIENT_ID)),
    "made for another": lambda h, nonce: h.signed(h.claims(nonce, azp="another-client")),
    "no client": lambda h, nonce: h.signed(h.claims(nonce, aud=None)),
    "over": lambda h, nonce: h.signed(h.claims(nonce, exp=int(time.time()) - 61)),
    "without an end": lambda h, nonce: h.signed(h.claims(nonce, exp=None)),
    "an end that is no time": lambda h, nonce: h.signed(h.claims(nonce, exp="tomorrow")),
    "not yet": lambda h, nonce: h.signed(h.claims(nonce, nbf=int(time.time()) + 90)),
    "from the future": lambda h, nonce: h.signed(h.claims(nonce, iat=int(time.time()) + 90)),
    "nobody": lambda h, nonce: h.signed(h.claims(nonce, sub=None)),
    "an empty name": lambda h, nonce: h.signed(h.claims(nonce, sub="")),
    "a name that is a list": lambda h, nonce: h.signed(h.claims(nonce, sub=["subject-1"])),
    "a key named by a list": with_an_odd_kid,
    "another access token": lambda h, nonce: h.signed(h.claims(nonce, at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
    "no token": lambda _h, _nonce: None,
    "no words": lambda _h, _nonce: "not a token",
    "a number": lambda _h, _nonce: 7,
}


async def test_an_honest_answer_is_believed(house: Site, hostile: Hostile) -> None:
    gone = await begin(house.client, PLATFORM)

    answer = await come_back(house.client, PLATFORM, state=gone["state"], code=hostile.honest_code(gone["nonce"]))

    assert answer.status_code == 303


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_signs_nobody_in(house: Site, hostile: Hostile, name: str) -> None:
    gone = await begin(house.client, PLATFORM)
    code = hostile.code(FORGERIES[name](hostile, gone["nonce"]))

    assert is_refused(await come_back(house.client, PLATFORM, state=gone["state"], code=code))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -45), ("nbf", 45), ("iat", 45)])
async def test_a_clock_may_be_a_little_wrong(house: Site, hostile: Hostile, claim: str, seconds: int) -> None:
    gone = await begin(house.client, PLATFORM)
    code = hostile.honest_code(gone["nonce"], **{claim: int(time.time()) + seconds})

    assert (await come_back(house.client, PLATFORM, state=gone["state"], code=code)).status_code == 303


# What was used, or begun elsewhere.


async def test_a_state_is_taken_once(house: Site, hostile: Hostile) -> None:
    gone = await begin(house.client, PLATFORM)
    code = hostile.honest_code(gone["nonce"])
    said = {"state": gone["state"], "code": code}

    first = await come_back(house.client, PLATFORM, **said)
    again = await come_back(house.client, PLATFORM, **said)
    with_another_code = await come_back(
        house.client, PLATFORM, state=gone["state"], code=hostile.honest_code(gone["nonce"])
    )

    assert first.status_code == 303
    assert is_refused(again, OVER)
    assert is_refused(with_another_code, OVER)
    assert len(hostile.forms) == 1


async def test_a_code_is_taken_once(house: Site, hostile: Hostile) -> None:
    gone = await begin(house.client, PLATFORM)
    code = hostile.honest_code(gone["nonce"])
    await come_back(house.client, PLATFORM, state=gone["state"], code=code)
    new = await begin(house.client, PLATFORM)

    assert is_refused(await come_back(house.client, PLATFORM, state=new["state"], code=code))


async def test_an_answer_in_another_browser_signs_nobody_in(house: Site, hostile: Hostile) -> None:
    """Somebody else's answer, sent to a victim, would sign the victim in as that person."""
    attacker, victim, victim_at_a_door = house.client, house.visitor(), house.visitor()
    gone = await begin(attacker, PLATFORM)
    await begin(victim_at_a_door, PLATFORM)
    said = {"state": gone["state"], "code": hostile.honest_code(gone["nonce"])}

    assert is_refused(await come_back(victim, PLATFORM, **said), OVER)
    assert is_refused(await come_back(victim_at_a_door, PLATFORM, **said), OVER)
    assert hostile.forms == []
    assert (await come_back(attacker, PLATFORM, **said)).status_code == 303


@pytest.mark.parametrize("state", ["", "x", "\u00f1", "a" * 5000])
async def test_a_state_that_nobody_gave_is_over(house: Site, hostile: Hostile, state: str) -> None:
    await begin(house.client, PLATFORM)

    assert is_refused(await come_back(house.client, PLATFORM, state=state, code="x"), OVER)
    assert "/token" not in hostile.asked


async def test_two_windows_of_a_browser_sign_in_beside_each_other(house: Site, hostile: Hostile) -> None:
    one, two = await begin(house.client, PLATFORM), await begin(house.client, PLATFORM)

    answers = [
        await come_back(house.client, PLATFORM, state=each["state"], code=hostile.honest_code(each["nonce"]))
        for each in (one, two)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]


async def test_an_answer_passes_for_no_other_providers(house: Site, hostile: Hostile) -> None:
    """Both name the same issuer here, so only the address and the state tell them apart."""
    gone = await begin(house.client, OWN)
    said = {"state": gone["state"], "code": hostile.honest_code(gone["nonce"])}

    assert is_refused(await come_back(house.client, PLATFORM, **said), OVER)
    assert "/token" not in hostile.asked


@pytest.fixture
def other() -> Iterator[Hostile]:
    """Another provider, which is not honest."""
    with hostile_provider() as provider:
        yield provider


@pytest.fixture
async def two_houses(real: Settings, hostile: Hostile, other: Hostile, tmp_path: Path) -> AsyncIterator[Site]:
    """A platform that names both."""
    told = {"kind": "oidc", "client_id": CLIENT_ID}
    hers = {**told, "key": "hers", "label": "Honesta", "issuer": hostile.issuer}
    write_platform(tmp_path, hers, {**told, "key": "other", "label": "Otra", "issuer": other.issuer})
    async with running_site(real.model_copy(update={"clock_skew_seconds": 59})) as site:
        yield site


async def test_a_mix_up_sends_no_code_to_the_other_provider(two_houses: Site, hostile: Hostile, other: Hostile) -> None:
    """Begun at the honest provider, whose code comes back under the other's address, and the other way round."""
    client = two_houses.client
    honest, dishonest = await begin(client, PLATFORM), await begin(client, "platform/other")
    code = hostile.honest_code(honest["nonce"])

    assert is_refused(await come_back(client, "platform/other", state=honest["state"], code=code), OVER)
    assert is_refused(await come_back(client, PLATFORM, state=dishonest["state"], code=code), OVER)
    assert (hostile.forms, other.forms) == ([], [])


async def test_an_answer_that_names_its_issuer_names_the_right_one(house: Site, hostile: Hostile) -> None:
    hostile.announces = {"authorization_response_iss_parameter_supported": True}
    said = []
    for issuer in ({"iss": hostile.issuer}, {"iss": "https://elsewhere.example"}, {}, {"iss": ""}):
        gone = await begin(house.client, PLATFORM)
        code = hostile.honest_code(gone["nonce"])
        said.append(await come_back(house.client, PLATFORM, state=gone["state"], code=code, **issuer))

    assert said[0].status_code == 303
    assert all(is_refused(answer) for answer in said[1:])
    assert len(hostile.forms) == 1


async def test_a_refusal_of_the_provider_is_told(house: Site, hostile: Hostile) -> None:
    gone = await begin(house.client, PLATFORM)
    hostile.honest_code(gone["nonce"])
    words = "<b>mal</b>"

    answer = await come_back(
        house.client, PLATFORM, state=gone["state"], error="access_denied", error_description=words
    )

    assert is_refused(answer, "No se abrió la sesión")
    assert words not in answer.text


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/es/sign-out/", "/\\x"])
async def test_nobody_is_led_elsewhere(house: Site, hostile: Hostile, wanted: str) -> None:
    gone = await begin(house.client, PLATFORM, next=wanted)

    answer = await come_back(house.client, PLATFORM, state=gone["state"], code=hostile.honest_code(gone["nonce"]))

    assert answer.headers["location"] == "/es/account/?done=no-role"


# Keys change.


async def test_a_new_key_is_asked_for_and_an_old_one_ends(
    house: Site, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "KEYS_AGAIN_SECONDS", 0.0)

    async def enter(kid: str) -> httpx.Response:
        gone = await begin(house.client, PLATFORM)
        code = hostile.code(hostile.signed(hostile.claims(gone["nonce"]), kid=kid))
        return await come_back(house.client, PLATFORM, state=gone["state"], code=code)

    before = await enter("one")
    hostile.add_key("two")
    hostile.published.remove("one")
    new, old = await enter("two"), await enter("one")

    assert (before.status_code, new.status_code) == (303, 303)
    assert is_refused(old)
    assert hostile.asked.count("/jwks") == 3


async def test_unknown_keys_are_not_asked_for_again_and_again(house: Site, hostile: Hostile) -> None:
    hostile.add_key("two", shown=False)
    for _ in range(4):
        gone = await begin(house.client, PLATFORM)
        code = hostile.code(hostile.signed(hostile.claims(gone["nonce"]), kid="two"))
        await come_back(house.client, PLATFORM, state=gone["state"], code=code)

    assert hostile.asked.count("/jwks") == 1
    assert hostile.asked.count("/.well-known/openid-configuration") == 1


# The provider is away, slow, or makes no sense.


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/.well-known/openid-configuration", (500, b"{}")),
        ("/.well-known/openid-configuration", (503, b"<html>")),
        ("/token", (502, b"")),
        ("/jwks", (500, b"")),
    ],
)
async def test_a_provider_that_is_away_is_named_as_away(
    house: Site, hostile: Hostile, path: str, said: tuple[int, bytes]
) -> None:
    hostile.raw = {path: said}
    assert is_refused(await through(house, hostile), "El proveedor no responde", 503)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/.well-known/openid-configuration", (200, b"<html>")),
        ("/.well-known/openid-configuration", (200, b"[]")),
        ("/.well-known/openid-configuration", (200, b"{}")),
        ("/.well-known/openid-configuration", (200, b"[" * 100_000)),
        ("/.well-known/openid-configuration", (200, b" " * 600_000)),
        ("/token", (200, b'{"id_token": null}')),
        ("/token", (200, b"\xff\xfe")),
        ("/token", (302, b"")),
        ("/jwks", (200, b'{"keys": "none"}')),
        ("/jwks", (200, b'{"keys": [7, {"kty": "RSA"}, {"kty": "oct", "k": "AA", "kid": "one"}]}')),
    ],
)
async def test_nonsense_signs_nobody_in(house: Site, hostile: Hostile, path: str, said: tuple[int, bytes]) -> None:
    hostile.raw = {path: said}

    assert is_refused(await through(house, hostile))


@pytest.mark.parametrize(
    "announced",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "file:///keys"},
        {"token_endpoint": 7},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ],
)
async def test_a_dishonest_announcement_is_not_followed(
    house: Site, hostile: Hostile, announced: dict[str, Any]
) -> None:
    hostile.announces = announced

    assert is_refused(await through(house, hostile))
    assert set(hostile.asked) == {"/.well-known/openid-configuration"}


async def test_a_slow_provider_is_not_waited_for(
    house: Site, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "LONGEST", 0.1)
    hostile.waits = 1.0

    assert is_refused(await through(house, hostile), "El proveedor no responde", 503)


async def test_a_provider_that_nobody_listens_for_is_away(house: Site, hostile: Hostile) -> None:
    hostile.announces = {"token_endpoint": "http://127.0.0.1:1/token"}

    assert is_refused(await through(house, hostile), "El proveedor no responde", 503)


async def through(house: Site, hostile: Hostile) -> httpx.Response:
    """The page on which signing in ends, wherever that is."""
    began = await house.client.post(f"/es/sign-in/with/{PLATFORM}")
    if began.status_code != 200:
        return began
    gone = await begin(house.client, PLATFORM)
    return await come_back(house.client, PLATFORM, state=gone["state"], code=hostile.honest_code(gone["nonce"]))
