"""What the government answers to its monitor's recommendations. Published with the plan, in the government's voice."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.models import RecommendationAnswer
from ogpmonitor.register import documents
from ogpmonitor.register.queries import newest_published
from ogpmonitor.register.recommendations import ToldRecommendation, recommendations_in
from ogpmonitor.tenants.queries import own_zone

Verdict = Literal["accepted", "partly", "rejected"]
CHANGED_MEANWHILE = msgid("Somebody else changed this while you were writing. Read it again.")


async def list_answers(session: AsyncSession) -> Sequence[RecommendationAnswer]:
    """Every answer of the tenant, oldest first."""
    statement = select(RecommendationAnswer).order_by(RecommendationAnswer.answered_at, RecommendationAnswer.id)
    return (await session.scalars(statement)).all()


async def public_answers(session: AsyncSession, plan: str) -> list[documents.RecommendationAnswer]:
    """What the register would say of every answer about `plan`, oldest first; days are those of the tenant."""
    zone = await own_zone(session)
    return [
        documents.RecommendationAnswer.model_validate(
            {
                "recommendation": one.recommendation,
                "answer": one.answer,
                "words": one.words,
                "answered_on": one.answered_at.astimezone(zone).date(),
                "demo": one.demo,
            }
        )
        for one in await list_answers(session)
        if one.plan == plan
    ]


async def answer_recommendation(
    session: AsyncSession,
    recommendation: str,
    verdict: Verdict,
    words: Localized,
    *,
    plan: str,
    version: int,
    by: Actor,
    demo: bool = False,
) -> RecommendationAnswer:
    """The answer says this; it is public once the plan is published. `version` is the one seen, 0 before the first.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: somebody else answered or changed the answer meanwhile.
    """
    if not permits(by, Permission.ASSESSMENT_REPLY):
        raise NotPermitted(Permission.ASSESSMENT_REPLY)
    statement = select(RecommendationAnswer).where(RecommendationAnswer.recommendation == recommendation)
    row = (await session.scalars(statement.with_for_update())).one_or_none()
    if (row.version if row else 0) != version:
        raise Conflict("recommendation.changed", CHANGED_MEANWHILE)
    if row is None:
        row = RecommendationAnswer(plan=plan, recommendation=recommendation, demo=demo)
        session.add(row)
    row.answer, row.words, row.answered_at = verdict, words.model_dump(mode="json"), utc_now()
    await session.flush()
    await audit.record(session, "recommendation.answered", by=by, about=row, after={"answer": verdict})
    return row


async def recommended_before(session: AsyncSession, jurisdiction: str, plan: str) -> Sequence[ToldRecommendation]:
    """What the monitor recommended, in public, about other plans than `plan`: for it to take up or to answer."""
    published = await newest_published(session, jurisdiction)
    return [one for told in published if told.edition.plan != plan for one in recommendations_in(told)]
