"""The letter of an invitation. How it leaves the house is written in this one place."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.invitations import Invited
from ogpmonitor.kit.jobs import defer
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.templating import Templates

SEND = "mail.send"


@dataclass(frozen=True)
class Letter:
    """What the letter says beside the link: who is asked by whom to be what, where and until which day.

    `place` is the jurisdiction's name, None for a role on the platform; `body` the monitoring body of a monitor.
    """

    name: str
    role: str
    inviter: str
    place: Localized | None = None
    unit: str | None = None
    until: date | None = None
    body: str | None = None


async def send_invitation(
    session: AsyncSession, templates: Templates, invited: Invited, letter: Letter, *, base_url: str
) -> str:
    """A letter with the link is on its way if this transaction commits. Returns the link.

    It may be shown in the demonstration alone: whoever invites must not hold what proves another's address.
    """
    link = f"{base_url.rstrip('/')}/{invited.language}/invitations/{invited.token}/"
    context = {**vars(letter), "link": link, "expires_at": invited.expires_at}
    subject = templates.render("mail/invitation/subject.txt", invited.language, **context)
    body = templates.render("mail/invitation/body.txt", invited.language, **context)
    await defer(
        session,
        SEND,
        queue="mail",
        to=invited.email,
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        until=invited.expires_at.isoformat(),
    )
    return link
