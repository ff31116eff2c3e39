"""Messages as rows, written in the transaction that wants them. `send` is what other rooms call.

A message leaves once: `key` names what it is about, and a second message with that key is none. The worker sends it
after commit. If that process dies between the server's "250" and our own note of it, the message is sent again after
the lease with the same Message-ID, so that a mailbox can see that it has it; nobody can promise more over SMTP.

    await outbox.send(
        session,
        to=person.email,
        template="mail/invitation",
        lang=lang,
        context={"link": link, "name": person.name},
        key=f"invitation:{invitation.id}",
        lasting=timedelta(days=7),
    )
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.kit.jobs import defer_first

SEND_MAIL = "mail.send"
LASTING = timedelta(days=3)
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])")
LINE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
BAD_ADDRESS = msgid("This is not an e-mail address that mail can be sent to.")
POST = text(
    "SELECT platform.post_mail(:id, :key, :address, :sender_name, :reply_to, :template, :lang,"
    " CAST(:context AS jsonb), :until)"
)
DUE = text("SELECT platform.mails_due(:most)")
TAKE = text("SELECT * FROM platform.take_mail(:id, :lease)")
SETTLE = text("SELECT platform.settle_mail(:id, :attempt, :outcome, :said)")
DELAY = text("SELECT platform.delay_mail(:id, :attempt, :pause, :said)")
TIDY = text("SELECT platform.tidy_mails()")
KEPT = text("SELECT * FROM platform.kept_mails(:most)")
COUNTS = text("SELECT state, number FROM platform.mail_counts()")
TROUBLES = text("SELECT * FROM platform.mail_troubles(:most)")


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom the platform writes: the name beside its own address, and where answers go ("" for nowhere else)."""

    name: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as the worker has it for one attempt (1 is the first)."""

    id: UUID
    address: str
    sender: Sender
    template: str
    lang: str
    context: Mapping[str, Any]
    attempt: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that did not arrive, or not yet: without what it says."""

    id: UUID
    address: str  # "" thirty days after it was settled
    template: str
    lang: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None


async def send(
    session: AsyncSession,
    *,
    to: str,
    template: str,
    lang: str,
    context: Mapping[str, Any],
    key: str,
    sender: Sender | None = None,
    unsubscribe_url: str = "",
    lasting: timedelta = LASTING,
) -> bool:
    """The message leaves after this transaction commits, and only then; False where one with this `key` was written.

    `template` is a folder with `subject.txt`, `body.txt` and `body.html`, which see `context`, the reader's `lang` and
    `unsubscribe_url`. `context` is JSON: days and instants as ISO texts, texts in the reader's language, addresses
    absolute. It may hold a secret: it is deleted when the message has been sent, was refused, or is `lasting` old.
    With `unsubscribe_url` the message can be unsubscribed from by one click (RFC 8058).

    Raises:
        Invalid: `to` is not an address.
        KeyError: the house does not speak `lang`.
    """
    sender = sender or Sender()
    if not is_address(to):
        raise Invalid("mail.address", BAD_ADDRESS, field="email")
    _ = LANGUAGES[lang]
    values = {
        "id": uuid4(),
        "key": key,
        "address": to,
        "sender_name": one_line(sender.name),
        "reply_to": sender.reply_to if is_address(sender.reply_to) else "",
        "template": template,
        "lang": lang,
        "context": json.dumps({**context, "unsubscribe_url": unsubscribe_url}),
        "until": utc_now() + lasting,
    }
    if not await session.scalar(POST, values):
        return False
    await defer_first(session, SEND_MAIL, mail=str(values["id"]))
    return True


def is_address(written: str) -> bool:
    """Whether mail can be sent there: one plain address, without a name, in letters that every server takes."""
    return ADDRESS.fullmatch(written) is not None and ".." not in written


def one_line(words: str) -> str:
    """`words` as one line: nothing in it can begin another header."""
    return " ".join(LINE.sub(" ", words).split())


async def due(session: AsyncSession, *, most: int) -> list[UUID]:
    """The messages whose time has come, the longest due first."""
    return [UUID(str(one)) for one in await session.scalars(DUE, {"most": most})]


async def take(session: AsyncSession, mail_id: UUID, *, lease: timedelta) -> Taken | None:
    """The message, nobody else's until `lease` is over; None when somebody has it, or it is settled or too old."""
    row = (await session.execute(TAKE, {"id": mail_id, "lease": lease})).one_or_none()
    return taken_of(row) if row else None


def taken_of(row: Any) -> Taken:
    """What a row of the outbox says."""
    return Taken(
        id=row.id,
        address=row.address,
        sender=Sender(row.sender_name, row.reply_to),
        template=row.template,
        lang=row.lang,
        context=row.context or {},
        attempt=row.attempts,
        created_at=row.created_at,
    )


async def settle(session: AsyncSession, taken: Taken, outcome: str, said: str = "") -> bool:
    """The message is done with: sent, kept (in the demo), refused or failed. Its content is gone, but where kept."""
    values = {"id": taken.id, "attempt": taken.attempt, "outcome": outcome, "said": said[:300]}
    return bool(await session.scalar(SETTLE, values))


async def delay(session: AsyncSession, taken: Taken, pause: timedelta, said: str) -> bool:
    """The message is tried again after `pause`."""
    values = {"id": taken.id, "attempt": taken.attempt, "pause": pause, "said": said[:300]}
    return bool(await session.scalar(DELAY, values))


async def tidy(session: AsyncSession) -> int:
    """What is too old is blank, and so are addresses after thirty days; how many messages were too old."""
    return int(await session.scalar(TIDY) or 0)


async def kept(session: AsyncSession, *, most: int = 200) -> list[Taken]:
    """The messages of the demo, the newest first. On a real deployment there are none."""
    return [taken_of(row) for row in await session.execute(KEPT, {"most": most})]


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many messages are in each state; nothing for whoever is no operator."""
    return {row.state: row.number for row in await session.execute(COUNTS)}


async def troubles(session: AsyncSession, *, most: int = 100) -> list[Trouble]:
    """What did not arrive, or not yet, the newest first; nothing for whoever is no operator."""
    return [Trouble(**row._mapping) for row in await session.execute(TROUBLES, {"most": most})]  # noqa: SLF001  SQLAlchemy's public name for a row as a mapping
