"""A suspended or archived government changes nothing, whatever runs as the application; its monitor goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from tests.factories import requests as links
from tests.factories.assessments import PENALOLEN, a_published_assessment, a_sent_assessment
from tests.factories.cast import Cast
from tests.factories.documents import publish_as_government, the_published_plan
from tests.factories.documents import said as in_words
from tests.factories.reading import said
from tests.factories.site import Site
from tests.factories.states import put

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.audit.models import AuditRecord, Deed
from ogpmonitor.desk import service
from ogpmonitor.kit.db import Base, TenantSession
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.migrate import import_models
from ogpmonitor.register.log import SigningKey
from ogpmonitor.tenants.models import State

import_models()
CLOSED = [State.SUSPENDED, State.ARCHIVED]
WORKBENCH = "/es/penalolen/workbench/"
DESK = "/es/desk/jurisdictions/penalolen/"
REASON = "Terminó el convenio"
# What a government works on and publishes. Traces of who did what are left by readers too.
TRACES = {"workbench.audit_records", "workbench.refusals"}
TABLES = sorted(
    name
    for name, table in Base.metadata.tables.items()
    if table.schema in ("workbench", "register", "facts") and name not in TRACES and "tenant_id" in table.columns
)
# Here a trigger looks at the row before the policies do; publishing itself is tried instead.
LOOKED_AT = {("register.documents", "insert"), ("register.editions", "insert")}
INSERT = """INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(NULL::{name},
    jsonb_build_object('tenant_id', platform.current_tenant(), 'voice', 'government', 'kind', 'plan',
        'request_id', (platform.standing_request()).id))).*"""
REFUSED = (psycopg.errors.InsufficientPrivilege,)


async def outcome(session: TenantSession, statement: str) -> str:
    """refused, nothing, changed (rows), or meant: the policies let it through and a constraint stopped it."""
    try:
        async with session.begin_nested():
            result = await session.execute(text(statement))
            return "changed" if result.rowcount else "nothing"  # type: ignore[attr-defined]  # it counts
    except DBAPIError as error:
        return "refused" if isinstance(error.orig, REFUSED) else "meant"


async def outcomes(cast: Cast, who: Actor, key: str | None = None) -> dict[tuple[str, str], str]:
    """What comes of inserting into, changing and emptying every table."""
    found = {}
    for name in TABLES:
        for verb, statement in (
            ("insert", INSERT.format(name=name)),
            ("update", f"UPDATE {name} SET tenant_id = tenant_id"),
            ("delete", f"DELETE FROM {name}"),
        ):
            async with rehearsal(cast, who, key) as session:
                found[name, verb] = await outcome(session, statement)
    return found


@asynccontextmanager
async def rehearsal(cast: Cast, who: Actor, key: str | None) -> AsyncIterator[TenantSession]:
    async with cast.database.tenant_session(cast.tenant_ids[PENALOLEN], who.id, key=key) as session:
        yield session
        await session.rollback()


@pytest.mark.parametrize("state", CLOSED)
async def test_nobody_of_the_government_writes_a_row(cast: Cast, key: SigningKey, state: State) -> None:
    held = await links.taken(cast, await links.ask(cast))
    people: list[tuple[str, Actor, str | None]] = [
        ("coordinator", cast.coordinator, None), ("contact", cast.contact, None), ("link", cast.citizen, held),
    ]  # fmt: skip
    before = {name: await outcomes(cast, who, by) for name, who, by in people}
    done = {
        name: {one for one, came in table.items() if came in ("changed", "meant")} for name, table in before.items()
    }
    assert ("workbench.plans", "update") in done["coordinator"]  # otherwise what follows would prove nothing
    assert ("register.editions", "insert") in done["coordinator"]
    assert ("workbench.evidence", "insert") in done["contact"]
    assert ("workbench.evidence", "insert") in done["link"]

    await put(cast, state)

    for name, who, by in people:
        table = await outcomes(cast, who, by)
        done = {one: came for one, came in table.items() if came in ("changed", "meant") and one not in LOOKED_AT}
        assert done == {}, name
    changed = (await the_published_plan(cast)).model_copy(update={"title": in_words("Recién publicado")})
    with pytest.raises(DBAPIError) as refused:
        await publish_as_government(cast, key, [changed])
    assert isinstance(refused.value.orig, REFUSED)


@pytest.mark.parametrize("state", CLOSED)
async def test_the_monitor_goes_on_assessing_and_publishing(cast: Cast, key: SigningKey, state: State) -> None:
    """Suspending a government must not be a way to stop an assessment."""
    before = await outcomes(cast, cast.monitor)
    await put(cast, state)

    assert await outcomes(cast, cast.monitor) == before
    async with cast.at(PENALOLEN, cast.monitor) as session:
        _, edition = await a_published_assessment(session, cast.monitor, key, commitment="C3")
        await a_sent_assessment(session, cast.monitor)
    assert edition.voice == "monitor"


@pytest.mark.parametrize("state", CLOSED)
async def test_its_people_read_on_and_are_told_why(site: Site, cast: Cast, state: State) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")
    await put(cast, state)
    await site.state.directory.refresh()
    site.forget_pages()

    home = await coordinator.get(WORKBENCH)
    sent = await coordinator.post("/es/penalolen/workbench/plans/", data={"title": "Plan nuevo", "language": "es"})

    assert home.status_code == 200
    assert REASON in said(home.text)
    assert "Publicar" not in said(home.text)
    assert sent.status_code == 403
    assert "nadie de su gobierno cambia nada aquí" in said(sent.text)
    assert "Plan nuevo" in sent.text  # what was typed is given back
    assert (await coordinator.get(f"{WORKBENCH}history/")).status_code == 200
    assert (await coordinator.get(f"{WORKBENCH}board/")).status_code == 200
    contact = await site.sign_in("penalolen-contact")
    refused = await contact.get(WORKBENCH)
    assert refused.status_code == 403  # what a contact does is report
    assert REASON in said(refused.text)
    monitor = await site.sign_in("penalolen-monitor")
    assert (await monitor.get(f"{WORKBENCH}assessments/")).status_code == 200


async def test_a_link_for_reports_opens_nothing_meanwhile(site: Site, cast: Cast) -> None:
    held, unused = await links.ask(cast), await links.ask(cast)
    browser = await links.opened(site, held)
    path = f"{links.HOME}{held.token}/milestones/"
    assert (await browser.get(path)).status_code == 200
    await put(cast, State.SUSPENDED)

    closed = await browser.get(path)
    taken = await site.visitor().post(f"{links.HOME}{unused.token}/")
    await put(cast, State.ACTIVE)

    assert (closed.status_code, taken.status_code) == (410, 410)
    assert "está suspendida o archivada" in said(closed.text)
    assert (await browser.get(path)).status_code == 200
    await links.opened(site, unused)


@pytest.mark.parametrize(
    ("state", "words", "english"),
    [
        (State.SUSPENDED, "Suspendida desde el", "Suspended since"),
        (State.ARCHIVED, "Archivada desde el", "Archived since"),
    ],
)
async def test_public_pages_stay_with_a_notice(site: Site, cast: Cast, state: State, words: str, english: str) -> None:
    """They hear of it by themselves."""
    paths = ("/penalolen/", "/penalolen/plans/2021-2024/", "/penalolen/plans/2021-2024/commitments/CLPLN0002/")
    for path in paths:
        assert words not in said((await site.client.get(f"/es{path}")).text)

    await put(cast, state)
    await heard(site, state)

    for path in paths:
        page = await site.client.get(f"/es{path}")
        assert page.status_code == 200
        assert words in said(page.text)
        assert REASON in said(page.text)
        assert english in said((await site.client.get(f"/en{path}")).text)
    assert words not in said((await site.client.get("/es/maipu/")).text)


async def heard(site: Site, state: State) -> None:
    """The service has heard of it, as it does a moment after commit."""
    async with asyncio.timeout(30):
        while (await site.state.directory.get(PENALOLEN)).standing.state != state:  # noqa: ASYNC110  it says so nowhere
            await asyncio.sleep(0.005)


async def test_an_archived_jurisdiction_is_apart_and_can_be_found(site: Site, cast: Cast) -> None:
    await put(cast, State.ARCHIVED)
    await heard(site, State.ARCHIVED)

    home, compare = await site.client.get("/es/"), await site.client.get("/es/compare/")
    current, _, archived = said(home.text).partition("Jurisdicciones archivadas")
    assert "Maipú" in current
    assert "Peñalolén" not in current.partition("Jurisdicciones")[2]
    assert "Peñalolén" in archived
    assert "Peñalolén" not in said(compare.text)
    found = await site.client.get("/es/", params={"q": "Peñalolén"})
    assert 'href="/es/penalolen/"' in found.text.partition('id="jurisdictions"')[0]
    assert "/es/penalolen/" in (await site.client.get("/sitemap.xml")).text
    staff = await site.sign_in("ogp-staff")
    assert "archivada desde el" in said((await staff.get("/es/desk/jurisdictions/")).text)


async def test_active_again_means_all_of_it_again(cast: Cast) -> None:
    before = await outcomes(cast, cast.coordinator)
    await put(cast, State.SUSPENDED)
    await put(cast, State.ACTIVE, reason="Firmaron de nuevo")

    assert await outcomes(cast, cast.coordinator) == before


@pytest.mark.parametrize("who", ["coordinator", "contact", "monitor", "neighbour", "ogp_staff", "citizen"])
async def test_nobody_but_an_operator_changes_a_state(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)
    async with cast.rehearsal(PENALOLEN, actor) as session:
        with pytest.raises(NotPermitted):
            await service.set_state(session, State.SUSPENDED, reason="x", by=actor)
        for statement in (
            "SELECT platform.set_tenant_state('suspended', 'x')",
            """INSERT INTO platform.tenant_states (jurisdiction, state, reason, since)
               VALUES ('maipu', 'archived', 'x', now())""",
            "DELETE FROM platform.tenant_states",
        ):  # fmt: skip
            assert await outcome(session, statement) == "refused"


@pytest.mark.parametrize("call", ["'suspended', ''", "'suspended', ' '", "'gone', 'x'", "'active', 'x'", "NULL, 'x'"])
async def test_the_database_asks_for_a_state_that_is_new_and_a_reason(cast: Cast, call: str) -> None:
    async with cast.rehearsal(PENALOLEN, cast.operator) as session:
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text(f"SELECT platform.set_tenant_state({call})"))

    assert isinstance(refused.value.orig, psycopg.errors.NoDataFound)


async def test_the_same_state_twice_is_a_conflict(cast: Cast) -> None:
    await put(cast, State.SUSPENDED)

    with pytest.raises(Conflict):
        await put(cast, State.SUSPENDED)


async def test_both_records_say_who_and_why(site: Site, cast: Cast) -> None:
    await put(cast, State.SUSPENDED)

    async with cast.at(PENALOLEN, cast.coordinator, read_only=True) as session:
        own: Any = (await session.scalars(select(AuditRecord).where(AuditRecord.subject == "tenants"))).one()
        assert await session.scalar(select(func.platform.actor_role())) == "viewer"
    async with cast.database.tenant_session(None, cast.operator.id, read_only=True) as session:
        deed: Any = (await session.scalars(select(Deed).where(Deed.action == "tenant.suspended"))).one()
    assert (own.action, own.actor_id, own.reason) == ("tenant.suspended", cast.operator.id, REASON)
    assert (deed.jurisdiction, deed.actor_id, deed.actor_role) == (PENALOLEN, cast.operator.id, "operator")
    coordinator = await site.sign_in("penalolen-coordinator")
    assert "suspendió la jurisdicción" in said((await coordinator.get(f"{WORKBENCH}history/")).text)


async def test_an_operator_does_it_at_the_desk(site: Site) -> None:
    operator, staff = await site.sign_in("operator"), await site.sign_in("ogp-staff")
    coordinator = await site.sign_in("penalolen-coordinator")
    given = {"state": "suspended", "reason": REASON}

    assert (await staff.post(f"{DESK}state/", data=given)).status_code == 403
    assert (await coordinator.post(f"{DESK}state/", data=given)).status_code == 403
    assert (await site.client.post(f"{DESK}state/", data=given)).status_code == 401
    silent = await operator.post(f"{DESK}state/", data={"state": "suspended", "reason": " "})
    assert silent.status_code == 422
    assert "checked" in silent.text  # what was chosen is kept
    done = await operator.post(f"{DESK}state/", data=given)
    assert (done.status_code, done.headers["location"]) == (303, f"{DESK}?done=suspended")
    assert (await operator.post(f"{DESK}state/", data=given)).status_code == 409
    page = said((await operator.get(DESK)).text)
    assert REASON in page
    assert "suspendida desde el" in page
    assert "Cambiar el estado" not in said((await staff.get(DESK)).text)
    assert (await operator.get("/es/desk/jurisdictions/nowhere/")).status_code == 404
