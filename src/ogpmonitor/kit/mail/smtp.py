"""Handing a message to an SMTP server, and what came of it."""

import asyncio
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
COMMAND_SECONDS, WHOLE_SECONDS = 20.0, 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. `refused` is for good; `later` may be better another time. `said` is for operators."""

    result: Literal["sent", "refused", "later"]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail leaves the platform. `security` is how the connection is protected."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""
    cafile: str | None = None  # whose certificates are trusted; None: the system's

    @classmethod
    def at(cls, url: str) -> "Server":
        """`smtp://` insists on STARTTLS, `smtps://` is TLS from the start, `smtp+plain://` is neither.

        User and password may stand before the host, percent-encoded.

        Raises:
            ValueError: it is no such address.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(
                "write it as smtp://, smtps:// or smtp+plain:// with a host, and user and password before it"
            )
        security: dict[str, Literal["starttls", "tls", "none"]] = {"smtp": "starttls", "smtps": "tls"}
        return cls(
            parts.hostname,
            parts.port or PORTS[parts.scheme],
            security.get(parts.scheme, "none"),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    def __repr__(self) -> str:
        """Without the password, which would stand in a log."""
        return f"Server({self.host}:{self.port}, {self.security})"


async def deliver(
    server: Server, message: EmailMessage, *, command: float = COMMAND_SECONDS, whole: float = WHOLE_SECONDS
) -> Outcome:
    """The server has taken the message, or why not. Never raises, and ends within `whole` seconds.

    What the server says of the recipient or of the message (5xx) is for good. What it says of us, until we have
    named ourselves as the sender, is a fault of the configuration: the message waits until somebody mends it.
    """
    try:
        async with asyncio.timeout(whole):
            return await _deliver(server, message, command)
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        return Outcome("later", _reason(error))


async def greet(server: Server, sender: str, *, seconds: float = COMMAND_SECONDS) -> Outcome:
    """The server lets us in and would take a message from `sender` ("sent"), or why not ("later"); nothing is sent.

    Never raises, and ends within `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            client = _client(server, seconds)
            await client.connect()
            try:
                answer = await client.mail(sender)
            except BaseException:
                client.close()
                raise
            await _leave(client)
            return Outcome("sent", f"{answer.code} {answer.message}")
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        return Outcome("later", _reason(error))


def _client(server: Server, seconds: float) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        username=server.user or None,
        password=server.password or None,
        timeout=seconds,
        tls_context=None if server.security == "none" else ssl.create_default_context(cafile=server.cafile),
    )


async def _deliver(server: Server, message: EmailMessage, seconds: float) -> Outcome:
    sender, recipient = parseaddr(message["From"])[1], parseaddr(message["To"])[1]
    client = _client(server, seconds)
    await client.connect()
    try:
        await client.mail(sender)
        await client.rcpt(recipient)
        answer = await client.data(message.as_bytes())
    except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
        await _leave(client)
        return Outcome("refused" if error.code >= 500 else "later", _reason(error))
    except BaseException:
        client.close()
        raise
    await _leave(client)
    return Outcome("sent", f"{answer.code} {answer.message}")


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Take leave politely; what happens now changes nothing about the message."""
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        client.close()


def _reason(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return f"{type(error).__name__}: {error}"
