"""Work for later: every published edition is drawn in every language before anyone asks for it."""

from typing import Any

import structlog
from procrastinate import JobContext

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.errors import Unavailable
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.static import program_files
from ogpmonitor.kit.storage import Storage
from ogpmonitor.kit.templating import templates_in
from ogpmonitor.register.queries import latest_edition
from ogpmonitor.reports.composing import Composer
from ogpmonitor.reports.queries import read_source_by_name
from ogpmonitor.reports.service import Press
from ogpmonitor.tenants.directory import TenantDirectory

RENDER_EDITION = "reports.render_edition"  # what `register.service` defers with every edition
log = structlog.get_logger()


async def render_edition(context: JobContext, edition_sha256: str) -> None:
    """The reports of that edition are drawn and kept; a second call draws nothing.

    An edition that another one has followed by now is left to whoever asks for it. Where reports cannot be drawn, the
    job is done all the same: whoever asks for one is told why.
    """
    settings = context.additional_context["settings"]
    async with settings.database(pool_size=1) as database:
        await render(database, press_of(settings), edition_sha256)


async def render(database: Database, press: Press, edition_sha256: str) -> None:
    """The same, with what a worker already has."""
    directory = TenantDirectory(database)
    async with database.register_session() as session:
        source = await read_source_by_name(session, edition_sha256)
        edition = source.published.edition
        newest = await latest_edition(session, edition.jurisdiction, edition.plan)
    if newest is not None and newest.number > edition.number:
        return
    tenant = await directory.get(edition.jurisdiction)
    for lang in LANGUAGES:
        try:
            await press.pdf(source, tenant, lang)
        except Unavailable as refusal:
            log.warning("report.not_rendered", edition=edition_sha256, lang=lang, reason=refusal.code)


def press_of(settings: Any) -> Press:
    """A press with the files and limits that `settings` give."""
    templates = templates_in(settings.templates_folder)
    composer = Composer(templates, program_files(), settings.templates_folder, settings.base_url)
    return Press(Storage.at(settings.files_url), composer, settings)
