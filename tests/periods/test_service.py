"""What is reported waits, is accepted or returned; a closed period takes nothing."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.factories.cast import Cast
from tests.factories.periods import CODE, a_period
from tests.factories.plans import OWN_UNIT, address_of, milestone_of, report
from tests.factories.site import Site

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.periods.models import MilestoneReport, Period
from ogpmonitor.periods.queries import get_period, list_periods
from ogpmonitor.periods.service import close_period, reopen_period
from ogpmonitor.plans.queries import get_plan

REPORTS = "/es/penalolen/workbench/reports/"


async def the_report(cast: Cast) -> MilestoneReport:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        statement = select(MilestoneReport).where(MilestoneReport.period_id.is_not(None))
        return (await session.scalars(statement)).one()


async def test_a_contact_reports_corrects_and_the_coordinator_accepts(site: Site, cast: Cast) -> None:
    await a_period(cast)
    contact, coordinator = await site.sign_in("penalolen-contact"), await site.sign_in("penalolen-coordinator")
    address = await address_of(cast, OWN_UNIT)
    await contact.post(address, data=report(text="Primero."))
    sent = await the_report(cast)
    review = f"{REPORTS}{sent.id}/"

    bare = await coordinator.post(review, data={"version": sent.version, "decision": "return", "note": ""})
    returned = await coordinator.post(review, data={"version": sent.version, "decision": "return", "note": "¿Cuándo?"})
    seen = (await contact.get(address)).text
    again = await the_report(cast)
    await contact.post(address, data=report(text="Segundo.", report_version=str(again.version)))
    corrected = await the_report(cast)
    accepted = await coordinator.post(review, data={"version": corrected.version, "decision": "accept"})

    assert [bare.status_code, returned.status_code, accepted.status_code] == [422, 303, 303]
    assert "¿Cuándo?" in seen
    assert "Primero." in seen
    assert (corrected.state, (await the_report(cast)).state) == ("submitted", "accepted")
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert ((await milestone_of(session, OWN_UNIT)).progress_text or {})["es"] == "Segundo."


async def test_a_contact_decides_on_no_report(site: Site, cast: Cast) -> None:
    await a_period(cast)
    contact, neighbour = await site.sign_in("penalolen-contact"), await site.sign_in("maipu-coordinator")
    await contact.post(await address_of(cast, OWN_UNIT), data=report())
    sent = await the_report(cast)
    data = {"version": sent.version, "decision": "accept"}

    own = await contact.post(f"{REPORTS}{sent.id}/", data=data)
    theirs = await neighbour.post(f"{REPORTS}{sent.id}/".replace("penalolen", "maipu"), data=data)

    assert (own.status_code, theirs.status_code) == (403, 404)
    assert (await the_report(cast)).state == "submitted"


async def test_the_database_lets_no_contact_write_a_milestone(cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        own = await milestone_of(session, OWN_UNIT)

    async with cast.rehearsal("penalolen", cast.contact) as session:
        statement = text("UPDATE workbench.milestones SET percent = 100 WHERE id = :id RETURNING id")
        assert (await session.execute(statement, {"id": own.id})).all() == []


async def test_the_database_refuses_what_is_reported_in_a_closed_period(cast: Cast) -> None:
    period_id = await a_period(cast)
    async with cast.at("penalolen", cast.coordinator) as session:
        own = (await milestone_of(session, OWN_UNIT)).id
        (await session.get_one(Period, period_id)).closed_at = utc_now()

    async with cast.rehearsal("penalolen", cast.contact) as session:
        given = {"period_id": period_id, "milestone_id": own, "state": "submitted", "said": {}}
        session.add(MilestoneReport(**given, nothing_new=True, reported_at=utc_now(), demo=True))
        with pytest.raises(DBAPIError, match="the period is closed"):
            await session.flush()


async def test_reopening_needs_a_reason_and_is_recorded(cast: Cast) -> None:
    await a_period(cast)
    async with cast.rehearsal("penalolen", cast.coordinator) as session:
        period = await get_period(session, CODE)
        with pytest.raises(NotPermitted):
            await close_period(session, period, by=cast.contact)
        await close_period(session, period, by=cast.coordinator)
        with pytest.raises(Conflict):
            await close_period(session, period, by=cast.coordinator)
        with pytest.raises(Invalid):
            await reopen_period(session, period, reason="  ", by=cast.coordinator)

        await reopen_period(session, period, reason="Faltaba un informe.", by=cast.coordinator)

        statement = select(AuditRecord).where(AuditRecord.action == "period.reopened")
        assert (await session.scalars(statement)).one().reason == "Faltaba un informe."
        assert period.closed_at is None


async def test_a_plan_without_a_start_takes_that_of_its_first_step(site: Site, cast: Cast) -> None:
    coordinator = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator) as session:
        plan = await get_plan(session, "2021-2024")
        plan.starts_on = plan.ends_on = None
        steps = [milestone for commitment in plan.commitments for milestone in commitment.milestones]
        for step in steps:
            step.starts_on = step.due_on = None
        for commitment in plan.commitments:
            commitment.starts_on = commitment.ends_on = None
        steps[0].starts_on, steps[1].due_on = "2022-02", "2022-08"
    prepared = await coordinator.post("/es/penalolen/workbench/periods/", data={"plan": "2021-2024"})
    async with cast.at("penalolen", cast.coordinator) as session:
        codes = [period.code for period in await list_periods(session)]
        (await get_plan(session, "2021-2024")).commitments[0].milestones[0].starts_on = None
        for period in await list_periods(session):
            await session.delete(period)
    refused = await coordinator.post("/es/penalolen/workbench/periods/", data={"plan": "2021-2024"})

    assert prepared.status_code == 303
    assert sorted(codes) == ["2022-Q1", "2022-Q2", "2022-Q3"]
    assert refused.status_code == 422
    assert "El plan no dice cuándo empieza o cuándo termina" in refused.text
