"""The process that does the work people need not wait for: takes jobs from the queue in the database, one at a time."""

from collections.abc import Awaitable, Callable, Mapping

from procrastinate import App, PsycopgConnector
from sqlalchemy import make_url

from ogpmonitor.accounts import erasure
from ogpmonitor.evidence.links import CHECK_LINKS, WHEN, check_links
from ogpmonitor.imports.jobs import APPLY_IMPORT, READ_IMPORT, apply_import, read_import
from ogpmonitor.kit import log as logs
from ogpmonitor.reports.jobs import RENDER_EDITION, render_edition
from ogpmonitor.settings import Settings

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
        app.task(name=name, pass_context=True)(task)
    app.periodic(cron=WHEN)(app.task(name=CHECK_LINKS, pass_context=True)(check_links))
    app.periodic(cron=erasure.WHEN)(app.task(name=erasure.FORGET_OLD, pass_context=True)(erasure.forget_old))
    return app


async def work(settings: Settings) -> None:
    """Jobs are done until a signal says stop; the one at hand is finished first."""
    logs.configure(level=settings.log_level, shape=settings.log_format)
    app = create_worker(settings)
    async with app.open_async():
        await app.run_worker_async(
            additional_context={"settings": settings}, delete_jobs="successful", shutdown_graceful_timeout=4
        )
