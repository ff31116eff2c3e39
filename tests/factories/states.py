"""Jurisdictions in another state, and operators who read along."""

from uuid import UUID, uuid4

from tests.factories.cast import Cast

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Person, PlatformRole
from ogpmonitor.desk import service
from ogpmonitor.kit.db import owner_session
from ogpmonitor.settings import Settings
from ogpmonitor.support import service as supporting
from ogpmonitor.support.schemas import SupportForm
from ogpmonitor.tenants.models import State

REASON = "Pidieron ayuda con la planilla"


async def put(cast: Cast, state: State, tenant: str = "penalolen", *, reason: str = "Terminó el convenio") -> None:
    """The operator gives the jurisdiction that state."""
    async with cast.at(tenant, cast.operator) as session:
        await service.set_state(session, state, reason=reason, by=cast.operator)


async def an_access(cast: Cast, tenant: str = "penalolen", *, hours: int = 2, by: Actor | None = None) -> UUID:
    """An operator reads along there: the cast's, unless another is named."""
    who = by or cast.operator
    async with cast.at(tenant, who) as session:
        return await supporting.begin(session, SupportForm(reason=REASON, hours=hours), by=who)


async def another_operator(settings: Settings, *, persona: str | None = None) -> Actor:
    """One who can sign in too, if it has a persona."""
    actor = Actor(uuid4(), "Apoyo", platform_role=PlatformRole.OPERATOR)
    async with owner_session(settings.database_url) as session:
        session.add(Person(id=actor.id, name=actor.name, platform_role=actor.platform_role, persona=persona))
    return actor
