"""Requests for reports to a unit's contact, and browsers that open their links."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from tests.factories.cast import Cast
from tests.factories.plans import OWN_UNIT, milestone_of
from tests.factories.site import Site

from ogpmonitor.kit.db import utc_now
from ogpmonitor.periods import requests
from ogpmonitor.periods.requests import Asked, Asking

UNIT = "Dirección de Medio Ambiente"
ZONE = ZoneInfo("America/Santiago")
HOME = "/es/penalolen/requests/"
DESK = "/es/penalolen/workbench/requests/"


def today() -> date:
    """The day it is in Peñalolén."""
    return utc_now().astimezone(ZONE).date()


async def ask(cast: Cast, *places: str, **given: Any) -> Asked:
    """Peñalolén's contact is asked about the milestones at these places; about its own one, if none is named."""
    async with cast.at("penalolen", cast.coordinator) as session:
        steps = [await milestone_of(session, place) for place in places or (OWN_UNIT,)]
        asking = Asking(None, UNIT, steps, "Ana Soto", "ana@example.org", "es", today() + timedelta(days=10), demo=True)
        return await requests.ask(session, replace(asking, **given), on=today(), zone=ZONE, by=cast.coordinator)


async def change(cast: Cast, asked: Asked, **columns: Any) -> None:
    """The request's row says `columns`, whatever the service would have said."""
    async with cast.at("penalolen", cast.coordinator) as session:
        row = await session.get_one(requests.ReportRequest, asked.request.id)
        for name, value in columns.items():
            setattr(row, name, value)


async def taken(cast: Cast, asked: Asked) -> str:
    """The hash of the key of a browser that took the request."""
    async with cast.at("penalolen", cast.citizen) as session:
        found = await requests.find_by_token(session, asked.token)
        return requests.token_hash(await requests.take(session, found))


async def opened(site: Site, asked: Asked) -> httpx.AsyncClient:
    """A browser that pressed the button behind the link."""
    client = site.visitor()
    answer = await client.post(f"{HOME}{asked.token}/")
    assert answer.status_code == 303, answer.text
    return client


def form(unit: str = UNIT, **given: Any) -> dict[str, Any]:
    """What a coordinator sends to ask a unit."""
    return {
        "id": str(uuid4()),
        "unit": unit,
        "period": "",
        "name": "Ana Soto",
        "email": "ana@example.org",
        "language": "es",
        "until": (today() + timedelta(days=10)).isoformat(),
        **given,
    }
