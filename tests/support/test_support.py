"""An operator reads along for some hours: announced, recorded, ended by either side, and never the monitor's work."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from tests.factories.assessments import PENALOLEN, a_sent_assessment
from tests.factories.cast import Cast
from tests.factories.reading import said
from tests.factories.register import tampering
from tests.factories.site import Site
from tests.factories.states import REASON, an_access, put

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.audit.models import AuditRecord, Deed
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.settings import Settings
from ogpmonitor.support import queries, service
from ogpmonitor.support.models import SupportAccess
from ogpmonitor.support.schemas import SupportForm
from ogpmonitor.tenants.models import State

WORKBENCH = "/es/penalolen/workbench/"
SUPPORT = f"{WORKBENCH}support/"
DESK = "/es/desk/jurisdictions/penalolen/"
GOVERNMENTS = (
    "plans", "commitments", "milestones", "evidence_supports", "evidence", "amendments", "periods", "milestone_reports",
    "recommendation_answers",
)  # fmt: skip
ROLE = select(func.platform.actor_role())


async def role_of(cast: Cast, who: Actor, tenant: str = PENALOLEN) -> str | None:
    async with cast.at(tenant, who, read_only=True) as session:
        role: str | None = await session.scalar(ROLE)
        return role


async def words_at(client: httpx.AsyncClient, path: str) -> str:
    return said((await client.get(path)).text)


async def tables_seen(cast: Cast, who: Actor, tenant: str = PENALOLEN) -> set[str]:
    """The tables of the workbench of which `who` sees a row."""
    async with cast.at(tenant, who, read_only=True) as session:
        names = (
            await session.scalars(text("SELECT tablename::text FROM pg_tables WHERE schemaname = 'workbench'"))
        ).all()
        return {name for name in names if await session.scalar(text(f"SELECT count(*) FROM workbench.{name}"))}


async def test_support_reads_what_the_government_works_on_and_only_there(cast: Cast) -> None:
    assert await tables_seen(cast, cast.operator) == set()

    await an_access(cast)

    assert await role_of(cast, cast.operator) == "support"
    assert await tables_seen(cast, cast.operator) == {
        name for name in GOVERNMENTS if name in await tables_seen(cast, cast.coordinator)
    } | {"assessments", "assessment_answers"}  # those that are published: the demo's
    assert await role_of(cast, cast.operator, "maipu") is None
    assert await tables_seen(cast, cast.operator, "maipu") == set()
    assert await role_of(cast, cast.ogp_staff) is None


async def test_what_the_monitor_sent_for_comment_stays_between_the_two(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sent = await a_sent_assessment(session, cast.monitor)
    await an_access(cast)

    statement = text("SELECT count(*) FROM workbench.assessment_answers WHERE assessment_id = :sent")
    counts = {}
    for who in (cast.coordinator, cast.operator):
        async with cast.at(PENALOLEN, who, read_only=True) as session:
            counts[who.name] = await session.scalar(statement, {"sent": sent.assessment.id})

    assert counts[cast.coordinator.name] > 0
    assert counts[cast.operator.name] == 0


async def test_support_writes_nothing(cast: Cast) -> None:
    await an_access(cast)

    for name in GOVERNMENTS:
        async with cast.rehearsal(PENALOLEN, cast.operator) as session:
            try:
                result = await session.execute(text(f"UPDATE workbench.{name} SET tenant_id = tenant_id"))
                changed = result.rowcount  # type: ignore[attr-defined]  # an UPDATE counts
            except DBAPIError as error:
                assert isinstance(error.orig, psycopg.errors.InsufficientPrivilege)  # noqa: PT017  others succeed
                changed = 0
        assert changed == 0, name


@pytest.mark.parametrize("who", ["coordinator", "contact", "monitor", "neighbour", "ogp_staff", "citizen"])
async def test_nobody_else_begins_it(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)
    async with cast.rehearsal(PENALOLEN, actor) as session:
        with pytest.raises(NotPermitted):
            await service.begin(session, SupportForm(reason="x", hours=1), by=actor)
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text("SELECT platform.begin_support('x', 1)"))

    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize(("reason", "hours"), [("", 1), ("  ", 1), ("x", 0), ("x", 9), (None, 1), ("x", None)])
async def test_the_database_asks_for_a_reason_and_a_time_too(cast: Cast, reason: str | None, hours: int | None) -> None:
    async with cast.rehearsal(PENALOLEN, cast.operator) as session:
        with pytest.raises(DBAPIError) as refused:
            await session.execute(
                text("SELECT platform.begin_support(CAST(:reason AS text), CAST(:hours AS integer))"),
                {"reason": reason, "hours": hours},
            )

    assert isinstance(refused.value.orig, psycopg.errors.NoDataFound)


async def test_it_is_not_begun_twice(cast: Cast) -> None:
    await an_access(cast)

    with pytest.raises(Conflict):
        await an_access(cast)


async def test_nobody_writes_an_access_by_hand(cast: Cast) -> None:
    access = await an_access(cast)
    for statement in (
        "UPDATE platform.support_accesses SET ends_at = ends_at + interval '1 year'",
        "DELETE FROM platform.support_accesses",
        """INSERT INTO platform.support_accesses (id, person_id, reason, begun_at, ends_at)
           SELECT gen_random_uuid(), person_id, 'x', now(), now() + interval '1 year' FROM platform.support_accesses""",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with cast.rehearsal(PENALOLEN, cast.operator) as session:
                await session.execute(text(statement))

    async with cast.at(PENALOLEN, cast.operator, read_only=True) as session:
        assert [one.access.id for one in await queries.list_accesses(session)] == [access]


async def test_it_ends_by_itself(cast: Cast, settings: Settings) -> None:
    access = await an_access(cast, hours=1)
    async with tampering(settings) as connection:  # an hour passes
        await connection.execute(
            "UPDATE platform.support_accesses SET begun_at = begun_at - interval '1 hour', ends_at = now()"
        )

    assert await role_of(cast, cast.operator) is None
    assert await tables_seen(cast, cast.operator) == set()
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        seen = await queries.get_access(session, access)
        assert seen.state(datetime.now(UTC)) == "over"
        with pytest.raises(Conflict):
            await service.end(session, seen, by=cast.coordinator)


@pytest.mark.parametrize("state", [State.ACTIVE, State.SUSPENDED, State.ARCHIVED])
async def test_the_coordinator_ends_it_at_once_in_any_state(site: Site, cast: Cast, state: State) -> None:
    if state != State.ACTIVE:
        await put(cast, state)
    access = await an_access(cast)
    operator, coordinator = await site.sign_in("operator"), await site.sign_in("penalolen-coordinator")
    assert (await operator.get(WORKBENCH)).status_code == 200

    ended = await coordinator.post(f"{SUPPORT}{access}/end/")

    assert ended.headers["location"] == f"{SUPPORT}?done=ended"
    assert (await operator.get(WORKBENCH)).status_code == 404
    assert (await coordinator.post(f"{SUPPORT}{access}/end/")).status_code == 409
    page = await words_at(coordinator, SUPPORT)
    assert "terminado por el gobierno" in page
    assert REASON in page


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("penalolen-contact", 403), ("penalolen-monitor", 403), ("maipu-coordinator", 404), ("ogp-staff", 404),
        ("", 401),
    ],
)  # fmt: skip
async def test_nobody_else_ends_it(site: Site, cast: Cast, persona: str, status: int) -> None:
    access = await an_access(cast)
    client = await site.sign_in(persona) if persona else site.client

    assert (await client.post(f"{SUPPORT}{access}/end/")).status_code == status
    if status != 401:
        actor = {"penalolen-contact": cast.contact, "penalolen-monitor": cast.monitor}.get(persona, cast.neighbour)
        with pytest.raises(DBAPIError) as refused:
            async with cast.rehearsal(PENALOLEN, actor) as session:
                await session.execute(text("SELECT platform.end_support(:id)"), {"id": access})
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    assert await role_of(cast, cast.operator) == "support"


async def test_everyone_who_works_there_is_told_on_every_page(site: Site, cast: Cast) -> None:
    coordinator, monitor = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-monitor")
    pages = [
        (coordinator, WORKBENCH), (coordinator, f"{WORKBENCH}board/"), (coordinator, f"{WORKBENCH}history/"),
        (monitor, f"{WORKBENCH}assessments/"),
    ]  # fmt: skip
    told = "El operador de la plataforma lee aquí"
    assert [told in await words_at(client, path) for client, path in pages] == [False] * 4

    await an_access(cast)

    assert [told in await words_at(client, path) for client, path in pages] == [True] * 4
    assert "The operator of the platform reads along" in await words_at(coordinator, WORKBENCH.replace("/es/", "/en/"))
    assert REASON in await words_at(monitor, SUPPORT)
    neighbour = await site.sign_in("maipu-coordinator")
    assert told not in await words_at(neighbour, "/es/maipu/workbench/")
    assert (await neighbour.get(SUPPORT)).status_code == 404


async def test_an_operator_asks_at_the_desk_and_reads_but_finds_no_button(site: Site, cast: Cast) -> None:
    operator = await site.sign_in("operator")
    assert (await operator.get(WORKBENCH)).status_code == 404
    empty = await operator.post(f"{DESK}support/", data={"reason": "", "hours": "9"})
    assert empty.status_code == 422

    begun = await operator.post(f"{DESK}support/", data={"reason": REASON, "hours": "2"})

    assert (begun.status_code, begun.headers["location"]) == (303, WORKBENCH)
    home = await operator.get(WORKBENCH)
    assert home.status_code == 200
    assert "Usted lee aquí como apoyo" in said(home.text)
    readable = {
        path: (await operator.get(f"{WORKBENCH}{path}")).status_code for path in ("board/", "timeline/", "due/")
    }
    closed = {
        path: (await operator.get(f"{WORKBENCH}{path}")).status_code
        for path in ("assessments/", "replies/", "history/", "imports/", "publish/", "plans/", "periods/")
    }
    assert set(readable.values()) == {200}
    assert set(closed.values()) == {403}
    again = await operator.post(f"{DESK}support/", data={"reason": REASON, "hours": "2"})
    assert again.status_code == 409
    (access,) = await accesses(cast)
    ended = await operator.post(f"{DESK}support/{access}/end/")
    assert ended.headers["location"] == f"{DESK}?done=ended"
    assert (await operator.get(WORKBENCH)).status_code == 404


async def accesses(cast: Cast) -> list[UUID]:
    async with cast.at(PENALOLEN, cast.operator, read_only=True) as session:
        return [one.access.id for one in await queries.list_accesses(session)]


async def test_both_records_say_who_began_and_ended_it(site: Site, cast: Cast) -> None:
    access = await an_access(cast)
    coordinator = await site.sign_in("penalolen-coordinator")
    await coordinator.post(f"{SUPPORT}{access}/end/")

    async with cast.at(PENALOLEN, cast.coordinator, read_only=True) as session:
        own = (
            await session.scalars(select(AuditRecord).where(AuditRecord.subject_id == access).order_by(AuditRecord.at))
        ).all()
    async with cast.database.tenant_session(None, cast.ogp_staff.id, read_only=True) as session:
        deeds = (await session.scalars(select(Deed).where(Deed.subject_id == access).order_by(Deed.id))).all()
    expected = [("support.begun", cast.operator.id), ("support.ended", cast.coordinator.id)]
    assert [(one.action, one.actor_id) for one in own] == expected
    assert [(one.action, one.actor_id) for one in deeds] == expected
    assert (own[0].reason, deeds[0].reason, deeds[0].jurisdiction) == (REASON, REASON, PENALOLEN)
    assert "comenzó a leer como apoyo" in await words_at(coordinator, f"{WORKBENCH}history/")


async def test_a_person_who_is_no_operator_any_more_reads_nothing(cast: Cast, settings: Settings) -> None:
    await an_access(cast)
    async with tampering(settings) as connection:
        await connection.execute("UPDATE platform.people SET platform_role = NULL WHERE id = %s", [cast.operator.id])

    assert await role_of(cast, cast.operator) is None


def test_days_of_an_access_are_counted_from_its_end() -> None:
    now = datetime.now(UTC)
    access = SupportAccess(id=uuid4(), person_id=uuid4(), reason="x", begun_at=now, ends_at=now + timedelta(hours=1))

    assert [access.state(now), access.state(now + timedelta(hours=1))] == ["open", "over"]
