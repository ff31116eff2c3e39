"""The daily letter: everything that one person should be reminded of that day, in one message, and nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.mail import outbox
from ogpmonitor.kit.mail.outbox import Sender
from ogpmonitor.notifications.duties import Duty, Reader, sorted_duties
from ogpmonitor.notifications.models import Notice
from ogpmonitor.notifications.queries import Hearer, duties_of
from ogpmonitor.notifications.rules import is_told, label_of, step_due
from ogpmonitor.notifications.stopping import token_for
from ogpmonitor.tenants.directory import KnownTenant


@dataclass(frozen=True, slots=True)
class Desk:
    """What letters need to know of the deployment: its address, and the secret that their links are made with."""

    base_url: str
    secret: str

    def url(self, lang: str, path: str) -> str:
        """The absolute address of a page."""
        return f"{self.base_url.rstrip('/')}/{lang}/{path}"

    def stop_url(self, hearer: Hearer) -> str:
        """What stops this person's notices with one click."""
        assert hearer.actor.id is not None
        token = token_for(self.secret, hearer.actor.id)
        return self.url(hearer.reader.lang, f"{hearer.reader.tenant.slug}/notices/stop/{token}")


@dataclass(frozen=True, slots=True)
class Reminding:
    """A duty, and the day of its rule that has come (`step`, as in the rules)."""

    duty: Duty
    step: int

    @property
    def name(self) -> tuple[Any, ...]:
        """What is never told twice to one person."""
        return self.duty.kind, self.duty.subject, self.step, self.duty.due_on


async def write_digest(session: AsyncSession, hearer: Hearer, desk: Desk) -> bool:
    """The person gets one message with what is to be told today; False where there is nothing, or nobody to write to.

    `session` is that person's own: what it may not read is not in it. One person, jurisdiction and day is one message.
    """
    reader = hearer.reader
    if not hearer.address or hearer.choices.is_silent:
        return False
    reminders = await due_reminders(session, hearer)
    if not reminders:
        return False
    if not await outbox.send(
        session,
        to=hearer.address,
        template="mail/digest",
        lang=reader.lang,
        context=_context(reminders, hearer, desk),
        key=f"digest:{reader.tenant.slug}:{hearer.actor.id}:{reader.today}",
        sender=sender_of(reader.tenant, reader.lang),
        unsubscribe_url=desk.stop_url(hearer),
    ):
        return False  # another worker was here today
    await _remember(session, reminders, hearer.actor.id)
    return True


async def due_reminders(session: AsyncSession, hearer: Hearer) -> list[Reminding]:
    """What the person is to be reminded of today, as it chose, and was not told before."""
    reader = hearer.reader
    found = []
    for duty in await duties_of(session, reader):
        if duty.due_on is None:
            continue
        step = step_due(duty.kind, duty.due_on, on=reader.today, is_mine=duty.is_mine)
        if step is not None and is_told(hearer.choices.rhythm_of(duty.kind), duty.due_on, on=reader.today):
            found.append(Reminding(duty, step))
    told = await _told(session, found)
    return [one for one in found if one.name not in told]


def sender_of(tenant: KnownTenant, lang: str) -> Sender:
    """As whom the platform writes for a tenant."""
    mail = tenant.file.mail
    return Sender(mail.sender_name or f"{tenant.name.in_(lang)} · OGP Monitor", mail.reply_to or "")


def footing(hearer: Hearer, desk: Desk) -> dict[str, Any]:
    """What stands around every notice: whose it is, where the rest is, and how to hear otherwise."""
    reader = hearer.reader
    root = f"{reader.tenant.slug}/workbench/"
    has_workbench = hearer.actor.role is not None
    return {
        "jurisdiction": reader.tenant.name.in_(reader.lang),
        "name": hearer.actor.name,
        "duties_url": desk.url(reader.lang, f"{root}duties/") if has_workbench else "",
        "choices_url": desk.url(reader.lang, f"{root}notices/") if has_workbench else "",
    }


def _context(reminders: Sequence[Reminding], hearer: Hearer, desk: Desk) -> Mapping[str, Any]:
    reader = hearer.reader
    duties = sorted_duties([one.duty for one in reminders], on=reader.today)

    def entries(some: Sequence[Duty]) -> list[dict[str, Any]]:
        return [_entry(one, reader, desk) for one in some]

    return {
        **footing(hearer, desk),
        "day": reader.today.isoformat(),
        "count": duties.count,
        "late": entries(duties.late),
        "coming": entries(duties.coming),
        "waiting": entries(duties.waiting),
    }


def _entry(duty: Duty, reader: Reader, desk: Desk) -> dict[str, Any]:
    return {
        "kind": label_of(duty.kind).in_(reader.lang),
        "what": duty.what,
        "about": duty.about,
        "when": duty.when(reader.lang, reader.today),
        "why": duty.why(reader.lang),
        "url": desk.url(reader.lang, duty.path),
    }


async def _told(session: AsyncSession, reminders: Sequence[Reminding]) -> set[tuple[Any, ...]]:
    subjects = {one.duty.subject for one in reminders}
    statement = select(Notice.kind, Notice.subject, Notice.step, Notice.due_on).where(Notice.subject.in_(subjects))
    return {tuple(row) for row in await session.execute(statement)}


async def _remember(session: AsyncSession, reminders: Sequence[Reminding], person_id: UUID | None) -> None:
    rows = [
        {
            "id": uuid4(),
            "person_id": person_id,
            "kind": one.duty.kind,
            "subject": one.duty.subject,
            "step": one.step,
            "due_on": one.duty.due_on,
            "told_at": utc_now(),
        }
        for one in reminders
    ]
    await session.execute(insert(Notice.__table__).values(rows))  # type: ignore[arg-type]  # a Table
