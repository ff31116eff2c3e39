"""Keeping the library: what is said of a piece, what it supports, and a newer piece in its place."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.evidence.models import Evidence, EvidenceSupport
from ogpmonitor.evidence.queries import supports_of
from ogpmonitor.evidence.service import About
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid

TOLD = ("title", "category", "dated_on", "covers_from", "covers_to", "source", "restricted")
WITHDRAWN = msgid("This evidence was withdrawn before.")


@dataclass(frozen=True)
class Supported:
    """What a piece supports: milestones, commitments and plans, by their ids."""

    milestones: frozenset[UUID] = frozenset()
    commitments: frozenset[UUID] = frozenset()
    plans: frozenset[UUID] = frozenset()


async def describe(session: AsyncSession, evidence: Evidence, about: About, *, by: Actor) -> None:
    """What is said of `evidence` is `about`; its bytes or address never change. Saying the same leaves no trace.

    Raises:
        NotPermitted: `by` does not keep the government's evidence.
        Conflict: it was withdrawn.
    """
    _permit(evidence, by=by)
    new: dict[str, Any] = {name: getattr(about, name) for name in TOLD if name != "title"}
    new["title"] = about.title.model_dump(mode="json")
    before = {name: getattr(evidence, name) for name in TOLD}
    changed = [name for name in TOLD if before[name] != new[name]]
    if not changed:
        return
    for name in changed:
        setattr(evidence, name, new[name])
    await session.flush()
    told = {name: before[name] for name in changed}, {name: new[name] for name in changed}
    await audit.record(session, "evidence.changed", by=by, about=evidence, before=told[0], after=told[1])


async def set_supports(session: AsyncSession, evidence: Evidence, wanted: Supported, *, by: Actor) -> None:
    """`evidence` supports exactly what is `wanted`. Saying the same leaves no trace.

    Raises:
        NotPermitted: `by` does not keep the government's evidence.
        Conflict: it was withdrawn.
    """
    _permit(evidence, by=by)
    standing = (await supports_of(session, [evidence.id]))[evidence.id]
    now = {(one.milestone_id, one.commitment_id, one.plan_id): one for one in standing}
    asked = (
        {(one, None, None) for one in wanted.milestones}
        | {(None, one, None) for one in wanted.commitments}
        | {(None, None, one) for one in wanted.plans}
    )
    for place in set(now) - asked:
        await session.delete(now[place])
    rows = [_support(evidence, place) for place in asked - set(now)]
    if rows:
        await session.execute(insert(EvidenceSupport), rows)
    if set(now) != asked:
        await session.flush()
        await audit.record(session, "evidence.supported", by=by, about=evidence, before=_told(now), after=_told(asked))


async def replace(session: AsyncSession, old: Evidence, new: Evidence, *, by: Actor) -> None:
    """`new` stands in for `old` and supports what it did; `old` stays readable where it was published.

    Raises:
        NotPermitted: `by` does not keep the government's evidence.
        Conflict: `old` was withdrawn.
    """
    _permit(old, by=by)
    standing = (await supports_of(session, [old.id]))[old.id]
    new.replaces_id = old.id
    rows = [_support(new, (one.milestone_id, one.commitment_id, one.plan_id)) for one in standing]
    for one in standing:
        await session.delete(one)
    await session.flush()
    if rows:
        await session.execute(insert(EvidenceSupport), rows)
    await audit.record(session, "evidence.replaced", by=by, about=old, after={"by": str(new.id), "sha256": new.sha256})


def _support(evidence: Evidence, place: tuple[UUID | None, UUID | None, UUID | None]) -> dict[str, Any]:
    milestone, commitment, plan = place
    return {
        "id": uuid4(), "evidence_id": evidence.id, "milestone_id": milestone, "commitment_id": commitment,
        "plan_id": plan,
    }  # fmt: skip


def _told(places: Collection[tuple[UUID | None, UUID | None, UUID | None]]) -> dict[str, Any]:
    return {"supports": sorted(str(one) for place in places for one in place if one)}


def _permit(evidence: Evidence, *, by: Actor) -> None:
    if not permits(by, Permission.EVIDENCE_KEEP):
        raise NotPermitted(Permission.EVIDENCE_KEEP)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence.withdrawn", WITHDRAWN)
