"""The worker: what a killed one left half done is taken up by the next."""

import psycopg
import pytest

from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.settings import Settings
from ogpmonitor.worker import TAKE_UP, create_worker


@pytest.mark.parametrize(("attempts", "status"), [(0, "todo"), (1, "todo"), (2, "failed")])
async def test_a_job_whose_worker_was_killed_waits_again_but_not_for_ever(
    settings: Settings, attempts: int, status: str
) -> None:
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as superuser:
        superuser.execute("DELETE FROM jobs.procrastinate_jobs")
        superuser.execute(
            "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, attempts) "
            "VALUES ('elsewhere', 'any', 'doing', %s)",
            [attempts],
        )
    app = create_worker(settings)

    async with app.open_async():
        await app.configure_task(TAKE_UP).defer_async(timestamp=0)
        await app.run_worker_async(
            queues=["default"],
            wait=False,
            additional_context={"settings": settings},
            install_signal_handlers=False,
            listen_notify=False,
        )

    with psycopg.connect(conninfo(settings.database_url)) as superuser:
        found = superuser.execute("SELECT status FROM jobs.procrastinate_jobs WHERE task_name = 'any'").fetchall()
    assert found == [(status,)]
