"""Undoing an import: what stood there stands again, or it is said what was changed since."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.imports.models import Import, ImportState
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.amending import amend, write
from ogpmonitor.plans.models import Commitment, Milestone, Plan, PlanStatus, SetAside

Row = Plan | Commitment | Milestone
TABLES: Mapping[str, type[Any]] = {"plan": Plan, "commitment": Commitment, "milestone": Milestone}
NOT_APPLIED = msgid("Only an import that was applied can be undone.")
CHANGED = msgid("Something was changed since, so nothing was undone.")
IN_USE = msgid("Something was reported or filed for what the import brought, so nothing was undone.")
CORRECTION = "correction"
AS_MADE = 1  # the version of a row that nobody has written since


async def undo(session: AsyncSession, row: Import, *, words: Localized, by: Actor) -> None:
    """The plan says what it said before the import. In a submitted plan that is an amendment too, for `words`.

    What the import created is gone while the plan is being written; in a submitted plan it is set aside. A plan that
    the import began stays, empty.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it was not applied, or something was changed, reported or filed since (`places` names what).
    """
    if not permits(by, Permission.IMPORT_RUN):
        raise NotPermitted(Permission.IMPORT_RUN)
    if row.state != ImportState.APPLIED or row.before is None or row.plan_id is None:
        raise Conflict("import.not_applied", NOT_APPLIED)
    plan = await session.get_one(Plan, row.plan_id)
    changed = {one["id"]: await session.get(TABLES[one["kind"]], UUID(one["id"])) for one in row.before["changed"]}
    created = [await session.get(TABLES[one["kind"]], UUID(one["id"])) for one in reversed(row.before["created"])]
    since = [one["id"] for one in row.before["changed"] if not _is_at(changed[one["id"]], one["version"])]
    since += [str(one.id) for one in created if one is not None and not _is_at(one, AS_MADE)]
    if since:
        raise Conflict("import.changed_since", CHANGED, places=since)
    for one in row.before["changed"]:
        await _restore(session, plan, changed[one["id"]], one["values"], words, by=by)
    await _take_out(session, plan, [one for one in created if one is not None], words, by=by)
    row.state, row.undone_at = ImportState.UNDONE, utc_now()
    await session.flush()
    await audit.record(session, "import.undone", by=by, about=row, reason=words.in_(words.source))


def _is_at(row: Row | None, version: int) -> bool:
    return row is not None and row.version == version


async def _restore(
    session: AsyncSession, plan: Plan, row: Row | None, values: Mapping[str, Any], words: Localized, *, by: Actor
) -> None:
    if row is None:
        return
    if plan.status != PlanStatus.COCREATION:
        await amend(session, plan, row, values, reason=CORRECTION, words=words, by=by)
        return
    for name, value in values.items():
        write(row, name, value)
    await session.flush()


async def _take_out(
    session: AsyncSession, plan: Plan, created: list[Commitment | Milestone], words: Localized, *, by: Actor
) -> None:
    """Milestones before their commitments, because they were created after them."""
    if plan.status != PlanStatus.COCREATION:
        for one in created:
            if one.set_aside is None:
                gone = {"set_aside": SetAside.WITHDRAWN.value}
                await amend(session, plan, one, gone, reason=CORRECTION, words=words, by=by)
        return
    try:
        for one in created:
            await session.delete(one)
            await session.flush()
    except IntegrityError as error:
        raise Conflict("import.in_use", IN_USE) from error
