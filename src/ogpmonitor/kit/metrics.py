"""What a process counts of its own work. Names and labels say nothing of who is served: routes, not addresses.

Several processes that answer at one port write to files in one folder, and whoever is asked adds them up: see `shared`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy import Pool, event

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
JOB_SECONDS = (0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

OWN = CollectorRegistry()
REQUESTS = Counter(
    "ogpmonitor_requests", "Requests answered, by route and status.", ["method", "route", "status"], registry=OWN
)
REQUEST_SECONDS = Histogram(
    "ogpmonitor_request_seconds",
    "From the first byte of a request to the last of its answer.",
    ["method", "route"],
    buckets=SECONDS,
    registry=OWN,
)
CONNECTIONS = Gauge(
    "ogpmonitor_database_connections_in_use",
    "Connections of the pool that somebody uses, by door.",
    ["door"],
    multiprocess_mode="livesum",
    registry=OWN,
)
CONNECTIONS_MOST = Gauge(
    "ogpmonitor_database_connections_most",
    "Connections the pool may open, by door.",
    ["door"],
    multiprocess_mode="livesum",
    registry=OWN,
)
NO_CONNECTION = Counter(
    "ogpmonitor_database_refusals", "Requests refused because the database or a connection was away.", registry=OWN
)
JOBS = Counter("ogpmonitor_jobs_done", "Jobs that ended in this worker, by outcome.", ["task", "outcome"], registry=OWN)
JOB_DURATION = Histogram(
    "ogpmonitor_job_seconds", "How long jobs took in this worker.", ["task"], buckets=JOB_SECONDS, registry=OWN
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """One request was answered. `route` is a template as in "/{lang}/verify", or "" where none matched."""
    method, route = method if method in METHODS else "other", route or "none"
    REQUESTS.labels(method, route, str(status)).inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)


def watch_pool(pool: Pool, door: str, *, most: int) -> None:
    """From now on the connections in use behind `door` are known; `most` is what the pool may open."""
    in_use = CONNECTIONS.labels(door)
    CONNECTIONS_MOST.labels(door).set(most)

    def taken(*_: object) -> None:
        in_use.set(_checked_out(pool))

    def given_back(*_: object) -> None:
        in_use.set(max(0, _checked_out(pool) - 1))  # told just before it is put back

    event.listen(pool, "checkout", taken)
    event.listen(pool, "checkin", given_back)


def _checked_out(pool: Pool) -> int:
    counted = getattr(pool, "checkedout", None)
    return int(counted()) if counted else 0


@contextmanager
def shared() -> Iterator[Path]:
    """The folder that processes started from here share their figures in; gone afterwards.

    This process itself goes on counting for itself: whether figures are shared is decided when the library is imported.
    """
    folder = Path(tempfile.mkdtemp(prefix="figures-"))
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        os.environ.pop(FOLDER_VARIABLE, None)
        shutil.rmtree(folder, ignore_errors=True)


class Together(Collector):
    """The sum over all processes that share `folder`; what only the living can say leaves out the dead."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = MultiProcessCollector(None, path=str(folder))  # type: ignore[no-untyped-call]

    def collect(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  as the library leaves it
        """Called for each scrape."""
        for path in self._folder.glob("gauge_live*_*.db"):
            number = path.stem.rpartition("_")[2]
            if number.isdecimal() and not _lives(int(number)):
                mark_process_dead(int(number), str(self._folder))  # type: ignore[no-untyped-call]
        return self._files.collect()  # type: ignore[no-untyped-call]


def _lives(number: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
    return True
