"""A plan that is being written, made through its own forms, and what the database holds of it."""

from typing import Any

import httpx
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.forms import fill_in

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.plans.models import Milestone, Plan
from ogpmonitor.plans.queries import get_plan

COORDINATOR = "penalolen-coordinator"
PLANS = "/{lang}/penalolen/workbench/plans/"
ROOT = PLANS + "2026-2028/"


def at(path: str = "", lang: str = "es") -> str:
    """An address of the plan that `begin` begins."""
    return ROOT.format(lang=lang) + path


async def begin(client: httpx.AsyncClient, **given: Any) -> None:
    """A plan of Peñalolén in Spanish, for 2026 to 2028, with nothing in it."""
    typed = {"title": "Segundo plan", "language": "es", "starts_on": "2026", "ends_on": "2028", **given}
    answer = await fill_in(client, PLANS.format(lang="es"), **typed)
    assert answer.status_code == 303, answer.text


async def begin_with_milestone(client: httpx.AsyncClient) -> None:
    """The same with the commitment C1 and its milestone M1."""
    await begin(client)
    assert (await fill_in(client, at("commitments/new/"), title="Mesa vecinal")).status_code == 303
    answer = await fill_in(client, at("commitments/C1/milestones/new/"), title="Instalar la mesa", due_on="06-2027")
    assert answer.status_code == 303


async def the_plan(cast: Cast, slug: str = "2026-2028") -> Plan:
    """Peñalolén's plan, as its coordinator finds it."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return await get_plan(session, slug)


async def the_milestone(cast: Cast) -> Milestone:
    """The first milestone of its first commitment."""
    return (await the_plan(cast)).commitments[0].milestones[0]


async def traces(cast: Cast) -> list[AuditRecord]:
    """The record of Peñalolén, oldest first."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return list((await session.scalars(select(AuditRecord).order_by(AuditRecord.at))).all())
