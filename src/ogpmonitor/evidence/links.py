"""Whether the links among the evidence still lead somewhere: asked in the background, a week apart."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.fetch import LinkState, link_state

CHECK_LINKS = "evidence.check_links"
WHEN = "17 * * * *"  # every hour some; each link once a week
log = structlog.get_logger()
# The owner's functions: the worker acts for nobody, so it sees addresses and writes states, and nothing else.
TENANTS = text("SELECT id FROM platform.tenants ORDER BY id")
DUE = text("SELECT id, url FROM workbench.links_due(:most)")
TELL = text("SELECT workbench.tell_link(:id, :state)")
MOST = 50
Ask = Callable[[str], Awaitable[LinkState]]


async def check_links(context: Any, timestamp: int = 0) -> None:  # noqa: ARG001  the queue tells when it was due
    """Every link that was not asked for a week says whether it leads somewhere; at most fifty of each tenant."""
    settings = context.additional_context["settings"]
    if not settings.check_links:
        return
    async with settings.database(pool_size=2) as database:
        await check_all(database, link_state)


async def check_all(database: Database, ask: Ask) -> int:
    """How many links were asked; no transaction is open while a server is waited for."""
    asked = 0
    async with database.tenant_session(None) as session:
        tenants = list(await session.scalars(TENANTS))
    for tenant in tenants:
        async with database.tenant_session(tenant, read_only=True) as session:
            due = [(UUID(str(row.id)), str(row.url)) for row in await session.execute(DUE, {"most": MOST})]
        for evidence_id, url in due:
            state = await ask(url)
            async with database.tenant_session(tenant) as session:
                await session.execute(TELL, {"id": evidence_id, "state": state})
            asked += 1
    log.info("evidence.links_checked", asked=asked)
    return asked
