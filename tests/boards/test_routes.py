"""The boards as the government's people meet them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import OTHER_UNIT, OWN_UNIT, milestone_of
from tests.factories.requests import today
from tests.factories.site import Site

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.localized import Localized
from ogpmonitor.periods.models import MilestoneReport, Period
from ogpmonitor.plans.models import Commitment, Milestone, Plan
from ogpmonitor.register.units import unit_slug

DESK = "/es/penalolen/workbench/"
PAGES = ("board/", "timeline/", "units/", "due/")
HEADINGS = {
    "board/": ("Quién ha informado", "Who has reported"),
    "timeline/": ("Línea de tiempo", "Timeline"),
    "units/": ("Unidades", "Units"),
    "due/": ("Lo que está pendiente", "What is due"),
}


def a_period(code: str = "2026-T", *, opens: int = -10, closes: int = 5) -> Period:
    """A period that is open today, unless told otherwise in days from today."""
    day = today()
    return Period(
        code=code,
        starts_on=day - timedelta(days=100),
        ends_on=day - timedelta(days=11),
        opens_on=day + timedelta(days=opens),
        closes_on=day + timedelta(days=closes),
    )


async def report_on(cast: Cast, place: str, state: str, note: str | None = None, period: Period | None = None) -> None:
    """A report on Peñalolén's milestone at `place`."""
    async with cast.at("penalolen", cast.coordinator) as session:
        found = period or (await session.scalars(select(Period).order_by(Period.opens_on.desc()))).first()
        milestone = await milestone_of(session, place)
        session.add(
            MilestoneReport(
                period_id=found.id if found else None,
                milestone_id=milestone.id,
                state=state,
                nothing_new=False,
                said={},
                note=note,
                reported_at=utc_now(),
                demo=True,
            )
        )


@pytest.fixture
async def period(cast: Cast) -> Period:
    """A period of Peñalolén's that is open now, the only one."""
    async with cast.at("penalolen", cast.coordinator) as session:
        await session.execute(update(Period).values(closed_at=utc_now()))
        session.add(opened := a_period())
    return opened


@pytest.mark.parametrize("path", PAGES)
async def test_a_board_says_what_it_is_for_in_both_languages(site: Site, path: str) -> None:
    client = await site.sign_in("penalolen-coordinator")

    for lang, heading in zip(("es", "en"), HEADINGS[path], strict=True):
        answer = await client.get(f"/{lang}/penalolen/workbench/{path}")

        assert answer.status_code == 200
        assert f"<h1>{heading}</h1>" in answer.text


def section(page: str, heading: str) -> str:
    """What stands under the heading, up to the next one of its level."""
    return page.split(f"<h2>{heading}</h2>")[1].split("<h2>", maxsplit=1)[0]


@pytest.mark.usefixtures("period")
async def test_the_board_counts_each_state_of_each_unit(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    empty = (await client.get("/en/penalolen/workbench/board/")).text
    await report_on(cast, OWN_UNIT, "submitted")
    await report_on(cast, "CLPLN0002/M5", "accepted")

    page = (await client.get("/en/penalolen/workbench/board/")).text

    asked = int(empty.split("Report missing</dt><dd>")[1].split(" of ")[1].split(" ")[0])
    for words, count in (("Reported and accepted", 1), ("Waiting for review", 1), ("Returned", 0)):
        assert f'{words}</dt><dd><span class="figure">{count} of {asked} (' in page
    assert f'Report missing</dt><dd><span class="figure">{asked - 2} of {asked} (' in page
    assert "Period 2026-T" in page


async def test_the_board_works_before_any_period(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator) as session:
        await session.execute(update(Period).values(closed_at=utc_now()))
    client = await site.sign_in("penalolen-coordinator")

    page = (await client.get("/en/penalolen/workbench/board/")).text

    assert "No reporting period is open" in page
    assert 'href="/en/penalolen/workbench/periods/"' in page
    assert "older than four months" in page
    assert "Report missing" not in page


async def test_the_coordinator_finds_what_waits(site: Site, cast: Cast, period: Period) -> None:
    await report_on(cast, OWN_UNIT, "submitted", period=period)
    await report_on(cast, OTHER_UNIT, "returned", "Falta el acta.", period=period)
    client = await site.sign_in("penalolen-coordinator")

    page = (await client.get("/en/penalolen/workbench/due/")).text

    assert "M6" in section(page, "Reports to review")
    assert "Falta el acta." in section(page, "Returned reports")
    late = section(page, "Late and without a report")
    assert "CLPLN0002 · M5" in late
    assert "CLPLN0002 · M6" not in late
    assert "Period 2026-T closes in 5 days" in page


async def test_a_contact_finds_only_its_own_unit(site: Site, cast: Cast, period: Period) -> None:
    client = await site.sign_in("penalolen-contact")
    before = (await client.get("/en/penalolen/workbench/due/")).text
    await report_on(cast, OWN_UNIT, "returned", "Falta el acta.", period=period)
    await report_on(cast, OTHER_UNIT, "returned", "De otra unidad.", period=period)

    page = (await client.get("/en/penalolen/workbench/due/")).text

    assert "CLPLN0002 · M6" in section(before, "To report now")
    assert "CLPLN0002 · M5" not in section(before, "To report now")
    assert "Falta el acta." in section(page, "Returned reports")
    assert "De otra unidad." not in page
    assert "Reports to review" not in page


async def test_the_unit_page_shows_its_milestones_and_its_contact(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, OWN_UNIT)
        milestone.contact = {"name": "Ana Prueba", "email": "ana@example.org", "public": False}
    client = await site.sign_in("penalolen-coordinator")
    listed = (await client.get("/en/penalolen/workbench/units/")).text
    slug = await own_slug(cast)

    page = (await client.get(f"/en/penalolen/workbench/units/{slug}/")).text

    assert f"/workbench/units/{slug}/" in listed
    assert "mailto:ana@example.org" in page
    assert "(not public)" in page
    assert "CLPLN0002 · M6" in page
    assert "CLPLN0002 · M5" not in page
    assert (await client.get("/en/penalolen/workbench/units/nobody-knows-it/")).status_code == 404


async def own_slug(cast: Cast) -> str:
    """What the unit of Peñalolén's contact is called in an address."""
    async with cast.at("penalolen", cast.coordinator, read_only=True) as session:
        milestone = await milestone_of(session, OWN_UNIT)
    return unit_slug(Localized.model_validate(milestone.responsible_unit))


async def test_the_timeline_draws_and_tells_every_milestone(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, OWN_UNIT)
        milestone.expected_on = today() + timedelta(days=40)
        count = await session.scalar(
            select(func.count())
            .select_from(Milestone)
            .join(Milestone.commitment)
            .join(Commitment.plan)
            .where(Plan.slug == "2021-2024")
        )
    client = await site.sign_in("penalolen-coordinator")

    page = (await client.get("/en/penalolen/workbench/timeline/")).text

    assert page.count('<p class="timeline__label">') == count
    assert page.count('role="img"') == count
    assert page.count("timeline__ahead") == 1
    assert "; now expected " in page
    assert page.count('class="timeline__words"') == page.count("timeline__overdue")
    assert page.count("<tbody>") == page.count('<figure class="chart timeline">')


@pytest.mark.parametrize("path", [*PAGES, "units/_/"])
async def test_who_may_see_the_boards(site: Site, path: str) -> None:
    expected = {"penalolen-monitor": 403, "maipu-coordinator": 404}
    for persona, status in expected.items():
        client = await site.sign_in(persona)
        assert (await client.get(f"/es/penalolen/workbench/{path}")).status_code == status
    stranger = await site.client.get(f"/es/penalolen/workbench/{path}")
    assert stranger.status_code in {303, 401}
    assert "M5" not in stranger.text


async def test_a_neighbours_reports_are_not_counted(site: Site, cast: Cast, period: Period) -> None:
    await report_on(cast, OWN_UNIT, "submitted", "Nota de Peñalolén.", period=period)
    client = await site.sign_in("maipu-coordinator")

    for path in PAGES:
        page = await client.get(f"/es/maipu/workbench/{path}")
        assert page.status_code == 200
        assert "2026-T" not in page.text
        assert "Nota de Peñalolén." not in page.text


@pytest.mark.parametrize("path", [*PAGES, "units/_/"])
async def test_a_board_costs_the_same_for_one_and_for_many_milestones(
    site: Site, cast: Cast, period: Period, path: str
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await report_on(cast, "CLPLN0002/M5", "submitted", period=period)
    async with cast.at("penalolen", cast.coordinator) as session:
        milestone = await milestone_of(session, "CLPLN0002/M5")
        milestone.responsible_unit = None
        commitment_id = milestone.commitment_id
    await client.get(f"{DESK}{path}")
    with counted() as few:
        assert (await client.get(f"{DESK}{path}")).status_code == 200
    async with cast.at("penalolen", cast.coordinator) as session:
        added = [a_row(commitment_id, number) for number in range(100)]
        session.add_all(added)
        await session.flush()
        session.add_all(
            MilestoneReport(
                period_id=period.id, milestone_id=one.id, state="submitted", nothing_new=True, said={},
                reported_at=utc_now(), demo=True,
            )
            for one in added
        )  # fmt: skip

    with counted() as many:
        page = await client.get(f"{DESK}{path}")

    assert "N99" in page.text or path in {"board/", "units/"}
    assert len(many) == len(few)


def a_row(commitment_id: UUID, number: int) -> Milestone:
    """One more milestone of a commitment, without a unit."""
    return Milestone(
        commitment_id=commitment_id, code=f"N{number}", position=100 + number, title={"source": "es", "es": "Uno más"},
        due_on="2023-05", content={}, demo=True, progress="ongoing", report_demo=True,
    )  # fmt: skip
