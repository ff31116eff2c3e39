"""`ogpmonitor worker` as a real process: what it was at goes on after it was stopped or killed, and is done once.

A job is held up where the test wants it by a lock on a table that it reads.
"""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.factories.cast import Cast
from tests.factories.documents import publish_as_government, said, the_published_plan
from tests.factories.programs import environment_of, free_port, program, ran, rows, until

from ogpmonitor.health.heartbeat import take_back
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.register.log import SigningKey
from ogpmonitor.settings import Settings

STATES = "SELECT status::text, attempts FROM jobs.procrastinate_jobs WHERE task_name LIKE 'reports.%%' ORDER BY id"
DONE: list[tuple[object, ...]] = []  # what was done well is deleted


@pytest.fixture
async def deployment(cast: Cast, key: SigningKey, settings: Settings, tmp_path: Path) -> dict[str, str]:
    """A deployment with one edition to be drawn, and nothing else to do."""
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    changed = (await the_published_plan(cast)).model_copy(update={"title": said("Recién publicado")})
    await publish_as_government(cast, key, [changed])
    assert rows(settings, STATES) == [("todo", 0)]
    return environment_of(
        settings,
        files_url=(tmp_path / "files").as_uri(),
        worker_heartbeat_file=tmp_path / "heartbeat",
        check_links=False,
    )


@contextlib.contextmanager
def held_up(settings: Settings) -> Iterator[None]:
    """Whoever reads an edition waits until this is closed."""
    with psycopg.connect(conninfo(settings.database_url)) as connection:
        connection.execute("LOCK TABLE register.editions IN ACCESS EXCLUSIVE MODE")
        yield


def reports(tmp_path: Path) -> list[str]:
    return sorted(path.name.partition("-")[0] for path in (tmp_path / "files").rglob("*.pdf"))


def test_a_job_is_given_back_when_the_worker_is_stopped(
    deployment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    with held_up(settings), program("worker", "--grace", "1", environment=deployment, log=tmp_path / "log") as process:
        until(lambda: rows(settings, STATES) == [("doing", 0)], "the job was begun")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert rows(settings, STATES) == [("todo", 1)]

    with program("worker", environment=deployment, log=tmp_path / "log"):
        until(lambda: rows(settings, STATES) == DONE, "the job was done")

    assert reports(tmp_path) == ["en", "es"]


def test_a_job_at_hand_is_finished_within_the_grace(
    deployment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    with program("worker", "--grace", "60", environment=deployment, log=tmp_path / "log") as process:
        with held_up(settings):
            until(lambda: rows(settings, STATES) == [("doing", 0)], "the job was begun")
            process.send_signal(signal.SIGTERM)
            until(lambda: "Stop requested" in (tmp_path / "log").read_text("utf-8"), "it was heard")
        assert process.wait(60) == 0

    assert rows(settings, STATES) == DONE
    assert reports(tmp_path) == ["en", "es"]


def test_a_job_is_taken_back_when_the_worker_was_killed(
    deployment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    with held_up(settings), program("worker", environment=deployment, log=tmp_path / "log") as process:
        until(lambda: rows(settings, STATES) == [("doing", 0)], "the job was begun")
        process.kill()
        process.wait(30)
    rows(settings, "UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")  # time passes

    with program("worker", environment=deployment, log=tmp_path / "log"):
        until(lambda: rows(settings, STATES) == DONE, "the job was done")

    assert reports(tmp_path) == ["en", "es"]


def test_a_job_of_a_living_worker_is_left_alone(deployment: dict[str, str], settings: Settings, tmp_path: Path) -> None:
    with held_up(settings), program("worker", environment=deployment, log=tmp_path / "log"):
        until(lambda: rows(settings, STATES) == [("doing", 0)], "the job was begun")
        with program("worker", environment=deployment, log=tmp_path / "second") as second:
            until(lambda: len(rows(settings, "SELECT id FROM jobs.procrastinate_workers")) == 2, "a second one came")
            second.send_signal(signal.SIGTERM)
            second.wait(30)

        assert rows(settings, STATES) == [("doing", 0)]


def test_a_job_that_kills_its_workers_is_put_among_the_failed(
    deployment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    rows(settings, "UPDATE jobs.procrastinate_jobs SET status = 'doing', attempts = 5")

    with program("worker", environment=deployment, log=tmp_path / "log"):
        until(lambda: rows(settings, STATES) == [("failed", 6)], "the job was given up")

    assert reports(tmp_path) == []


def test_health_is_that_of_the_worker_that_writes_the_file(deployment: dict[str, str], tmp_path: Path) -> None:
    before = ran("worker", "--health", environment=deployment)
    with program("worker", environment=deployment, log=tmp_path / "log"):
        until((tmp_path / "heartbeat").exists, "the worker's heart beat")
        during = ran("worker", "--health", environment=deployment)
        anyone = ran("worker", "--health", environment={**deployment, "OGPMONITOR_WORKER_HEARTBEAT_FILE": ""})
    without = ran("worker", "--health", environment={**deployment, "OGPMONITOR_WORKER_HEARTBEAT_FILE": ""})

    assert [done.returncode for done in (before, during, anyone, without)] == [1, 0, 0, 1]
    assert before.stderr.endswith("no worker has started yet, or it writes elsewhere.\n")


def test_a_worker_tells_its_figures(deployment: dict[str, str], settings: Settings, tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    environment = {**deployment, "OGPMONITOR_METRICS_LISTEN": listen}
    with program("worker", environment=environment, log=tmp_path / "log"):
        until(lambda: rows(settings, STATES) == DONE, "the job was done")
        done = 'ogpmonitor_jobs_done_total{outcome="done",task="reports.render_edition"} 1.0'
        until(lambda: done in httpx.get(f"http://{listen}/metrics").text, "the job was counted")


async def test_two_who_take_back_at_once_take_each_job_once(settings: Settings) -> None:
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    doing = """INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status)
               SELECT 'default', 'x', 'doing' FROM generate_series(1, 20)"""
    rows(settings, doing)
    url = conninfo(settings.app_url)
    async with (
        await psycopg.AsyncConnection.connect(url) as first,
        await psycopg.AsyncConnection.connect(url) as second,
    ):
        taken = [await take_back(first), await take_back(second)]

    assert [len(each) for each in taken] == [20, 0]


async def test_a_worker_that_was_silent_does_not_take_its_own_job(settings: Settings) -> None:
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    silent = (
        "INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes') RETURNING id"
    )
    ((mine,), (others,)) = rows(settings, silent) + rows(settings, silent)
    doing = """INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, worker_id)
               VALUES ('default', 'mine', 'doing', %s), ('default', 'other', 'doing', %s)"""
    rows(settings, doing, mine, others)

    async with await psycopg.AsyncConnection.connect(conninfo(settings.app_url), autocommit=True) as connection:
        await take_back(connection, besides=int(str(mine)))

    states = rows(settings, "SELECT task_name, status::text FROM jobs.procrastinate_jobs ORDER BY task_name")
    assert states == [("mine", "doing"), ("other", "todo")]
