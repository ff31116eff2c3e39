"""Removed is removed in every process at once: roles and sessions are looked up at each request."""

import re
from collections.abc import Iterator

import httpx
import pytest
from tests.bench.servers import serving
from tests.factories.cast import Cast
from tests.factories.people import PEOPLE
from tests.factories.requests import DESK, HOME, ask

from ogpmonitor.settings import Settings

BOARD = "/es/penalolen/workbench/board/"


@pytest.fixture
def two_processes(settings: Settings) -> Iterator[tuple[str, str]]:
    """The same deployment, answered by two processes that know nothing of each other."""
    told = settings.model_dump(exclude={"secret_key"}, exclude_none=True)
    environment = {f"OGPMONITOR_{name.upper()}": str(value) for name, value in told.items()}
    environment |= {"OGPMONITOR_SECRET_KEY": settings.secret_key.get_secret_value()}
    with (
        serving("ogpmonitor.app:create_app", environment, ready="/health/ready") as one,
        serving("ogpmonitor.app:create_app", environment, ready="/health/ready") as other,
    ):
        yield one, other


def came(address: str, **cookies: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address, headers={"Origin": address, "Accept": "text/html"}, cookies=cookies, timeout=30
    )


async def test_removed_in_one_process_is_removed_in_the_other_at_once(two_processes: tuple[str, str]) -> None:
    """No process remembers who was let in, and what was typed comes back."""
    one, other = two_processes
    async with came(one) as here, came(one) as ana_here:
        await here.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})
        ana = {"name": "Ana Soto", "email": "ana@example.org", "role": "viewer", "language": "es"}
        made = await here.post(f"{PEOPLE}invite/", data=ana)
        link = re.findall(r'href="[^"]*(/es/invitations/[\w-]{43}/)"', made.text)[0]
        await ana_here.post(link, data={"name": "Ana Soto"})
        page = await here.get(f"{PEOPLE}")
        member = re.findall(rf'href="({PEOPLE}[0-9a-f-]{{36}}/)">Ana', page.text)[0]
        async with came(other, **dict(ana_here.cookies)) as ana_there:
            before = [(await one_of.get(BOARD)).status_code for one_of in (ana_here, ana_there)]
            changed = await here.post(member, data={"version": "1", "role": "coordinator"})
            raised = (await ana_there.get("/es/penalolen/workbench/history/")).status_code
            removed = await here.post(f"{member}remove/", data={"version": "2", "reason": "Se fue"})
            after = [(await one_of.get(BOARD)).status_code for one_of in (ana_there, ana_here)]
            typed = await ana_there.post(f"{PEOPLE}invite/", data={**ana, "name": "Lo que escribí"})

    assert before == [200, 200]
    assert (changed.status_code, raised, removed.status_code) == (303, 200, 303)
    assert after == [401, 401]
    assert typed.status_code == 401
    assert "Lo que escribí" in typed.text


async def test_a_request_withdrawn_in_one_process_is_closed_in_the_other(
    two_processes: tuple[str, str], cast: Cast
) -> None:
    one, other = two_processes
    asked = await ask(cast)
    async with came(one) as here, came(other) as contact:
        await here.post("/es/sign-in/", data={"persona": "penalolen-coordinator"})
        await contact.post(f"{HOME}{asked.token}/")
        before = (await contact.get(f"{HOME}{asked.token}/milestones/")).status_code
        withdrawn = await here.post(f"{DESK}{asked.request.id}/revoke/")
        after = (await contact.get(f"{HOME}{asked.token}/milestones/")).status_code

    assert (before, withdrawn.status_code, after) == (200, 303, 410)
