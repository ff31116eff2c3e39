"""The letters of this room: a link to sign in with, and an invitation."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.invitations import Invited
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.mail import outbox


async def send_link(session: AsyncSession, *, to: str, link: str, key: str, lang: str, until: datetime) -> None:
    """A letter with the link is on its way to `to` if this transaction commits; it is of no use after `until`.

    `key` names the link; it is written of once.
    """
    await outbox.send(
        session,
        to=to,
        template="mail/link",
        lang=lang,
        context={"link": link, "jurisdiction": "", "choices_url": ""},
        key=f"link:{key}",
        lasting=until - utc_now(),
    )


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


async def send_invitation(session: AsyncSession, invited: Invited, letter: Letter, *, base_url: str) -> str:
    """A letter with the link is on its way if this transaction commits. Returns the link.

    It may be shown in the demonstration alone: whoever invites must not hold what proves another's address.
    """
    link = f"{base_url.rstrip('/')}/{invited.language}/invitations/{invited.token}/"
    place = letter.place.in_(invited.language) if letter.place else ""
    context = {
        "name": letter.name,
        "role": letter.role,
        "inviter": letter.inviter,
        "jurisdiction": place,
        "unit": letter.unit or "",
        "until": letter.until.isoformat() if letter.until else "",
        "body": letter.body or "",
        "link": link,
        "expires_at": invited.expires_at.isoformat(),
        "choices_url": "",
    }
    await outbox.send(
        session,
        to=invited.email,
        template="mail/invitation",
        lang=invited.language,
        context=context,
        key=f"invitation:{invited.id}:{invited.expires_at.isoformat()}",  # sending it again makes another letter
        lasting=invited.expires_at - utc_now(),
    )
    return link
