"""What the worker does for people who sign in."""

from typing import Any
from uuid import UUID

from ogpmonitor.accounts import email_links


async def prepare_link(context: Any, *, link: str, address: str, origin: str) -> None:
    """The letter with the link is on its way, if somebody has the address."""
    settings = context.additional_context["settings"]
    async with settings.database(pool_size=2) as database, database.tenant_session(None) as session:
        await email_links.prepare_link(session, UUID(link), address, origin=origin)
