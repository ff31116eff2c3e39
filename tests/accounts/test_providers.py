"""Signing in at a provider: whom it lets in, and how far that counts."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.accounts.conftest import OWN, PLATFORM
from tests.factories.entering import a_person, a_role, address_on, begin, come_back, known_by
from tests.factories.hostile import SECRET, Hostile
from tests.factories.site import Site

from ogpmonitor.accounts import entries, identities
from ogpmonitor.accounts.models import Person
from ogpmonitor.kit.db import Database, owner_session
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.settings import Settings

WORKBENCH = "/es/penalolen/workbench/"


async def enter(
    client: httpx.AsyncClient, hostile: Hostile, provider: str = PLATFORM, *, next_: str = "", **claims: Any
) -> httpx.Response:
    """The answer to a browser that comes back from the provider with an honest token."""
    gone = await begin(client, provider, **({"next": next_} if next_ else {}))
    return await come_back(client, provider, state=gone["state"], code=hostile.honest_code(gone["nonce"], **claims))


async def links_of(settings: Settings) -> list[tuple[Any, ...]]:
    async with owner_session(settings.database_url) as session:
        rows = await session.execute(text("SELECT person_id, issuer, subject, tenant_id FROM platform.identities"))
        return [tuple(row) for row in rows]


@pytest.fixture
async def coordinator(real: Settings) -> UUID:
    """A real person who coordinates Peñalolén, and whom nobody knows by an account yet."""
    person = await a_person(real, "Ana Rojas", email="Ana@penalolen.example")
    await a_role(real, person, "penalolen", "coordinator")
    return person


async def test_the_way_to_a_provider_carries_what_binds_its_answer(house: Site, hostile: Hostile) -> None:
    gone = await begin(house.client, PLATFORM)
    other = await begin(house.visitor(), PLATFORM)

    assert gone["address"].startswith(f"{hostile.issuer}/authorize?")
    assert (gone["response_type"], gone["code_challenge_method"]) == ("code", "S256")
    assert gone["redirect_uri"] == "http://testserver/sign-in/callback/platform/hers"
    assert len({gone[name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert not {gone[name] for name in ("state", "nonce", "code_challenge")} & set(other.values())
    assert "prompt" not in gone


async def test_on_a_host_of_its_own_a_jurisdiction_comes_back_there(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    await known_by(real, coordinator, hostile.issuer, "subject-1", slug="penalolen")
    own = house.visitor(Host="penalolen.localhost", Origin="http://penalolen.localhost")

    page = await own.get("/es/sign-in/")
    gone = await begin(own, OWN)
    entered = await come_back(own, OWN, state=gone["state"], code=hostile.honest_code(gone["nonce"]))

    assert "Ingresar con Cuenta municipal" in page.text
    assert gone["redirect_uri"] == "http://penalolen.localhost/sign-in/callback/penalolen/work"
    assert (entered.status_code, entered.headers["location"]) == (303, "/es/workbench/")
    assert (await own.get("/es/workbench/")).status_code == 200


async def test_a_known_account_enters_and_goes_where_it_wanted(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    await known_by(real, coordinator, hostile.issuer, "subject-1")

    answer = await enter(house.client, hostile, next_="/es/penalolen/workbench/publish/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/es/penalolen/workbench/publish/")
    assert (await house.client.get("/es/penalolen/workbench/publish/")).status_code == 200
    assert hostile.forms[0]["client_secret"] == [SECRET]
    assert len(hostile.forms[0]["code_verifier"][0]) == 43


async def test_a_verified_address_links_the_account_once(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    first = await enter(house.client, hostile, email="ana@PENALOLEN.example", email_verified=True)
    again = await enter(house.visitor(), hostile)
    other = await enter(house.visitor(), hostile, sub="subject-2", email="ana@penalolen.example", email_verified=True)

    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 403)
    assert await links_of(real) == [(coordinator, hostile.issuer, "subject-1", None)]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({}, "Esta cuenta no es conocida aquí"),
        ({"email": "ana@penalolen.example"}, "Su correo no está verificado"),
        ({"email": "ana@penalolen.example", "email_verified": False}, "Su correo no está verificado"),
        ({"email": "ana@penalolen.example", "email_verified": "true"}, "Su correo no está verificado"),
        ({"email": "nobody@penalolen.example", "email_verified": True}, "Esta cuenta no es conocida aquí"),
        ({"email": "ana@elsewhere.example", "email_verified": True}, "Esta cuenta no es conocida aquí"),
        ({"email": "ana@penalolen.example@elsewhere.example", "email_verified": True}, "Esta cuenta no es conocida"),
        ({"email": ["ana@penalolen.example"], "email_verified": True}, "Esta cuenta no es conocida aquí"),
    ],
)
async def test_an_unknown_account_gets_in_nowhere(
    house: Site, hostile: Hostile, real: Settings, claims: dict[str, Any], said: str
) -> None:
    hostile.told = {"sub": "subject-1"}
    await a_person(real, "Ana Rojas", email="ana@penalolen.example")

    answer = await enter(house.client, hostile, **claims)

    assert (answer.status_code, await links_of(real)) == (403, [])
    assert said in answer.text
    assert "example" not in answer.text.replace("penalolen.gob", "")
    assert "ogpmonitor_session" not in house.client.cookies


async def test_two_people_with_one_address_are_nobody(house: Site, hostile: Hostile, real: Settings) -> None:
    await a_person(real, "Ana", email="ana@penalolen.example")
    await a_person(real, "Otra Ana", email="ANA@penalolen.example")

    answer = await enter(house.client, hostile, email="ana@penalolen.example", email_verified=True)

    assert (answer.status_code, await links_of(real)) == (403, [])


async def test_what_a_provider_tells_apart_is_of_the_same_person(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    told = {"email": "ana@penalolen.example", "email_verified": True}
    hostile.told = {"sub": "somebody-else", **told}
    refused = await enter(house.client, hostile)
    hostile.told = {"sub": "subject-1", **told}
    taken = await enter(house.client, hostile)

    assert (refused.status_code, taken.status_code) == (403, 303)
    assert [link[0] for link in await links_of(real)] == [coordinator]


async def test_an_issuer_that_is_not_believed_links_nobody(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    """The same issuer, as another jurisdiction names it: the account that was linked there is not known here."""
    await known_by(real, coordinator, hostile.issuer, "subject-1", slug="penalolen")

    here = await enter(house.client, hostile)
    own = await enter(house.visitor(), hostile, OWN)

    assert (here.status_code, own.status_code) == (403, 303)


# How far a session counts that came through a jurisdiction's own provider: its administrator can be anybody there.


async def test_a_jurisdictions_own_provider_counts_only_there(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    await a_role(real, coordinator, "maipu", "coordinator")

    answer = await enter(house.client, hostile, OWN, email="ana@penalolen.example", email_verified=True)

    assert (answer.status_code, answer.headers["location"]) == (303, WORKBENCH)
    assert (await house.client.get(WORKBENCH)).status_code == 200
    assert (await house.client.get("/es/maipu/workbench/")).status_code == 404
    platform = house.visitor()
    await enter(platform, hostile, email="ana@penalolen.example", email_verified=True)
    assert (await platform.get("/es/maipu/workbench/")).status_code == 200


async def test_a_jurisdictions_own_provider_makes_nobody_its_monitor(
    house: Site, hostile: Hostile, real: Settings
) -> None:
    """The government runs that provider: it would read the drafts of whoever assesses it."""
    monitor = await a_person(real, "Ema Soto", email="ema@penalolen.example")
    await a_role(real, monitor, "penalolen", "monitor")
    assessments = "/es/penalolen/workbench/assessments/"

    await enter(house.client, hostile, OWN, email="ema@penalolen.example", email_verified=True)
    refused = await house.client.get(assessments)
    platform = house.visitor()
    await enter(platform, hostile, email="ema@penalolen.example", email_verified=True)

    assert refused.status_code == 404
    assert (await platform.get(assessments)).status_code == 200


async def test_a_jurisdictions_own_provider_lays_down_no_mandate(
    house: Site, hostile: Hostile, real: Settings, database: Database
) -> None:
    """A monitor ends its own mandate at once: not somebody whom the government's provider calls by its name."""
    monitor = await a_person(real, "Ema Soto", email="ema@penalolen.example")
    await a_role(real, monitor, "penalolen", "monitor")
    for provider in (OWN, PLATFORM):
        await enter(house.visitor(), hostile, provider, email="ema@penalolen.example", email_verified=True)
    end = text("SELECT platform.end_mandate(mandate_id, 'x') FROM platform.memberships WHERE person_id = :me")
    async with database.tenant_session(None) as session:
        tenant = await session.scalar(text("SELECT id FROM platform.tenants WHERE slug = 'penalolen'"))
        found = await session.execute(text("SELECT provider, id FROM platform.sign_ins WHERE way = 'provider'"))
        sign_ins = {row.provider: row.id for row in found}

    with pytest.raises(Exception, match="the body itself ends a mandate"):
        async with database.tenant_session(tenant, monitor, sign_in=sign_ins[OWN]) as session:
            await session.execute(end, {"me": monitor})
    async with database.tenant_session(tenant, monitor, sign_in=sign_ins[PLATFORM]) as session:
        await session.execute(end, {"me": monitor})


@pytest.mark.parametrize("role", ["ogp_staff", "operator"])
async def test_a_jurisdictions_own_provider_gives_no_role_on_the_platform(
    house: Site, hostile: Hostile, real: Settings, role: str
) -> None:
    await a_person(real, "Pía Lagos", email="pia@penalolen.example", platform_role=role)

    entered = await enter(house.client, hostile, OWN, email="pia@penalolen.example", email_verified=True)
    platform = house.visitor()
    await enter(platform, hostile, email="pia@penalolen.example", email_verified=True)

    assert entered.headers["location"] == "/es/account/?done=no-role"
    assert (await house.client.get("/es/desk/")).status_code == 403
    assert (await house.client.get("/es/desk/mandates/")).status_code == 403
    assert (await platform.get("/es/desk/")).status_code == 200


async def test_the_database_knows_how_far_a_session_counts(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID, database: Database
) -> None:
    """Whatever the application forgets: sealed to such a session, the policies know no role elsewhere."""
    await a_role(real, coordinator, "maipu", "coordinator")
    await enter(house.client, hostile, OWN, email="ana@penalolen.example", email_verified=True)
    role = text("SELECT platform.actor_role(), (SELECT count(*) FROM workbench.plans) > 0")
    async with database.tenant_session(None) as session:
        sign_in = await session.scalar(text("SELECT id FROM platform.sign_ins WHERE way = 'provider'"))
        found = await session.execute(text("SELECT slug, id FROM platform.tenants"))
        tenants = {row.slug: row.id for row in found}

    seen = {}
    for slug in ("penalolen", "maipu"):
        async with database.tenant_session(tenants[slug], coordinator, sign_in=sign_in) as session:
            seen[slug] = tuple((await session.execute(role)).one())
    async with database.tenant_session(None, coordinator, sign_in=sign_in) as session:
        homes = await session.scalar(text("SELECT count(*) FROM platform.memberships"))

    assert seen == {"penalolen": ("coordinator", True), "maipu": (None, False)}
    assert homes == 1


@pytest.mark.parametrize(
    "change",
    [
        "tenant_id = NULL", "person_id = (SELECT id FROM platform.people WHERE persona = 'operator')",
        "way = 'email'", "proved_at = now()", "expires_at = now() + interval '1 year'", "platform_role_counts = true",
    ],
)  # fmt: skip
async def test_the_application_changes_nothing_of_a_session_but_its_use_and_end(
    house: Site, hostile: Hostile, coordinator: UUID, database: Database, change: str
) -> None:
    await enter(house.client, hostile, OWN, email="ana@penalolen.example", email_verified=True)

    with pytest.raises(Exception, match="permission denied"):
        async with database.tenant_session(None, coordinator) as session:
            await session.execute(text(f"UPDATE platform.sign_ins SET {change}"))


async def test_an_invented_person_is_never_linked(real: Settings, database: Database) -> None:
    with pytest.raises(Exception, match="an invented person has no identity"):
        async with database.tenant_session(None) as session:
            await session.execute(
                text("""INSERT INTO platform.identities (id, person_id, issuer, subject, created_at, last_used_at)
                        SELECT gen_random_uuid(), id, 'https://issuer.example', 'x', now(), now()
                        FROM platform.people WHERE persona = 'operator'""")
            )
    assert await links_of(real) == []


async def test_who_is_not_known_is_told_whom_to_ask(house: Site, hostile: Hostile) -> None:
    own = await enter(house.client, hostile, OWN)
    platform = await enter(house.client, hostile)

    assert "Dirección de Control y Gobierno Abierto, Peñalolén" in own.text
    assert "A quién preguntar" not in platform.text


# The door for invitations: an account that was proved waits, in its browser, for whoever shows an invitation.


async def test_an_invitation_links_the_account_that_waits_in_this_browser(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID, database: Database
) -> None:
    there = "/es/invitations/a-token/"
    sent_on = await enter(house.client, hostile, next_=there)
    browser = house.client.cookies[entries.COOKIE]

    async with database.tenant_session(None) as session:
        person = await session.get_one(Person, coordinator)
        with pytest.raises(Conflict):
            await identities.link_waiting(session, person, browser="another browser")
        await identities.link_waiting(session, person, browser=browser)
        with pytest.raises(Conflict):
            await identities.link_waiting(session, person, browser=browser)

    assert (sent_on.status_code, sent_on.headers["location"]) == (303, there)
    assert await links_of(real) == [(coordinator, hostile.issuer, "subject-1", None)]
    assert (await enter(house.visitor(), hostile)).status_code == 303


async def test_a_second_account_of_an_issuer_is_refused_to_an_invitation(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID, database: Database
) -> None:
    await known_by(real, coordinator, hostile.issuer, "first")
    await enter(house.client, hostile)

    async with database.tenant_session(None) as session:
        person = await session.get_one(Person, coordinator)
        with pytest.raises(Conflict, match=r"identity\.taken"):
            await identities.link_waiting(session, person, browser=house.client.cookies[entries.COOKIE])


# The way out, and a new proof.


async def test_signing_out_also_leads_out_of_the_provider(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    await known_by(real, coordinator, hostile.issuer, "subject-1")
    hostile.announces = {"end_session_endpoint": f"{hostile.issuer}/out"}
    await enter(house.client, hostile)

    left = await house.client.post("/es/sign-out/")

    assert address_on(left.text) == (
        f"{hostile.issuer}/out?client_id=ogpmonitor&post_logout_redirect_uri=http%3A%2F%2Ftestserver%2F"
    )
    assert (await house.client.get(WORKBENCH)).status_code == 401


async def test_who_is_signed_in_is_asked_by_the_provider_again(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    await known_by(real, coordinator, hostile.issuer, "subject-1")
    await enter(house.client, hostile)

    page = await house.client.get("/es/sign-in/?next=/es/penalolen/workbench/publish/")
    gone = await begin(house.client, PLATFORM, again="true")

    assert page.text.count('name="again" value="true"') == 2
    assert (gone["prompt"], gone["max_age"]) == ("login", "0")


async def test_a_sign_in_remembered_by_the_provider_is_no_new_proof(
    house: Site, hostile: Hostile, real: Settings, coordinator: UUID
) -> None:
    await known_by(real, coordinator, hostile.issuer, "subject-1")
    publish = "/es/penalolen/workbench/publish/"

    await enter(house.client, hostile, auth_time=1_700_000_000)
    refused = await house.client.post(publish, data={"note": "Escrito con cuidado"})
    await enter(house.client, hostile, auth_time=None)
    taken = await house.client.post(publish, data={"note": "Escrito con cuidado"})

    assert refused.status_code == 401
    assert "Escrito con cuidado" in refused.text
    assert "ingrese una vez más" in refused.text
    assert taken.status_code != 401
