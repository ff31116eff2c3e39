"""Work of the worker: the morning's letters in every jurisdiction, and news as soon as something happened.

It acts for nobody but to find whom to write to; for each person it opens a session of that person's own.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog

from ogpmonitor.accounts.models import Role
from ogpmonitor.kit.db import Database, utc_now
from ogpmonitor.notifications.digests import Desk, write_digest
from ogpmonitor.notifications.hearing import Told, tell_everyone
from ogpmonitor.notifications.queries import hearer, members
from ogpmonitor.notifications.rules import load_rules
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory

MORNING, WHEN = "notifications.morning", "5 * * * *"  # every hour: it is morning somewhere
HOURS = 4  # how long a morning lasts: a worker that was away then still writes
log = structlog.get_logger()


async def morning(context: Any, timestamp: int = 0) -> None:  # noqa: ARG001  the queue tells when it was due
    """Where it is morning, everybody with something to be told has been written to, once that day."""
    settings = context.additional_context["settings"]
    async with settings.database(pool_size=2) as database:
        directory = TenantDirectory(database)
        await directory.refresh()
        awake = [one for one in directory.all if is_morning(one)]
        await write_to_all(database, desk_of(settings), awake)


async def heard(context: Any, *, fact: str, about: str, tenant: str) -> None:
    """Everybody whom that fact concerns has been written to."""
    settings = context.additional_context["settings"]
    async with settings.database(pool_size=2) as database:
        directory = TenantDirectory(database)
        await directory.refresh()
        known = next((one for one in directory.all if one.id == UUID(tenant)), None)
        if known is not None:
            written = await tell_everyone(database, desk_of(settings), known, Told(fact, about))
            log.info("notices.told", fact=fact, tenant=known.slug, written=written)


def is_morning(tenant: KnownTenant) -> bool:
    """Whether clocks there show an hour of the morning in which letters are written."""
    first = load_rules().morning_hour
    return first <= utc_now().astimezone(tenant.zone).hour < first + HOURS


async def write_to_all(database: Database, desk: Desk, tenants: Sequence[KnownTenant]) -> int:
    """How many letters were written. What goes wrong with one person keeps nobody else from theirs."""
    written = 0
    for tenant in tenants:
        async with database.tenant_session(tenant.id) as session:
            people = await members(session, Role.COORDINATOR, Role.CONTACT, Role.MONITOR)
        for person_id in people:
            try:
                async with database.tenant_session(tenant.id, person_id) as session:
                    person = await hearer(session, person_id, tenant)
                    written += person is not None and await write_digest(session, person, desk)
            except Exception:
                log.exception("notices.digest_failed", tenant=tenant.slug, person=str(person_id))
    log.info("notices.morning", tenants=len(tenants), written=written)
    return written


def desk_of(settings: Any) -> Desk:
    """What letters need to know of this deployment."""
    return Desk(settings.base_url, settings.secret_key.get_secret_value())
