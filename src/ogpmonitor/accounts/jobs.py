"""What the worker does for people who sign in."""

from typing import Any
from uuid import UUID

from ogpmonitor.accounts import email_links
from ogpmonitor.kit.db import Database


async def prepare_link(context: Any, *, link: str, address: str, origin: str) -> None:
    """The letter with the link is on its way, if somebody has the address."""
    settings = context.additional_context["settings"]
    database = Database(settings.app_url, settings.public_url, pool_size=2)
    try:
        async with database.tenant_session(None) as session:
            await email_links.prepare_link(session, UUID(link), address, origin=origin)
    finally:
        await database.close()
