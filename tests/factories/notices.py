"""Letters of one morning: who gets which, and what the demo's mailbox then holds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tests.factories.cast import Cast

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.kit.mail import outbox
from ogpmonitor.kit.mail.jobs import Post, send_all
from ogpmonitor.kit.templating import templates_in
from ogpmonitor.notifications.digests import Desk, write_digest
from ogpmonitor.notifications.hearing import Told, tell_everyone
from ogpmonitor.notifications.queries import Hearer, hearer
from ogpmonitor.settings import ROOT
from ogpmonitor.tenants.directory import KnownTenant, TenantDirectory

DESK = Desk("https://monitor.example.org", "not a secret, and long enough to be taken for one")


async def tenant_called(cast: Cast, slug: str = "penalolen") -> KnownTenant:
    """The tenant as the worker knows it."""
    directory = TenantDirectory(cast.database)
    await directory.refresh()
    return await directory.get(slug)


async def hearer_on(session: Any, cast: Cast, actor: Actor, on: date | None = None) -> Hearer:
    """The person as the worker sees it, on that day instead of today."""
    assert actor.id is not None
    found = await hearer(session, actor.id, await tenant_called(cast))
    assert found is not None
    return replace(found, reader=replace(found.reader, today=on)) if on else found


async def digest(cast: Cast, actor: Actor, on: date | None = None) -> bool:
    """The letter of that morning, in Peñalolén."""
    async with cast.at("penalolen", actor) as session:
        return await write_digest(session, await hearer_on(session, cast, actor, on), DESK)


async def told(cast: Cast, fact: str, about: str) -> int:
    """How many people of Peñalolén's story heard of it."""
    return await tell_everyone(cast.database, DESK, await tenant_called(cast), Told(fact, about))


async def mailbox(cast: Cast, to: str = "") -> list[Mapping[str, Any]]:
    """What the demo's mailbox holds, the newest first: the context of each message, and who gets it in what form."""
    await send_all(Post(cast.database, templates_in(ROOT / "templates"), keep=True))
    async with cast.database.tenant_session(None) as session:
        kept = await outbox.kept(session)
    return [
        {
            **one.context,
            "to": one.address,
            "lang": one.lang,
            "template": one.template,
            "sender": one.sender,
            "id": one.id,
        }
        for one in kept
        if not to or one.address == to
    ]
