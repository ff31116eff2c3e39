"""Reading what a report is made of: through the register's door, one edition at a time."""

from sqlalchemy import select

from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.register import queries as register
from ogpmonitor.register.export import log_proof
from ogpmonitor.register.models import Edition
from ogpmonitor.reports.endofterm import Source


async def read_source(session: RegisterSession, jurisdiction: str, plan: str, number: int | None = None) -> Source:
    """The newest edition of a plan, or edition `number`, with what the log says of it.

    Raises:
        NotFound: nothing has been published under that number.
    """
    return await _source(session, await register.get_edition(session, jurisdiction, plan, number))


async def read_source_by_name(session: RegisterSession, edition_sha256: str) -> Source:
    """The edition of that name, with what the log says of it.

    Raises:
        NotFound: the register holds no such edition.
    """
    edition = (await session.scalars(select(Edition).where(Edition.sha256 == edition_sha256))).one_or_none()
    if edition is None:
        raise NotFound("edition.not_found")
    return await _source(session, edition)


async def _source(session: RegisterSession, edition: Edition) -> Source:
    return Source(await register.get_published(session, edition), await log_proof(session, edition.sha256))
