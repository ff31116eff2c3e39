"""What each kind of provider promises beside the standard: Entra, Google Workspace, ClaveÚnica."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from tests.factories.hostile import CLIENT_ID, SECRET, Hostile

from ogpmonitor.accounts.discovery import Discovery
from ogpmonitor.accounts.oidc import Client, Proof, Secrets
from ogpmonitor.accounts.problems import SignInRefused
from ogpmonitor.accounts.providers import Provider
from ogpmonitor.accounts.run import check_digit, keyed_hash, read_run
from ogpmonitor.kit.localized import Localized
from ogpmonitor.tenants.sign_in import ProviderFile

DIRECTORY = "11111111-2222-3333-4444-555555555555"
KEY = "a key of the tests, and long enough for one"
BROWSER = Secrets("state", "nonce", "v" * 43)


def provider(kind: str, hostile: Hostile, issuer: str = "", **more: Any) -> Provider:
    """A provider of that kind whose addresses are all the hostile one's."""
    file = ProviderFile.model_validate(
        {
            "key": "hers", "kind": kind, "issuer": issuer or hostile.issuer, "client_id": CLIENT_ID,
            "label": Localized.of("es", es="Hers"), "authorization_endpoint": f"{hostile.issuer}/authorize",
            "token_endpoint": f"{hostile.issuer}/token", "jwks_uri": f"{hostile.issuer}/jwks",
            "userinfo_endpoint": f"{hostile.issuer}/userinfo", **more,
        }
    )  # fmt: skip
    return Provider("platform", file, None, SecretStr(SECRET))


async def proved(provider: Provider, hostile: Hostile, **claims: Any) -> Proof:
    client = Client(Discovery(), secret=KEY, skew=timedelta(seconds=60))
    code = hostile.honest_code("nonce", **{"iss": provider.file.issuer, **claims})
    return await client.prove(provider, BROWSER, code=code, issuer=None, redirect_uri="http://testserver/x")


async def test_in_entra_a_person_is_known_by_its_directorys_name_for_it(hostile: Hostile) -> None:
    entra = provider("entra", hostile, f"https://login.microsoftonline.com/{DIRECTORY}/v2.0")

    proof = await proved(
        entra, hostile, tid=DIRECTORY, oid="the-oid", email="ana@penalolen.example", email_verified=True
    )

    assert (proof.subject, proof.email) == ("oid:the-oid", None)
    for claims in ({"tid": "another", "oid": "the-oid"}, {"oid": "the-oid"}, {"tid": DIRECTORY}):
        with pytest.raises(SignInRefused, match="elsewhere"):
            await proved(entra, hostile, **claims)


async def test_google_lets_in_one_organisations_accounts(hostile: Hostile) -> None:
    google = provider("google", hostile, hosted_domain="penalolen.example")

    assert (await proved(google, hostile, hd="penalolen.example")).subject == "subject-1"
    for claims in ({}, {"hd": "elsewhere.example"}, {"hd": ["penalolen.example"]}):
        with pytest.raises(SignInRefused, match="elsewhere"):
            await proved(google, hostile, **claims)


async def test_clave_unica_knows_people_by_a_hash_of_their_run(hostile: Hostile) -> None:
    clave = provider("claveunica", hostile)
    hostile.told = {"sub": "subject-1", "RolUnico": {"numero": 11111111, "DV": "1", "tipo": "RUN"}}

    proof = await proved(clave, hostile)

    assert proof.subject == keyed_hash(KEY, "RUN", "11111111-1")
    assert "11111111" not in repr(proof)
    assert proof.subject != keyed_hash("another key of another deployment", "RUN", "11111111-1")


@pytest.mark.parametrize(
    "told",
    [
        {"RolUnico": {"numero": 11111111, "DV": "2"}}, {"RolUnico": {"numero": "x", "DV": "1"}}, {"RolUnico": {}},
        {"RolUnico": "11111111-1"}, {}, {"sub": "another", "RolUnico": {"numero": 11111111, "DV": "1"}},
    ],
)  # fmt: skip
async def test_a_run_that_is_none_lets_nobody_in(hostile: Hostile, told: Mapping[str, Any]) -> None:
    hostile.told = {"sub": "subject-1", **told}

    with pytest.raises(SignInRefused):
        await proved(provider("claveunica", hostile), hostile)


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("11.111.111-1", "11111111-1"), ("11111111-1", "11111111-1"), ("30.686.957-4", "30686957-4"),
        ("1.000.005-k", "1000005-K"), ("0011111111 1", "11111111-1"),
    ],
)  # fmt: skip
def test_a_run_is_read_as_people_write_it(written: str, run: str) -> None:
    assert read_run(written) == run


@pytest.mark.parametrize(
    "written", ["", "11111111-2", "11111111-K", "1-", "x", "12345678901-1", "11111111--1", "\u0661\u0661-1"]
)
def test_what_is_no_run_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a RUN"):
        read_run(written)


def test_check_digits_follow_modulo_eleven() -> None:
    """Computed the long way round: the digits from the right, weighed 2 to 7 again and again."""
    for number in (1, 7, 11_111_111, 30_686_957, 1_000_005, 76_086_428, 99_999_999):
        total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(number))))
        assert check_digit(number) == {10: "K", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"issuer": "http://elsewhere.example"}, "https://"),
        ({"issuer": "https://user@elsewhere.example"}, "not an address"),
        ({"trust_email": True}, "email_domains"),
        ({"email_domains": ["penalolen.example"]}, "email_domains"),
        ({"kind": "entra", "issuer": "https://login.microsoftonline.com/common/v2.0"}, "one directory"),
        ({"kind": "google", "issuer": "https://accounts.google.com"}, "hosted_domain"),
        ({"hosted_domain": "penalolen.example"}, "hosted_domain"),
        ({"kind": "claveunica", "trust_email": True, "email_domains": ["x.example"]}, "verifies no addresses"),
        ({"jwks_uri": "https://elsewhere.example/keys"}, "given together"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_provider_that_cannot_be_trusted_so_is_refused(more: dict[str, Any], said: str) -> None:
    given = {
        "key": "hers", "kind": "oidc", "issuer": "https://issuer.example", "client_id": "x",
        "label": Localized.of("es", es="Hers"), **more,
    }  # fmt: skip
    with pytest.raises(ValueError, match=said):
        ProviderFile.model_validate(given)
