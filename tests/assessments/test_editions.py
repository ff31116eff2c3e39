"""The edition that is assessed is frozen; where the plan changed since, the monitor sees it and decides."""

from uuid import UUID

import pytest
from tests.factories.assessments import PENALOLEN, PLAN, a_filled_draft
from tests.factories.cast import Cast
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.assessments import publishing, queries
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.publishing import publish
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import published_plan

ROOT = "/es/penalolen/workbench/assessments/"
CHANGED = "Un compromiso que dice otra cosa"


@pytest.fixture
async def draft(cast: Cast, key: SigningKey) -> UUID:
    """A draft about an edition after which the government published another title of the commitment."""
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        plan = await get_plan(session, PLAN)
        commitment = next(one for one in plan.commitments if one.code == "CLPLN0002")
        commitment.title = Localized.of("es", es=CHANGED).model_dump(mode="json")
        await session.flush()
        here = Jurisdiction(slug=PENALOLEN, name=Localized.of("es", es="Peñalolén"), country="CL")
        await publish(session, plan, here, key=key, by=cast.coordinator)
    return sheet.assessment.id


async def sheet_of(cast: Cast, draft: UUID) -> Sheet:
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        return await queries.get_sheet(session, PENALOLEN, draft)


async def test_the_form_goes_on_with_the_edition_it_was_begun_on_and_shows_the_difference(
    site: Site, cast: Cast, draft: UUID
) -> None:
    monitor = await site.sign_in("penalolen-monitor")

    page = said((await monitor.get(f"{ROOT}{draft}/")).text)

    sheet = await sheet_of(cast, draft)
    assert sheet.newest is not None
    assert sheet.newest.edition.number > sheet.published.edition.number
    assert "Lo que usted evalúa dice ahí algo distinto." in page
    assert CHANGED.split(maxsplit=1)[0] in page
    assert f"Evaluar la edición {sheet.newest.edition.number}" in page


async def test_the_monitor_may_take_the_newer_edition_and_keeps_its_answers(
    site: Site, cast: Cast, draft: UUID
) -> None:
    before = await sheet_of(cast, draft)
    monitor = await site.sign_in("penalolen-monitor")

    stale = await monitor.post(f"{ROOT}{draft}/move/", data={"version": "1"})
    moved = await monitor.post(f"{ROOT}{draft}/move/", data={"version": str(before.assessment.version)})

    after = await sheet_of(cast, draft)
    assert (stale.status_code, moved.status_code) == (409, 303)
    assert before.newest is not None
    assert after.published.edition.sha256 == before.newest.edition.sha256
    assert after.newest is None
    assert after.answers == before.answers


async def test_or_keep_to_the_older_one_which_is_published_with_it(cast: Cast, key: SigningKey, draft: UUID) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        version = sheet.assessment.version
        await publishing.publish(session, sheet, version=version, key=key, by=cast.monitor)

    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        published = await published_plan(session, PENALOLEN, PLAN)
    (document,) = published.assessments_of("CLPLN0002")
    assert document.assessed_edition.number == sheet.published.edition.number
    assert document.newer_edition is not None
    assert published.commitment("CLPLN0002").title.in_("es") == CHANGED
