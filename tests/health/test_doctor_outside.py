"""What `ogpmonitor doctor` says of mail, sign-in, operators, a pooler and proxies; servers are real ones."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.factories.entering import a_person, write_platform
from tests.factories.hostile import CLIENT_ID, SECRET, Hostile, hostile_provider
from tests.factories.mail import SENDER, smtp_server
from tests.factories.programs import environment_of, free_port, ran, rows
from tests.health.test_doctor import found

from ogpmonitor.accounts.first_operator import invite_operator
from ogpmonitor.health.finding import Standing
from ogpmonitor.settings import ROOT, Settings

HOLDS, DOUBTFUL, FAILS = Standing.HOLDS, Standing.DOUBTFUL, Standing.FAILS
Said = list[tuple[Standing, str]]


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> Settings:
    """A deployment outside the demo, with a folder of jurisdictions of its own."""
    shutil.copytree(ROOT / "tenants", tmp_path / "tenants")
    return settings.model_copy(update={"demo": False, "tenants_folder": tmp_path / "tenants"})


@pytest.fixture
def provider() -> Iterator[Hostile]:
    """An honest one."""
    with hostile_provider() as running:
        yield running


def named(provider: Hostile) -> dict[str, object]:
    return {"kind": "oidc", "issuer": provider.issuer, "client_id": CLIENT_ID, "key": "staff"}


def names_it(settings: Settings, provider: Hostile) -> Settings:
    """The platform names that provider."""
    write_platform(settings.tenants_folder, named(provider))
    path = settings.tenants_folder / "platform.toml"
    path.write_text(path.read_text("utf-8") + '\nlabel = { es = "su cuenta", en = "your account" }\n', "utf-8")
    return settings


def at(settings: Settings, port: int, **also: object) -> Settings:
    url = SecretStr(f"smtp+plain://127.0.0.1:{port}")
    return settings.model_copy(update={"smtp_url": url, "mail_from": SENDER, **also})


async def said(settings: Settings, only: str) -> Said:
    return [(each.standing, each.seen) for each in await found(settings, only)]


async def test_a_mail_server_that_takes_our_letters(real: Settings) -> None:
    async with smtp_server() as box:
        assert await said(at(real, box.port), "mail") == [
            (HOLDS, f"127.0.0.1:{box.port} takes letters from no-reply@monitor.example.org.")
        ]
    assert box.messages == []


async def test_a_mail_server_that_does_not_take_our_sender(real: Settings) -> None:
    async with smtp_server(says_to_sender="553 not yours") as box:
        assert await said(at(real, box.port), "mail") == [(FAILS, f"127.0.0.1:{box.port}: 553 not yours")]


async def test_a_mail_server_that_is_away(real: Settings) -> None:
    port = free_port()

    ((standing, seen),) = await said(at(real, port), "mail")

    assert standing is FAILS
    assert seen.startswith(f"127.0.0.1:{port}: SMTPConnectError")


async def test_no_password_of_the_mail_server_is_printed(real: Settings) -> None:
    url = f"smtp+plain://user:QWERTYUI@127.0.0.1:{free_port()}"  # pragma: allowlist secret

    done = ran("doctor", "--only", "mail", environment=environment_of(real, smtp_url=url, mail_from=SENDER))

    assert done.returncode == 1
    assert done.stdout.startswith("FAILS  mail: 127.0.0.1:")
    assert "QWERTYUI" not in done.stdout + done.stderr


async def test_without_a_mail_server_nothing_is_sent(real: Settings) -> None:
    assert await said(real, "mail") == [(DOUBTFUL, "Nothing is sent: no mail server is named. Letters wait.")]


async def test_nobody_can_sign_in_without_mail_and_providers(real: Settings) -> None:
    (finding,) = await found(real, "sign-in")

    assert finding.fails
    assert finding.seen == "Nobody can sign in: no link is sent, and no provider is ready."


async def test_links_by_e_mail_are_a_way_in_where_they_are_sent(real: Settings) -> None:
    assert await said(at(real, 25), "sign-in") == [(HOLDS, "people can sign in by: links by e-mail.")]
    assert [each.fails for each in await found(at(real, 25, email_links=False), "sign-in")] == [True]


async def test_a_provider_that_answers(real: Settings, provider: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGPMONITOR_CLIENT_SECRET__PLATFORM__STAFF", SECRET)

    assert await said(names_it(real, provider), "sign-in") == [(HOLDS, "people can sign in by: platform/staff.")]


async def test_a_provider_without_its_secret_is_no_way_in(real: Settings, provider: Hostile) -> None:
    first, second = await found(names_it(real, provider), "sign-in")

    assert first.line == (
        "look   sign-in: platform/staff is not offered: its secret is not set. "
        "To do: set OGPMONITOR_CLIENT_SECRET__PLATFORM__STAFF."
    )
    assert second.fails


async def test_a_provider_that_is_away_or_talks_nonsense(
    real: Settings, provider: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGPMONITOR_CLIENT_SECRET__PLATFORM__STAFF", SECRET)
    house = names_it(at(real, 25, platform_roles_need_provider=True), provider)
    where = "/.well-known/openid-configuration"
    told = []
    for answer in ((503, b""), (200, b'{"issuer": "https://another.example"}')):
        provider.raw[where] = answer
        told.append(await said(house, "sign-in"))

    assert [each[0][1].removeprefix(f"platform/staff: {provider.issuer} ") for each in told] == [
        "does not answer (status 503).",
        "answers what cannot be believed (the announcement is not this issuer's).",
    ]
    assert {tuple(standing for standing, _ in each) for each in told} == {(DOUBTFUL, DOUBTFUL, HOLDS)}


async def test_a_government_that_takes_no_links_and_has_no_provider(real: Settings) -> None:
    path = real.tenants_folder / "renca" / "tenant.toml"
    path.write_text(path.read_text("utf-8") + "\n[sign_in]\nemail_links = false\n", "utf-8")

    first, second = await said(at(real, 25), "sign-in")

    assert first[0] is DOUBTFUL
    assert "the governments of renca, which take no links" in first[1]
    assert second[0] is HOLDS


async def test_an_installation_gets_its_first_operator(real: Settings) -> None:
    rows(real, "UPDATE platform.people SET platform_role = NULL WHERE persona IS NULL")
    nobody = await found(real, "operators")
    await invite_operator(
        real.database_url, email="ana@example.org", name="Ana Soto", language="es", base_url=real.base_url
    )
    invited = await found(real, "operators")
    without_owner = await found(real.model_copy(update={"database_url": ""} | doors(real)), "operators")
    await a_person(real, "Ana Soto", platform_role="operator")

    assert [each.to_do for each in nobody] == ["run: ogpmonitor operators invite"]
    assert [each.seen for each in invited] == ["There is none yet; the invitation of one is open."]
    assert [each.to_do for each in without_owner] == ["run: ogpmonitor operators invite"]
    assert await said(real, "operators") == [(HOLDS, "1.")]


def doors(settings: Settings) -> dict[str, str]:
    """Both addresses of those who serve people, which derive from the owner's."""
    return {"app_database_url": settings.direct_app_url, "public_database_url": settings.direct_public_url}


async def test_a_pooler_that_leads_to_the_database_and_ones_that_do_not(
    settings: Settings, empty_database_url: str
) -> None:
    right = settings.model_copy(update={"pooler_url": settings.database_url})
    other = settings.model_copy(update={"pooler_url": empty_database_url})
    away = settings.model_copy(update={"pooler_url": f"postgresql://127.0.0.1:{free_port()}/x"})

    assert await said(right, "pooler") == [(HOLDS, "both roles reach the same database through it.")]
    assert await said(other, "pooler") == [
        (FAILS, "ogpmonitor_app comes to another database."), (FAILS, "ogpmonitor_public comes to another database."),
    ]  # fmt: skip
    assert [each.to_do.split(",")[0] for each in await found(away, "pooler")] == [
        "see whether OGPMONITOR_POOLER_URL is right"
    ] * 2


@pytest.mark.parametrize(
    ("given", "standing"),
    [
        ({}, HOLDS),
        ({"base_url": "https://ogp.example.org"}, DOUBTFUL),
        ({"base_url": "https://ogp.example.org", "trusted_proxies": "10.0.0.0/8"}, HOLDS),
        ({"base_url": "https://ogp.example.org", "limits_factor": 0.0}, HOLDS),
    ],
)
async def test_a_public_site_names_its_proxies(
    settings: Settings, given: dict[str, object], standing: Standing
) -> None:
    assert [each for each, _ in await said(settings.model_copy(update=given), "proxies")] == [standing]
