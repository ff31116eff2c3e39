"""Writing periods: prepare them, move their days, close and reopen them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.periods.calendar import spans_between
from ogpmonitor.periods.models import Period
from ogpmonitor.periods.queries import list_periods
from ogpmonitor.plans.models import Plan
from ogpmonitor.tenants.schemas import Reporting


async def prepare_periods(session: AsyncSession, plan: Plan, rhythm: Reporting, *, by: Actor) -> Sequence[Period]:
    """Every period from the start to the end of `plan` stands, in `rhythm`; the new ones are returned, in order.

    A plan that leaves out its start or its end counts from the first or to the last day of its commitments and
    milestones, which must be loaded.

    A period that overlaps one that stands already is left out, so a second call makes nothing, and a change of rhythm
    begins after the last one.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Invalid: nothing in the plan says when it starts or when it ends.
    """
    _permit(by)
    first, last = _reach(plan)
    if first is None or last is None:
        raise Invalid("period.no_dates", msgid("The plan says no start or no end. Write them first."))
    known = await list_periods(session)
    fresh = [
        Period(**vars(span), closed_at=None)
        for span in spans_between(first, last, rhythm)
        if not any(one.starts_on <= span.ends_on and span.starts_on <= one.ends_on for one in known)
    ]
    session.add_all(fresh)
    await session.flush()
    for period in fresh:
        await audit.record(session, "period.prepared", by=by, about=period, after={"code": period.code})
    return fresh


async def reschedule(session: AsyncSession, period: Period, *, opens_on: date, closes_on: date, by: Actor) -> None:
    """`period` takes reports between these days, both included. What is said already leaves no trace.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it is closed.
        Invalid: it would close before it opens (`closes_on`).
    """
    _permit(by)
    if period.closed_at is not None:
        raise Conflict("period.closed", msgid("This period is closed. Reopen it first."))
    if closes_on < opens_on:
        raise Invalid("period.days", msgid("It cannot close before it opens."), field="closes_on")
    before = {"opens_on": period.opens_on.isoformat(), "closes_on": period.closes_on.isoformat()}
    after = {"opens_on": opens_on.isoformat(), "closes_on": closes_on.isoformat()}
    if before == after:
        return
    period.opens_on, period.closes_on = opens_on, closes_on
    await session.flush()
    await audit.record(session, "period.rescheduled", by=by, about=period, before=before, after=after)


async def close_period(session: AsyncSession, period: Period, *, by: Actor) -> None:
    """`period` takes nothing any more: the database refuses.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it is closed already.
    """
    _permit(by)
    if period.closed_at is not None:
        raise Conflict("period.closed", msgid("This period is closed. Reopen it first."))
    period.closed_at = utc_now()
    await session.flush()
    await audit.record(session, "period.closed", by=by, about=period, after={"code": period.code})


async def reopen_period(session: AsyncSession, period: Period, *, reason: str, by: Actor) -> None:
    """`period` takes reports again, and the record says why.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it is not closed.
        Invalid: no reason (`reason`).
    """
    _permit(by)
    if period.closed_at is None:
        raise Conflict("period.open", msgid("This period is not closed."))
    if not reason.strip():
        raise Invalid("period.reason", msgid("Say why it is reopened. It stays in the record."), field="reason")
    period.closed_at = None
    await session.flush()
    await audit.record(session, "period.reopened", by=by, about=period, after={"code": period.code}, reason=reason)


def _permit(by: Actor) -> None:
    if not permits(by, Permission.PERIOD_MANAGE):
        raise NotPermitted(Permission.PERIOD_MANAGE)


def _reach(plan: Plan) -> tuple[date | None, date | None]:
    promises, steps = plan.commitments, [step for commitment in plan.commitments for step in commitment.milestones]
    starts = [each.starts_on for each in promises] + [each.starts_on for each in steps]
    ends = [each.ends_on for each in promises] + [each.due_on for each in steps]
    starts, ends = [plan.starts_on] if plan.starts_on else starts, [plan.ends_on] if plan.ends_on else ends
    return (
        min((PartialDate.parse(text).first_day for text in starts if text), default=None),
        max((PartialDate.parse(text).last_day for text in ends if text), default=None),
    )
