"""Bringing files in: read and compared, applied whole or not at all, and undone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.imports.comparing import Step, steps_of
from ogpmonitor.imports.formats import read_file
from ogpmonitor.imports.models import Import, ImportState
from ogpmonitor.imports.reading import Finding, Notes, Reading, Spot
from ogpmonitor.imports.tables import check_parents
from ogpmonitor.imports.writing import Outcome, change_all, create_all
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.plans.amending import Why, check_why
from ogpmonitor.plans.models import Plan, PlanStatus
from ogpmonitor.plans.writing import NewPlan, begin_plan
from ogpmonitor.register.documents import name_of

CHANGED_SINCE = msgid("The plan changed since you looked. Nothing was written. Look again.")
NOTHING = msgid("Nothing in the file differs from the plan.")
NO_PLAN = msgid("This file brings no plan of its own: choose the plan it is for.")


@dataclass(frozen=True)
class Source:
    """A file as it was sent."""

    name: str
    sha256: str
    content: bytes


@dataclass(frozen=True)
class Compared:
    """A file beside the plan it is for. `state` is a fingerprint of all that would be done."""

    reading: Reading
    steps: Sequence[Step]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows would be created, changed, and left as they are."""
        verdicts = [step.verdict for step in self.steps]
        return {verdict: verdicts.count(verdict) for verdict in ("created", "changed", "left")}

    @property
    def state(self) -> str:
        said = [[*map(str, step.item.place), step.verdict, step.version, _plain(step.changes)] for step in self.steps]
        return name_of(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())


def _plain(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: [old, new] for name, (old, new) in changes.items()}


def compare_file(content: bytes, plan: Plan | None, language: str) -> Compared:
    """What the file would do to `plan` (loaded whole), or to a new one. Takes as long as the file is large.

    Raises:
        Invalid: it is of no format that is known, or is broken.
    """
    reading = read_file(content, plan.source_language if plan else language)
    notes = Notes()
    check_parents(reading.items, [one.code for one in plan.commitments] if plan else [], notes)
    if plan is None and reading.plan is None:
        notes.error(Spot("", ""), NO_PLAN)
    whole = Reading(reading.format, reading.language, reading.items, [*reading.findings, *notes.all], reading.plan)
    return Compared(whole, steps_of(whole, plan))


async def bring_in(session: AsyncSession, source: Source, plan_id: UUID | None, *, rows: int, by: Actor) -> Import:
    """A file is here and waits to be read. `rows` is how many there may be, for the progress bar.

    Raises:
        NotPermitted: `by` is not a coordinator.
    """
    _permit(by)
    row = Import(
        plan_id=plan_id,
        format="",
        file_name=source.name,
        file_sha256=source.sha256,
        state=ImportState.READING,
        rows=rows,
        done=0,
        findings={"all": []},
        outcome={},
        created_at=utc_now(),
        created_by=by.id,
    )
    session.add(row)
    await session.flush()
    await audit.record(
        session, "import.brought", by=by, about=row, after={"file": source.name, "sha256": source.sha256}
    )
    return row


def tell(row: Import, compared: Compared) -> None:
    """`row` says what was understood: refused if anything is wrong, ready otherwise."""
    row.format = compared.reading.format
    row.findings = {"all": [_as_json(one) for one in compared.reading.findings]}
    row.outcome = compared.counts
    row.rows, row.done = len(compared.steps), 0
    row.state = ImportState.REFUSED if compared.reading.errors else ImportState.READY


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "sheet": finding.spot.sheet,
        "cell": finding.spot.cell,
        "message": finding.message,
        "value": finding.value,
        "facts": dict(finding.facts),
    }


async def apply(
    session: AsyncSession,
    row: Import,
    compared: Compared,
    plan: Plan | None,
    why: Why | None,
    *,
    state: str,
    by: Actor,
    demo: bool,
) -> Plan:
    """The plan says what the file says; all of it, or an error and nothing. What stood there is kept for undoing.

    A submitted plan is amended, each row with the reason `why`.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: the import is not ready, the plan differs from what was seen (`state`), or nothing would change.
        Invalid: a submitted plan needs a reason (`reason`) and words (`words`).
    """
    _permit(by)
    if row.state not in {ImportState.READY, ImportState.APPLYING} or compared.reading.errors:
        raise Conflict("import.not_ready", CHANGED_SINCE)
    if compared.state != state:
        raise Conflict("import.changed_since", CHANGED_SINCE)
    todo = [step for step in compared.steps if step.verdict != "left"]
    if not todo:
        raise Conflict("import.nothing", NOTHING)
    outcome = Outcome()
    if plan is None:
        plan = await _new_plan(session, compared.reading, by=by, demo=demo)
        outcome.plan_created = True
        todo = [step for step in todo if step.item.kind != "plan"] + [
            Step(step.item, "changed", step.changes, plan) for step in todo if step.item.kind == "plan"
        ]
    if plan.status != PlanStatus.COCREATION:
        check_why(why or Why("", None))
    is_amended = plan.status != PlanStatus.COCREATION
    reason = why if is_amended else None
    await create_all(
        session, plan, [step for step in todo if step.verdict == "created"], reason, outcome, by=by, demo=demo
    )
    await change_all(session, plan, [step for step in todo if step.verdict == "changed"], reason, outcome, by=by)
    row.plan_id, row.before, row.state = plan.id, outcome.as_json(), ImportState.APPLIED
    row.applied_at, row.done = utc_now(), row.rows
    row.reason = {"reason": why.reason, "words": why.text} if why and is_amended else None
    await session.flush()
    after = {"file": row.file_name, **compared.counts}
    await audit.record(session, "import.applied", by=by, about=row, after=after, reason=why.text if why else None)
    return plan


async def _new_plan(session: AsyncSession, reading: Reading, *, by: Actor, demo: bool) -> Plan:
    given = dict(reading.plan.values) if reading.plan else {}
    title = given.get("title") or {"source": reading.language, reading.language: "Plan"}
    words = title.get(reading.language) or title[title["source"]]
    return await begin_plan(session, NewPlan(str(words), reading.language, demo=demo), by=by)


def _permit(by: Actor) -> None:
    if not permits(by, Permission.IMPORT_RUN):
        raise NotPermitted(Permission.IMPORT_RUN)
