"""Who may monitor: proposed by a government, confirmed by the platform, independent, for a term and no longer."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import PENALOLEN, a_draft, a_published_assessment
from tests.factories.cast import Cast
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role
from ogpmonitor.assessments import queries as assessments
from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.localized import Localized
from ogpmonitor.mandates import queries, service
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.mandates.schemas import ProposalForm, read_people
from ogpmonitor.method.independence import load_independence
from ogpmonitor.plans.publishing import publish
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import published_plan
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.service import sync

MONITORING = "/es/penalolen/workbench/monitoring/"
DESK = "/es/desk/mandates/"
NOW, ZONE = datetime.now(UTC), ZoneInfo("UTC")
TODAY = NOW.date()
PROPOSAL = {
    "body": "Universidad de Prueba (demo)",
    "contact": "https://universidad.example",
    "mandate": "Evalúa el plan 2021-2024; la eligió el foro.",
    "starts_on": TODAY.isoformat(),
    "people": "Ana Soto ana@universidad.example\nluis@universidad.example Luis Rojas",
}

ANA_SIGNS_IN = text("UPDATE platform.people SET persona = 'ana' WHERE email = 'ana@universidad.example'")


def a_proposal(**other: Any) -> ProposalForm:
    return ProposalForm.model_validate({**PROPOSAL, **other})


async def proposed(cast: Cast, tenant: str = PENALOLEN, **other: Any) -> UUID:
    by = cast.coordinator if tenant == PENALOLEN else cast.neighbour
    async with cast.at(tenant, by) as session:
        return (await service.propose(session, a_proposal(**other), language="es", by=by, demo=True)).id


async def confirmed(cast: Cast, mandate_id: UUID, tenant: str = PENALOLEN) -> None:
    async with cast.at(tenant, cast.ogp_staff) as session:
        await service.confirm(session, await queries.get_mandate(session, mandate_id), by=cast.ogp_staff)


async def members_of(
    cast: Cast, settings: Settings, mandate_id: UUID, tenant: str = PENALOLEN
) -> dict[str, Membership]:
    """Who works under a mandate, by e-mail address."""
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids[tenant], None)
        statement = select(Person.email, Membership).join(Membership, Membership.person_id == Person.id)
        found = await session.execute(statement.where(Membership.mandate_id == mandate_id))
        return {str(row[0]): row[1] for row in found}


async def role_of(cast: Cast, person: UUID, tenant: str = PENALOLEN) -> str | None:
    async with cast.database.tenant_session(cast.tenant_ids[tenant], person, read_only=True) as session:
        role: str | None = await session.scalar(select(func.platform.actor_role()))
        return role


async def test_a_proposal_opens_nothing_until_the_platform_confirms_it(cast: Cast, settings: Settings) -> None:
    mandate_id = await proposed(cast)
    assert await members_of(cast, settings, mandate_id) == {}

    await confirmed(cast, mandate_id)

    members = await members_of(cast, settings, mandate_id)
    assert set(members) == {"ana@universidad.example", "luis@universidad.example"}
    assert {await role_of(cast, one.person_id) for one in members.values()} == {"monitor"}
    async with cast.at(PENALOLEN, cast.ogp_staff, read_only=True) as session:
        mandate = await queries.get_mandate(session, mandate_id)
    assert (mandate.state(NOW, ZONE), mandate.confirmed_as, mandate.confirmed_by) == (
        "standing", PlatformRole.OGP_STAFF, cast.ogp_staff.id,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["coordinator", "contact", "monitor", "neighbour", "neighbour_monitor", "citizen"])
async def test_nobody_else_confirms_or_turns_down(cast: Cast, who: str) -> None:
    """Neither through the service nor by calling the database's own functions as the application's role."""
    mandate_id, actor = await proposed(cast), getattr(cast, who)

    for call in ("SELECT platform.confirm_mandate(:id)", "SELECT platform.end_mandate(:id, 'x')"):
        with pytest.raises(DBAPIError) as refused:
            async with cast.rehearsal(PENALOLEN, actor) as session:
                await session.execute(text(call), {"id": mandate_id})
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        mandate = await queries.get_mandate(session, mandate_id)
        with pytest.raises(NotPermitted):
            await service.confirm(session, mandate, by=actor)
    assert mandate.state(NOW, ZONE) == "proposed"


async def test_no_government_inserts_a_mandate_that_is_confirmed_already(cast: Cast) -> None:
    now, words = datetime.now(UTC), {"source": "es", "es": "x"}
    async with cast.rehearsal(PENALOLEN, cast.coordinator) as session:
        mandate = Mandate(body="x", mandate=words, starts_on=TODAY, people=[], proposed_at=now, demo=True)
        mandate.proposed_by, mandate.confirmed_at, mandate.confirmed_as = cast.coordinator.id, now, "ogp_staff"
        session.add(mandate)
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.flush()


async def test_whoever_proposed_does_not_confirm_alone(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.operator) as session:
        mandate = await service.propose(session, a_proposal(), language="es", by=cast.operator)
        with pytest.raises(Conflict, match="own_proposal"):
            await service.confirm(session, mandate, by=cast.operator)
        mandate_id = mandate.id

    await confirmed(cast, mandate_id)


async def test_what_was_decided_is_not_decided_again(cast: Cast) -> None:
    mandate_id = await proposed(cast)
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        await service.end(session, await queries.get_mandate(session, mandate_id), reason="No", by=cast.ogp_staff)

    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        mandate = await queries.get_mandate(session, mandate_id)
        assert mandate.state(NOW, ZONE) == "refused"
        with pytest.raises(Conflict, match="decided"):
            await service.confirm(session, mandate, by=cast.ogp_staff)


async def someone(cast: Cast, settings: Settings, role: Role | None, *, until: date | None = None, **more: Any) -> str:
    """A person with an address who has, or had until a day, a role in Peñalolén's government."""
    person, email = uuid4(), f"{uuid4().hex[:8]}@example.org"
    async with owner_session(settings.database_url) as session:
        session.add(Person(id=person, name="Ana Soto", email=email, **more))
        await session.flush()
        if role is not None:
            await seal(session, cast.tenant_ids[PENALOLEN], None)
            session.add(Membership(person_id=person, role=role, starts_on=date(2015, 1, 1), ends_on=until))
            await session.flush()
    return email


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CONTACT, Role.VIEWER])
@pytest.mark.parametrize("months_ago", [None, 23])
async def test_who_has_or_had_a_role_in_the_government_cannot_monitor_it(
    cast: Cast, settings: Settings, role: Role, months_ago: int | None
) -> None:
    until = None if months_ago is None else TODAY - timedelta(days=30 * months_ago)
    email = await someone(cast, settings, role, until=until)
    mandate_id = await proposed(cast, people=f"Ana Soto {email}")

    with pytest.raises(Conflict, match="not_independent"):
        await confirmed(cast, mandate_id)

    assert await members_of(cast, settings, mandate_id) == {}
    async with cast.at(PENALOLEN, cast.ogp_staff, read_only=True) as session:
        assert (await queries.get_mandate(session, mandate_id)).state(NOW, ZONE) == "proposed"


async def test_after_the_cooling_off_they_can(cast: Cast, settings: Settings) -> None:
    email = await someone(cast, settings, Role.COORDINATOR, until=TODAY - timedelta(days=25 * 31))
    mandate_id = await proposed(cast, people=f"Ana Soto {email}")

    await confirmed(cast, mandate_id)

    assert set(await members_of(cast, settings, mandate_id)) == {email}


async def test_a_role_that_was_taken_away_is_remembered(cast: Cast, settings: Settings) -> None:
    """Deleting the membership does not make anybody independent."""
    email = await someone(cast, settings, Role.COORDINATOR)
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids[PENALOLEN], None)
        known = select(Person.id).where(Person.email == email).scalar_subquery()
        await session.execute(delete(Membership).where(Membership.person_id == known))
    mandate_id = await proposed(cast, people=f"Ana Soto {email}")

    with pytest.raises(Conflict, match="not_independent"):
        await confirmed(cast, mandate_id)


async def test_the_period_is_data(cast: Cast, settings: Settings) -> None:
    email = await someone(cast, settings, Role.COORDINATOR, until=TODAY - timedelta(days=200))
    mandate_id = await proposed(cast, people=f"Ana Soto {email}")
    async with owner_session(settings.database_url) as session:
        await session.execute(text("UPDATE platform.rules SET months = 6 WHERE name = 'government_before_monitor'"))

    await confirmed(cast, mandate_id)


async def test_the_release_says_the_periods_that_the_database_keeps(settings: Settings) -> None:
    every = text("SELECT name, months FROM platform.rules")
    async with owner_session(settings.database_url) as session:
        await session.execute(text("UPDATE platform.rules SET months = 0"))

        await sync(session, [])

        kept = (await session.execute(every)).all()
    assert {row.name: row.months for row in kept} == load_independence().counted_in_months


def test_days_of_a_mandate_are_those_of_the_jurisdiction() -> None:
    evening = datetime(2026, 11, 21, 1, tzinfo=UTC)  # still the 20th in Santiago
    mandate = Mandate(
        body="Universidad",
        mandate={"source": "es", "es": "Evalúa el plan."},
        starts_on=date(2026, 1, 1),
        confirmed_at=evening,
        ended_at=evening,
        confirmed_as="ogp_staff",
        demo=True,
    )

    told = queries.public_mandate(mandate, ZoneInfo("America/Santiago"))

    assert (told.confirmed_on, told.ends_on) == (date(2026, 11, 20), date(2026, 11, 20))


async def test_a_role_in_another_government_is_no_hindrance(cast: Cast, settings: Settings) -> None:
    email = await someone(cast, settings, Role.COORDINATOR)
    mandate_id = await proposed(cast, "maipu", people=f"Ana Soto {email}")

    await confirmed(cast, mandate_id, "maipu")

    assert set(await members_of(cast, settings, mandate_id, "maipu")) == {email}


async def test_nobody_of_the_platform_monitors(cast: Cast, settings: Settings) -> None:
    email = await someone(cast, settings, None, platform_role="ogp_staff")
    mandate_id = await proposed(cast, people=f"Ana Soto {email}")

    with pytest.raises(Conflict, match="not_independent"):
        await confirmed(cast, mandate_id)


async def test_a_body_lays_its_own_mandate_down_at_once(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        (standing,) = await queries.list_mandates(session)
        await service.end(session, standing, reason="Sin fondos", by=cast.monitor)

    assert await role_of(cast, cast.monitor.id or uuid4()) is None


@pytest.mark.parametrize(("starts", "ends"), [(30, None), (0, 10)])
async def test_no_later_or_shorter_mandate_takes_a_monitors_time(
    cast: Cast, settings: Settings, starts: int, ends: int | None
) -> None:
    """Otherwise confirming one would be a way to stop an assessment."""
    first = await proposed(cast)
    await confirmed(cast, first)
    day = timedelta(days=1)
    last = (TODAY + ends * day).isoformat() if ends is not None else ""
    second = await proposed(cast, starts_on=(TODAY + starts * day).isoformat(), ends_on=last)

    with pytest.raises(Conflict, match="not_independent"):
        await confirmed(cast, second)

    assert len(await members_of(cast, settings, first)) == 2


@pytest.mark.parametrize(
    ("starts", "ends", "role"), [(0, None, "monitor"), (-30, 0, "monitor"), (-30, -1, None), (2, None, None)]
)
async def test_access_is_for_the_term_and_no_longer(
    cast: Cast, settings: Settings, starts: int, ends: int | None, role: str | None
) -> None:
    """In the database's own days, whose clock the row policies go by."""
    day = timedelta(days=1)
    last = (TODAY + ends * day).isoformat() if ends is not None else ""
    mandate_id = await proposed(cast, starts_on=(TODAY + starts * day).isoformat(), ends_on=last)

    await confirmed(cast, mandate_id)

    members = await members_of(cast, settings, mandate_id)
    assert {await role_of(cast, one.person_id) for one in members.values()} == {role}


async def test_ending_a_mandate_gives_notice_then_ends_access_and_keeps_the_work(
    cast: Cast, key: SigningKey, settings: Settings
) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        finished, _ = await a_published_assessment(session, cast.monitor, key, commitment="C3")
        draft = await a_draft(session, cast.monitor, commitment="C2")
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        (standing,) = [one for one in await queries.list_mandates(session) if one.state(NOW, ZONE) == "standing"]
        name = standing.id
        await service.end(session, standing, reason="Terminó el convenio", by=cast.ogp_staff)
        ending = await queries.get_mandate(session, name)
        assert (ending.state(NOW, ZONE), ending.state(NOW + timedelta(days=31), ZONE)) == ("ending", "ended")

    assert (
        await role_of(cast, cast.monitor.id or uuid4()) == "monitor"
    )  # nobody stops an assessment by ending a mandate
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids[PENALOLEN], None)
        await session.execute(text("UPDATE platform.mandates SET ended_at = now() WHERE ended_at IS NOT NULL"))

    assert await role_of(cast, cast.monitor.id or uuid4()) is None
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        assert await assessments.list_assessments(session) == []
    mandate_id = await proposed(cast)
    await confirmed(cast, mandate_id)
    async with cast.at(PENALOLEN, cast.ogp_staff, read_only=True) as session:
        heir = await session.scalar(select(Membership.person_id).where(Membership.mandate_id == mandate_id).limit(1))
    async with cast.database.tenant_session(cast.tenant_ids[PENALOLEN], heir, read_only=True) as session:
        assert {one.id for one in await assessments.list_assessments(session)} == {finished.assessment.id, draft.id}
        assert (await published_plan(session, PENALOLEN, "2021-2024")).assessments_of("C3")


async def test_a_mandate_is_a_public_fact_of_the_plan(site: Site, cast: Cast, key: SigningKey) -> None:
    await confirmed(cast, await proposed(cast))
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        here = Jurisdiction(slug=PENALOLEN, name=Localized.of("es", es="Peñalolén"), country="CL")
        await publish(session, await get_plan(session, "2021-2024"), here, key=key, by=cast.coordinator)

    page = await site.client.get("/es/penalolen/plans/2021-2024/")
    told = said(page.text)

    assert all(part in told for part in (PROPOSAL["body"], PROPOSAL["mandate"], PROPOSAL["contact"]))
    assert "ana@universidad.example" not in page.text


async def test_one_body_serves_two_jurisdictions_and_goes_from_one_to_the_other(
    site: Site, cast: Cast, settings: Settings
) -> None:
    first, second = await proposed(cast), await proposed(cast, "maipu")
    await confirmed(cast, first)
    await confirmed(cast, second, "maipu")
    async with owner_session(settings.database_url) as session:
        await session.execute(ANA_SIGNS_IN)
    monitor = await site.sign_in("ana")

    here = await monitor.get("/es/penalolen/workbench/assessments/")
    there = await monitor.get("/es/maipu/workbench/assessments/")
    closed = await monitor.get("/es/renca/workbench/assessments/")

    assert (here.status_code, there.status_code, closed.status_code) == (200, 200, 404)
    assert 'href="/es/maipu/workbench/assessments/"' in here.text
    assert 'href="/es/penalolen/workbench/assessments/"' in there.text
    assert "También monitorea: " in said(here.text)
    only = await (await site.sign_in("penalolen-monitor")).get("/es/penalolen/workbench/assessments/")
    assert "También monitorea" not in said(only.text)


async def test_the_governments_form_keeps_what_was_typed_and_says_what_is_wrong(site: Site) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")
    wrong = {**PROPOSAL, "body": "", "people": "Ana Soto, sin correo", "ends_on": "2020-01-01"}

    answer = await coordinator.post(MONITORING, data=wrong)

    told = said(answer.text)
    assert answer.status_code == 422
    assert "Escriba una persona por línea" in told
    assert "Ana Soto, sin correo" in told
    assert PROPOSAL["mandate"] in told
    assert 'href="#body"' in answer.text


async def test_from_the_governments_proposal_to_the_monitors_list(site: Site, settings: Settings) -> None:
    coordinator, staff = await site.sign_in("penalolen-coordinator"), await site.sign_in("ogp-staff")

    sent = await coordinator.post(MONITORING, data=PROPOSAL)
    waiting = await coordinator.get(sent.headers["location"])
    desk = await staff.get(DESK)
    (action,) = [one for one in _actions(desk) if one.endswith("/confirm/")]
    early = await staff.post(action.replace("/confirm/", "/end/"), data={"reason": ""})
    done = await staff.post(action)
    after = await staff.get(DESK)

    assert "espera a OGP o al operador" in said(waiting.text)
    assert "ana@universidad.example" in desk.text
    assert early.status_code == 422
    assert done.status_code == 200  # in the demonstration the page shows the links of its people
    assert len(re.findall(r"/es/invitations/[\w-]{43}/\"", done.text)) == 2
    assert "confirmado por OGP" in said(after.text)
    async with owner_session(settings.database_url) as session:
        await session.execute(ANA_SIGNS_IN)
    assert (await (await site.sign_in("ana")).get("/es/penalolen/workbench/assessments/")).status_code == 200


def _actions(answer: httpx.Response) -> list[str]:
    return [part.split('"')[0] for part in answer.text.split('action="')[1:]]


async def test_who_is_not_independent_is_said_at_the_desk(site: Site, cast: Cast, settings: Settings) -> None:
    email = await someone(cast, settings, Role.CONTACT)
    mandate_id = await proposed(cast, people=f"Ana Soto {email}")
    staff = await site.sign_in("ogp-staff")

    answer = await staff.post(f"{DESK}penalolen/{mandate_id}/confirm/")

    assert answer.status_code == 409
    assert "tiene, o tuvo hace poco, un rol en este gobierno" in said(answer.text)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Ana Soto ana@example.org", [("Ana Soto", "ana@example.org")]),
        (
            "ANA@EXAMPLE.ORG, Ana Soto\n\n  Luis <luis@example.org>",
            [("Ana Soto", "ana@example.org"), ("Luis", "luis@example.org")],
        ),
        ("", []),
    ],
)
def test_people_are_read_one_a_line(typed: str, read: list[tuple[str, str]]) -> None:
    assert [(one["name"], one["email"]) for one in read_people(typed)] == read


@pytest.mark.parametrize(
    "typed",
    [
        "Ana Soto",
        "ana@example.org",
        "Ana a@b.cl c@d.cl",
        "Ana ana@x.cl\nOtra ANA@x.cl",
        "A a@b.cl\n" * 21,
        "A" * 201 + " a@b.cl",
    ],
)
def test_people_that_cannot_be_read_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_people(typed)


async def test_its_people_are_invited_to_what_they_have_by_the_mandate(site: Site, cast: Cast) -> None:
    """The link shows that the address is theirs and lets them in; it gives nothing that the mandate does not."""
    staff, ana = await site.sign_in("ogp-staff"), site.visitor()
    mandate_id = await proposed(cast)
    done = await staff.post(f"{DESK}penalolen/{mandate_id}/confirm/")
    link = re.findall(r'href="http://testserver(/es/invitations/[^"]+)"', done.text)[0]
    shown = await ana.get(link)
    entered = await ana.post(link, data={"name": "Ana Soto"})

    assert "El mandato de Universidad de Prueba (demo) fue confirmado" in said(shown.text)
    assert entered.headers["location"] == "/es/penalolen/workbench/assessments/"
    assert (await ana.get(entered.headers["location"])).status_code == 200


async def test_once_the_mandate_has_ended_its_link_lets_nobody_in(site: Site, cast: Cast, settings: Settings) -> None:
    staff = await site.sign_in("ogp-staff")
    mandate_id = await proposed(cast)
    done = await staff.post(f"{DESK}penalolen/{mandate_id}/confirm/")
    link = re.findall(r'href="http://testserver(/es/invitations/[^"]+)"', done.text)[0]
    async with owner_session(settings.database_url) as session:
        await seal(session, cast.tenant_ids[PENALOLEN], None)
        await session.execute(delete(Membership).where(Membership.mandate_id == mandate_id))

    answer = await site.visitor().post(link, data={"name": "Ana Soto"})

    assert answer.status_code == 410
