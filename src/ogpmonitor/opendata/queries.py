"""What the machine-readable doors read: the addresses of everything published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.method.cases import load_cases
from ogpmonitor.register.models import CommitmentFact, Edition, PlanFact


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page by its path below the language, and when what it says was last published."""

    path: str
    changed_at: datetime | None = None


async def public_pages(session: RegisterSession, jurisdictions: Sequence[str]) -> list[PublicPage]:
    """Every page for readers, the platform's own first; three queries, however much is published."""
    plans = (await session.scalars(select(PlanFact).order_by(PlanFact.jurisdiction, PlanFact.plan))).all()
    changed = {(plan.jurisdiction, plan.plan): plan.editions_published_at for plan in plans}
    pages = [PublicPage(""), PublicPage("about/"), PublicPage("about/method/")]
    pages += [PublicPage(f"about/method/cases/{code}/") for code in load_cases()]
    pages += [PublicPage("compare/"), PublicPage("verify/")]
    for slug in jurisdictions:
        newest = max((at for (jurisdiction, _), at in changed.items() if jurisdiction == slug), default=None)
        pages += [PublicPage(f"{slug}/", newest), PublicPage(f"{slug}/about/")]
    for plan in plans:
        root = f"{plan.jurisdiction}/plans/{plan.plan}/"
        pages += [
            PublicPage(root, plan.editions_published_at),
            PublicPage(f"{root}editions/", plan.editions_published_at),
        ]
    commitments = select(CommitmentFact.jurisdiction, CommitmentFact.plan, CommitmentFact.code).order_by(
        CommitmentFact.jurisdiction, CommitmentFact.plan, CommitmentFact.position
    )
    for jurisdiction, name, code in await session.execute(commitments):
        path = f"{jurisdiction}/plans/{name}/commitments/{code}/"
        pages.append(PublicPage(path, changed.get((jurisdiction, name))))
    editions = select(Edition.jurisdiction, Edition.plan, Edition.number, Edition.published_at).order_by(
        Edition.jurisdiction, Edition.plan, Edition.number
    )
    for jurisdiction, name, number, published_at in await session.execute(editions):
        pages.append(PublicPage(f"{jurisdiction}/plans/{name}/editions/{number}/", published_at))
    return pages
