"""Letters: what a message says, from its templates, and the form in which servers take it."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ogpmonitor.kit.mail.outbox import Sender, Taken, one_line
from ogpmonitor.kit.templating import Templates

UNFOLDED = frozenset({"list-unsubscribe", "message-id"})
LONGEST_SUBJECT = 200


class _Policy(EmailPolicy):
    """As servers want it, but one long address is never broken into encoded words, which no mailbox would read."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in UNFOLDED:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n", cte_type="7bit", utf8=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says: its subject in one line, and the same words as plain text and as HTML."""

    subject: str
    text: str
    html: str


@cache
def sheet() -> str:
    """The style of every letter; a mail program that drops it shows plain paragraphs."""
    return Path(__file__).with_name("letter.css").read_text("utf-8")


def sheet_source() -> str:
    """By what a content security policy lets exactly this style through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(sheet().encode()).digest()).decode()}'"


def compose(templates: Templates, template: str, lang: str, context: Mapping[str, Any]) -> Letter:
    """What the templates of the folder `template` say in `lang`; instants in `context["zone"]`, where it is given.

    Raises:
        jinja2.TemplateError: a template is missing, or needs what `context` does not hold.
    """
    zone = ZoneInfo(context["zone"]) if context.get("zone") else None

    def told(part: str, **more: Any) -> str:
        return templates.render(f"{template}/{part}", lang, zone=zone, **{**context, **more})

    style = Markup(f"<style>{sheet()}</style>")  # noqa: S704  our own file, nothing of anybody's
    return Letter(
        subject=one_line(told("subject.txt"))[:LONGEST_SUBJECT],
        text=told("body.txt").strip() + "\n",
        html=told("body.html", style=style),
    )


def message_of(letter: Letter, taken: Taken, *, sender: str) -> EmailMessage:
    """The message to hand to a server. `sender` is the platform's own address, with or without a name.

    The same message has the same Message-ID and date in every attempt.
    """
    name, address = parseaddr(sender)
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(_name(taken.sender, name), addr_spec=address)
    message["To"] = Address(addr_spec=taken.address)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(taken.created_at)
    message["Message-ID"] = message_id(taken.id, address)
    if taken.sender.reply_to:
        message["Reply-To"] = Address(addr_spec=taken.sender.reply_to)
    message["Content-Language"] = taken.lang
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if link := str(taken.context.get("unsubscribe_url") or ""):
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message


def message_id(mail_id: UUID, sender: str) -> str:
    """The same for every attempt, so that a mailbox that has the message knows it again."""
    return f"<{mail_id}@{sender.rpartition('@')[2]}>"


def _name(sender: Sender, platform: str) -> str:
    return sender.name or one_line(platform)
