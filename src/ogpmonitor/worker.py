"""The process that does the work people need not wait for: takes jobs from the queue in the database, one at a time."""

from collections.abc import Mapping

from procrastinate import App, Blueprint, PsycopgConnector
from sqlalchemy import make_url

from ogpmonitor.settings import Settings

# Every room's jobs, by the name that comes before the colon in the name of a task.
BLUEPRINTS: Mapping[str, Blueprint] = {}


def create_worker(settings: Settings) -> App:
    """The queue as the workbench's role sees it, with every room's jobs."""
    url = make_url(settings.app_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(conninfo=url, kwargs={"options": "-c search_path=jobs"}, min_size=1, max_size=4)
    app = App(connector=connector)
    for namespace, blueprint in BLUEPRINTS.items():
        app.add_tasks_from(blueprint, namespace=namespace)
    return app


async def work(settings: Settings) -> None:
    """Jobs are done until a signal says stop; the one at hand is finished first."""
    app = create_worker(settings)
    async with app.open_async():
        await app.run_worker_async(delete_jobs="successful", shutdown_graceful_timeout=4)
