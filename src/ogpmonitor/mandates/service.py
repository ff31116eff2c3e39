"""Writing mandates: proposed by a government or by the platform's people, confirmed by the latter alone.

Confirming and ending are functions of the database (`platform.confirm_mandate`, `platform.end_mandate`): nothing that
runs as the application's role can give anyone the role of a monitor in another way.
"""

from contextlib import suppress

from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts import invitations
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.invitations import Invited, Inviting
from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit import events
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.mandates.schemas import ProposalForm

DECIDED = msgid("This was decided meanwhile. Load the page again.")
OWN_PROPOSAL = msgid("Somebody else must confirm what you proposed yourself.")
NOT_INDEPENDENT = {
    "government_role": msgid("One of these people has, or had a short time ago, a role in this government."),
    "platform_role": msgid("One of these people works for the platform."),
    "other_mandate": msgid(
        "One of these people works here under a mandate that lasts longer. Confirm this one when it has begun."
    ),
}
COLLEAGUES = {
    "asked_before": msgid("This person works for the body here already, or was asked for before."),
    "too_many_people": msgid("At most 20 people."),
}


async def propose(
    session: AsyncSession, asked: ProposalForm, *, language: str, by: Actor, demo: bool = False
) -> Mandate:
    """The proposal waits for OGP's staff or an operator. Until then it opens nothing to anyone.

    Raises:
        NotPermitted: `by` may not propose.
    """
    if not permits(by, Permission.MANDATE_PROPOSE) and not permits(by, Permission.MANDATE_CONFIRM):
        raise NotPermitted(Permission.MANDATE_PROPOSE)
    mandate = Mandate(
        body=asked.body,
        contact=asked.contact,
        mandate=Localized.model_validate({"source": language, language: asked.mandate}).model_dump(mode="json"),
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        people=asked.people,
        proposed_at=utc_now(),
        proposed_by=by.id,
        demo=demo,
    )
    session.add(mandate)
    await session.flush()
    await audit.record(session, "mandate.proposed", by=by, about=mandate, after={"body": mandate.body})
    await events.tell(session, "mandate.proposed", str(mandate.id))
    return mandate


async def confirm(session: AsyncSession, mandate: Mandate, *, by: Actor) -> None:
    """The body may assess from its first day on, and its people have the role of a monitor for that term.

    Raises:
        NotPermitted: `by` is neither OGP's staff nor an operator.
        Conflict: it was decided before, `by` proposed it, or one of its people is not independent.
    """
    if not permits(by, Permission.MANDATE_CONFIRM):
        raise NotPermitted(Permission.MANDATE_CONFIRM)
    if mandate.proposed_by == by.id:
        raise Conflict("mandate.own_proposal", OWN_PROPOSAL)
    await _call(session, "SELECT platform.confirm_mandate(:mandate)", mandate=mandate.id)
    await session.refresh(mandate)
    await audit.record(session, "mandate.confirmed", by=by, about=mandate, after={"body": mandate.body})
    await events.tell(session, "mandate.confirmed", str(mandate.id))


async def invite_people(
    session: AsyncSession, mandate: Mandate, *, language: str, by: Actor, only: str = ""
) -> list[Invited]:
    """Everybody whom the confirmed `mandate` names is invited, or only who has that address.

    Their role stands by the mandate; the invitation shows that the address is theirs and lets them in at first.
    Whoever has an invitation that is open gets none.

    Raises:
        NotPermitted: `by` is not of the platform's people, or the mandate does not stand.
    """
    sent = []
    for one in mandate.people:
        if only and one["email"] != only:
            continue
        asked = Inviting(
            str(one["email"]),
            str(one["name"]),
            Role.MONITOR,
            language,
            until=mandate.ends_on,
            mandate_id=mandate.id,
            demo=mandate.demo,
        )
        with suppress(Conflict):
            sent.append(await invitations.invite(session, asked, by=by))
    return sent


async def ask_colleague(session: AsyncSession, mandate: Mandate, *, name: str, email: str, by: Actor) -> None:
    """The body wants this person beside its others; OGP's staff or an operator decides. Until then it has no access.

    Raises:
        NotPermitted: `by` does not monitor under this mandate.
        Conflict: the person is there or was asked for, or they are too many.
    """
    if not permits(by, Permission.BODY_MANAGE):
        raise NotPermitted(Permission.BODY_MANAGE)
    statement = "SELECT platform.ask_colleague(:mandate, :name, :email)"
    await _call(session, statement, mandate=mandate.id, name=name, email=email)
    await session.refresh(mandate)
    await audit.record(session, "colleague.asked", by=by, about=mandate)


async def decide_colleague(session: AsyncSession, mandate: Mandate, *, email: str, confirmed: bool, by: Actor) -> None:
    """The person monitors under the mandate from now on, or is not asked for any more.

    Raises:
        NotPermitted: `by` is neither OGP's staff nor an operator.
        Conflict: it was decided before, the mandate does not stand, or the person is not independent.
    """
    if not permits(by, Permission.MANDATE_CONFIRM):
        raise NotPermitted(Permission.MANDATE_CONFIRM)
    statement = "SELECT platform.decide_colleague(:mandate, :email, :yes)"
    await _call(session, statement, mandate=mandate.id, email=email, yes=confirmed)
    await session.refresh(mandate)
    if confirmed:
        await audit.record(session, "colleague.confirmed", by=by, about=mandate, after={"body": mandate.body})
    else:
        await audit.record(session, "colleague.refused", by=by, about=mandate, after={"body": mandate.body})


async def end(session: AsyncSession, mandate: Mandate, *, reason: str, by: Actor) -> None:
    """A proposal is turned down; a mandate that stands ends, after notice unless the body itself lays it down.

    What the body has published stays.

    Raises:
        NotPermitted: `by` is neither of the platform's people nor of the body itself.
        Conflict: it was decided before.
    """
    if not permits(by, Permission.MANDATE_CONFIRM) and not permits(by, Permission.ASSESSMENT_WRITE):
        raise NotPermitted(Permission.MANDATE_CONFIRM)
    told = {"body": mandate.body}
    if mandate.confirmed_at is None:
        await audit.record(session, "mandate.refused", by=by, about=mandate, after=told, reason=reason)
    else:
        await audit.record(session, "mandate.ended", by=by, about=mandate, after=told, reason=reason)
    await _call(session, "SELECT platform.end_mandate(:mandate, :reason)", mandate=mandate.id, reason=reason)
    session.expire(mandate)  # a body that laid its own down cannot read it again


async def _call(session: AsyncSession, statement: str, **values: object) -> None:
    try:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    except DBAPIError as error:
        if isinstance(error.orig, errors.NoDataFound):
            raise Conflict("mandate.decided", DECIDED) from error
        if isinstance(error.orig, errors.InsufficientPrivilege | errors.UniqueViolation):
            name = error.orig.diag.constraint_name or ""
            if name in COLLEAGUES:
                raise Conflict(f"mandate.{name}", COLLEAGUES[name]) from error
            if name in NOT_INDEPENDENT:
                raise Conflict("mandate.not_independent", NOT_INDEPENDENT[name]) from error
            raise NotPermitted(Permission.MANDATE_CONFIRM) from error
        raise
