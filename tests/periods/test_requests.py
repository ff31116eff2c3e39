"""Requests in the service and in the database: who holds one, and what nobody gets by it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.factories.cast import Cast
from tests.factories.plans import OTHER_UNIT, milestone_of
from tests.factories.requests import UNIT, ZONE, ask, change, taken, today

from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict, DomainError, Gone, Invalid, NotFound, NotPermitted
from ogpmonitor.periods import requests
from ogpmonitor.periods.models import Period

FAR = {"maipu", "renca", "santiago"}
# What a holder of Peñalolén's request about one milestone may see of each table: how many rows, at most.
IN_SIGHT = {
    "workbench.plans": 1,
    "workbench.commitments": 1,
    "workbench.milestones": 1,
    "workbench.report_requests": 1,
}
HIDDEN = (
    "workbench.amendments",
    "workbench.assessments",
    "workbench.assessment_answers",
    "workbench.audit_records",
    "workbench.imports",
    "workbench.periods",
    "platform.invitations",
    "platform.memberships",
    "platform.people",
    "platform.deeds",
    "platform.sign_ins",
)


@asynccontextmanager
async def holding(cast: Cast, key: str, tenant: str = "penalolen") -> AsyncIterator[TenantSession]:
    """A transaction of whoever holds the key with this hash."""
    async with cast.database.tenant_session(cast.tenant_ids[tenant], None, key=key) as session:
        yield session


async def count(session: TenantSession, table: str) -> int:
    return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def add_period(cast: Cast, code: str = "2026-Q3", *, closed: bool = False) -> Period:
    day = today()
    async with cast.at("penalolen", cast.coordinator) as session:
        period = Period(
            code=code,
            starts_on=day - timedelta(days=100),
            ends_on=day - timedelta(days=10),
            opens_on=day - timedelta(days=10),
            closes_on=day + timedelta(days=20),
            closed_at=utc_now() if closed else None,
        )
        session.add(period)
    return period


async def test_request_keeps_only_the_hash_of_its_token(cast: Cast) -> None:
    asked = await ask(cast)

    async with cast.at("penalolen", cast.coordinator) as session:
        said = await session.scalar(text("SELECT string_agg(r::text, '') FROM workbench.report_requests r"))

    assert len(asked.token) == 43
    assert asked.token not in said
    assert requests.token_hash(asked.token) in said


async def test_usual_day_is_that_of_the_closing_period(cast: Cast) -> None:
    period = await add_period(cast)

    assert requests.usual_until(period, on=today()) == period.closes_on
    assert requests.usual_until(period, on=period.closes_on + timedelta(days=1)) > period.closes_on
    assert requests.usual_until(None, on=today()) == today() + timedelta(days=30)


async def test_request_stands_until_its_last_day_is_over(cast: Cast) -> None:
    asked = await ask(cast, until=today())

    assert requests.last_day(asked.request, ZONE) == today()
    assert requests.is_standing(asked.request)
    assert asked.request.expires_at.astimezone(ZONE).hour == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"until": today() - timedelta(days=1)}, "request.until"),
        ({"until": today() + timedelta(days=61)}, "request.until"),
        ({"unit": "Otra unidad"}, "request.milestones"),
        ({"milestones": []}, "request.milestones"),
    ],
)
async def test_what_cannot_be_asked_is_refused(cast: Cast, given: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(cast, **given)

    assert refused.value.code == code


async def test_a_closed_period_is_not_asked_about(cast: Cast) -> None:
    period = await add_period(cast, closed=True)

    with pytest.raises(Invalid, match=r"request\.period"):
        await ask(cast, period=period)


async def test_the_same_form_asks_once(cast: Cast) -> None:
    first = await ask(cast)

    with pytest.raises(Conflict):
        await ask(cast, id=first.request.id)


@pytest.mark.parametrize("who", ["contact", "monitor", "citizen"])
async def test_only_a_coordinator_asks_revokes_and_renews(cast: Cast, who: str) -> None:
    asked = await ask(cast)
    by = getattr(cast, who)
    async with cast.rehearsal("penalolen", by) as session:
        with pytest.raises(NotPermitted):
            await requests.revoke(session, asked.request, by=by)
        with pytest.raises(NotPermitted):
            await requests.renew(session, asked.request, until=today(), on=today(), zone=ZONE, by=by)
        assert await count(session, "workbench.report_requests") == 0


async def test_of_two_who_press_the_button_one_gets_in(cast: Cast) -> None:
    asked = await ask(cast)

    outcomes = await asyncio.gather(*(taken(cast, asked) for _ in range(2)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in outcomes) == ["Gone", "str"]


async def test_a_link_is_taken_once(cast: Cast) -> None:
    asked = await ask(cast)
    await taken(cast, asked)

    with pytest.raises(Gone):
        await taken(cast, asked)


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
async def test_a_link_that_does_not_stand_is_not_taken(cast: Cast, column: str) -> None:
    asked = await ask(cast)
    await change(cast, asked, **{column: utc_now() - timedelta(seconds=1)})

    with pytest.raises(Gone):
        await taken(cast, asked)


async def test_a_link_of_another_tenant_is_not_found(cast: Cast) -> None:
    asked = await ask(cast)
    for tenant in FAR:
        async with cast.at(tenant, cast.citizen) as session:
            with pytest.raises(NotFound):
                await requests.find_by_token(session, asked.token)


async def test_holder_is_a_contact_of_the_unit_while_the_request_stands(cast: Cast) -> None:
    asked = await ask(cast)
    key = await taken(cast, asked)
    roles = "SELECT platform.actor_role(), platform.actor_unit()"
    async with holding(cast, key) as session:
        assert tuple((await session.execute(text(roles))).one()) == ("contact", UNIT)
    async with holding(cast, key, "maipu") as session:
        assert tuple((await session.execute(text(roles))).one()) == (None, None)

    await change(cast, asked, revoked_at=utc_now())

    async with holding(cast, key) as session:
        assert tuple((await session.execute(text(roles))).one()) == (None, None)
        assert await count(session, "workbench.milestones") == 0


async def test_the_token_alone_is_no_role(cast: Cast) -> None:
    asked = await ask(cast)
    for sha256 in (requests.token_hash(asked.token), "", "0" * 64):
        async with holding(cast, sha256) as session:
            assert await session.scalar(text("SELECT platform.actor_role()")) is None
            assert await count(session, "workbench.milestones") == 0


async def test_holder_sees_what_is_asked_and_nothing_else(cast: Cast) -> None:
    await add_period(cast)
    asked = await ask(cast)
    await ask(cast)  # a second one, which the holder of the first does not see
    async with cast.at("penalolen", cast.coordinator) as session:
        there = {table: await count(session, table) for table in (*IN_SIGHT, "workbench.evidence", *HIDDEN)}
    key = await taken(cast, asked)

    async with holding(cast, key) as session:
        seen = {table: await count(session, table) for table in IN_SIGHT}
        hidden = {table: await count(session, table) for table in HIDDEN}
        names = await session.scalars(text("SELECT id FROM workbench.milestones"))
        assert set(names) == set(asked.request.milestone_ids)
        supported = await count(session, "workbench.evidence_supports")
        assert await count(session, "workbench.evidence") == supported

    assert seen == IN_SIGHT
    assert set(hidden.values()) == {0}
    # There was something to see.
    assert there["workbench.milestones"] > 1
    assert there["workbench.evidence"] > supported
    assert min(there["platform.people"], there["platform.memberships"], there["workbench.periods"]) >= 1


async def test_holder_sees_the_period_asked_about(cast: Cast) -> None:
    period, _ = await add_period(cast), await add_period(cast, "2026-Q2")
    key = await taken(cast, await ask(cast, period=period))

    async with holding(cast, key) as session:
        assert list(await session.scalars(text("SELECT id FROM workbench.periods"))) == [period.id]


MEDDLING = {
    "another milestone": "UPDATE workbench.milestones SET progress = 'completed' WHERE id <> ALL (:asked)",
    "a commitment": "UPDATE workbench.commitments SET position = 9",
    "a plan": "UPDATE workbench.plans SET slug = 'x'",
    "its own request": "UPDATE workbench.report_requests SET expires_at = expires_at + interval '1 year'",
    "its milestones": "UPDATE workbench.report_requests SET milestone_ids = '{}'",
    "a new request": "INSERT INTO workbench.report_requests SELECT (jsonb_populate_record(r, jsonb_build_object("
    "'id', gen_random_uuid(), 'token_sha256', 'x', 'key_sha256', 'y'))).* FROM workbench.report_requests r",
    "a period": "UPDATE workbench.periods SET closed_at = NULL",
    "an accepted report": "INSERT INTO workbench.milestone_reports (id, milestone_id, state, nothing_new, said,"
    " reported_at, request_id, demo, version) VALUES (gen_random_uuid(), :first, 'accepted', true, '{}', now(),"
    " :request, true, 1)",
    "a report of nobody": "INSERT INTO workbench.milestone_reports (id, milestone_id, state, nothing_new, said,"
    " reported_at, demo, version) VALUES (gen_random_uuid(), :first, 'submitted', true, '{}', now(), true, 1)",
    "support of another milestone": "INSERT INTO workbench.evidence_supports (id, evidence_id, milestone_id)"
    " SELECT gen_random_uuid(), evidence_id, :other FROM workbench.evidence_supports",
    "a trace of somebody else": "INSERT INTO workbench.audit_records (id, at, action, subject, request_id, actor_role)"
    " VALUES (gen_random_uuid(), now(), 'x', 'x', gen_random_uuid(), 'contact')",
    "a trace without the request": "INSERT INTO workbench.audit_records (id, at, action, subject, actor_role)"
    " VALUES (gen_random_uuid(), now(), 'x', 'x', 'contact')",
    "a trace as coordinator": "INSERT INTO workbench.audit_records (id, at, action, subject, request_id, actor_role)"
    " VALUES (gen_random_uuid(), now(), 'x', 'x', :request, 'coordinator')",
    "a membership": "UPDATE platform.memberships SET role = 'coordinator'",
    "an assessment": "DELETE FROM workbench.assessments",
}


@pytest.mark.parametrize("attempt", MEDDLING)
async def test_holder_changes_nothing_but_what_is_asked(cast: Cast, attempt: str) -> None:
    asked = await ask(cast)
    key = await taken(cast, asked)
    async with cast.at("penalolen", cast.coordinator) as session:
        other = (await milestone_of(session, OTHER_UNIT)).id
    ids = asked.request.milestone_ids
    values = {"asked": ids, "first": ids[0], "other": other, "request": asked.request.id}
    wanted = {name: value for name, value in values.items() if f":{name}" in MEDDLING[attempt]}

    assert await attempted(cast, key, MEDDLING[attempt], wanted) == 0


async def attempted(cast: Cast, key: str, statement: str, values: dict[str, object]) -> int:
    """How many rows the holder changed; none where the database refuses because it may not."""
    try:
        async with holding(cast, key) as session:
            return int((await session.execute(text(statement), values)).rowcount)  # type: ignore[attr-defined]
    except DBAPIError as refused:
        if not any(word in str(refused) for word in ("policy", "permission denied", "only taken")):
            raise
        return 0


async def test_holder_may_report_what_is_asked(cast: Cast) -> None:
    """So that the refusals above are refusals, not mistakes of the statement."""
    asked = await ask(cast)
    key = await taken(cast, asked)
    statement = MEDDLING["an accepted report"].replace("'accepted'", "'submitted'")
    holder = requests.actor_of(asked.request, key)

    async with holding(cast, key) as session:
        values = {"first": asked.request.milestone_ids[0], "request": asked.request.id}
        assert (await session.execute(text(statement), values)).rowcount == 1  # type: ignore[attr-defined]
        await audit.record(session, "milestone.reported", by=holder, about=asked.request)


@pytest.mark.parametrize("who", ["coordinator", "contact"])
async def test_nobody_else_leaves_a_trace_in_the_name_of_a_request(cast: Cast, who: str) -> None:
    asked = await ask(cast)
    by = replace(getattr(cast, who), request_id=asked.request.id)

    with pytest.raises(DBAPIError, match="policy"):
        async with cast.at("penalolen", by) as session:
            await audit.record(session, "request.opened", by=by, about=asked.request)


async def test_renewal_asks_the_same_by_another_link(cast: Cast) -> None:
    asked = await ask(cast)
    async with cast.at("penalolen", cast.coordinator) as session:
        row = await session.get_one(requests.ReportRequest, asked.request.id)
        renewed = await requests.renew(session, row, until=today(), on=today(), zone=ZONE, by=cast.coordinator)

    assert renewed.token != asked.token
    assert renewed.request.milestone_ids == asked.request.milestone_ids
    with pytest.raises(DomainError):
        await taken(cast, asked)
    assert await taken(cast, renewed)


async def test_every_step_of_a_request_leaves_a_trace(cast: Cast) -> None:
    asked = await ask(cast)
    await taken(cast, asked)
    async with cast.at("penalolen", cast.coordinator) as session:
        row = await session.get_one(requests.ReportRequest, asked.request.id)
        await requests.revoke(session, row, by=cast.coordinator)
        found = await session.execute(
            text("SELECT action, actor_id, request_id FROM workbench.audit_records WHERE subject_id = :id ORDER BY at"),
            {"id": asked.request.id},
        )
        traces = [tuple(one) for one in found]

    assert traces == [
        ("request.created", cast.coordinator.id, None),
        ("request.opened", None, asked.request.id),
        ("request.revoked", cast.coordinator.id, None),
    ]


async def test_milestones_of_another_unit_are_not_the_holders(cast: Cast) -> None:
    """Even if the row named one: the unit's name is checked where something is written."""
    asked = await ask(cast)
    async with cast.at("penalolen", cast.coordinator) as session:
        other = (await milestone_of(session, OTHER_UNIT)).id
    await change(cast, asked, milestone_ids=[other])
    key = await taken(cast, asked)

    async with holding(cast, key) as session:
        statement = text("UPDATE workbench.milestones SET progress = 'completed'")
        assert (await session.execute(statement)).rowcount == 0  # type: ignore[attr-defined]
