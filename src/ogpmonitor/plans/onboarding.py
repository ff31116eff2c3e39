"""What a jurisdiction has to do until its first publication, told from what stands there: nobody ticks anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Membership, Role
from ogpmonitor.accounts.service import IN_FORCE
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.plans.checking import findings_in
from ogpmonitor.plans.models import Commitment, Plan
from ogpmonitor.register.models import Edition


@dataclass(frozen=True)
class Step:
    """One thing to do. `done` of `base` say how far it is; `path` leads to where it is done, below the jurisdiction."""

    key: str
    done: int
    base: int
    path: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left; of what has no base yet, something is."""
        return 0 < self.base <= self.done


@dataclass(frozen=True)
class Onboarding:
    """Every step in its order, and how many are done."""

    steps: Sequence[Step]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The first that is not done."""
        return next((step for step in self.steps if not step.is_done), None)


async def onboarding(
    session: AsyncSession, plan: Plan | None, *, jurisdiction: str, languages: Sequence[str]
) -> Onboarding | None:
    """The steps of the session's jurisdiction, of whose plans `plan` (loaded whole) is the one at hand.

    None once its government has published anything. Three queries, whatever the plan's size.
    """
    published = select(Edition.sha256).where(Edition.jurisdiction == jurisdiction, Edition.voice == "government")
    if await session.scalar(published.limit(1)) is not None:
        return None
    members = (await session.scalars(select(Membership).where(IN_FORCE, Membership.role != Role.MONITOR))).all()
    proposed = select(func.count()).where(Mandate.refused_at.is_(None), Mandate.ended_at.is_(None))
    return Onboarding(_steps(plan, members, await session.scalar(proposed) or 0, languages))


def _steps(plan: Plan | None, members: Sequence[Membership], mandates: int, languages: Sequence[str]) -> list[Step]:
    others = sum(one.role != Role.COORDINATOR for one in members)
    commitments = [one for one in plan.commitments if one.set_aside is None] if plan else []
    units = _units(commitments)
    answered = sum(any(one.unit in unit for one in members) for unit in units)
    errors = sum(one.is_error for one in findings_in(plan, languages)) if plan else 0
    root = f"workbench/plans/{plan.slug}/" if plan else "workbench/plans/"
    return [
        Step("identity", 1, 1, "about/"),
        Step("people", min(others, 1), 1, "workbench/people/"),
        Step("plan", int(plan is not None), 1, "workbench/plans/"),
        Step("commitments", min(len(commitments), 1), 1, root),
        Step("contacts", answered, len(units), "workbench/people/"),
        Step("mandate", min(mandates, 1), 1, "workbench/monitoring/"),
        Step("checks", int(plan is not None and errors == 0), 1 + errors, f"{root}checks/" if plan else root),
        Step("published", 0, 1, f"{root}submit/" if plan else root),
    ]


def _units(commitments: Sequence[Commitment]) -> list[frozenset[str]]:
    """The units that answer for a milestone, each under all of its names."""
    return list(
        {
            frozenset(
                text for lang, text in step.responsible_unit.items() if lang != "source" and isinstance(text, str)
            )
            for commitment in commitments
            for step in commitment.milestones
            if step.responsible_unit and step.set_aside is None
        }
    )
