"""Writing what a file says: new rows in one statement for each table, changed ones with what stood there before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.audit import service as audit
from ogpmonitor.imports.comparing import Step
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.plans.amending import NOUNS, Why, amend, keep, write
from ogpmonitor.plans.models import Commitment, Milestone, Plan, Progress

COMMITMENT_COLUMNS = ("id", "version", "plan_id", "code", "position", "title", "starts_on", "ends_on", "content",
                      "added", "demo")  # fmt: skip
MILESTONE_COLUMNS = ("id", "version", "commitment_id", "code", "position", "title", "starts_on", "due_on",
                     "responsible_unit", "content", "added", "demo", "progress", "report_demo")  # fmt: skip
NO_COMMITMENT = msgid("The commitment of a milestone is gone. Nothing was written.")


@dataclass
class Outcome:
    """What an import did, as far as undoing it needs."""

    plan_created: bool = False
    created: list[dict[str, str]] = field(default_factory=list)  # kind and id, in the order of writing
    changed: list[dict[str, Any]] = field(default_factory=list)  # kind, id, version after it, and the old values

    def as_json(self) -> dict[str, Any]:
        return {"plan_created": self.plan_created, "created": self.created, "changed": self.changed}


async def create_all(
    session: AsyncSession,
    plan: Plan,
    steps: Sequence[Step],
    why: Why | None,
    outcome: Outcome,
    *,
    by: Actor,
    demo: bool,
) -> None:
    """Every new commitment and milestone stands at the end of what it belongs to, in the order of the file.

    With `why`, each is an amendment of a submitted plan, and counts as added after submission.
    """
    is_added = why is not None
    standing = [] if outcome.plan_created else plan.commitments
    commitments = {one.code.casefold(): one.id for one in standing}
    places = {one.id: len(one.milestones) for one in standing}
    rows: dict[str, list[dict[str, Any]]] = {"commitment": [], "milestone": []}
    for step in steps:
        if step.item.kind == "commitment":
            row = _commitment(step, plan, len(commitments), added=is_added, demo=demo)
            commitments[step.item.code.casefold()] = row["id"]
            rows["commitment"].append(row)
    for step in steps:
        if step.item.kind == "milestone":
            parent = commitments.get((step.item.parent or "").casefold())
            if parent is None:
                raise Conflict("import.parent", NO_COMMITMENT)
            rows["milestone"].append(_milestone(step, parent, places.get(parent, 0), added=is_added, demo=demo))
            places[parent] = places.get(parent, 0) + 1
    await _insert(session, "workbench.commitments", COMMITMENT_COLUMNS, rows["commitment"])
    await _insert(session, "workbench.milestones", MILESTONE_COLUMNS, rows["milestone"])
    outcome.created += [{"kind": kind, "id": str(row["id"])} for kind, made in rows.items() for row in made]
    if why is not None:
        await _amend_new(session, plan, rows, why, by=by)


async def _amend_new(
    session: AsyncSession, plan: Plan, rows: Mapping[str, Sequence[Mapping[str, Any]]], why: Why, *, by: Actor
) -> None:
    added = [{"field": "added", "old": None, "new": True}]
    for made in rows["commitment"]:
        await keep(session, plan, await session.get_one(Commitment, made["id"]), added, why, by=by)
    for made in rows["milestone"]:
        await keep(session, plan, await session.get_one(Milestone, made["id"]), added, why, by=by)


async def change_all(
    session: AsyncSession, plan: Plan, steps: Sequence[Step], why: Why | None, outcome: Outcome, *, by: Actor
) -> None:
    """Every changed row says what the file says; each leaves a trace, or an amendment where `why` is given."""
    for step in steps:
        row = step.row
        if row is None:
            continue
        old = {name: before for name, (before, _) in step.changes.items()}
        new = {name: after for name, (_, after) in step.changes.items()}
        if why is not None:
            await amend(session, plan, row, new, reason=why.reason, words=why.words, by=by, demo=why.demo)
        else:
            for name, value in new.items():
                write(row, name, value)
            await session.flush()
            await audit.record(session, f"{NOUNS[type(row)]}.written", by=by, about=row, before=old, after=new)
        outcome.changed.append({"kind": NOUNS[type(row)], "id": str(row.id), "version": row.version, "values": old})


def _commitment(step: Step, plan: Plan, position: int, *, added: bool, demo: bool) -> dict[str, Any]:
    values = _given(step)
    content = {name: value for name, value in values.items() if name not in {"title", "starts_on", "ends_on"}}
    content.setdefault("number", str(position + 1))
    return {
        "id": uuid4(), "version": 1, "plan_id": plan.id, "code": step.item.code, "position": position,
        "title": values["title"], "starts_on": values.get("starts_on"), "ends_on": values.get("ends_on"),
        "content": content, "added": added, "demo": demo,
    }  # fmt: skip


def _milestone(step: Step, commitment: UUID, position: int, *, added: bool, demo: bool) -> dict[str, Any]:
    values = _given(step)
    columns = {"title", "starts_on", "due_on", "responsible_unit"}
    return {
        "id": uuid4(), "version": 1, "commitment_id": commitment, "code": step.item.code, "position": position,
        "title": values["title"], "starts_on": values.get("starts_on"), "due_on": values.get("due_on"),
        "responsible_unit": values.get("responsible_unit"),
        "content": {name: value for name, value in values.items() if name not in columns},
        "added": added, "demo": demo, "progress": Progress.NOT_STARTED.value, "report_demo": False,
    }  # fmt: skip


def _given(step: Step) -> Mapping[str, Any]:
    return {name: new for name, (_, new) in step.changes.items()}


async def _insert(session: AsyncSession, table: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """One statement for any number of rows; the tenant is filled in by the database, and policies hold."""
    if not rows:
        return
    names = ", ".join(columns)
    statement = text(
        f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608  names of our own, above
        f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
    )
    await session.execute(statement, {"rows": json.dumps(rows, default=str)})
