"""The process that does the work people need not wait for: takes jobs from the queue in the database, one at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from ogpmonitor.accounts import erasure
from ogpmonitor.accounts.email_links import PREPARE
from ogpmonitor.accounts.jobs import prepare_link
from ogpmonitor.desk.service import note_failure
from ogpmonitor.evidence.links import CHECK_LINKS, WHEN, check_links
from ogpmonitor.health.figures import told_at
from ogpmonitor.health.heartbeat import beat, conninfo_of
from ogpmonitor.health.queries import DEAD_AFTER_SECONDS
from ogpmonitor.imports.jobs import APPLY_IMPORT, READ_IMPORT, apply_import, read_import
from ogpmonitor.kit import log as logs
from ogpmonitor.kit import metrics
from ogpmonitor.kit.events import HEARD
from ogpmonitor.kit.mail import jobs as mail
from ogpmonitor.kit.mail.outbox import SEND_MAIL
from ogpmonitor.limits.jobs import FORGET_COUNTS, WHEN_FORGOTTEN, forget_counts
from ogpmonitor.notifications import jobs as notices
from ogpmonitor.reports.jobs import RENDER_EDITION, render_edition
from ogpmonitor.settings import Settings

log = structlog.get_logger()
# What does each job, by the name it is deferred under. The first argument is the context; `context.additional_context`
# holds `settings`. The others are what `kit.jobs.defer` was given. A job may be begun again after its worker was
# stopped or killed in the middle of it: it does everything in one transaction, or finds what it had done.
TASKS: Mapping[str, Callable[..., Awaitable[None]]] = {
    APPLY_IMPORT: apply_import,
    HEARD: notices.heard,
    PREPARE: prepare_link,
    READ_IMPORT: read_import,
    RENDER_EDITION: render_edition,
    SEND_MAIL: mail.send_mail,
}
# What is done at its times, as cron writes them, in UTC; also after a restart in between.
PERIODIC: Sequence[tuple[str, str, Callable[..., Awaitable[None]]]] = (
    (FORGET_COUNTS, WHEN_FORGOTTEN, forget_counts),
    (CHECK_LINKS, WHEN, check_links),
    (erasure.FORGET_OLD, erasure.WHEN, erasure.forget_old),
    (notices.MORNING, notices.WHEN, notices.morning),
    (mail.SEND_DUE, mail.WHEN, mail.send_due),
)


class BackToTheQueue(BaseRetryStrategy):
    """A job whose worker is told to stop waits for the next one; a job that fails has failed."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        """Asked by the queue's library when a job has not ended well."""
        return RetryDecision(retry_in={"seconds": 0}) if isinstance(exception, asyncio.CancelledError) else None


def create_worker(settings: Settings) -> App:
    """The queue as the workbench's role sees it, with every room's jobs."""
    connector = PsycopgConnector(
        conninfo=conninfo_of(settings), kwargs={"options": "-c search_path=jobs"}, min_size=1, max_size=4
    )
    app = App(connector=connector)
    for name, task in TASKS.items():
        app.task(name=name, pass_context=True, retry=BackToTheQueue())(task)
    for name, when, task in PERIODIC:
        app.periodic(cron=when)(app.task(name=name, pass_context=True, retry=BackToTheQueue())(task))
    return app


async def work(settings: Settings, *, grace_seconds: float = 4) -> None:
    """Jobs are done until a signal says stop. The one at hand has `grace_seconds`, then it goes back to the queue.

    Raises:
        CannotListen: the address for figures is taken.
    """
    logs.configure(level=settings.log_level, shape=settings.log_format)
    app = create_worker(settings)
    with told_at(settings.metrics_listen, metrics.OWN, settings.direct_app_url):
        async with app.open_async():
            worker = Worker(
                app,
                additional_context={"settings": settings},
                delete_jobs="successful",
                shutdown_graceful_timeout=grace_seconds,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                worker_middleware=[observed],
            )
            beating = asyncio.create_task(beat(settings, worker))
            try:
                await worker.run()  # type: ignore[no-untyped-call]  # the library leaves it so
            finally:
                beating.cancel()
                with suppress(asyncio.CancelledError):
                    await beating


async def observed(call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Any) -> Any:
    """The job's lines carry its number and task; how it ended is counted; operators see the class of its error."""
    name, started, outcome = context.job.task_name, time.perf_counter(), "failed"
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job=context.job.id, task=name)
    try:
        result = await call_next()
        outcome = "done"
    except asyncio.CancelledError:
        outcome = "put back"
        raise
    except Exception as error:
        await _note(context, error)
        raise
    finally:
        metrics.JOBS.labels(name, outcome).inc()
        metrics.JOB_DURATION.labels(name).observe(time.perf_counter() - started)
    return result


async def _note(context: JobContext, error: Exception) -> None:
    if context.job.id is None:
        return
    try:
        database = context.additional_context["settings"].database(pool_size=1)
        async with database, database.tenant_session(None) as session:
            await note_failure(session, context.job.id, error)
    except Exception as failed:  # what went wrong first must not be hidden by this
        log.warning("job.failure_not_noted", job=context.job.id, exc_info=failed)
