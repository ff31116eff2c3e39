"""How a worker shows that it is well: its row in the queue's table of workers, and a file for a probe beside it."""

import asyncio
import os
import time
from typing import Any, Protocol

import psycopg
import structlog
from sqlalchemy import make_url

from ogpmonitor.health.queries import DEAD_AFTER_SECONDS, LIVING_WORKERS, TAKE_BACK
from ogpmonitor.settings import Settings

BEAT_SECONDS = 10.0
FIRST_SECONDS = 1.0  # until the worker has its row
MOST_BEGINNINGS = 5  # a job that was begun this often and never ended is put among the failed
_ALIVE = "SELECT last_heartbeat > now() - make_interval(secs => %s) FROM jobs.procrastinate_workers WHERE id = %s"
log = structlog.get_logger()


class Registered(Protocol):
    """A worker as the queue's library knows it."""

    worker_id: int | None


async def beat(settings: Settings, worker: Registered) -> None:
    """Until cancelled: the file is touched while the worker's row is fresh, and jobs of dead workers are taken back.

    A job is taken back at most once for each worker that died over it. While the database is away nothing is touched.
    """
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo_of(settings), autocommit=True) as connection:
                await take_back(connection, besides=worker.worker_id)
                row = await (await connection.execute(_ALIVE, [DEAD_AFTER_SECONDS, worker.worker_id])).fetchone()
            if row is not None and row[0] and settings.worker_heartbeat_file is not None:
                settings.worker_heartbeat_file.write_text(f"{os.getpid()}\n", encoding="ascii")
        except (psycopg.Error, OSError) as error:
            log.warning("worker.heartbeat_failed", reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(FIRST_SECONDS if worker.worker_id is None else BEAT_SECONDS)


async def take_back(connection: psycopg.AsyncConnection[Any], *, besides: int | None = None) -> list[int]:
    """Jobs whose worker died wait again, or are failed where that happened too often; their ids.

    Whoever asks has not died: jobs of the worker `besides` stay where they are, however long it has been silent.
    """
    cursor = await connection.execute(TAKE_BACK, {"most": MOST_BEGINNINGS, "me": besides or 0})
    taken = await cursor.fetchall()
    for number, again in taken:
        log.warning("job.left_behind", job=number, again=again)
    return [number for number, _ in taken]


def look(settings: Settings) -> str | None:
    """Why the worker is not well, in a sentence; None when it is.

    Where OGPMONITOR_WORKER_HEARTBEAT_FILE is set, it is about the worker that touches that file; elsewhere about any
    worker of this database.
    """
    file = settings.worker_heartbeat_file
    if file is None:
        with psycopg.connect(conninfo_of(settings), connect_timeout=5) as connection:
            row = connection.execute(LIVING_WORKERS).fetchone()
        return None if row and row[0] else "No worker has told this database during the last minute that it lives."
    try:
        silent_seconds = time.time() - file.stat().st_mtime
    except OSError as error:
        return f"{file} cannot be looked at ({error.strerror}): no worker has started yet, or it writes elsewhere."
    if silent_seconds > DEAD_AFTER_SECONDS:
        return f"The worker has been silent for {silent_seconds:.0f} seconds."
    return None


def conninfo_of(settings: Settings) -> str:
    """Where the workbench's role connects, as libpq reads it."""
    return make_url(settings.direct_app_url).set(drivername="postgresql").render_as_string(hide_password=False)
