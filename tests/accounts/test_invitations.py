"""Invitations: who may invite whom to what, what a link opens, once and for how long, and what goes with what."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from tests.factories.cast import Cast
from tests.factories.people import PENALOLEN, a_person, accepted, invited, inviting, member_of, role_of
from tests.factories.register import tampering

from ogpmonitor.accounts import invitations, service
from ogpmonitor.accounts.models import Invitation, Person, PlatformRole, Role, Way
from ogpmonitor.accounts.service import Came, token_hash
from ogpmonitor.audit.models import Deed
from ogpmonitor.kit.db import owner_session, utc_now
from ogpmonitor.kit.errors import Conflict, Gone, NotFound, NotPermitted
from ogpmonitor.settings import Settings

TODAY = utc_now().date()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CONTACT, Role.VIEWER])
async def test_whoever_accepts_has_the_role_and_had_none_before(cast: Cast, role: Role) -> None:
    link = await invited(cast, role, unit="Tránsito", until=TODAY + timedelta(days=90))
    async with cast.database.tenant_session(None, read_only=True) as session:
        assert await session.scalar(select(func.count()).where(Person.email == "ana@example.org")) == 0

    ana = await accepted(cast, link)

    assert await role_of(cast, ana) == role
    row = (await member_of(cast, ana)).membership
    assert (row.unit, row.ends_on) == ("Tránsito" if role == Role.CONTACT else None, TODAY + timedelta(days=90))
    assert await role_of(cast, ana, "maipu") is None


async def test_only_the_hash_of_the_link_is_kept(cast: Cast, settings: Settings) -> None:
    link = await invited(cast)

    async with tampering(settings) as connection:
        kept = await (await connection.execute("SELECT row_to_json(i)::text FROM platform.invitations i")).fetchone()

    assert kept is not None
    assert token_hash(link.token) in kept[0]
    assert link.token not in kept[0]


async def test_a_link_counts_once(cast: Cast) -> None:
    link = await invited(cast)
    await accepted(cast, link)

    with pytest.raises(Gone):
        await accepted(cast, link)


async def test_a_link_ends_after_fourteen_days(cast: Cast, settings: Settings) -> None:
    link = await invited(cast)
    async with owner_session(settings.database_url) as session:
        left = await session.scalar(text("SELECT expires_at - now() FROM platform.invitations"))
        assert timedelta(days=13, hours=23) < left <= timedelta(days=14)
        await session.execute(text("UPDATE platform.invitations SET expires_at = now()"))

    with pytest.raises(Gone):
        await accepted(cast, link)


async def test_the_database_takes_no_link_that_is_over(cast: Cast, settings: Settings) -> None:
    """Also where nobody looked before."""
    link = await invited(cast)
    async with cast.database.tenant_session(None) as session:
        shown = await invitations.find_by_token(session, link.token)
    async with owner_session(settings.database_url) as session:
        await session.execute(text("UPDATE platform.invitations SET expires_at = now()"))

    async with cast.database.tenant_session(None) as session:
        with pytest.raises(Gone):
            await invitations.accept(session, shown, link.token, name="Ana")


async def test_sent_again_the_older_link_ends(cast: Cast) -> None:
    old = await invited(cast)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        row = await invitations.get_open(session, old.id)
        new = await invitations.send_again(session, row, by=cast.coordinator)

    with pytest.raises(NotFound):
        await accepted(cast, old)
    assert await role_of(cast, await accepted(cast, new)) == Role.VIEWER


async def test_withdrawn_it_opens_nothing(cast: Cast) -> None:
    link = await invited(cast)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        row = await invitations.get_open(session, link.id)
        await invitations.withdraw(session, row, by=cast.coordinator)

    with pytest.raises(Gone):
        await accepted(cast, link)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        with pytest.raises(Conflict, match="gone"):
            await invitations.withdraw(session, row, by=cast.coordinator)


async def test_an_address_has_one_open_invitation(cast: Cast, settings: Settings) -> None:
    await invited(cast)
    with pytest.raises(Conflict, match="one_open"):
        await invited(cast, Role.COORDINATOR, email="ANA@example.org")
    async with owner_session(settings.database_url) as session:
        await session.execute(text("UPDATE platform.invitations SET expires_at = now()"))

    again = await invited(cast, Role.COORDINATOR)

    assert await role_of(cast, await accepted(cast, again)) == Role.COORDINATOR


async def test_whoever_has_a_role_here_is_not_invited_again(cast: Cast) -> None:
    await a_person(cast)

    with pytest.raises(Conflict, match="has_role"):
        await invited(cast, Role.CONTACT)


async def test_one_person_may_work_in_two_jurisdictions(cast: Cast) -> None:
    """The one person with that address gets the second role; it is not made twice, nor called otherwise."""
    ana = await a_person(cast)

    again = await accepted(cast, await invited(cast, Role.COORDINATOR, tenant="maipu", email="Ana@Example.org"), "Otra")

    assert again == ana
    assert (await role_of(cast, ana), await role_of(cast, ana, "maipu")) == (Role.VIEWER, Role.COORDINATOR)
    async with cast.database.tenant_session(None, read_only=True) as session:
        assert (await session.get_one(Person, ana)).name == "Ana Soto"


async def test_whether_somebody_is_new_is_told(cast: Cast) -> None:
    async def new(link: invitations.Invited) -> bool:
        async with cast.database.tenant_session(None) as session:
            shown = await invitations.find_by_token(session, link.token)
            done = await invitations.accept(session, shown, link.token, name="Ana")
            assert shown.is_known is not done.is_new
            return done.is_new

    first = await new(await invited(cast))
    async with cast.database.tenant_session(None) as session:
        person = (await session.scalars(select(Person).where(Person.email == "ana@example.org"))).one()
        await service.sign_in(session, person, Came(Way.EMAIL), lasting=timedelta(hours=1))
    second = await new(await invited(cast, tenant="maipu"))

    assert (first, second) == (True, False)


WHO = ("coordinator", "contact", "monitor", "neighbour", "neighbour_monitor", "operator", "ogp_staff", "citizen")
MAY = {
    "coordinator": {Role.COORDINATOR, Role.CONTACT, Role.VIEWER},
    "operator": {PlatformRole.OGP_STAFF, PlatformRole.OPERATOR},
}


@pytest.mark.parametrize("who", WHO)
async def test_nobody_invites_to_more_than_is_theirs(cast: Cast, settings: Settings, who: str) -> None:
    """Through the database's own function, as the application's role. No one ever invites a monitor by hand."""
    by, done = getattr(cast, who), set()
    await was_here(settings, cast.coordinator.id)
    for role in (*Role, *PlatformRole):
        try:
            await invited(cast, role, by=by, email=f"{role}@example.org")
        except NotPermitted:
            continue
        done.add(role)

    assert done == MAY.get(who, set())


async def was_here(settings: Settings, person: UUID | None, *, days_ago: int = 0) -> None:
    """That person used a session then."""
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text(
                "INSERT INTO platform.sign_ins (id, token_sha256, person_id, created_at, last_seen_at, expires_at)"
                " SELECT gen_random_uuid(), gen_random_uuid()::text, :id, seen, seen, seen"
                " FROM (SELECT now() - make_interval(days => :days) AS seen) s"
            ),
            {"id": person, "days": days_ago},
        )


async def test_an_operator_invites_the_first_coordinator_and_only_the_first(cast: Cast, settings: Settings) -> None:
    await was_here(settings, cast.coordinator.id)
    with pytest.raises(NotPermitted):
        await invited(cast, Role.COORDINATOR, by=cast.operator)
    async with tampering(settings) as connection:
        await connection.execute("DELETE FROM platform.memberships WHERE person_id = %s", [cast.coordinator.id])

    link = await invited(cast, Role.COORDINATOR, by=cast.operator)
    for role in (Role.CONTACT, Role.VIEWER, Role.MONITOR):
        with pytest.raises(NotPermitted):
            await invited(cast, role, by=cast.operator, email="otra@example.org")
    with pytest.raises(NotPermitted):
        await invited(cast, Role.COORDINATOR, by=cast.ogp_staff, email="otra@example.org")

    assert await role_of(cast, await accepted(cast, link)) == Role.COORDINATOR
    with pytest.raises(NotPermitted):
        await invited(cast, Role.COORDINATOR, by=cast.operator, email="otra@example.org")
    async with cast.database.tenant_session(None, cast.operator.id, read_only=True) as session:
        told = (await session.scalars(select(Deed).where(Deed.action.startswith("coordinator.")))).all()
    assert [(one.action, one.jurisdiction, one.actor_id, one.subject_id) for one in told] == [
        ("coordinator.invited", PENALOLEN, cast.operator.id, link.id)
    ]


@pytest.mark.parametrize(("days", "may"), [(59, False), (61, True)])
async def test_where_no_coordinator_was_seen_for_sixty_days_an_operator_helps(
    cast: Cast, settings: Settings, days: int, may: bool
) -> None:
    await was_here(settings, cast.coordinator.id, days_ago=days)

    try:
        await invited(cast, Role.COORDINATOR, by=cast.operator)
    except NotPermitted:
        assert not may
    else:
        assert may


async def test_whoever_works_for_the_platform_gets_no_role_in_a_government(cast: Cast) -> None:
    await a_person(cast, PlatformRole.OGP_STAFF, by=cast.operator)

    with pytest.raises(Conflict, match="platform_role"):
        await a_person(cast, Role.COORDINATOR)


async def test_whoever_has_a_role_in_a_jurisdiction_gets_none_on_the_platform(cast: Cast) -> None:
    await a_person(cast, tenant="maipu")

    with pytest.raises(Conflict, match="tenant_role"):
        await a_person(cast, PlatformRole.OPERATOR, by=cast.operator)


async def test_an_invitation_does_not_turn_a_monitor_into_the_government(cast: Cast, settings: Settings) -> None:
    async with owner_session(settings.database_url) as session:
        values = {"id": cast.monitor.id}
        await session.execute(text("UPDATE platform.people SET email = 'ana@example.org' WHERE id = :id"), values)

    with pytest.raises(Conflict, match="monitors_here"):
        await a_person(cast, Role.CONTACT)

    assert await role_of(cast, cast.monitor.id) == Role.MONITOR


@pytest.mark.parametrize("who", ["contact", "monitor", "neighbour", "ogp_staff", "operator", "citizen"])
async def test_who_is_invited_is_for_the_coordinator_to_see(cast: Cast, who: str) -> None:
    link = await invited(cast)
    by = getattr(cast, who)

    for tenant in (PENALOLEN, "maipu", None):
        place = cast.tenant_ids[tenant] if tenant else None
        async with cast.database.tenant_session(place, by.id, read_only=True) as session:
            assert await invitations.list_open(session) == []
    async with cast.at(PENALOLEN, by) as session:
        row = Invitation(id=link.id)
        for change in (invitations.withdraw, invitations.send_again):
            with pytest.raises(NotPermitted):
                await change(session, row, by=by)
    async with cast.at(PENALOLEN, cast.coordinator, read_only=True) as session:
        assert [one.id for one in await invitations.list_open(session)] == [link.id]


async def test_an_invitation_to_the_platform_is_for_its_people_to_see(cast: Cast) -> None:
    link = await invited(cast, PlatformRole.OPERATOR, by=cast.operator)

    seen: dict[str, list[UUID]] = {}
    for who in ("operator", "ogp_staff", "coordinator", "monitor", "citizen"):
        async with cast.database.tenant_session(None, getattr(cast, who).id, read_only=True) as session:
            seen[who] = [one.id for one in await invitations.list_open(session)]

    assert seen == {"operator": [link.id], "ogp_staff": [link.id], "coordinator": [], "monitor": [], "citizen": []}


async def test_the_trace_tells_the_role_and_no_address(cast: Cast, settings: Settings) -> None:
    await accepted(cast, await invited(cast, Role.CONTACT, unit="Tránsito"))

    async with tampering(settings) as connection:
        found = await connection.execute(
            "SELECT action, actor_role, after, row_to_json(r)::text FROM workbench.audit_records r"
            " WHERE subject = 'invitations' ORDER BY at"
        )
        rows = await found.fetchall()

    assert [row[:3] for row in rows] == [
        ("person.invited", "coordinator", {"role": "contact", "unit": "Tránsito", "until": None}),
        ("invitation.accepted", "contact", None),
    ]
    assert not any("ana@" in row[3] or "Ana" in row[3] for row in rows)


async def test_a_token_that_is_none_finds_nothing(cast: Cast) -> None:
    async with cast.database.tenant_session(None) as session:
        for token in ("", "x", "á" * 43, "a" * 43):
            with pytest.raises(NotFound):
                await invitations.find_by_token(session, token)


async def test_an_invitation_is_made_for_the_jurisdiction_at_hand(cast: Cast) -> None:
    """A coordinator cannot invite into the neighbour's."""
    async with cast.at("maipu", cast.coordinator) as session:
        with pytest.raises(NotPermitted):
            await invitations.invite(session, inviting(), by=cast.coordinator)
