"""Figures that only the database knows, read when they are asked for, and the small server that tells all figures."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import psycopg
import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import make_url

from ogpmonitor.health import queries
from ogpmonitor.settings import listening_at

KEPT_SECONDS = 5.0  # several who ask at once cost one look
CONNECT_SECONDS = 3
_OPTIONS = "-c statement_timeout=3000 -c default_transaction_read_only=on"
log = structlog.get_logger()


class CannotListen(Exception):  # noqa: N818  it reads as the fact it states
    """The message is one sentence for whoever starts the process."""


class FromDatabase(Collector):
    """The queue, its workers and the log. Every process tells the same: take the largest, never the sum.

    While the database does not answer, `ogpmonitor_database_up` is 0 and the others are absent.
    """

    def __init__(self, url: str) -> None:
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._lock = threading.Lock()
        self._kept: tuple[float, list[Metric]] = (float("-inf"), [])

    def collect(self) -> Iterator[Metric]:
        """Called for each scrape, each in a thread of its own."""
        with self._lock:
            if self._kept[0] + KEPT_SECONDS < time.monotonic():
                self._kept = (time.monotonic(), self._read())
        yield from self._kept[1]

    def describe(self) -> Iterator[Metric]:
        """Nothing is read when the collector is registered."""
        yield from ()

    def _read(self) -> list[Metric]:
        try:
            with psycopg.connect(
                self._conninfo, connect_timeout=CONNECT_SECONDS, options=_OPTIONS, autocommit=True
            ) as connection:
                return [_one("ogpmonitor_database_up", "Whether the database answers.", 1), *_figures(connection)]
        except psycopg.Error as error:
            log.warning("figures.database_away", reason=type(error).__name__)
            return [_one("ogpmonitor_database_up", "Whether the database answers.", 0)]


def _figures(connection: psycopg.Connection[Any]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("ogpmonitor_jobs", "Jobs in the queue, by state.", labels=["task", "state"])
    for task, state, count in connection.execute(queries.JOBS_BY_STATE):
        jobs.add_metric([task, state], count)
    yield jobs
    waited, workers = (
        connection.execute(statement).fetchone() for statement in (queries.LONGEST_WAIT, queries.LIVING_WORKERS)
    )
    yield _one("ogpmonitor_jobs_oldest_waiting_seconds", "How long the job that is due longest has waited.", waited)
    yield _one("ogpmonitor_workers", "Workers that told during the last minute that they live.", workers)
    entries, newest = connection.execute(queries.LOG).fetchone() or (0, None)
    yield _one("ogpmonitor_log_entries", "Length of the register's log: publications and pieces of evidence.", entries)
    if newest is not None:
        yield _one("ogpmonitor_log_newest_timestamp_seconds", "When something was last published, Unix time.", newest)


def _one(name: str, says: str, value: Any) -> Metric:
    number = value[0] if isinstance(value, tuple) else value
    return GaugeMetricFamily(name, says, value=float(number))


def release() -> Metric:
    """A figure that is always 1 and carries the release's number."""
    told = GaugeMetricFamily("ogpmonitor_release", "Always 1; the label is the release.", labels=["version"])
    told.add_metric([version("ogpmonitor")], 1)
    return told


class _Release(Collector):
    def collect(self) -> Iterator[Metric]:
        yield release()


@contextmanager
def told_at(listen: str | None, own: Collector, database_url: str) -> Iterator[None]:
    """While this is open, `own` figures and the database's are told at `listen` ("HOST:PORT"); to nobody for None.

    Raises:
        CannotListen: the address is taken, or not this machine's.
    """
    if listen is None:
        yield
        return
    registry = CollectorRegistry()
    for collector in (own, FromDatabase(database_url), _Release()):
        registry.register(collector)
    host, port = listening_at(listen)
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        message = f"OGPMONITOR_METRICS_LISTEN: cannot listen on {listen} ({error.strerror})."
        raise CannotListen(message) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
