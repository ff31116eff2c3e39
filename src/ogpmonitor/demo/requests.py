"""Two requests for reports in the demo: one that waits, and one whose link was used. Nobody in them is real."""

from datetime import date, timedelta, tzinfo

from ogpmonitor.demo.stage import Stage
from ogpmonitor.kit.db import utc_now
from ogpmonitor.periods import requests
from ogpmonitor.periods.requested import Unit, list_requests, list_units

TENANT = "penalolen"  # whose demo tells the story
WAITING, USED = "Ana Soto (demo)", "Luis Rojas (demo)"


async def ask_contacts(stage: Stage, zone: tzinfo) -> None:
    """The unit that owes most was asked twice, and one of the links was used; where somebody was asked, nothing."""
    if stage.jurisdiction.slug != TENANT:
        return
    async with stage.at(stage.coordinator) as session:
        units = await list_units(session)
        if not units or await list_requests(session):
            return
        unit = max(units, key=lambda one: len(one.milestones))
        asked = [
            await requests.ask(
                session, _asking(unit, name, zone), on=_today(zone), zone=zone, by=stage.coordinator.actor
            )
            for name in (WAITING, USED)
        ]
    async with stage.at_nobody() as session:
        await requests.take(session, await requests.find_by_token(session, asked[-1].token))


def _asking(unit: Unit, name: str, zone: tzinfo) -> requests.Asking:
    return requests.Asking(
        None,
        unit.name,
        unit.milestones[-2:],
        name,
        "contacto@example.org",
        "es",
        _today(zone) + timedelta(days=30),
        demo=True,
    )


def _today(zone: tzinfo) -> date:
    return utc_now().astimezone(zone).date()
