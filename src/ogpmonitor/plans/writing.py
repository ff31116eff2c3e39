"""Writing a plan before it is submitted: beginning one, and what its forms change. Every write leaves its trace."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.amending import EMPTY, NOUNS, plain, write
from ogpmonitor.plans.drafting import Row, value_now
from ogpmonitor.plans.models import Commitment, Plan, PlanStatus

CHANGED_MEANWHILE = msgid("Somebody else changed this while you were writing.")
LONGEST_SLUG = 60


@dataclass(frozen=True)
class NewPlan:
    """What is known of a plan when it is begun."""

    title: str
    language: str
    starts_on: PartialDate | None = None
    ends_on: PartialDate | None = None
    slug: str | None = None
    demo: bool = False


async def begin_plan(session: AsyncSession, new: NewPlan, *, by: Actor) -> Plan:
    """An empty plan stands in the workbench, being co-created. Its address is made from its years or title if need be.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Invalid: it ends before it starts (`ends_on`), or another plan has that address (`slug`).
    """
    require_writer(by)
    if new.starts_on and new.ends_on and new.ends_on.last_day < new.starts_on.first_day:
        raise Invalid("plan.dates", msgid("It cannot end before it starts."), field="ends_on")
    taken = set((await session.scalars(select(Plan.slug))).all())
    if new.slug in taken:
        raise Invalid("plan.slug_taken", msgid("Another plan has this address."), field="slug")
    plan = Plan(
        slug=new.slug or free_slug(new, taken),
        title={"source": new.language, new.language: new.title},
        status=PlanStatus.COCREATION,
        source_language=new.language,
        starts_on=plain(new.starts_on),
        ends_on=plain(new.ends_on),
        content={},
        demo=new.demo,
    )
    session.add(plan)
    await session.flush()
    await audit.record(session, "plan.begun", by=by, about=plan, after={"slug": plan.slug, "title": plan.title})
    return plan


def free_slug(new: NewPlan, taken: set[str]) -> str:
    """An address that no plan in `taken` has: the plan's years ("2026-2028"), or else the words of its title."""
    years = [str(day.year) for day in (new.starts_on, new.ends_on) if day]
    made = "-".join(dict.fromkeys(years)) or _words_of(new.title) or "plan"
    return next(slug for slug in (made, *(f"{made}-{number}" for number in range(2, 1000))) if slug not in taken)


def _words_of(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", letters)
    while len("-".join(words)) > LONGEST_SLUG - 4:  # with room for a number that tells two of the same name apart
        words = words[:-1] or [words[0][: LONGEST_SLUG - 4]]
    return "-".join(words)


async def set_fields(
    session: AsyncSession, row: Row, values: Mapping[str, Any], *, by: Actor, version: int
) -> dict[str, tuple[Any, Any]]:
    """`row` says `values` (columns, keys of its content, questions by their code); gives old and new of what changed.

    What it says already changes nothing and leaves no trace. For a plan that is still being written; a submitted one
    is amended.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: `row` is no longer at `version`.
    """
    require_writer(by, row)
    if row.version != version:
        raise Conflict("row.changed_meanwhile", CHANGED_MEANWHILE)
    changed: dict[str, tuple[Any, Any]] = {}
    for name, value in values.items():
        old, new = value_now(row, name), plain(value)
        if _nothing(old) != _nothing(new):
            write(row, name, new)
            changed[name] = (old, new)
    if changed:
        await session.flush()
        before = {name: _traced(name, old) for name, (old, _) in changed.items()}
        after = {name: _traced(name, new) for name, (_, new) in changed.items()}
        await audit.record(session, f"{NOUNS[type(row)]}.written", by=by, about=row, before=before, after=after)
    return changed


def _nothing(value: Any) -> Any:
    return None if value in EMPTY else value


def _traced(name: str, value: Any) -> Any:
    """What the record keeps of a value: of a contact only whether there is one, because it knows people by id only."""
    if name != "contact":
        return value
    return {"given": bool(value), "public": bool((value or {}).get("public"))}


def require_writer(by: Actor, row: Row | None = None) -> None:
    """Nothing, if `by` may write plans.

    Raises:
        NotPermitted: `by` is not a coordinator.
    """
    if not permits(by, Permission.PLAN_WRITE, row):
        raise NotPermitted(Permission.PLAN_WRITE)


def require_cocreation(plan: Plan) -> None:
    """Nothing, if `plan` is still being co-created.

    Raises:
        Conflict: it was submitted; from then on it is amended.
    """
    if plan.status != PlanStatus.COCREATION:
        raise Conflict("plan.submitted", msgid("This plan was submitted. It changes by amendments, with a reason."))


def title_of(row: Row) -> Localized:
    """What the plan, commitment or milestone is called."""
    return Localized.model_validate(row.title)


def plan_of(row: Row) -> Plan:
    """The plan that `row` (loaded with it) belongs to."""
    if isinstance(row, Plan):
        return row
    return row.plan if isinstance(row, Commitment) else row.commitment.plan
