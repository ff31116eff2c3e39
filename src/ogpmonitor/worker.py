"""The process that does the work people need not wait for: takes jobs from the queue in the database, one at a time."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from sqlalchemy import make_url

from ogpmonitor.desk.service import note_failure
from ogpmonitor.evidence.links import CHECK_LINKS, WHEN, check_links
from ogpmonitor.imports.jobs import APPLY_IMPORT, READ_IMPORT, apply_import, read_import
from ogpmonitor.kit import log as logs
from ogpmonitor.kit.db import Database
from ogpmonitor.reports.jobs import RENDER_EDITION, render_edition
from ogpmonitor.settings import Settings

log = structlog.get_logger()
# What does each job, by the name it is deferred under. The first argument is the context; `context.additional_context`
# holds `settings`. The others are what `kit.jobs.defer` was given.
TASKS: Mapping[str, Callable[..., Awaitable[None]]] = {
    APPLY_IMPORT: apply_import,
    READ_IMPORT: read_import,
    RENDER_EDITION: render_edition,
}


def create_worker(settings: Settings) -> App:
    """The queue as the workbench's role sees it, with every room's jobs."""
    url = make_url(settings.app_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(conninfo=url, kwargs={"options": "-c search_path=jobs"}, min_size=1, max_size=4)
    app = App(connector=connector)
    for name, task in TASKS.items():
        app.task(name=name, pass_context=True)(noting(task))
    app.periodic(cron=WHEN)(app.task(name=CHECK_LINKS, pass_context=True)(noting(check_links)))
    return app


def noting(task: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """`task`, of whose failures operators see the class of the error; it fails all the same."""

    @wraps(task)
    async def noted(context: Any, *args: Any, **given: Any) -> None:
        try:
            await task(context, *args, **given)
        except Exception as error:
            await _note(context, error)
            raise

    return noted


async def _note(context: Any, error: Exception) -> None:
    settings = context.additional_context["settings"]
    database = Database(settings.app_url, settings.public_url, pool_size=1)
    try:
        async with database.tenant_session(None) as session:
            await note_failure(session, context.job.id, error)
    except Exception as failed:  # what went wrong first must not be hidden by this
        log.warning("job.failure_not_noted", job=context.job.id, exc_info=failed)
    finally:
        await database.close()


async def work(settings: Settings) -> None:
    """Jobs are done until a signal says stop; the one at hand is finished first."""
    logs.configure(level=settings.log_level, shape=settings.log_format)
    app = create_worker(settings)
    async with app.open_async():
        await app.run_worker_async(
            additional_context={"settings": settings}, delete_jobs="successful", shutdown_graceful_timeout=4
        )
