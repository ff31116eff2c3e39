"""Sending, in the worker: a message at once when it is written, and every minute whatever is due again."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import structlog
from jinja2 import TemplateError

from ogpmonitor.kit.db import Database
from ogpmonitor.kit.mail import outbox
from ogpmonitor.kit.mail.letters import compose, message_of
from ogpmonitor.kit.mail.outbox import Taken
from ogpmonitor.kit.mail.smtp import Outcome, Server, deliver
from ogpmonitor.kit.templating import Templates, templates_in

SEND_DUE, WHEN = "mail.send_due", "* * * * *"
LEASE = timedelta(minutes=10)  # far longer than one attempt may take
PAUSES = tuple(timedelta(minutes=one) for one in (1, 5, 20, 60, 180, 540, 1440))
MOST = 100
NAMED = re.compile(r"[^\s<>]+@[^\s<>]+")  # servers repeat addresses, and a log is no place for them
log = structlog.get_logger()
Deliver = Callable[[EmailMessage], Awaitable[Outcome]]


@dataclass(frozen=True)
class Post:
    """What a worker needs to send. Without `deliver` nothing leaves: it is kept (`keep`, in the demo), or it waits."""

    database: Database
    templates: Templates
    sender: str = ""
    deliver: Deliver | None = None
    keep: bool = False


async def send_mail(context: Any, *, mail: str) -> None:
    """That message is on its way, or waits for another attempt."""
    async with _posting(context.additional_context["settings"]) as post:
        await send_one(post, UUID(mail))


async def send_due(context: Any, timestamp: int = 0) -> None:  # noqa: ARG001  the queue tells when it was due
    """Whatever is due was tried again; what is too old is blank."""
    async with _posting(context.additional_context["settings"]) as post:
        await send_all(post)


async def send_all(post: Post) -> int:
    """How many of the due messages were settled; what is too old is blank."""
    async with post.database.tenant_session(None) as session:
        expired = await outbox.tidy(session)
        waiting = await outbox.due(session, most=MOST) if post.deliver or post.keep else []
    if expired:
        log.warning("mail.expired", number=expired)
    return sum([await send_one(post, mail_id) for mail_id in waiting])


async def send_one(post: Post, mail_id: UUID) -> bool:
    """Whether the message is settled now. No transaction is open while a server is waited for."""
    if not post.deliver and not post.keep:
        return False
    async with post.database.tenant_session(None) as session:
        taken = await outbox.take(session, mail_id, lease=LEASE)
    if taken is None:
        return False
    outcome = await _attempt(post, taken)
    async with post.database.tenant_session(None) as session:
        return await _note(session, taken, outcome)


async def _attempt(post: Post, taken: Taken) -> Outcome | None:
    """What came of it; None for a message that is kept here."""
    try:
        letter = compose(post.templates, taken.template, taken.lang, taken.context)
        message = message_of(letter, taken, sender=post.sender or "demo@example.org")
    except (TemplateError, ValueError, KeyError, TypeError) as error:  # our mistake costs nobody their message
        return Outcome("later", f"it could not be written: {type(error).__name__}: {error}")
    return await post.deliver(message) if post.deliver else None


async def _note(session: Any, taken: Taken, outcome: Outcome | None) -> bool:
    if outcome is None:
        return await outbox.settle(session, taken, "kept")
    said = {"mail": str(taken.id), "template": taken.template, "attempt": taken.attempt}
    reason = NAMED.sub("…@…", outcome.said)
    if outcome.result == "sent":
        log.info("mail.sent", **said)
        return await outbox.settle(session, taken, "sent", outcome.said)
    if outcome.result == "refused" or taken.attempt > len(PAUSES):
        log.error("mail.not_sent", reason=reason, **said)
        return await outbox.settle(session, taken, "refused" if outcome.result == "refused" else "failed", outcome.said)
    log.warning("mail.delayed", reason=reason, **said)
    await outbox.delay(session, taken, PAUSES[taken.attempt - 1], outcome.said)
    return False


@asynccontextmanager
async def _posting(settings: Any) -> AsyncIterator[Post]:
    """A `Post` as the settings say, its connections closed at the end."""
    async with settings.database(pool_size=1) as database:
        yield post_of(settings, database)


def post_of(settings: Any, database: Database) -> Post:
    """What `settings` say about sending. The demo never opens a connection to a server, whatever else is set."""
    templates = templates_in(settings.templates_folder)
    if settings.demo:
        return Post(database, templates, keep=True)
    if settings.smtp_url is None:
        return Post(database, templates)
    server = Server.at(settings.smtp_url.get_secret_value())

    async def through(message: EmailMessage) -> Outcome:
        return await deliver(server, message)

    return Post(database, templates, settings.mail_from, through)
