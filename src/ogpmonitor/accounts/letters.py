"""The letters of this room. How they leave the house is written in this one place."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.jobs import defer_first

SEND = "mail.send"
SUBJECT = msgid("Your link to sign in to OGP Monitor")
BODY = msgid(
    "Good day,\n\nwith this link you sign in to OGP Monitor:\n\n%(link)s\n\n"
    "It works once and for 15 minutes. If you asked again, only the newest link works.\n\n"
    "If you did not ask for it, you need not do anything: nobody was signed in.\n"
)


async def send_link(session: AsyncSession, *, to: str, link: str, lang: str, until: datetime) -> None:
    """A letter with the link is on its way to `to` if this transaction commits; it is of no use after `until`."""
    await defer_first(
        session,
        SEND,
        queue="mail",
        to=to,
        subject=translate(lang, SUBJECT),
        body=translate(lang, BODY) % {"link": link},
        until=until.isoformat(),
    )
