"""A body changes its own people: it asks for one more, and the platform's people decide; nobody else adds any."""

import re
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.factories.cast import Cast
from tests.factories.people import PENALOLEN, a_person, role_of
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.accounts.erasure import find_by_email
from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.mandates import queries, service
from ogpmonitor.mandates.models import Mandate

MONITORING, DESK = "/es/penalolen/workbench/monitoring/", "/es/desk/mandates/"
EMAIL = "ana@example.org"


async def asked(cast: Cast, email: str = EMAIL) -> UUID:
    """The body of Peñalolén's monitor asks for Ana."""
    async with cast.at(PENALOLEN, cast.monitor) as session:
        own = await queries.mandate_of(session, cast.monitor.id)
        assert own is not None
        await service.ask_colleague(session, own, name="Ana Soto", email=email, by=cast.monitor)
        return own.id


async def decided(cast: Cast, mandate: UUID, *, confirmed: bool = True, email: str = EMAIL) -> Mandate:
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        row = await queries.get_mandate(session, mandate)
        await service.decide_colleague(session, row, email=email, confirmed=confirmed, by=cast.ogp_staff)
        return row


async def role_at(cast: Cast, email: str = EMAIL) -> str | None:
    async with cast.database.tenant_session(None, read_only=True) as session:
        person = await find_by_email(session, email)
    return await role_of(cast, person.id)


async def test_whom_a_body_asks_for_monitors_once_confirmed(cast: Cast) -> None:
    mandate = await asked(cast)

    row = await decided(cast, mandate)

    assert (row.asked, [one["email"] for one in row.people]) == ([], [EMAIL])
    assert await role_at(cast) == Role.MONITOR


async def test_refused_nothing_comes_of_it(cast: Cast) -> None:
    mandate = await asked(cast)

    row = await decided(cast, mandate, confirmed=False)

    assert (row.asked, row.people) == ([], [])
    with pytest.raises(Conflict, match="decided"):
        await decided(cast, mandate)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CONTACT, Role.VIEWER, PlatformRole.OGP_STAFF])
async def test_whoever_is_not_independent_is_not_added(cast: Cast, role: Role | PlatformRole) -> None:
    by = cast.operator if isinstance(role, PlatformRole) else cast.coordinator
    await a_person(cast, role, by=by, unit="Aseo")
    mandate = await asked(cast)

    with pytest.raises(Conflict, match="not_independent"):
        await decided(cast, mandate)

    assert await role_at(cast) != Role.MONITOR


async def test_the_same_person_is_asked_for_once(cast: Cast) -> None:
    await asked(cast)

    with pytest.raises(Conflict, match="asked_before"):
        await asked(cast, "ANA@example.org")


@pytest.mark.parametrize("who", ["coordinator", "contact", "neighbour_monitor", "ogp_staff", "operator", "citizen"])
async def test_nobody_else_asks_for_one(cast: Cast, who: str) -> None:
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        own = await queries.mandate_of(session, cast.monitor.id)
    assert own is not None

    with pytest.raises(DBAPIError, match="only a monitor of this body"):
        async with cast.rehearsal(PENALOLEN, getattr(cast, who)) as session:
            await session.execute(text("SELECT platform.ask_colleague(:id, 'x', 'x@x.cl')"), {"id": own.id})


@pytest.mark.parametrize("who", ["coordinator", "contact", "monitor", "neighbour_monitor", "citizen"])
async def test_nobody_else_decides(cast: Cast, who: str) -> None:
    mandate, by = await asked(cast), getattr(cast, who)

    with pytest.raises(DBAPIError, match="only the staff"):
        async with cast.rehearsal(PENALOLEN, by) as session:
            await session.execute(
                text("SELECT platform.decide_colleague(:id, :email, true)"), {"id": mandate, "email": EMAIL}
            )
    async with cast.at(PENALOLEN, cast.ogp_staff) as session:
        row = await queries.get_mandate(session, mandate)
        with pytest.raises(NotPermitted):
            await service.decide_colleague(session, row, email=EMAIL, confirmed=True, by=by)


async def test_from_the_bodys_wish_to_the_new_monitors_desk(site: Site) -> None:
    monitor, staff, ana = await site.sign_in("penalolen-monitor"), await site.sign_in("ogp-staff"), site.visitor()

    wrong = await monitor.post(f"{MONITORING}colleagues/", data={"name": "Ana Soto", "email": "ana"})
    sent = await monitor.post(f"{MONITORING}colleagues/", data={"name": "Ana Soto", "email": EMAIL})
    twice = await monitor.post(f"{MONITORING}colleagues/", data={"name": "Ana Soto", "email": EMAIL})
    waiting = await monitor.get(MONITORING)
    governments = await (await site.sign_in("penalolen-coordinator")).get(MONITORING)
    desk = await staff.get(DESK)
    action = re.findall(r'action="([^"]+/colleague/)"', desk.text)[0]
    done = await staff.post(action, data={"email": EMAIL, "decision": "confirm"})
    link = re.findall(r'href="http://testserver(/es/invitations/[^"]+)"', done.text)[0]
    entered = await ana.post(link, data={"name": "Ana Soto"})

    assert (wrong.status_code, sent.status_code, twice.status_code) == (422, 303, 409)
    assert f"Ana Soto ({EMAIL})" in said(waiting.text)
    assert EMAIL not in governments.text
    assert "El ente pide una persona más" in said(desk.text)
    assert (await ana.get(entered.headers["location"])).status_code == 200
    again = await staff.post(action, data={"email": EMAIL, "decision": "confirm"})
    assert again.status_code == 409


@pytest.mark.parametrize(("who", "status"), [("penalolen-coordinator", 403), ("maipu-monitor", 404), ("", 401)])
async def test_who_may_ask_over_http(site: Site, who: str, status: int) -> None:
    client = await site.sign_in(who) if who else site.client

    answer = await client.post(f"{MONITORING}colleagues/", data={"name": "Ana", "email": EMAIL})

    assert answer.status_code == status
