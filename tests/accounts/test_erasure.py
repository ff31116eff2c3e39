"""What is held about a person, and forgetting it: what goes, what stays without a name, who is not forgotten."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import PENALOLEN
from tests.factories.cast import Cast
from tests.factories.people import PEOPLE, a_person, accepted, invited, member_of, role_of
from tests.factories.reading import said
from tests.factories.register import tampering
from tests.factories.requests import ask
from tests.factories.site import Site
from tests.factories.traces import KINDS, leave_traces

from ogpmonitor.accounts import erasure, invitations, people, service
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.held import SECTIONS, Field, sections
from ogpmonitor.accounts.models import Person, PlatformRole, Role, Way
from ogpmonitor.accounts.service import Came
from ogpmonitor.kit.db import owner_session, seal, utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.mail import outbox
from ogpmonitor.mandates import queries as mandates
from ogpmonitor.mandates import service as mandating
from ogpmonitor.mandates.schemas import ProposalForm
from ogpmonitor.settings import Settings

TODAY = utc_now().date()
EMAIL = "ana@example.org"
NAME, OWN = "Zunilda Quiroz", "zunilda@example.org"  # whom the demo does not know
DATA = "/es/account/data/"
# Every table that names a person by a foreign key: emptied when a person is erased, or kept with an id and no name.
EMPTIED = {"memberships", "sign_ins", "identities", "email_links", "notice_choices"}
KEPT = {"past_roles", "support_accesses"}
# What nothing says of this person in the tests, because it is empty or does not apply.
NOT_PLANTED = {"unit", "until", "accepted_at", "used_at", "settled_at", "reason", "jurisdiction"}


async def erased(cast: Cast, person: UUID, by: Actor | None = None) -> None:
    by = by or Actor(person, "Ana Soto")
    async with cast.database.tenant_session(None, by.id) as session:
        await erasure.erase(session, person, reason="Lo pidió por carta", by=by)


async def rows(settings: Settings, statement: str, *values: Any) -> list[Any]:
    async with tampering(settings) as connection:
        return await (await connection.execute(statement, values)).fetchall()


async def everything(settings: Settings) -> str:
    """All that the database holds, in every table of every schema, as one text."""
    tables = await rows(
        settings,
        "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    assert {name.partition(".")[0] for (name,) in tables} >= {"platform", "workbench", "register", "facts", "jobs"}
    found = [await rows(settings, f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {name} t") for (name,) in tables]
    return " ".join(row[0] for one in found for row in one)


async def test_nothing_is_left_by_which_one_could_tell_who_it_was(cast: Cast, settings: Settings) -> None:
    """And what it did stays, said of an id."""
    ana = await a_person(cast, Role.COORDINATOR, name=NAME, email=OWN)
    me = Actor(ana, NAME, Role.COORDINATOR)
    await a_person(cast, tenant="maipu", email=OWN.upper())
    await invited(cast, email="otra@example.org", name="Otra", by=me)
    await invited(cast, tenant="renca", email=OWN, name=NAME, by=await coordinator_of(cast, "renca"))
    await ask(cast, name=NAME, email=OWN)
    await leave_traces(settings, ana, name=NAME, email=OWN)
    async with cast.database.tenant_session(None) as session:
        await service.sign_in(session, await session.get_one(Person, ana), Came(Way.EMAIL), lasting=timedelta(hours=1))
    assert OWN in await everything(settings)
    async with cast.database.tenant_session(None, ana, read_only=True) as session:
        told = await erasure.own_data(session, by=me)
    assert {kind for kind, found in told.items() if found} >= KINDS | {"roles", "invitations", "sign_ins", "requests"}
    assert {kind for kind in told if kind not in SECTIONS} == {"account"}
    shown = sections(told, "es", places={"maipu": "Maipú"}, actions={"person.invited": "invited a person"})
    assert {one.key for one in shown} == {kind for kind, found in told.items() if found} - {"account"}
    assert [field.name for one in shown for field in SECTIONS[one.key][1] if not _is_held(told[one.key], field)] == []

    await erased(cast, ana)

    held = (await everything(settings)).lower()
    assert OWN not in held
    assert NAME.lower() not in held
    assert "zq-771" not in held
    assert (await role_of(cast, ana), await role_of(cast, ana, "maipu")) == (None, None)
    assert await rows(settings, "SELECT action, actor_role FROM workbench.audit_records WHERE actor_id = %s", ana) == [
        ("invitation.accepted", "coordinator"),
        ("invitation.accepted", "viewer"),
        ("person.invited", "coordinator"),
    ]
    assert await rows(settings, "SELECT count(*) FROM platform.sign_ins WHERE person_id = %s", ana) == [(0,)]
    about = "SELECT action, about, reason FROM platform.deeds WHERE subject_id = %s"
    assert await rows(settings, about, ana) == [("person.erased", "", "Lo pidió por carta")]
    emptied = [f"{table} WHERE person_id" for table in sorted(EMPTIED)]
    left = [(await rows(settings, f"SELECT count(*) FROM platform.{one} = %s", ana))[0][0] for one in emptied]
    assert left == [0] * len(EMPTIED)


def _is_held(found: list[dict[str, Any]], field: Field) -> bool:
    """Whether the export has such a value at all: a column of a table that nothing fills would be a mistake."""
    return field.name in NOT_PLANTED or any(field.name in one for one in found)


async def test_an_erased_member_of_the_staff_is_said_once(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator)

    await erased(cast, ana, cast.operator)

    about = "SELECT action, about, reason, actor_id FROM platform.deeds WHERE subject_id = %s ORDER BY id DESC LIMIT 1"
    said_of = "SELECT count(*) FROM platform.deeds WHERE subject_id = %s"
    assert await rows(settings, about, ana) == [("person.erased", "ogp_staff", "Lo pidió por carta", cast.operator.id)]
    assert await rows(settings, said_of, ana) == [(2,)]  # it accepted, and was erased


async def test_letters_links_and_sign_ins_under_way_are_forgotten_by_age(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast, name=NAME, email=OWN)
    await leave_traces(settings, ana, name=NAME, email=OWN)
    days = {"invitation_days": 90, "sign_in_days": 90, "request_days": 365}
    done = await erasure.forget_all(cast.database, **days)
    assert (done["links"], done["entries"]) == (0, 0)
    for table in ("email_links", "entries"):
        await rows_changed(settings, f"UPDATE platform.{table} SET expires_at = now() - interval '25 hours'")
    await rows_changed(settings, "UPDATE platform.mails SET state = 'kept', settled_at = now() - interval '31 days'")

    done = await erasure.forget_all(cast.database, **days)
    async with cast.database.tenant_session(None) as session:
        await session.execute(outbox.TIDY)

    assert (done["links"], done["entries"]) == (1, 1)
    assert await rows(
        settings, "SELECT DISTINCT args ->> 'address' FROM jobs.procrastinate_jobs WHERE args ? 'link'"
    ) == [("",)]
    assert await rows(settings, "SELECT DISTINCT address, reply_to, answer, context FROM platform.mails") == [
        ("", "", "", None)
    ]


async def coordinator_of(cast: Cast, tenant: str) -> Actor:
    async with cast.database.tenant_session(None, read_only=True) as session:
        known = text("SELECT id FROM platform.people WHERE persona = :key")
        return Actor(await session.scalar(known, {"key": f"{tenant}-coordinator"}), "Coordinación", Role.COORDINATOR)


async def test_requests_and_mandates_forget_the_name_too(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast, Role.VIEWER)
    await ask(cast, name="Ana Soto", email="Ana@example.org")
    proposal = {
        "body": "Ente",
        "mandate": "Evalúa",
        "starts_on": str(TODAY),
        "people": f"Ana Soto {EMAIL}\nLuis l@x.cl",
    }
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        form = ProposalForm.model_validate(proposal)
        await mandating.propose(session, form, language="es", by=cast.coordinator)

    await erased(cast, ana)

    assert EMAIL not in (await everything(settings)).lower()
    assert await rows(settings, "SELECT name, email, unit <> '' FROM workbench.report_requests WHERE email = ''") == [
        ("", "", True)
    ]
    kept = await rows(settings, "SELECT people FROM platform.mandates WHERE body = 'Ente'")
    assert kept == [([{"name": "Luis", "email": "l@x.cl"}],)]


async def monitors(cast: Cast, email: str = EMAIL) -> None:
    """A body with this one person is proposed and confirmed."""
    proposal = {"body": "Ente", "mandate": "Evalúa", "starts_on": str(TODAY), "people": f"Ana Soto {email}"}
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        form = ProposalForm.model_validate(proposal)
        made = await mandating.propose(session, form, language="es", by=cast.coordinator)
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        await mandating.confirm(session, await mandates.get_mandate(session, made.id), by=cast.ogp_staff)


async def test_being_forgotten_is_no_way_to_become_the_monitor_of_ones_own_government(
    cast: Cast, settings: Settings
) -> None:
    ana = await a_person(cast, Role.CONTACT, unit="Aseo")
    await erased(cast, ana)

    with pytest.raises(Conflict, match="not_independent"):
        await monitors(cast, "ANA@example.org")
    assert [row[0] for row in await rows(settings, "SELECT kept_until FROM platform.erased_addresses")] == [
        _months_later(TODAY, 24)
    ]

    await rows_changed(settings, "UPDATE platform.past_roles SET until = current_date - 750")
    await rows_changed(settings, "UPDATE platform.erased_addresses SET kept_until = current_date - 20")
    await erasure.forget_all(cast.database, invitation_days=90, sign_in_days=90, request_days=365)

    assert await rows(settings, "SELECT count(*) FROM platform.erased_addresses") == [(0,)]
    assert await rows(settings, "SELECT count(*) FROM platform.past_roles WHERE person_id = %s", ana) == [(0,)]
    await monitors(cast)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


async def rows_changed(settings: Settings, statement: str) -> None:
    async with tampering(settings) as connection:
        await connection.execute(statement)


async def test_without_a_role_in_a_government_no_hash_is_kept(cast: Cast, settings: Settings) -> None:
    await erased(cast, await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator))

    assert await rows(settings, "SELECT count(*) FROM platform.erased_addresses") == [(0,)]


async def test_whoever_was_forgotten_may_come_back_as_somebody_new(cast: Cast) -> None:
    ana = await a_person(cast)
    await erased(cast, ana)

    again = await a_person(cast, name="Ana S.")

    assert again != ana
    assert await role_of(cast, again) == Role.VIEWER


async def test_the_last_coordinator_is_not_forgotten(cast: Cast) -> None:
    ana = await a_person(cast, Role.COORDINATOR)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await people.leave(session, by=cast.coordinator)

    for by in (Actor(ana, "Ana"), cast.operator):
        with pytest.raises(Conflict, match="last_coordinator"):
            await erased(cast, ana, by)

    assert await role_of(cast, ana) == Role.COORDINATOR


async def test_an_operator_erases_on_request_but_no_monitor(cast: Cast) -> None:
    """Otherwise erasing would be a way to stop an assessment. The monitor itself may."""
    await monitors(cast)
    async with cast.database.tenant_session(None, read_only=True) as session:
        ana = (await erasure.find_by_email(session, EMAIL)).id

    with pytest.raises(Conflict, match="monitors"):
        await erased(cast, ana, cast.operator)
    assert await role_of(cast, ana) == Role.MONITOR

    await erased(cast, ana)
    assert await role_of(cast, ana) is None


@pytest.mark.parametrize("who", ["coordinator", "contact", "monitor", "neighbour", "ogp_staff", "citizen"])
async def test_nobody_else_erases_anybody(cast: Cast, who: str) -> None:
    ana, by = await a_person(cast), getattr(cast, who)

    with pytest.raises(NotPermitted):
        await erased(cast, ana, by)
    with pytest.raises(DBAPIError, match="only an operator"):
        async with cast.rehearsal(PENALOLEN, by) as session:
            await session.execute(text("SELECT platform.erase_person(:id, 'x')"), {"id": ana})


async def test_nobody_invented_is_erased(cast: Cast) -> None:
    with pytest.raises(Conflict, match="persona"):
        await erased(cast, cast.contact.id or UUID(int=0), cast.operator)


async def test_somebody_is_told_of_every_table_that_names_people(settings: Settings) -> None:
    """A new one is emptied by `platform.erase_person`, or kept on purpose; docs/privacy.md says which and why."""
    found = await rows(
        settings,
        "SELECT DISTINCT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " WHERE k.contype = 'f' AND k.confrelid = 'platform.people'::regclass",
    )

    assert {row[0] for row in found} <= EMPTIED | KEPT


async def test_what_is_held_is_told_to_oneself_alone(cast: Cast) -> None:
    ana = await a_person(cast, Role.CONTACT, unit="Aseo")
    await a_person(cast, tenant="maipu", email=EMAIL)
    await a_person(cast, email="luis@example.org", name="Luis Rojas")
    member = await member_of(cast, ana)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await people.remove(session, member, seen=1, reason="Secreto", by=cast.coordinator)
    me = Actor(ana, "Ana Soto")

    async with cast.database.tenant_session(None, ana, read_only=True) as session:
        held = await erasure.own_data(session, by=me)

    assert held["account"] == {"id": str(ana), "name": "Ana Soto", "email": EMAIL}
    assert held["roles"] == [{"jurisdiction": "maipu", "role": "viewer", "since": str(TODAY)}]
    assert held["past_roles"] == [
        {"jurisdiction": "penalolen", "role": "contact", "since": str(TODAY), "until": str(TODAY)}
    ]
    assert [one["action"] for one in held["done"]] == ["invitation.accepted", "invitation.accepted"]
    assert len(held["invitations"]) == 2
    assert "luis" not in json.dumps(held).lower()
    assert "sha256" not in json.dumps(held)
    assert "Secreto" not in json.dumps(held)


async def test_the_holder_of_a_key_and_strangers_are_told_nothing(cast: Cast) -> None:
    for actor, key in ((None, None), (cast.contact.id, "x" * 64)):
        with pytest.raises(DBAPIError, match="nobody is signed in"):
            async with cast.database.tenant_session(None, actor, key=key, read_only=True) as session:
                await session.execute(text("SELECT platform.own_data()"))


async def test_what_is_old_is_forgotten_and_what_is_not_stays(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast)
    waiting = await invited(cast, email="otra@example.org")
    await ask(cast, name="Luis", email="luis@example.org")
    async with cast.database.tenant_session(None) as session:
        for hours in (1, 2):
            await service.sign_in(
                session, await session.get_one(Person, ana), Came(Way.EMAIL), lasting=timedelta(hours=hours)
            )
    days = {"invitation_days": 90, "sign_in_days": 90, "request_days": 365}
    assert set((await erasure.forget_all(cast.database, **days)).values()) == {0}
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text(
                "UPDATE platform.invitations SET accepted_at = now() - interval '91 days' WHERE accepted_at IS NOT NULL"
            )
        )
    await rows_changed(settings, "UPDATE workbench.report_requests SET expires_at = now() - interval '366 days'")
    await rows_changed(
        settings,
        "UPDATE platform.sign_ins SET expires_at = now() - interval '91 days'"
        " WHERE expires_at < now() + interval '90 minutes'",
    )

    done = await erasure.forget_all(cast.database, **days)

    assert (done["invitations"], done["sign_ins"]) == (1, 1)
    assert done["requests"] >= 1
    assert await rows(settings, "SELECT count(*) FROM workbench.report_requests WHERE email <> ''") == [(0,)]
    assert await rows(settings, "SELECT id FROM platform.invitations") == [(waiting.id,)]
    assert await rows(settings, "SELECT count(*) FROM platform.sign_ins WHERE person_id = %s", ana) == [(1,)]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("es", ("Sus datos", "Contact", "Lo que usted hizo")), ("en", ("Your data", "What you did"))],
)
async def test_the_page_shows_it(site: Site, cast: Cast, lang: str, words: tuple[str, ...]) -> None:
    link = await invited(cast, Role.CONTACT, unit="Aseo")
    client = site.visitor()
    await client.post(f"/es/invitations/{link.token}/", data={"name": "Ana Soto"})

    page = await client.get(DATA.replace("/es/", f"/{lang}/"))
    taken = await client.get(f"{DATA}data.json")

    told = said(page.text)
    assert [one for one in words[:1] + words[2:] if one not in told] == []
    assert EMAIL in told
    assert "Aseo" in told
    assert taken.headers["content-disposition"].startswith("attachment")
    assert "no-store" in taken.headers["cache-control"]
    assert taken.json()["account"]["email"] == EMAIL


async def test_strangers_have_no_data_page(site: Site) -> None:
    for path in (DATA, f"{DATA}data.json"):
        assert (await site.client.get(path)).status_code == 401
    assert (await site.client.post(f"{DATA}erase/", data={"sure": "yes"})).status_code == 401


async def test_one_is_forgotten_by_ones_own_page(site: Site, cast: Cast) -> None:
    link = await invited(cast, Role.COORDINATOR, name=NAME, email=OWN)
    client = site.visitor()
    await client.post(f"/es/invitations/{link.token}/", data={"name": NAME})

    unsure = await client.post(f"{DATA}erase/", data={})
    done = await client.post(f"{DATA}erase/", data={"sure": "yes"})

    assert (unsure.status_code, done.status_code) == (422, 303)
    assert (await client.get(DATA)).status_code == 401
    told = said((await (await site.sign_in("penalolen-coordinator")).get("/es/penalolen/workbench/history/")).text)
    assert "una persona que ya no figura" in told
    assert NAME not in told


async def test_an_operator_erases_by_the_address(site: Site, cast: Cast) -> None:
    ana = await a_person(cast)
    operator, path = await site.sign_in("operator"), "/es/desk/people/erase/"

    nobody = await operator.post(path, data={"email": "x@example.org", "reason": "x"})
    silent = await operator.post(path, data={"email": EMAIL, "reason": ""})
    done = await operator.post(path, data={"email": "Ana@Example.org", "reason": "Carta del 3 de diciembre"})
    told = said((await operator.get("/es/desk/record/")).text)

    assert (nobody.status_code, silent.status_code, done.status_code) == (422, 422, 303)
    assert 'href="/es/desk/record/"' in (await operator.get(done.headers["location"])).text
    assert "borró los datos de una persona" in told
    assert "Carta del 3 de diciembre" in told
    assert await role_of(cast, ana) is None
    refused = [await (await site.sign_in(who)).post(path) for who in ("ogp-staff", "penalolen-coordinator")]
    assert [one.status_code for one in refused] == [403, 403]


async def test_the_list_of_people_forgets_too(site: Site, cast: Cast) -> None:
    await erased(cast, await a_person(cast))

    page = await (await site.sign_in("penalolen-coordinator")).get(PEOPLE)

    assert page.status_code == 200
    assert "Ana Soto" not in page.text


async def test_an_invitation_to_whoever_was_forgotten_is_gone(cast: Cast) -> None:
    ana = await a_person(cast)
    link = await invited(cast, tenant="maipu")
    await erased(cast, ana)

    async with cast.database.tenant_session(None) as session:
        with pytest.raises(Exception, match="not_found"):
            await invitations.find_by_token(session, link.token)
    assert await accepted(cast, await invited(cast, tenant="maipu")) != ana


async def test_seal_is_as_it_was_after_looking_everywhere(cast: Cast) -> None:
    """Functions that look into every jurisdiction leave the transaction in its own."""
    async with cast.database.tenant_session(cast.tenant_ids[PENALOLEN], cast.monitor.id) as session:
        await session.execute(text("SELECT platform.own_data()"))
        await session.execute(text("SELECT * FROM platform.forget_old(90, 90, 365)"))

        assert await session.scalar(text("SELECT platform.current_tenant()")) == cast.tenant_ids[PENALOLEN]
        await seal(session, None, None)
