"""Requests for reports: asking a unit's contact, the link that is taken once, and the key of whoever took it."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.accounts.service import token_hash
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import Database, show_key, utc_now
from ogpmonitor.kit.errors import Conflict, Gone, Invalid, NotFound, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.periods.models import Period, ReportRequest
from ogpmonitor.periods.requested import answers_for, milestones_of
from ogpmonitor.plans.models import Milestone

COOKIE = "ogpmonitor_request"
NOT_ACTIVE = msgid("This jurisdiction takes no reports at present: it is suspended or archived. Its pages say why.")
LONGEST_DAYS = 60
USUAL_DAYS = 30  # how long a request stands where no period says until when
TOKEN_LENGTH = 43  # letters of 32 random bytes


@dataclass(frozen=True)
class Asking:
    """Who is asked to report on what, and until which day (of the tenant's time zone, included)."""

    period: Period | None
    unit: str
    milestones: Sequence[Milestone]
    name: str
    email: str
    language: str
    until: date
    id: UUID | None = None  # of the form, so that sending it twice asks once
    demo: bool = False


@dataclass(frozen=True)
class Asked:
    """A new request, and the token of its link, which is told here and never again."""

    request: ReportRequest
    token: str


def usual_until(period: Period | None, *, on: date) -> date:
    """Until which day a request made `on` that day usually stands: the day its period closes, if that is to come."""
    if period and on <= period.closes_on <= latest_day(on=on):
        return period.closes_on
    return on + timedelta(days=USUAL_DAYS)


def latest_day(*, on: date) -> date:
    """The last day until which a request made `on` that day may stand."""
    return on + timedelta(days=LONGEST_DAYS)


def problems_of(asking: Asking, *, on: date) -> Iterable[tuple[str, str]]:
    """Every (field, message) that keeps `asking` from being sent `on` that day."""
    if not asking.milestones or not all(answers_for(one, asking.unit) for one in asking.milestones):
        yield "milestones", msgid("Choose at least one milestone of this unit.")
    if asking.until < on:
        yield "until", msgid("This day is over. Choose one that is to come.")
    if asking.until > latest_day(on=on):
        yield "until", msgid("A link stands for at most 60 days. Choose an earlier day.")
    if asking.period and asking.period.closed_at:
        yield "period", msgid("This period is closed and takes no reports any more.")


async def ask(session: AsyncSession, asking: Asking, *, on: date, zone: tzinfo, by: Actor) -> Asked:
    """The contact is asked, and the link that opens exactly these milestones stands until the day is over.

    `on` is today in `zone`, the tenant's. The link is not sent: whoever asked passes it on.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: this very form was sent before.
        Invalid: milestones that are not the unit's, a day too early or late, a closed period (ask `problems_of`).
    """
    _permit(by)
    for name, message in problems_of(asking, on=on):
        raise Invalid(f"request.{name}", message, field=name)
    if asking.id and await session.scalar(select(ReportRequest.id).where(ReportRequest.id == asking.id)):
        raise Conflict("request.sent_before", msgid("This request was made before."))
    token = secrets.token_urlsafe(32)
    row = ReportRequest(
        period_id=asking.period.id if asking.period else None,
        unit=asking.unit,
        name=asking.name,
        email=asking.email,
        milestone_ids=[one.id for one in asking.milestones],
        language=asking.language,
        token_sha256=token_hash(token),
        created_at=utc_now(),
        created_by=by.id,
        expires_at=end_of(asking.until, zone),
        demo=asking.demo,
    )
    if asking.id:
        row.id = asking.id
    session.add(row)
    await session.flush()
    await audit.record(session, "request.created", by=by, about=row, after=_told(row))
    return Asked(row, token)


async def revoke(session: AsyncSession, request: ReportRequest, *, by: Actor) -> None:
    """The link opens nothing any more, and neither does the browser that took it; what was reported stays.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it was revoked before.
    """
    _permit(by)
    if request.revoked_at is not None:
        raise Conflict("request.revoked", msgid("This link was withdrawn before."))
    request.revoked_at = utc_now()
    await session.flush()
    await audit.record(session, "request.revoked", by=by, about=request)


async def renew(
    session: AsyncSession, request: ReportRequest, *, until: date, on: date, zone: tzinfo, by: Actor
) -> Asked:
    """A new request asks the same of the same person with a link of its own; the old one is revoked.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Invalid: a day too early or too late (`until`), or nothing is left to ask.
    """
    _permit(by)
    asking = await _again(session, request, until)
    for name, message in problems_of(asking, on=on):
        raise Invalid(f"request.{name}", message, field=name)
    if request.revoked_at is None:
        request.revoked_at = utc_now()
        await session.flush()
    renewed = await ask(session, asking, on=on, zone=zone, by=by)
    before = {"expires_at": request.expires_at.isoformat()}
    after = {"expires_at": renewed.request.expires_at.isoformat()}
    await audit.record(session, "request.renewed", by=by, about=request, before=before, after=after)
    return renewed


async def problems_of_renewal(
    session: AsyncSession, request: ReportRequest, *, until: date, on: date
) -> Sequence[tuple[str, str]]:
    """Every message that keeps a new link until that day from being made; all of them are said at `until`."""
    return [("until", message) for _, message in problems_of(await _again(session, request, until), on=on)]


async def _again(session: AsyncSession, request: ReportRequest, until: date) -> Asking:
    """The same question to the same person, as far as what it asks about is still there."""
    period = await session.get(Period, request.period_id) if request.period_id else None
    steps = await milestones_of(session, request)
    return Asking(period, request.unit, steps, request.name, request.email, request.language, until, demo=request.demo)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The instant at which `day` is over in `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def last_day(request: ReportRequest, zone: tzinfo) -> date:
    """The last day, in `zone`, on which the link opens."""
    return (request.expires_at - timedelta(seconds=1)).astimezone(zone).date()


def is_standing(request: ReportRequest) -> bool:
    """Whether it was neither revoked nor has ended."""
    return request.revoked_at is None and request.expires_at > utc_now()


def state_of(request: ReportRequest) -> str:
    """A code of what became of it: revoked, ended, opened or waiting."""
    if request.revoked_at is not None:
        return "revoked"
    if not is_standing(request):
        return "ended"
    return "waiting" if request.opened_at is None else "opened"


async def find_by_token(session: AsyncSession, token: str) -> ReportRequest:
    """The request whose link holds `token`. From then on the transaction is that of whoever holds the link.

    Raises:
        NotFound: no link of this tenant holds it.
    """
    if len(token) != TOKEN_LENGTH or not token.isascii():
        raise NotFound("request.not_found")
    sha256 = token_hash(token)
    await show_key(session, sha256)
    statement = select(ReportRequest).where(ReportRequest.token_sha256 == sha256)
    request = (await session.scalars(statement)).one_or_none()
    if request is None:
        raise NotFound("request.not_found")
    return request


def is_held(request: ReportRequest, key: str | None) -> bool:
    """Whether `key` is that of the browser that took the request."""
    if not key or not request.key_sha256:
        return False
    return secrets.compare_digest(token_hash(key), request.key_sha256)


async def take(session: AsyncSession, request: ReportRequest) -> str:
    """The link is used: the key returned here, told once, opens the request from now on, and nothing else does.

    Of several who take it at the same time one gets it. The transaction goes on as that of the key's holder.

    Raises:
        Gone: it was taken before, was revoked, or has ended.
    """
    key = secrets.token_urlsafe(32)
    statement = (
        update(ReportRequest)
        .where(ReportRequest.id == request.id, ReportRequest.opened_at.is_(None))
        .values(opened_at=utc_now(), key_sha256=token_hash(key), version=ReportRequest.version + 1)
        .returning(ReportRequest.id)
        .execution_options(synchronize_session=False)
    )
    if (await session.execute(statement)).one_or_none() is None:
        raise Gone("request.gone")
    await show_key(session, token_hash(key))
    holder = actor_of(request, token_hash(key))
    await audit.record(session, "request.opened", by=holder, about=request)
    return key


def actor_of(request: ReportRequest, key_sha256: str) -> Actor:
    """Whoever holds the request: a contact of its unit, for what it asks and nothing else."""
    return Actor(
        id=None,
        name=request.name,
        role=Role.CONTACT,
        unit=request.unit,
        request_id=request.id,
        asked=frozenset(request.milestone_ids),
        key_sha256=key_sha256,
    )


async def find_holder(database: Database, connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Who answers the request that the address names, by the key in the cookie.

    Raises:
        NotFound: no link of this tenant holds this token.
        Gone: the key is missing or another's, or the request was revoked or has ended.
    """
    tenant = connection.state.place.tenant
    key = connection.cookies.get(COOKIE)
    async with database.tenant_session(tenant.id, read_only=True) as session:
        request = await find_by_token(session, str(connection.path_params["token"]))
        if not is_held(request, key) or not is_standing(request):
            raise Gone("request.gone")
        await show_key(session, str(request.key_sha256))
        if await session.scalar(select(func.platform.actor_role())) is None:
            raise Gone("tenant.not_active", NOT_ACTIVE)
        return actor_of(request, str(request.key_sha256))


def _permit(by: Actor) -> None:
    if not permits(by, Permission.REQUEST_MANAGE):
        raise NotPermitted(Permission.REQUEST_MANAGE)


def _told(row: ReportRequest) -> dict[str, object]:
    """Without the contact's name: the record is never changed, and persons are known there by id only."""
    return {
        "unit": row.unit,
        "milestones": [str(one) for one in row.milestone_ids],
        "expires_at": row.expires_at.isoformat(),
    }
