"""Reading mandates. Outside any jurisdiction the platform's people see those of all."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Membership
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.localized import Localized
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.register import assessment_documents as documents
from ogpmonitor.tenants.queries import own_zone


async def list_mandates(session: AsyncSession) -> Sequence[Mandate]:
    """Every mandate the actor may see, the newest proposal first."""
    return (await session.scalars(select(Mandate).order_by(Mandate.proposed_at.desc(), Mandate.id))).all()


async def get_mandate(session: AsyncSession, mandate_id: UUID) -> Mandate:
    """One mandate of this tenant.

    Raises:
        NotFound: there is none.
    """
    found = (await session.scalars(select(Mandate).where(Mandate.id == mandate_id))).one_or_none()
    if found is None:
        raise NotFound("mandate.not_found")
    return found


async def mandate_of(session: AsyncSession, person_id: UUID | None) -> Mandate | None:
    """The mandate under which this person monitors here; None for somebody who does not."""
    statement = (
        select(Mandate)
        .join(Membership, Membership.mandate_id == Mandate.id)
        .where(Membership.person_id == person_id, Membership.role == "monitor")
    )
    return (await session.scalars(statement)).one_or_none()


async def public_mandates(session: AsyncSession) -> list[documents.Mandate]:
    """What the register says of every confirmed mandate of this tenant, oldest first."""
    zone = await own_zone(session)
    statement = select(Mandate).where(Mandate.confirmed_at.is_not(None)).order_by(Mandate.starts_on, Mandate.id)
    return [public_mandate(one, zone) for one in await session.scalars(statement) if one.body]


def public_mandate(mandate: Mandate, zone: ZoneInfo) -> documents.Mandate:
    """What is public of a confirmed mandate. One that was ended early says its last day. Days are those of `zone`."""
    confirmed = mandate.confirmed_at or utc_now()
    return documents.Mandate(
        body=mandate.body,
        contact=mandate.contact,
        mandate=Localized.model_validate(mandate.mandate),
        starts_on=mandate.starts_on,
        ends_on=mandate.ended_at.astimezone(zone).date() if mandate.ended_at else mandate.ends_on,
        confirmed_on=confirmed.astimezone(zone).date(),
        confirmed_by="ogp_staff" if mandate.confirmed_as == "ogp_staff" else "operator",
        demo=mandate.demo,
    )
