"""The grid: many milestones at once, all the rows that were touched or none of them."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.periods import CODE, a_period
from tests.factories.plans import LATE, OTHER_UNIT, OWN_UNIT, milestone_of
from tests.factories.site import Site

from ogpmonitor.kit.db import utc_now
from ogpmonitor.periods.models import MilestoneReport, Period
from ogpmonitor.plans.models import Milestone

PERIOD = f"/es/penalolen/workbench/periods/{CODE}/"
GRID = f"{PERIOD}grid/"
FIELDS = ("progress", "percent", "text", "started_on", "completed_on", "expected_on", "late_reason")
CELL = re.compile(r'name="((?:version|report_version|was)-[^"]+)" value="([^"]*)"')


async def found(cast: Cast, place: str) -> Milestone:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return await milestone_of(session, place)


async def sent_in(cast: Cast) -> list[MilestoneReport]:
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        return list(await session.scalars(select(MilestoneReport).where(MilestoneReport.period_id.is_not(None))))


async def opened(client: httpx.AsyncClient, address: str = GRID) -> dict[str, str]:
    """What a browser would send back of the hidden cells."""
    return dict(CELL.findall((await client.get(address)).text))


def cells(milestone: Milestone, **given: str) -> dict[str, str]:
    said = {"progress": "ongoing", "text": "Se avanzó.", "late_reason": "Faltó personal.", **given}
    return {f"{name}-{milestone.id}": value for name, value in said.items()}


def only(hidden: dict[str, str], *milestones: Milestone) -> dict[str, str]:
    return {name: value for name, value in hidden.items() if any(name.endswith(str(one.id)) for one in milestones)}


@pytest.mark.parametrize(
    ("persona", "shown"),
    [(None, 401), ("penalolen-coordinator", 200), ("penalolen-contact", 200), ("maipu-coordinator", 404)],
)
async def test_the_grid_is_open_to_those_who_report(site: Site, cast: Cast, persona: str | None, shown: int) -> None:
    await a_period(cast)
    client = await site.sign_in(persona) if persona else site.client

    assert (await client.get(GRID)).status_code == shown
    assert (await client.post(GRID, data={})).status_code == (303 if shown == 200 else shown)


async def test_a_contact_sees_and_sends_only_its_own_rows(site: Site, cast: Cast) -> None:
    await a_period(cast)
    own, other = await found(cast, OWN_UNIT), await found(cast, OTHER_UNIT)
    contact, coordinator = await site.sign_in("penalolen-contact"), await site.sign_in("penalolen-coordinator")
    page = (await contact.get(GRID)).text
    hidden = await opened(coordinator)

    answer = await contact.post(GRID, data={**only(hidden, own, other), **cells(own), **cells(other)})

    assert f"progress-{own.id}" in page
    assert f"progress-{other.id}" not in page
    assert answer.status_code == 303
    assert [(one.milestone_id, one.state) for one in await sent_in(cast)] == [(own.id, "submitted")]
    assert (await found(cast, OWN_UNIT)).version == own.version  # it waits


async def test_rows_that_were_not_touched_are_not_reported(site: Site, cast: Cast) -> None:
    await a_period(cast)
    late = await found(cast, LATE)
    client = await site.sign_in("penalolen-coordinator")
    page = (await client.get(GRID)).text
    as_they_stand: dict[str, Any] = dict(CELL.findall(page))
    other = await found(cast, OTHER_UNIT)
    words = (other.progress_text or {}).get("es", ""), (other.late_reason or {}).get("es", "")
    untouched = {name: str(getattr(other, name) or "") for name in ("started_on", "completed_on", "expected_on")}
    untouched |= {"progress": other.progress, "text": words[0].replace("\n", "\r\n"), "late_reason": words[1]}
    untouched["percent"] = "" if other.percent is None else str(other.percent)

    answer = await client.post(
        GRID, data={**only(as_they_stand, late, other), **cells(late), **cells(other, **untouched)}
    )

    assert answer.headers["location"] == f"{PERIOD}?saved=grid"
    assert [one.milestone_id for one in await sent_in(cast)] == [late.id]
    assert ((await found(cast, LATE)).progress_text or {})["es"] == "Se avanzó."


async def test_nothing_new_needs_no_other_answer(site: Site, cast: Cast) -> None:
    await a_period(cast)
    late = await found(cast, LATE)
    client = await site.sign_in("penalolen-coordinator")

    await client.post(
        GRID, data={**only(await opened(client), late), **cells(late, late_reason="", text="", nothing_new="yes")}
    )

    (report,) = await sent_in(cast)
    now = await found(cast, LATE)
    assert (report.nothing_new, report.state) == (True, "accepted")
    assert now.progress_text == late.progress_text
    assert now.reported_at == report.reported_at != late.reported_at


@pytest.mark.parametrize(
    ("name", "typed", "es", "en"),
    [
        ("progress", "casi listo", "Elija una de las opciones.", "Please choose one of the options."),
        ("percent", "mucho", "Escriba un número entero.", "Please write a whole number."),
        ("percent", "101", "Este número es demasiado grande.", "This number is too large."),
        ("text", "x" * 4001, "Es demasiado largo.", "This is too long."),
        ("started_on", "ayer", "Esto no es una fecha.", "This is not a date."),
        ("completed_on", "31-02-2024", "Esto no es una fecha.", "This is not a date."),
        ("expected_on", "NA", "Esto no es una fecha.", "This is not a date."),
        ("late_reason", "y" * 2001, "Es demasiado largo.", "This is too long."),
    ],
)
async def test_a_wrong_cell_saves_nothing_and_keeps_all_that_was_typed(
    site: Site, cast: Cast, *, name: str, typed: str, es: str, en: str
) -> None:
    await a_period(cast)
    late, other = await found(cast, LATE), await found(cast, OTHER_UNIT)
    client = await site.sign_in("penalolen-coordinator")
    data = {**only(await opened(client), late, other), **cells(other), **cells(late, **{name: typed})}

    for lang, message in (("es", es), ("en", en)):
        answer = await client.post(GRID.replace("/es/", f"/{lang}/"), data=data)
        wrong = answer.text.split(f'id="{name}-{late.id}-error">')[1].split("</p>")[0]

        assert answer.status_code == 422
        assert wrong.startswith(message)
        assert typed in answer.text
        assert "Faltó personal." in answer.text
    assert await sent_in(cast) == []
    assert (await found(cast, OTHER_UNIT)).version == other.version


async def test_the_second_writer_sees_both_texts_and_chooses(site: Site, cast: Cast) -> None:
    await a_period(cast)
    late = await found(cast, LATE)
    first, second = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-coordinator")
    hidden = only(await opened(second), late)
    await first.post(GRID, data={**hidden, **cells(late, text="Lo primero.")})

    contested = await second.post(GRID, data={**hidden, **cells(late, text="Lo segundo.")})
    again = only(dict(CELL.findall(contested.text)), late)
    chosen = {f"take_text-{late.id}": "theirs", **cells(late, text="Lo segundo.", percent="40")}
    answer = await second.post(GRID, data={**again, **chosen})

    assert contested.status_code == 409
    assert "Lo primero." in contested.text
    assert "Lo segundo." in contested.text
    assert answer.status_code == 303
    now = await found(cast, LATE)
    assert ((now.progress_text or {})["es"], now.percent) == ("Lo primero.", 40)


async def test_a_closed_period_takes_no_grid(site: Site, cast: Cast) -> None:
    await a_period(cast)
    late = await found(cast, LATE)
    client = await site.sign_in("penalolen-coordinator")
    hidden = only(await opened(client), late)
    async with cast.at("penalolen", cast.coordinator) as session:
        (await session.scalars(select(Period).where(Period.code == CODE))).one().closed_at = utc_now()

    page, answer = await client.get(GRID), await client.post(GRID, data={**hidden, **cells(late)})

    assert "Este período está cerrado" in page.text
    assert answer.status_code == 409
    assert await sent_in(cast) == []


@pytest.mark.parametrize("address", [GRID, PERIOD, "/es/penalolen/workbench/periods/"])
async def test_many_reports_cost_no_more_statements_than_one(site: Site, cast: Cast, address: str) -> None:
    period_id = await a_period(cast)
    client = await site.sign_in("penalolen-coordinator")
    async with cast.at("penalolen", cast.coordinator) as session:
        ids = list(await session.scalars(select(Milestone.id)))
        session.add(_waiting(period_id, ids[0]))
    await client.get(address)
    with counted() as one:
        await client.get(address)
    async with cast.at("penalolen", cast.coordinator) as session:
        session.add_all([_waiting(period_id, milestone_id) for milestone_id in ids[1:]])
    with counted() as many:
        await client.get(address)
        assert len(ids) > 10

    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        assert (await session.scalar(select(func.count()).select_from(MilestoneReport)) or 0) >= len(ids)
    assert len(many) == len(one)


def _waiting(period_id: Any, milestone_id: Any) -> MilestoneReport:
    said: dict[str, Any] = {"progress": "ongoing", "text": None, "evidence": [], "withdraw": []}
    given = {"period_id": period_id, "milestone_id": milestone_id, "state": "submitted", "said": said}
    return MilestoneReport(**given, nothing_new=False, reported_at=utc_now(), demo=True)
