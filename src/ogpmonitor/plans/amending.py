"""Changing a submitted plan: every change keeps what stood there, what stands there now, and why.

What is written before submission is written without this (see `writing`). An amendment is never changed: whoever made a
mistake makes another one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence, Voice
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans.models import Amendment, Commitment, Milestone, Plan, PlanStatus, Progress

Row = Plan | Commitment | Milestone
NOUNS: Mapping[type[Any], str] = {Plan: "plan", Commitment: "commitment", Milestone: "milestone"}
DATES = frozenset({"starts_on", "ends_on", "due_on", "cycle_ends_on", "submitted_on"})
OWNERS = frozenset({"responsible_unit", "contact_name", "institutions", "supporting"})
SCOPE = frozenset({"added", "set_aside", "code"})
EMPTY: tuple[Any, ...] = (None, [], {})
KINDS = (("scope", SCOPE), ("dates", DATES), ("owner", OWNERS))


async def amend(
    session: AsyncSession,
    plan: Plan,
    row: Row,
    values: Mapping[str, Any],
    *,
    reason: str,
    words: Localized | None,
    by: Actor,
    minute: Evidence | None = None,
    demo: bool = False,
) -> Amendment | None:
    """`row` of the submitted `plan` says `values`, and an amendment says what it said, what it says now, and why.

    A commitment takes its milestones along when it is set aside, and brings back those that were not set aside on
    their own. `values` are columns, keys of the content, or questions of the vision by their code; None or "" takes a
    value away. None when nothing differs that the register would say. A contact who is not to be named is written
    without an amendment.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the plan has not been submitted: it is written without reasons.
        Invalid: no reason of the list (`reason`), no words (`words`), or a minute that is not the government's.
    """
    why = Why(reason, words, minute, demo)
    require_amendable(plan, by=by)
    check_why(why)
    before = said_by(row)
    for name, value in values.items():
        write(row, name, plain(value))
    changes = changes_from(before, said_by(row))
    if isinstance(row, Commitment) and "set_aside" in values:
        await _take_along(session, row)
    await session.flush()
    if not changes:
        return None
    return await keep(session, plan, row, changes, why, by=by)


async def add(
    session: AsyncSession,
    plan: Plan,
    parent: Plan | Commitment,
    values: Mapping[str, Any],
    *,
    code: str,
    why: "Why",
    by: Actor,
) -> Amendment:
    """The submitted `plan` ends with a new commitment, or a commitment (`parent`) with a new milestone, and it says so.

    `plan` is loaded whole. What is added belongs to the current plan and never to the original one.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the plan has not been submitted.
        Invalid: there is one with that code (`code`), or `why` is not complete.
    """
    require_amendable(plan, by=by)
    check_why(why)
    siblings: Sequence[Commitment | Milestone] = plan.commitments if isinstance(parent, Plan) else parent.milestones
    if code.casefold() in {one.code.casefold() for one in siblings}:
        raise Invalid("amendment.code", msgid("This code is taken."), field="code")
    row = _blank(parent, code, len(siblings), demo=why.demo)
    for name, value in values.items():
        write(row, name, plain(value))
    session.add(row)
    await session.flush()
    new = {**said_by(row), "added": True}
    return await keep(session, plan, row, changes_from({}, new), why, by=by)


def _blank(parent: Plan | Commitment, code: str, position: int, *, demo: bool) -> Commitment | Milestone:
    """A new row of `parent`, with its code alone."""
    common: dict[str, Any] = {"code": code, "position": position, "title": {}, "added": True, "demo": demo}
    if isinstance(parent, Plan):
        return Commitment(plan_id=parent.id, content={"number": str(position + 1)}, **common)
    reported = {"progress": Progress.NOT_STARTED, "report_demo": False}
    return Milestone(commitment_id=parent.id, content={}, set_aside=parent.set_aside, **common, **reported)


def would_change(row: Row, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an amendment of `row` to `values` would say; nothing is written."""
    before = said_by(row)
    said = {name: plain(value) for name, value in values.items()}
    after = {name: value for name, value in {**before, **said}.items() if value not in EMPTY}
    return changes_from(before, after)


@dataclass(frozen=True)
class Why:
    """Why a plan is changed: a code of the list, words, and the forum's minute if there is one."""

    reason: str
    words: Localized | None
    minute: Evidence | None = None
    demo: bool = False

    @property
    def text(self) -> str:
        """The words in the language they were written in."""
        return self.words.in_(self.words.source) if self.words else ""


def require_amendable(plan: Plan, *, by: Actor) -> None:
    """Nothing, if `by` may amend `plan`, and it was submitted.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it was not submitted.
    """
    if not permits(by, Permission.PLAN_AMEND, plan):
        raise NotPermitted(Permission.PLAN_AMEND)
    if plan.status == PlanStatus.COCREATION:
        raise Conflict("plan.not_submitted", msgid("This plan has not been submitted: change it without a reason."))


def check_why(why: Why) -> None:
    """Nothing, if this says why.

    Raises:
        Invalid: no reason of the list (`reason`), no words (`words`), or a minute that is not the government's.
    """
    for problem in problems_of_why(why):
        raise problem


def problems_of_why(why: Why) -> Iterator[Invalid]:
    """Everything that is missing in `why`, each with the `field` to say it at."""
    if load_amendment_reasons().reason(why.reason) is None:
        yield Invalid("amendment.reason", msgid("Choose the reason that fits best."), field="reason")
    if why.words is None:
        yield Invalid("amendment.words", msgid("Say in words why the plan is changed."), field="words")
    if why.minute is not None and (why.minute.voice != Voice.GOVERNMENT or why.minute.withdrawn_at is not None):
        yield Invalid("amendment.minute", msgid("Choose a minute from the list, or attach one."), field="minute")


async def keep(
    session: AsyncSession, plan: Plan, row: Row, changes: list[dict[str, Any]], why: Why, *, by: Actor
) -> Amendment:
    """The amendment and its trace stand beside what was changed in `row`."""
    commitment, milestone = await _codes(session, row)
    amendment = Amendment(
        plan_id=plan.id,
        commitment=commitment,
        milestone=milestone,
        kind=kind_of([change["field"] for change in changes]),
        changes=changes,
        reason=why.reason,
        words=plain(why.words),
        minute_id=why.minute.id if why.minute else None,
        made_at=utc_now(),  # to the microsecond: it is what puts them in order
        made_by=by.id,
        demo=why.demo,
    )
    session.add(amendment)
    await session.flush()
    await audit.record(
        session,
        f"{NOUNS[type(row)]}.amended",
        by=by,
        about=row,
        before={change["field"]: change["old"] for change in changes},
        after={change["field"]: change["new"] for change in changes},
        reason=f"{why.reason}: {why.text}",
    )
    return amendment


def kind_of(fields: list[str]) -> str:
    """What an amendment of these fields is about: scope before dates before owner, and text otherwise."""
    return next((kind for kind, names in KINDS if names.intersection(fields)), "text")


async def _take_along(session: AsyncSession, commitment: Commitment) -> None:
    """Its milestones are set aside or not as `commitment` is, except those that an amendment of their own set aside."""
    own = select(Amendment).where(
        Amendment.plan_id == commitment.plan_id,
        Amendment.commitment == commitment.code,
        Amendment.milestone.is_not(None),
        Amendment.kind == "scope",
    )
    said: dict[str | None, str | None] = {}
    for amendment in await session.scalars(own.order_by(Amendment.made_at, Amendment.id)):
        changed = {one["field"]: one["new"] for one in amendment.changes}
        if "set_aside" in changed:
            said[amendment.milestone] = changed["set_aside"]
    for milestone in await session.scalars(select(Milestone).where(Milestone.commitment_id == commitment.id)):
        milestone.set_aside = said.get(milestone.code) or commitment.set_aside


async def _codes(session: AsyncSession, row: Row) -> tuple[str | None, str | None]:
    if isinstance(row, Plan):
        return None, None
    if isinstance(row, Commitment):
        return row.code, None
    commitment = await session.get_one(Commitment, row.commitment_id)  # in memory already, as a rule
    return commitment.code, row.code


def plain(value: Any) -> Any:
    """`value` as the workbench keeps it: JSON, with nothing for what is empty."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return None if value == "" else value


def write(row: Row, name: str, value: Any) -> None:
    """`row` says `value` of the column, the key of its content, or the question of the vision called `name`."""
    known_missing = row.content.get("missing", [])
    if name in known_missing and value not in EMPTY:  # no source gave it, and now somebody does
        row.content = _with(row.content, "missing", [one for one in known_missing if one != name])
    if name in row.__mapper__.columns:
        setattr(row, name, value)
    elif isinstance(row, Plan) and name in load_questionnaire().questions:
        row.content = {**row.content, "answers": _with(row.content.get("answers", {}), name, value)}
    else:
        row.content = _with(row.content, name, value)


def _with(known: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    kept = {key: old for key, old in known.items() if key != name}
    return {**kept, name: value} if value not in EMPTY else kept


COLUMNS = frozenset(
    {"title", "starts_on", "ends_on", "cycle_ends_on", "submitted_on", "due_on", "responsible_unit", "set_aside"}
)


def said_by(row: Row) -> dict[str, Any]:
    """What the register would say of the plan's own fields of `row`; absent is left out. Nothing that is reported."""
    said = {**row.content, **{name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}}
    if isinstance(row, Plan):
        said |= said.pop("answers", {})
    if isinstance(row, Milestone) and row.contact and row.contact.get("public"):
        said["contact_name"] = row.contact.get("name")
    said.pop("missing", None)  # it follows from the others
    return {name: value for name, value in said.items() if value not in EMPTY}


def changes_from(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each field that says something else, in alphabetical order; an absent side said nothing."""
    names = sorted(before.keys() | after.keys())
    return [
        {"field": name, "old": before.get(name), "new": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    ]
