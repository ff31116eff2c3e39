"""What is left to do until the first publication, from what stands there."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.drafts import a_commitment, a_draft, a_milestone, both
from tests.factories.newcomers import SLUG, a_member, a_newcomer
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Role
from ogpmonitor.kit.db import Database, utc_now
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.plans.onboarding import Onboarding, onboarding
from ogpmonitor.plans.queries import get_plan, list_plans
from ogpmonitor.settings import Settings

HOME = f"/es/{SLUG}/workbench/"


@pytest.fixture
async def newcomer(settings: Settings, tmp_path: Path) -> UUID:
    return await a_newcomer(settings, tmp_path / "tenants")


@pytest.fixture
async def coordinator(settings: Settings, newcomer: UUID) -> Actor:
    return await a_member(settings, newcomer, Role.COORDINATOR, persona="lo-espejo-coordinator")


async def told(database: Database, tenant: UUID, who: Actor) -> Onboarding:
    async with database.tenant_session(tenant, who.id, read_only=True) as session:
        plans = await list_plans(session)
        plan = await get_plan(session, plans[0].slug) if plans else None
        found = await onboarding(session, plan, jurisdiction=SLUG, languages=("es", "en"))
    assert found is not None
    return found


def done(found: Onboarding) -> list[str]:
    return [step.key for step in found.steps if step.is_done]


async def test_each_step_is_done_when_it_is_done(
    database: Database, settings: Settings, newcomer: UUID, coordinator: Actor
) -> None:
    first = await told(database, newcomer, coordinator)
    assert done(first) == ["identity"]
    assert first.next is not None
    assert first.next.key == "people"

    await a_member(settings, newcomer, Role.CONTACT, unit="Otra")
    assert done(await told(database, newcomer, coordinator)) == ["identity", "people"]

    async with database.tenant_session(newcomer, coordinator.id) as session:
        session.add(a_draft(commitments=[], endorsements=None))
    begun = await told(database, newcomer, coordinator)
    assert done(begun) == ["identity", "people", "plan"]
    assert next(step.base for step in begun.steps if step.key == "checks") > 2  # what is wrong with it, and one

    async with database.tenant_session(newcomer, coordinator.id) as session:
        plan = await get_plan(session, "2026-2027")
        plan.content = a_draft().content
        steps = [a_milestone("M1"), a_milestone("M2", responsible_unit=both("Otra", "Other"))]
        plan.commitments.append(a_commitment(milestones=steps))
    written = await told(database, newcomer, coordinator)
    assert done(written) == ["identity", "people", "plan", "commitments", "checks"]
    assert [(one.done, one.base) for one in written.steps if one.key == "contacts"] == [(1, 2)]

    await a_member(settings, newcomer, Role.CONTACT, unit="Planning")
    async with database.tenant_session(newcomer, coordinator.id) as session:
        now = utc_now()
        mandate = Mandate(body="x", mandate=both(), starts_on=now.date(), people=[], proposed_at=now, demo=True)
        mandate.proposed_by = coordinator.id
        session.add(mandate)
    last = await told(database, newcomer, coordinator)
    assert (last.done, last.next and last.next.key) == (7, "published")


async def test_a_jurisdiction_that_has_published_needs_no_list(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert await onboarding(session, None, jurisdiction="penalolen", languages=("es",)) is None
    client = await site.sign_in("penalolen-coordinator")
    assert "Hasta la primera publicación" not in (await client.get("/es/penalolen/workbench/")).text


@pytest.mark.usefixtures("coordinator")
async def test_the_first_page_of_a_coordinator_shows_it_and_nobody_elses(
    site: Site, settings: Settings, newcomer: UUID
) -> None:
    await a_member(settings, newcomer, Role.VIEWER, persona="lo-espejo-viewer")
    await site.state.directory.refresh()
    coordinator, viewer = await site.sign_in("lo-espejo-coordinator"), await site.sign_in("lo-espejo-viewer")

    page = await coordinator.get(HOME)

    assert "Hasta la primera publicación" in page.text
    assert "2 de 8 pasos están hechos." in said(page.text)
    assert f'href="/es/{SLUG}/workbench/monitoring/"' in page.text
    assert "Until the first publication" in (await coordinator.get(HOME.replace("/es/", "/en/"))).text
    read = await viewer.get(HOME)
    assert read.status_code == 200
    assert "Hasta la primera publicación" not in read.text


async def test_as_many_queries_for_a_large_plan_as_for_a_small_one(
    database: Database, newcomer: UUID, coordinator: Actor
) -> None:
    counts = []
    for size in (1, 40):
        async with database.tenant_session(newcomer, coordinator.id) as session:
            commitments = [a_commitment(f"C{size}-{number}") for number in range(size)]
            session.add(a_draft(slug=f"plan-{size}", commitments=commitments))
        async with database.tenant_session(newcomer, coordinator.id, read_only=True) as session:
            plan = await get_plan(session, f"plan-{size}")
            with counted() as statements:
                await onboarding(session, plan, jurisdiction=SLUG, languages=("es",))
        counts.append(len(statements))

    assert counts == [3, 3]
