"""The small named cast: the same people in every test, all of them the demo's invented personas."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.demo.people import personas
from ogpmonitor.kit.db import Database, TenantSession

TENANTS = ("maipu", "penalolen", "renca", "santiago")


@dataclass(frozen=True)
class Cast:
    """Five people of Peñalolén's story, and a neighbour from Maipú who must see nothing."""

    database: Database
    tenant_ids: dict[str, UUID]
    coordinator: Actor
    contact: Actor
    monitor: Actor
    second_monitor: Actor
    neighbour: Actor
    neighbour_monitor: Actor
    operator: Actor
    ogp_staff: Actor
    citizen: Actor = STRANGER

    @asynccontextmanager
    async def at(self, tenant: str, actor: Actor, *, read_only: bool = False) -> AsyncIterator[TenantSession]:
        """A session sealed to `tenant` and `actor`, committed at the end."""
        async with self.database.tenant_session(self.tenant_ids[tenant], actor.id, read_only=read_only) as session:
            yield session

    @asynccontextmanager
    async def rehearsal(self, tenant: str, actor: Actor) -> AsyncIterator[TenantSession]:
        """The same, rolled back at the end."""
        async with self.database.tenant_session(self.tenant_ids[tenant], actor.id) as session:
            yield session
            await session.rollback()


async def the_cast(database: Database) -> Cast:
    """The cast, as the demo made them."""
    async with database.tenant_session(None) as session:
        ids = {
            slug: tenant_id for tenant_id, slug in await session.execute(text("SELECT id, slug FROM platform.tenants"))
        }
    people = {persona.key: persona.actor for persona in personas(TENANTS)}
    return Cast(
        database=database,
        tenant_ids=ids,
        coordinator=people["penalolen-coordinator"],
        contact=people["penalolen-contact"],
        monitor=people["penalolen-monitor"],
        second_monitor=people["penalolen-monitor-2"],
        neighbour=people["maipu-coordinator"],
        neighbour_monitor=people["maipu-monitor"],
        operator=replace(people["operator"], role=None),
        ogp_staff=replace(people["ogp-staff"], role=None),
    )
