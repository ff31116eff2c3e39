"""A large file goes through the worker: read, shown, applied whole, in the name of who asked."""

import json
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select
from tests.factories.cast import Cast
from tests.factories.sheets import a_sheet
from tests.factories.site import Site
from tests.imports.test_routes import PENALOLEN, send, state_in

from ogpmonitor.imports.jobs import APPLY_IMPORT, READ_IMPORT
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.plans.models import Milestone
from ogpmonitor.settings import Settings
from ogpmonitor.worker import TASKS

ROWS = 4_000
NEW = "/es/penalolen/workbench/plans/"


async def work(settings: Settings, task: str) -> None:
    """What the worker would do: the newest job of this kind, with what it was given."""
    async with await psycopg.AsyncConnection.connect(conninfo(settings.database_url)) as connection:
        statement = "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = %s ORDER BY id DESC LIMIT 1"
        row = await (await connection.execute(statement, [task])).fetchone()
    assert row is not None
    args: dict[str, Any] = row[0] if isinstance(row[0], dict) else json.loads(row[0])
    await TASKS[task](SimpleNamespace(additional_context={"settings": settings}), **args)


@pytest.fixture
def large() -> bytes:
    milestones = [{"commitment": "X1", "code": f"M{number}", "title_es": f"Hito {number}"} for number in range(ROWS)]
    return a_sheet([{"code": "X1", "title_es": "Uno"}], milestones)


async def test_a_large_file_is_read_and_applied_by_the_worker(
    site: Site, settings: Settings, cast: Cast, large: bytes
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    begun = await client.post(
        NEW, data={"title": "Plan nuevo", "language": "es", "starts_on": "2027", "ends_on": "2028"}
    )
    assert begun.status_code == 303, begun.text
    at = await send(client, PENALOLEN, large, "2027-2028")
    waiting = (await client.get(at)).text

    await work(settings, READ_IMPORT)
    seen = (await client.get(at)).text
    asked = await client.post(at, data={"state": state_in(seen)})
    writing = (await client.get(at)).text
    again = await client.post(at, data={"state": state_in(seen)})
    await work(settings, APPLY_IMPORT)
    done = (await client.get(at)).text

    assert "Se está leyendo el archivo" in waiting
    assert "Crear 4.001 y cambiar 0" in seen
    assert (asked.status_code, again.status_code) == (303, 303)
    assert "<progress" in writing
    assert "Creados: 4.001. Cambiados: 0. Sin cambio: 0." in done
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        count = await session.scalar(
            select(func.count()).select_from(Milestone).where(Milestone.title["es"].astext.like("Hito %"))
        )
    assert count == ROWS


async def test_what_changed_meanwhile_breaks_the_work_off_and_nothing_is_written(
    site: Site, settings: Settings, large: bytes
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await client.post(NEW, data={"title": "Plan nuevo", "language": "es", "starts_on": "2027", "ends_on": "2028"})
    at = await send(client, PENALOLEN, large, "2027-2028")
    await work(settings, READ_IMPORT)
    await client.post(at, data={"state": "0" * 64})

    await work(settings, APPLY_IMPORT)

    page = (await client.get(at)).text
    assert "Se interrumpió: no se escribió nada" in page
    assert "El plan cambió desde que usted miró." in page
