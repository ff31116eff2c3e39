"""Who is what: changed by a coordinator, never a monitor by a government, and never without a coordinator."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.people import PENALOLEN, a_person, member_of, role_of
from tests.factories.register import tampering

from ogpmonitor.accounts import people, service, staff
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role, Way
from ogpmonitor.accounts.people import Change
from ogpmonitor.accounts.service import Came
from ogpmonitor.desk import queries
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.settings import Settings

TODAY = utc_now().date()
COORDINATES = Change(Role.COORDINATOR, None, None)


async def changed(cast: Cast, person: UUID | None, to: Change, *, by: Actor | None = None, **given: Any) -> None:
    by = by or cast.coordinator
    member = await member_of(cast, person)
    seen = given.get("seen", member.membership.version)
    async with cast.at(PENALOLEN, by) as session:
        await people.change(session, member, to, seen=seen, reason="Porque sí", by=by)


async def removed(cast: Cast, person: UUID | None, *, by: Actor | None = None, seen: int | None = None) -> None:
    by = by or cast.coordinator
    member = await member_of(cast, person)
    async with cast.at(PENALOLEN, by) as session:
        version = member.membership.version if seen is None else seen
        await people.remove(session, member, seen=version, reason="Cambió de trabajo", by=by)


async def left(cast: Cast, by: Actor) -> None:
    async with cast.at(PENALOLEN, by) as session:
        await people.leave(session, by=by)


async def test_a_role_changes_with_the_next_request_and_leaves_its_reason(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast)

    await changed(cast, ana, Change(Role.CONTACT, "Tránsito", TODAY + timedelta(days=9)))

    assert await role_of(cast, ana) == Role.CONTACT
    async with tampering(settings) as connection:
        found = await connection.execute(
            "SELECT subject_id, before, after, reason FROM workbench.audit_records WHERE action = 'person.changed'"
        )
        assert await found.fetchall() == [
            (
                ana,
                {"role": "viewer", "unit": None, "until": None},
                {"role": "contact", "unit": "Tránsito", "until": str(TODAY + timedelta(days=9))},
                "Porque sí",
            )
        ]


async def test_saying_the_same_changes_nothing(cast: Cast) -> None:
    ana = await a_person(cast)
    before = (await member_of(cast, ana)).membership.version

    await changed(cast, ana, Change(Role.VIEWER, None, None))

    assert (await member_of(cast, ana)).membership.version == before


async def test_a_change_over_what_one_did_not_see_is_refused(cast: Cast) -> None:
    ana = await a_person(cast)
    await changed(cast, ana, Change(Role.CONTACT, "Tránsito", None))

    with pytest.raises(Conflict, match="changed_meanwhile"):
        await changed(cast, ana, COORDINATES, seen=1)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        await removed(cast, ana, seen=1)

    assert await role_of(cast, ana) == Role.CONTACT


async def test_whoever_is_removed_has_no_role_and_is_remembered(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast, Role.CONTACT, unit="Tránsito")

    await removed(cast, ana)

    assert await role_of(cast, ana) is None
    async with tampering(settings) as connection:
        statement = "SELECT role, since, until FROM platform.past_roles WHERE person_id = %s"
        assert await (await connection.execute(statement, [ana])).fetchall() == [("contact", TODAY, TODAY)]
        trace = "SELECT reason, subject_id FROM workbench.audit_records WHERE action = 'person.removed'"
        assert await (await connection.execute(trace)).fetchall() == [("Cambió de trabajo", ana)]


async def sessions_of(settings: Settings, person: UUID) -> list[bool]:
    """Of every session, whether it stands."""
    async with tampering(settings) as connection:
        statement = "SELECT revoked_at IS NULL FROM platform.sign_ins WHERE person_id = %s"
        return [row[0] for row in await (await connection.execute(statement, [person])).fetchall()]


async def signed_in(cast: Cast, person: UUID) -> None:
    async with cast.database.tenant_session(None) as session:
        await service.sign_in(
            session, await session.get_one(Person, person), Came(Way.EMAIL), lasting=timedelta(hours=1)
        )


async def test_without_a_role_anywhere_one_is_signed_out_everywhere(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast)
    await a_person(cast, tenant="maipu")  # the same address: the same person
    await signed_in(cast, ana)
    await signed_in(cast, ana)

    await removed(cast, ana)
    between = await sessions_of(settings, ana)
    async with cast.at("maipu", cast.neighbour) as session:
        member = await member_of(cast, ana, "maipu")
        await people.remove(session, member, seen=1, reason="x", by=cast.neighbour)

    assert (between, await sessions_of(settings, ana)) == ([True, True], [False, False])


@pytest.mark.parametrize("end", ["removed", "left", "changed", "until"])
async def test_the_last_coordinator_stays(cast: Cast, settings: Settings, end: str) -> None:
    """Neither removed, nor leaving, nor made something else, nor with a last day, whatever the code thought."""
    with pytest.raises(Conflict, match="last_coordinator"):
        await ended(cast, cast.coordinator, end)

    assert await role_of(cast, cast.coordinator.id) == Role.COORDINATOR
    async with tampering(settings) as connection:
        traces = "SELECT count(*) FROM workbench.audit_records WHERE action LIKE 'person.%'"
        assert await (await connection.execute(traces)).fetchone() == (0,)


async def ended(cast: Cast, who: Actor, end: str) -> None:
    if end == "left":
        await left(cast, who)
    elif end == "removed":
        await removed(cast, who.id)
    else:
        to = Change(Role.VIEWER, None, None) if end == "changed" else replace(COORDINATES, until=TODAY)
        await changed(cast, who.id, to)


@pytest.mark.parametrize("end", ["removed", "left", "changed", "until"])
async def test_with_another_coordinator_it_may_go(cast: Cast, end: str) -> None:
    await a_person(cast, Role.COORDINATOR)

    await ended(cast, cast.coordinator, end)

    assert await role_of(cast, cast.coordinator.id) == {"changed": "viewer", "until": "coordinator"}.get(end)


async def test_a_coordinator_whose_time_ends_does_not_stand_in_for_one_without_an_end(cast: Cast) -> None:
    await a_person(cast, Role.COORDINATOR, until=TODAY + timedelta(days=5))

    with pytest.raises(Conflict, match="last_coordinator"):
        await changed(cast, cast.coordinator.id, replace(COORDINATES, until=TODAY + timedelta(days=5)))

    await changed(cast, cast.coordinator.id, replace(COORDINATES, until=TODAY + timedelta(days=4)))


async def test_two_coordinators_who_leave_at_once_do_not_both_leave(cast: Cast) -> None:
    ana = Actor(await a_person(cast, Role.COORDINATOR), "Ana", Role.COORDINATOR)

    outcomes = await asyncio.gather(left(cast, cast.coordinator), left(cast, ana), return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "NoneType"]
    assert [await role_of(cast, one.id) for one in (cast.coordinator, ana)].count("coordinator") == 1


@pytest.mark.parametrize("who", ["coordinator", "contact", "neighbour", "operator", "ogp_staff", "neighbour_monitor"])
async def test_nobody_but_its_own_body_has_power_over_a_monitor(cast: Cast, who: str) -> None:
    """By the service and by the database's functions."""
    by, monitor = getattr(cast, who), await member_of(cast, cast.monitor.id)
    if who.startswith("neighbour"):
        by = replace(by, role=None)  # as it is found where it has none

    with pytest.raises(NotPermitted):
        await removed(cast, cast.monitor.id, by=by)
    with pytest.raises(NotPermitted):
        await changed(cast, cast.monitor.id, Change(Role.VIEWER, None, None), by=by)
    for call in ("end_membership(:id, 1)", "change_membership(:id, 1, 'viewer', NULL, NULL)"):
        with pytest.raises(DBAPIError, match="not yours"):
            async with cast.rehearsal(PENALOLEN, by) as session:
                await session.execute(text(f"SELECT platform.{call}"), {"id": monitor.membership.id})

    assert await role_of(cast, cast.monitor.id) == Role.MONITOR


async def test_a_monitor_is_removed_by_its_own_body_and_may_leave(cast: Cast) -> None:
    await removed(cast, cast.second_monitor.id, by=cast.monitor)
    assert await role_of(cast, cast.second_monitor.id) is None

    await left(cast, cast.monitor)
    assert await role_of(cast, cast.monitor.id) is None


async def test_a_monitor_has_no_power_over_the_government_nor_over_another_body(cast: Cast, settings: Settings) -> None:
    async with tampering(settings) as connection:
        await connection.execute(
            "UPDATE platform.memberships SET mandate_id = %s WHERE person_id = %s", [uuid4(), cast.second_monitor.id]
        )

    for person in (cast.contact.id, cast.second_monitor.id):
        with pytest.raises(NotPermitted):
            await removed(cast, person, by=cast.monitor)


async def test_everyone_may_leave(cast: Cast) -> None:
    ana = Actor(await a_person(cast), "Ana", Role.VIEWER)

    await left(cast, ana)

    assert await role_of(cast, ana.id) is None


async def test_the_list_costs_one_query_however_many_they_are(cast: Cast) -> None:
    async def statements() -> tuple[int, int]:
        async with cast.at(PENALOLEN, cast.coordinator, read_only=True) as session:
            with counted() as sent:
                found = len(await people.list_members(session))
            return len(sent), found

    few = await statements()
    for number in range(5):
        await a_person(cast, email=f"{number}@example.org")

    assert (few, await statements()) == ((1, 4), (1, 9))


# What nobody does as the application's role, whoever it is: with how many rows it may show or change. The functions are
# tried where only somebody else may call them.
FORBIDDEN = (
    (
        "INSERT INTO platform.memberships (id, version, person_id, role, starts_on)"
        " VALUES (gen_random_uuid(), 1, :me, 'coordinator', current_date)"
    ),
    "UPDATE platform.memberships SET role = 'coordinator' WHERE person_id = :me",
    "DELETE FROM platform.memberships",
    "UPDATE platform.people SET platform_role = 'operator' WHERE id = :me",
    "UPDATE platform.people SET email = 'x@example.org'",
    "INSERT INTO platform.people (id, version, name) VALUES (gen_random_uuid(), 1, 'x')",
    "UPDATE platform.invitations SET role = 'coordinator', accepted_at = NULL",
    "INSERT INTO platform.invitations SELECT * FROM platform.invitations",
    "DELETE FROM platform.invitations",
    "SELECT key FROM platform.address_keys",
    "SELECT 1 FROM platform.erased_addresses",
    "DELETE FROM platform.deeds",
    "INSERT INTO platform.deeds (at, action, about) VALUES (now(), 'x', 'x')",
    "SELECT * FROM platform.roles_of(:me)",
    "SELECT platform.hash_address('x@example.org')",
    "SELECT platform.close_sessions(:coordinator)",
    "SELECT platform.note_deed('x', NULL, 'operator', :me, 'x')",
    "SELECT platform.may_invite('operator', NULL, 'x@example.org')",
    "SELECT platform.open_invitation(gen_random_uuid())",
    "SELECT platform.invite(gen_random_uuid(), 'x@x.org', 'X', 'monitor', NULL, NULL, :mandate, 'es', 'x', false)",
    "SELECT platform.change_staff(:me, 1, 'operator', 'x')",
)


@pytest.mark.parametrize("who", ["coordinator", "contact", "monitor", "neighbour", "ogp_staff", "citizen"])
async def test_what_nobody_does_by_sql(cast: Cast, who: str) -> None:
    by = getattr(cast, who)
    monitor = await member_of(cast, cast.monitor.id)
    values = {"me": by.id or uuid4(), "coordinator": cast.coordinator.id, "mandate": monitor.membership.mandate_id}
    for statement in FORBIDDEN:
        asked = text(statement)
        named = {name: values[name] for name in asked.compile().params}
        with pytest.raises(DBAPIError, match=r"permission denied|by you|only an operator"):
            async with cast.rehearsal(PENALOLEN, by) as session:
                await session.execute(asked, named)


async def test_people_of_the_platform_are_changed_by_an_operator_with_a_reason(cast: Cast) -> None:
    ana = await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator)

    async with cast.database.tenant_session(None, cast.operator.id) as session:
        row = await staff.get_staff(session, ana)
        await staff.change_staff(
            session, ana, PlatformRole.OPERATOR, seen=row.version, reason="Toma turnos", by=cast.operator
        )
        told = await queries.list_deeds(session)

    assert [(one.deed.action, one.deed.about, one.deed.reason, one.who, one.whom) for one in told[:3]] == [
        ("person.changed_role", "operator", "Toma turnos", cast.operator.name, "Ana Soto"),
        ("person.took_role", "ogp_staff", None, "Ana Soto", "Ana Soto"),
        ("staff.invited", "ogp_staff", None, cast.operator.name, None),
    ]
    assert [one.deed.actor_role for one in told[:3]] == ["operator", "ogp_staff", "operator"]


async def test_leaving_is_said_once_by_whoever_left_and_as_what_it_was(cast: Cast) -> None:
    me = Actor(await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator), "Ana Soto", None, PlatformRole.OGP_STAFF)
    async with cast.database.tenant_session(None, me.id) as session:
        row = await staff.get_staff(session, me.id or uuid4())
        await staff.change_staff(session, row.id, None, seen=row.version, reason="", by=me)

    async with cast.database.tenant_session(None, cast.operator.id, read_only=True) as session:
        told = [one.deed for one in await queries.list_deeds(session) if one.deed.subject_id == me.id]

    assert [(one.action, one.about, one.actor_id, one.actor_role, one.reason) for one in told] == [
        ("person.left_role", "ogp_staff", me.id, "ogp_staff", None),
        ("person.took_role", "ogp_staff", me.id, "ogp_staff", None),
    ]


async def test_the_last_operator_stays(cast: Cast) -> None:
    async with cast.database.tenant_session(None, cast.operator.id) as session:
        own = await staff.get_staff(session, cast.operator.id or uuid4())
        for role in (None, PlatformRole.OGP_STAFF):
            with pytest.raises(Conflict, match="last_operator"):
                await staff.change_staff(session, own.id, role, seen=own.version, reason="x", by=cast.operator)


async def test_staff_that_is_removed_is_signed_out(cast: Cast, settings: Settings) -> None:
    ana = await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator)
    await signed_in(cast, ana)

    async with cast.database.tenant_session(None, cast.operator.id) as session:
        row = await staff.get_staff(session, ana)
        await staff.change_staff(session, ana, None, seen=row.version, reason="x", by=cast.operator)

    assert await sessions_of(settings, ana) == [False]


@pytest.mark.parametrize("who", ["ogp_staff", "coordinator", "monitor", "citizen"])
async def test_nobody_else_changes_them(cast: Cast, who: str) -> None:
    by = getattr(cast, who)
    for role in (None, PlatformRole.OGP_STAFF):
        async with cast.database.tenant_session(None, by.id) as session:
            with pytest.raises(NotPermitted):
                await staff.change_staff(session, cast.operator.id or uuid4(), role, seen=1, reason="x", by=by)


async def test_a_neighbour_sees_no_member(cast: Cast) -> None:
    ana = await a_person(cast)
    async with cast.at("maipu", cast.neighbour, read_only=True) as session:
        assert ana not in {one.person.id for one in await people.list_members(session)}
        assert (await session.scalars(select(Membership).where(Membership.person_id == ana))).all() == []
