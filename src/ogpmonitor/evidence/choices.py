"""What evidence can support, as a form lists it. Read by name: this room stands below the plans and imports none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.kit.localized import Localized

THINGS = text(
    "SELECT p.id AS plan_id, p.title AS plan_title, c.id AS commitment_id, c.code AS commitment, c.title AS"
    " commitment_title, m.id AS milestone_id, m.code AS milestone, m.title AS milestone_title"
    " FROM workbench.plans p LEFT JOIN workbench.commitments c ON c.plan_id = p.id"
    " LEFT JOIN workbench.milestones m ON m.commitment_id = c.id ORDER BY p.slug DESC, c.position, m.position"
)


@dataclass(frozen=True)
class Choice:
    """Something that evidence can support; `kind` is plan, commitment or milestone."""

    kind: str
    id: UUID
    code: str
    title: Localized


async def choices_of(session: AsyncSession) -> Sequence[Choice]:
    """Every plan, commitment and milestone of the tenant, each under what it belongs to: one query."""
    found: dict[tuple[str, UUID], Choice] = {}
    for row in (await session.execute(THINGS)).mappings():
        for kind in ("plan", "commitment", "milestone"):
            one = row[f"{kind}_id"]
            if one is not None and (kind, one) not in found:
                code = {"plan": "", "commitment": row["commitment"], "milestone": row["milestone"]}[kind]
                full = f"{row['commitment']} · {code}" if kind == "milestone" else code
                title = Localized.model_validate(row[f"{kind}_title"])
                found[kind, one] = Choice(kind, one, full, title)
    return list(found.values())
