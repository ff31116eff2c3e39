"""Commitments and milestones of a plan that is being written: new ones, their order, and taking empty ones out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.errors import Conflict, Invalid
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.plans.amending import NOUNS, plain, write
from ogpmonitor.plans.models import Commitment, Milestone, Plan, Progress
from ogpmonitor.plans.writing import plan_of, require_cocreation, require_writer

CODE_TAKEN = msgid("Another one in this plan has this code.")
NOT_EMPTY = msgid("Only an empty one can be taken out: take its milestones out first.")
IN_USE = msgid("Something was reported or filed for it, so it stays.")


def blank_commitment(plan: Plan) -> Commitment:
    """A commitment that `plan` (loaded whole) does not have yet, with the code and number that come next."""
    code = next_code("C", [one.code for one in plan.commitments])
    return Commitment(content={"number": str(len(plan.commitments) + 1)}, code=code, added=False)


def blank_milestone(commitment: Commitment) -> Milestone:
    """A milestone that `commitment` (loaded with its milestones) does not have yet, with the code that comes next."""
    return Milestone(content={}, code=next_code("M", [one.code for one in commitment.milestones]), added=False)


def next_code(letter: str, codes: Iterable[str]) -> str:
    """The first code "C1", "C2"... that comes after all of its kind and that nobody has."""
    taken = {code.casefold() for code in codes}
    numbers = [int(code[1:]) for code in taken if code[:1] == letter.casefold() and code[1:].isdecimal()]
    return f"{letter}{max([len(taken), *numbers]) + 1}"


async def begin_commitment(
    session: AsyncSession, plan: Plan, values: Mapping[str, Any], *, by: Actor, demo: bool
) -> Commitment:
    """`plan` (loaded whole, held) ends with a commitment that says `values`.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the plan was submitted.
        Invalid: another one has its code (`code`).
    """
    require_writer(by, plan)
    require_cocreation(plan)
    commitment = blank_commitment(plan)
    commitment.position = _next_position(plan.commitments)
    commitment.demo = demo
    _fill(commitment, values)
    require_free_code(commitment.code, plan.commitments)
    plan.commitments.append(commitment)
    await _kept(session, commitment, values, by=by)
    return commitment


async def begin_milestone(
    session: AsyncSession, commitment: Commitment, values: Mapping[str, Any], *, by: Actor, demo: bool
) -> Milestone:
    """`commitment` (loaded with plan and milestones) ends with a milestone that says `values`, nothing reported yet.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the plan was submitted.
        Invalid: another one has its code (`code`).
    """
    require_writer(by, commitment)
    require_cocreation(plan_of(commitment))
    milestone = blank_milestone(commitment)
    milestone.position = _next_position(commitment.milestones)
    milestone.demo, milestone.report_demo = demo, False
    milestone.progress = Progress.NOT_STARTED
    _fill(milestone, values)
    require_free_code(milestone.code, commitment.milestones)
    commitment.milestones.append(milestone)
    await _kept(session, milestone, values, by=by)
    return milestone


def _next_position(rows: Sequence[Commitment | Milestone]) -> int:
    return max((row.position for row in rows), default=-1) + 1


def _fill(row: Commitment | Milestone, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        write(row, name, plain(value))


async def _kept(session: AsyncSession, row: Commitment | Milestone, values: Mapping[str, Any], *, by: Actor) -> None:
    await session.flush()
    told = {name: value for name, value in values.items() if name != "contact"}
    await audit.record(session, f"{NOUNS[type(row)]}.added", by=by, about=row, after={**told, "code": row.code})


def require_free_code(code: str, others: Iterable[Commitment | Milestone]) -> None:
    """Nothing, if none of `others` is called `code`, in capitals or not.

    Raises:
        Invalid: one is.
    """
    if code.casefold() in {other.code.casefold() for other in others}:
        raise Invalid("plan.code_taken", CODE_TAKEN, field="code")


async def move(
    session: AsyncSession,
    row: Commitment | Milestone,
    siblings: Sequence[Commitment | Milestone],
    to: Literal["up", "down"],
    *,
    by: Actor,
) -> bool:
    """`row` has changed places with its neighbour among `siblings` (in order); False where there is none.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the plan was submitted.
    """
    require_writer(by, row)
    require_cocreation(plan_of(row))
    before = [one.code for one in siblings]
    place = before.index(row.code)
    target = place + (1 if to == "down" else -1)
    if not 0 <= target < len(siblings):
        return False
    order = list(siblings)
    order[place], order[target] = order[target], order[place]
    for position, one in enumerate(order):
        if one.position != position:
            one.position = position
    await session.flush()
    after = [one.code for one in order]
    await audit.record(
        session, f"{NOUNS[type(row)]}.moved", by=by, about=row, before={"order": before}, after={"order": after}
    )
    return True


async def remove(session: AsyncSession, row: Commitment | Milestone, *, by: Actor) -> None:
    """An empty commitment or milestone (loaded with its plan) of a plan being written is gone; its trace stays.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the plan was submitted, it has milestones, or something was reported or filed for it.
    """
    require_writer(by, row)
    require_cocreation(plan_of(row))
    if isinstance(row, Commitment) and row.milestones:
        raise Conflict("commitment.not_empty", NOT_EMPTY)
    if isinstance(row, Milestone) and row.reported_at is not None:
        raise Conflict("plan.in_use", IN_USE)
    told = {"code": row.code, "title": row.title}
    await audit.record(session, f"{NOUNS[type(row)]}.removed", by=by, about=row, before=told)
    try:
        async with session.begin_nested():
            await session.delete(row)
    except IntegrityError as error:
        raise Conflict("plan.in_use", IN_USE) from error
