"""The demo's invented people. No real person is among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Membership, Person, PlatformRole, Role
from ogpmonitor.kit.db import seal
from ogpmonitor.kit.localized import Localized
from ogpmonitor.mandates.models import Mandate

PEOPLE = UUID("6f0f3c2e-9d0b-4c4e-8a55-0e3f0d9c1a11")  # namespace of the personas' ids: the same in every demo
DEMO_BEGAN = date(2021, 1, 1)
DEMO_CONFIRMED = datetime(2021, 1, 4, 12, tzinfo=UTC)
MANDATE = Localized.of(
    "es",
    es="Evalúa la cocreación, el diseño y los resultados de los planes de acción (contenido inventado).",
    en="Assesses co-creation, design and results of the action plans (invented content).",
)


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
    """A coordinator and a monitor everywhere, a contact and a second monitor in Peñalolén, the platform's people."""
    cast = [
        persona
        for slug in slugs
        for persona in (
            Persona(f"{slug}-coordinator", "Coordinación (demo)", slug, Role.COORDINATOR),
            Persona(f"{slug}-monitor", "Ente de monitoreo (demo)", slug, Role.MONITOR),
        )
    ]
    unit = "Dirección de Medio Ambiente"
    cast.append(Persona("penalolen-contact", "Enlace de unidad (demo)", "penalolen", Role.CONTACT, unit))
    cast.append(Persona("penalolen-monitor-2", "Segundo monitor (demo)", "penalolen", Role.MONITOR))
    cast.append(Persona("ogp-staff", "Equipo de OGP (demo)", platform_role=PlatformRole.OGP_STAFF))
    cast.append(Persona("operator", "Operación (demo)", platform_role=PlatformRole.OPERATOR))
    return cast


async def load_people(session: AsyncSession, cast: Sequence[Persona], tenant_ids: dict[str, UUID]) -> None:
    """Everyone of the cast can sign in and has its one role; whoever was there stays as is. Runs as the owner."""
    known = set(await session.scalars(select(Person.persona)))
    for persona in cast:
        if persona.key in known:
            continue
        role = persona.platform_role.value if persona.platform_role else None
        session.add(Person(id=persona.id, name=persona.name, platform_role=role, persona=persona.key))
        await session.flush()
        if persona.tenant and persona.role:
            await seal(session, tenant_ids[persona.tenant], None)
            mandate = await _mandate(session) if persona.role == Role.MONITOR else None
            session.add(
                Membership(
                    person_id=persona.id,
                    role=persona.role,
                    unit=persona.unit,
                    starts_on=DEMO_BEGAN,
                    mandate_id=mandate.id if mandate else None,
                )
            )
            await session.flush()


async def _mandate(session: AsyncSession) -> Mandate:
    """The invented body under which the monitors of this tenant work."""
    begun = (await session.scalars(select(Mandate).where(Mandate.demo).limit(1))).one_or_none()
    if begun is not None:
        return begun
    mandate = Mandate(
        body="Ente de monitoreo (demo)",
        contact=None,
        mandate=MANDATE.model_dump(mode="json"),
        starts_on=DEMO_BEGAN,
        ends_on=None,
        people=[],
        proposed_at=DEMO_CONFIRMED,
        confirmed_at=DEMO_CONFIRMED,
        confirmed_as=PlatformRole.OGP_STAFF,
        demo=True,
    )
    session.add(mandate)
    await session.flush()
    return mandate
