"""A large file whose worker dies in the middle of it, or right after it: it is applied once, and whole."""

import signal
from pathlib import Path

import psycopg
import pytest
from tests.factories.cast import Cast
from tests.factories.programs import environment_of, program, rows, until
from tests.factories.sheets import a_sheet
from tests.factories.site import Site
from tests.imports.test_jobs import NEW, work
from tests.imports.test_routes import PENALOLEN, send, state_in

from ogpmonitor.imports.jobs import APPLY_IMPORT, READ_IMPORT
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.settings import Settings

ROWS = 4_000
WRITTEN = "SELECT count(*) FROM workbench.milestones WHERE title->>'es' LIKE 'Hito %'"
QUEUE = "SELECT status::text FROM jobs.procrastinate_jobs"
WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'workbench.milestones'::regclass"
SILENT = "UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"


@pytest.fixture
async def asked(site: Site, settings: Settings, cast: Cast) -> str:
    """Where a large import is looked at; it was read, and is to be applied."""
    del cast
    client = await site.sign_in("penalolen-coordinator")
    await client.post(NEW, data={"title": "Plan nuevo", "language": "es", "starts_on": "2027", "ends_on": "2028"})
    milestones = [{"commitment": "X1", "code": f"M{number}", "title_es": f"Hito {number}"} for number in range(ROWS)]
    at = await send(client, PENALOLEN, a_sheet([{"code": "X1", "title_es": "Uno"}], milestones), "2027-2028")
    await work(settings, READ_IMPORT)
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    await client.post(at, data={"state": state_in((await client.get(at)).text)})
    assert rows(settings, QUEUE) == [("todo",)]
    return at


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_file_is_applied_once_when_the_worker_ends_in_the_middle(
    site: Site, settings: Settings, asked: str, tmp_path: Path, number: signal.Signals
) -> None:
    environment = environment_of(settings, check_links=False)
    with psycopg.connect(conninfo(settings.database_url)) as holding:
        holding.execute("LOCK TABLE workbench.milestones IN SHARE MODE")  # may be read, not written
        with program("worker", "--grace", "1", environment=environment, log=tmp_path / "log") as process:
            until(lambda: rows(settings, WAITS), "the file was being written")
            process.send_signal(number)
            process.wait(60)
    rows(settings, SILENT)  # time passes
    until(lambda: not rows(settings, WAITS), "what was begun was given up")
    before = rows(settings, WRITTEN)

    with program("worker", environment=environment, log=tmp_path / "log"):
        until(lambda: rows(settings, QUEUE) == [], "the job was done")

    assert (before, rows(settings, WRITTEN)) == ([(0,)], [(ROWS,)])
    page = (await (await site.sign_in("penalolen-coordinator")).get(asked)).text
    assert "Creados: 4.001. Cambiados: 0. Sin cambio: 0." in page


async def test_a_file_that_was_applied_is_not_applied_again(
    site: Site, settings: Settings, asked: str, tmp_path: Path
) -> None:
    """The worker died between its last commit and telling the queue."""
    await work(settings, APPLY_IMPORT)
    assert (rows(settings, WRITTEN), rows(settings, QUEUE)) == ([(ROWS,)], [("todo",)])

    with program("worker", environment=environment_of(settings, check_links=False), log=tmp_path / "log"):
        until(lambda: rows(settings, QUEUE) == [], "the job was done")

    assert rows(settings, WRITTEN) == [(ROWS,)]
    page = (await (await site.sign_in("penalolen-coordinator")).get(asked)).text
    assert "Creados: 4.001. Cambiados: 0. Sin cambio: 0." in page
