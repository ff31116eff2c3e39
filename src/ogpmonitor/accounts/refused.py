"""Functions of the database that write people, and what each of their refusals means to a person."""

from collections.abc import Mapping
from typing import Any

from psycopg import errors
from sqlalchemy import Row, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid

GONE = msgid("This was decided meanwhile. Load the page again.")
CHANGED = "people.changed_meanwhile"
# By the name that the database gives its refusal.
RULES: Mapping[str, str] = {
    "last_coordinator": msgid(
        "A jurisdiction keeps a coordinator. Invite another one first; once it has accepted, this can be done."
    ),
    "last_operator": msgid("The platform keeps an operator. Invite another one first."),
    "has_role": msgid("This person has a role here already. Change it in the list."),
    "uq_invitations_one_open": msgid("This address has an invitation already. Send it again, or withdraw it first."),
    "monitors_here": msgid("This person monitors this jurisdiction. It must lay that down before."),
    "platform_role": msgid("Whoever works for the platform has no role in a government."),
    "tenant_role": msgid("Whoever has a role in a jurisdiction does not work for the platform."),
    "monitors": msgid("A monitor is not erased by the platform: it lays its role down, or has itself erased."),
    "bound": msgid(
        "You came through your government's own provider, which counts there only. Sign in by a link by e-mail first."
    ),
    "persona": msgid("This is an invented person of the demonstration. There is nothing to erase."),
}


async def call(session: AsyncSession, statement: str, **values: Any) -> Row[Any] | None:
    """What the database's function answered. A refusal undoes what the call did and nothing before it.

    Raises:
        Conflict: a rule does not allow it (`people.<rule>`), the row is gone (`people.gone`), or somebody else changed
            it since it was read (`people.changed_meanwhile`).
        NotPermitted: the actor may not.
    """
    try:
        async with session.begin_nested():
            return (await session.execute(text(statement), values)).first()
    except DBAPIError as error:
        raise _meaning(error) from error


def _meaning(error: DBAPIError) -> Exception:
    diagnosis = error.orig.diag if isinstance(error.orig, errors.Error) else None
    rule = (diagnosis.constraint_name if diagnosis else None) or ""
    if rule in RULES:
        return Conflict(f"people.{rule}", RULES[rule])
    if isinstance(error.orig, errors.NoDataFound):
        return Conflict("people.gone", GONE)
    if isinstance(error.orig, errors.ObjectNotInPrerequisiteState):
        return Conflict(CHANGED, msgid("Somebody else changed this while you were writing."))
    if isinstance(error.orig, errors.InsufficientPrivilege):
        return NotPermitted("people")
    return error
