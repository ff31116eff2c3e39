"""A real SMTP server, which can be told to misbehave, and templates for a letter."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from ogpmonitor.kit.db import owner_session
from ogpmonitor.kit.mail.letters import compose
from ogpmonitor.kit.mail.smtp import Outcome, Server, deliver
from ogpmonitor.kit.static import StaticFiles
from ogpmonitor.kit.templating import Templates, templates_in
from ogpmonitor.settings import Settings

SENDER = "Plataforma <no-reply@monitor.example.org>"
PARTS = {
    "subject.txt": "{{ title }}",
    "body.txt": "Hola {{ name }}: {{ link }}",
    "body.html": "<html><head>{{ style }}</head><body><p>Hola {{ name }}</p><a href='{{ link }}'>ver</a></body></html>",
}


@dataclass
class Mailbox:
    """What a server took, and how it behaves: `says` are answers to MAIL, RCPT and DATA, "" for yes."""

    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)
    says_to_sender: str = ""
    says_to_recipient: str = ""
    says_to_data: str = ""
    seconds: float = 0
    dies_after_data: bool = False
    port: int = 0

    async def handle_MAIL(  # noqa: N802  the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.says_to_sender:
            return self.says_to_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  the server asks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.says_to_recipient:
            return self.says_to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        del session
        await asyncio.sleep(self.seconds)
        if self.says_to_data:
            return self.says_to_data
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        if self.dies_after_data:
            transport: Any = server.transport
            transport.abort()
        return "250 taken"

    @property
    def server(self) -> Server:
        """This server, as the platform connects to it."""
        return Server("127.0.0.1", self.port, "none")

    async def deliver(self, message: EmailMessage) -> Outcome:
        """One attempt at this server, with little patience."""
        return await deliver(self.server, message, command=5, whole=5)


@asynccontextmanager
async def smtp_server(**given: Any) -> AsyncIterator[Mailbox]:
    """A server that listens until the end; at any free port, unless `port` is given."""
    box, loop = Mailbox(**given), asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(box, hostname="mail.example.org", loop=loop), "127.0.0.1", box.port
    )
    box.port = listening.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        listening.close()


def letter_templates(folder: Path) -> Templates:
    """One letter, `mail/test`."""
    (folder / "mail" / "test").mkdir(parents=True)
    for name, words in PARTS.items():
        (folder / "mail" / "test" / name).write_text(words, "utf-8")
    return Templates(folder, StaticFiles())


@dataclass(frozen=True)
class Written:
    """A message as its reader will see it."""

    to: str
    subject: str
    text: str
    html: str

    @property
    def link(self) -> str:
        """The path of the first link in it."""
        return urlsplit(next(word for word in self.text.split() if word.startswith("http"))).path


async def written(settings: Settings, template: str = "") -> list[Written]:
    """The messages that wait to be sent, the oldest first; of one template only, where it is named."""
    templates = templates_in(settings.templates_folder)
    asked = "SELECT address, template, lang, context FROM platform.mails ORDER BY created_at"
    async with owner_session(settings.database_url) as session:
        await session.execute(text("RESET ROLE"))
        rows = (await session.execute(text(asked))).all()
    chosen = [row for row in rows if template in ("", row.template)]
    letters = [(row.address, compose(templates, row.template, row.lang, row.context)) for row in chosen]
    return [Written(to, letter.subject, letter.text, letter.html) for to, letter in letters]
