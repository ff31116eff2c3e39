"""The demo: four real jurisdictions, the plans that public sources give, and invented content that is marked as such.

Everything is written through the same services and the same row policies as people use.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role
from ogpmonitor.kit.db import OWNER_ROLE, Database, seal
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.planfile import read_plan
from ogpmonitor.plans.publishing import publish
from ogpmonitor.plans.service import load_plan
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import latest_edition
from ogpmonitor.settings import Settings
from ogpmonitor.tenants import service as tenants
from ogpmonitor.tenants.files import TenantFolder, read_tenants

PEOPLE = UUID("6f0f3c2e-9d0b-4c4e-8a55-0e3f0d9c1a11")  # namespace of the personas' ids: the same in every demo
SYSTEM = Actor(None, "ogpmonitor")
DEMO_BEGAN = date(2021, 1, 1)


@dataclass(frozen=True)
class Persona:
    """An invented person. `key` is what the sign-in form sends."""

    key: str
    name: str
    tenant: str | None = None
    role: Role | None = None
    unit: str | None = None
    platform_role: PlatformRole | None = None

    @property
    def id(self) -> UUID:
        """The same in every demo."""
        return uuid5(PEOPLE, self.key)

    @property
    def actor(self) -> Actor:
        """This person at work in its tenant."""
        return Actor(self.id, self.name, self.role, self.platform_role, self.unit)


def personas(slugs: Sequence[str]) -> list[Persona]:
    """A coordinator and a monitor for every tenant, a contact in Peñalolén, and the platform's own people."""
    cast = [
        persona
        for slug in slugs
        for persona in (
            Persona(f"{slug}-coordinator", "Coordinación (demo)", slug, Role.COORDINATOR),
            Persona(f"{slug}-monitor", "Ente de monitoreo (demo)", slug, Role.MONITOR),
        )
    ]
    cast.append(Persona("penalolen-contact", "Enlace de unidad (demo)", "penalolen", Role.CONTACT, "Gestión Ambiental"))
    cast.append(Persona("ogp-staff", "Equipo de OGP (demo)", platform_role=PlatformRole.OGP_STAFF))
    cast.append(Persona("operator", "Operación (demo)", platform_role=PlatformRole.OPERATOR))
    return cast


@asynccontextmanager
async def owner_session(settings: Settings) -> AsyncIterator[AsyncSession]:
    """One transaction as the owner: for loading files, never for people."""
    engine = create_async_engine(make_url(settings.database_url).set(drivername="postgresql+psycopg"))
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            await (await session.connection()).exec_driver_sql(f"SET LOCAL ROLE {OWNER_ROLE}")
            yield session
    finally:
        await engine.dispose()


async def sync_tenants(settings: Settings) -> list[tenants.Synced]:
    """Every tenant folder has its row and its plans stand in the workbench; all in one transaction.

    Raises:
        DataRefused: a file is wrong; nothing was written.
    """
    folders = read_tenants(settings.tenants_folder)
    plan_files = {folder.tenant.slug: [read_plan(path) for path in folder.plan_files] for folder in folders}
    async with owner_session(settings) as session:
        synced = await tenants.sync(session, folders)
        for one in synced:
            await seal(session, one.tenant.id, None)
            for file in plan_files[one.tenant.slug]:
                await load_plan(session, file, by=SYSTEM)
    return synced


async def load_demo(settings: Settings, key: SigningKey) -> None:
    """The demo's people exist and every plan has a first edition; a second call changes nothing."""
    folders = read_tenants(settings.tenants_folder)
    synced = await sync_tenants(settings)
    ids = {one.tenant.slug: one.tenant.id for one in synced}
    cast = personas([folder.tenant.slug for folder in folders])
    await _load_people(settings, cast, ids)
    database = Database(settings.app_url, settings.public_url)
    try:
        for folder in folders:
            coordinator = next(p for p in cast if p.tenant == folder.tenant.slug and p.role == Role.COORDINATOR)
            await _publish_plans(database, folder, ids[folder.tenant.slug], coordinator, key)
    finally:
        await database.close()


async def _load_people(settings: Settings, cast: Sequence[Persona], ids: dict[str, UUID]) -> None:
    async with owner_session(settings) as session:
        known = set(await session.scalars(select(Person.persona)))
        for persona in cast:
            if persona.key in known:
                continue
            role = persona.platform_role.value if persona.platform_role else None
            session.add(Person(id=persona.id, name=persona.name, platform_role=role, persona=persona.key))
            await session.flush()
            if persona.tenant and persona.role:
                await seal(session, ids[persona.tenant], None)
                session.add(
                    Membership(person_id=persona.id, role=persona.role, unit=persona.unit, starts_on=DEMO_BEGAN)
                )
                await session.flush()


async def _publish_plans(
    database: Database, folder: TenantFolder, tenant_id: UUID, coordinator: Persona, key: SigningKey
) -> None:
    tenant = folder.tenant
    jurisdiction = Jurisdiction(slug=tenant.slug, name=tenant.name, country=tenant.country)
    async with database.tenant_session(tenant_id, coordinator.id) as session:
        for listed in await plans.list_plans(session):
            if await latest_edition(session, tenant.slug, listed.slug) is None:
                plan = await plans.get_plan(session, listed.slug)
                await publish(session, plan, jurisdiction, key=key, by=coordinator.actor)
