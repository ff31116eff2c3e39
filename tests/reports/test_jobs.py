"""The worker draws what was published, and nothing else."""

import psycopg
from tests.factories.cast import Cast
from tests.factories.documents import publish_as_government, said, the_published_plan

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.register.log import SigningKey
from ogpmonitor.reports.jobs import press_of, render
from ogpmonitor.reports.queries import read_source
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.directory import TenantDirectory
from ogpmonitor.worker import create_worker


async def test_the_worker_draws_a_published_edition_in_every_language(
    cast: Cast, key: SigningKey, settings: Settings, database: Database
) -> None:
    with psycopg.connect(conninfo(settings.database_url), autocommit=True) as connection:
        connection.execute("DELETE FROM jobs.procrastinate_jobs")  # what loading the demo left to do
    changed = (await the_published_plan(cast)).model_copy(update={"title": said("Recién publicado")})
    await publish_as_government(cast, key, [changed])
    app = create_worker(settings)

    async with app.open_async():
        await app.run_worker_async(
            wait=False, additional_context={"settings": settings}, install_signal_handlers=False, listen_notify=False
        )

    press, tenant = press_of(settings), await TenantDirectory(database).get("penalolen")
    async with database.register_session() as session:
        source = await read_source(session, "penalolen", "2021-2024")
    assert [lang for lang in LANGUAGES if not await press.storage.has(press.name(source, tenant, lang))] == []


async def test_an_edition_followed_by_another_is_left_to_whoever_asks(
    cast: Cast, key: SigningKey, settings: Settings, database: Database
) -> None:
    changed = (await the_published_plan(cast)).model_copy(update={"title": said("Uno")})
    first = await publish_as_government(cast, key, [changed])
    await publish_as_government(cast, key, [changed.model_copy(update={"title": said("Dos")})])
    press, tenant = press_of(settings), await TenantDirectory(database).get("penalolen")

    await render(database, press, first.sha256)

    async with database.register_session() as session:
        source = await read_source(session, "penalolen", "2021-2024", first.number)
    assert not await press.storage.has(press.name(source, tenant, "es"))
