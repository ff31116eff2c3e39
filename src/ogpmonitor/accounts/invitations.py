"""Invitations: asking somebody by e-mail to take a role; withdrawn, sent again, accepted once.

Functions of the database do it (`platform.invite` and others): nothing that runs as the application's role can give
anyone a role in another way, nor invite a monitor whom no confirmed mandate names.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Invitation, Person, PlatformRole, Role
from ogpmonitor.accounts.refused import call
from ogpmonitor.accounts.service import token_hash
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import seal, utc_now
from ogpmonitor.kit.errors import Conflict, Gone, NotFound

LASTING = timedelta(days=14)  # as the database's functions count it
TOKEN_LENGTH = 43  # letters of 32 random bytes
GIVEN_HERE = (Role.COORDINATOR, Role.CONTACT, Role.VIEWER)  # by a government; monitors come by a mandate


@dataclass(frozen=True)
class Inviting:
    """Who is invited as what. `until` is the last day of the role; `mandate_id` only for a monitor."""

    email: str
    name: str
    role: Role | PlatformRole
    language: str
    unit: str | None = None
    until: date | None = None
    mandate_id: UUID | None = None
    demo: bool = False


@dataclass(frozen=True)
class Invited:
    """A new link. The token is told here and never again."""

    id: UUID
    token: str
    email: str
    language: str
    expires_at: datetime


@dataclass(frozen=True)
class Shown:
    """What whoever holds the link is told. `place` is the jurisdiction's id, None for a role on the platform.

    `state` is open, accepted, withdrawn or ended. `body` is the monitoring body that a monitor works for. `is_known`,
    whether somebody has signed in with this address before.
    """

    id: UUID
    place: UUID | None
    role: str
    unit: str | None
    ends_on: date | None
    email: str
    name: str
    language: str
    expires_at: datetime
    inviter: str | None
    body: str | None
    state: str
    is_known: bool


@dataclass(frozen=True)
class Accepted:
    """Who took the role. `is_new`: this person has never signed in before."""

    person: Person
    is_new: bool


async def list_open(session: AsyncSession) -> Sequence[Invitation]:
    """The invitations the actor may see that were neither accepted nor withdrawn, the newest first; ended ones too."""
    statement = select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    return (await session.scalars(statement.order_by(Invitation.sent_at.desc(), Invitation.id))).all()


async def get_open(session: AsyncSession, invitation_id: UUID) -> Invitation:
    """One of them.

    Raises:
        NotFound: there is none that the actor may see.
    """
    statement = select(Invitation).where(
        Invitation.id == invitation_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound("invitation.not_found")
    return found


async def invite(session: AsyncSession, asked: Inviting, *, by: Actor) -> Invited:
    """The person is invited for fourteen days; nothing else changes until it accepts.

    Raises:
        NotPermitted: `by` may not invite to this role here.
        Conflict: the person has a role here, or an invitation that is open.
    """
    made, token = uuid4(), secrets.token_urlsafe(32)
    await call(
        session,
        "SELECT platform.invite(:id, :email, :name, :role, :unit, :until, :mandate, :lang, :token, :demo)",
        id=made,
        email=asked.email,
        name=asked.name,
        role=asked.role.value,
        unit=asked.unit,
        until=asked.until,
        mandate=asked.mandate_id,
        lang=asked.language,
        token=token_hash(token),
        demo=asked.demo,
    )
    if isinstance(asked.role, Role):
        told = {"role": asked.role, "unit": asked.unit, "until": str(asked.until) if asked.until else None}
        await audit.record(session, "person.invited", by=by, about=Invitation(id=made), after=told)
    return Invited(made, token, asked.email.lower(), asked.language, utc_now() + LASTING)


async def send_again(session: AsyncSession, invitation: Invitation, *, by: Actor) -> Invited:
    """A new link stands for fourteen days from now; the older one opens nothing any more.

    Raises:
        NotPermitted: it is not `by`'s to send.
        Conflict: it was accepted or withdrawn meanwhile.
    """
    token = secrets.token_urlsafe(32)
    await call(session, "SELECT platform.renew_invitation(:id, :token)", id=invitation.id, token=token_hash(token))
    if invitation.invited_to is not None:
        await audit.record(session, "invitation.sent_again", by=by, about=invitation)
    return Invited(invitation.id, token, invitation.email, invitation.language, utc_now() + LASTING)


async def withdraw(session: AsyncSession, invitation: Invitation, *, by: Actor) -> None:
    """The link opens nothing any more.

    Raises:
        NotPermitted: it is not `by`'s to withdraw.
        Conflict: it was accepted or withdrawn meanwhile.
    """
    await call(session, "SELECT platform.withdraw_invitation(:id)", id=invitation.id)
    if invitation.invited_to is not None:
        await audit.record(session, "invitation.withdrawn", by=by, about=invitation)


async def find_by_token(session: AsyncSession, token: str) -> Shown:
    """The invitation whose link holds `token`, whatever became of it.

    Raises:
        NotFound: no link holds it.
    """
    if len(token) != TOKEN_LENGTH or not token.isascii():
        raise NotFound("invitation.not_found")
    statement = text("SELECT * FROM platform.show_invitation(:token)")
    row = (await session.execute(statement, {"token": token_hash(token)})).mappings().one_or_none()
    if row is None:
        raise NotFound("invitation.not_found")
    return Shown(**row)


async def accept(session: AsyncSession, invitation: Shown, token: str, *, name: str) -> Accepted:
    """The person with the invitation's address has the role; where nobody has that address, a new person called `name`.

    Whoever holds the token has shown the address, because it went there by mail. It counts once. The transaction goes
    on as that person's in the invitation's jurisdiction. This proves nobody at a provider: an account there is linked
    afterwards.

    Raises:
        Gone: it was accepted before, withdrawn, or has ended.
        Conflict: the person's other roles do not go together with this one.
    """
    if invitation.state != "open":
        raise Gone("invitation.gone")
    await seal(session, invitation.place, None)
    statement = "SELECT person, is_new FROM platform.accept_invitation(:token, :name)"
    try:
        row = await call(session, statement, token=token_hash(token), name=name)
    except Conflict as refused:
        if refused.code == "people.gone":
            raise Gone("invitation.gone") from refused
        raise
    if row is None:
        raise Gone("invitation.gone")
    await seal(session, invitation.place, row.person)
    person = await session.get_one(Person, row.person)
    if invitation.place is not None:
        role = await session.scalar(select(func.platform.actor_role()))
        by = Actor(person.id, person.name, Role(role) if role else None)
        await audit.record(session, "invitation.accepted", by=by, about=Invitation(id=invitation.id))
    return Accepted(person, row.is_new)
