"""Correcting what was published: a new version with its reason, and the old one as it was."""

import pytest
from tests.factories.assessments import PENALOLEN, PLAN, a_filled_draft, a_published_assessment
from tests.factories.cast import Cast
from tests.factories.site import Site

from ogpmonitor.assessments import publishing, queries
from ogpmonitor.assessments.correcting import correct
from ogpmonitor.assessments.declaring import NO_CONFLICT
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import published_plan


async def a_correction(cast: Cast, key: SigningKey, reason: str) -> AssessmentDocument:
    """What the register tells once the newest version of the assessment is corrected."""
    by = cast.monitor
    async with cast.at(PENALOLEN, by) as session:
        newest = await queries.find_assessment(session, form="end-of-commitment", plan=PLAN, commitment="CLPLN0002")
        assert newest is not None
        old = await queries.get_sheet(session, PENALOLEN, newest.id)
        fresh = await correct(session, old, reason, declared=NO_CONFLICT, by=by)
        sheet = await queries.get_sheet(session, PENALOLEN, fresh.id)
        await publishing.publish(session, sheet, version=fresh.version, key=key, by=by)
        (document,) = (await published_plan(session, PENALOLEN, PLAN)).assessments_of("CLPLN0002")
    return document


async def test_a_second_correction_still_tells_the_day_of_the_first_version(cast: Cast, key: SigningKey) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        await a_published_assessment(session, cast.monitor, key)

    second = await a_correction(cast, key, "Otra cifra")
    third = await a_correction(cast, key, "Otra fecha")

    assert (second.version, third.version) == (2, 3)
    assert second.corrects is not None
    assert third.corrects is not None
    assert second.corrects.first_published_on is None
    assert third.corrects.first_published_on == second.corrects.published_on
    assert [one.corrects.reason for one in (second, third) if one.corrects] == ["Otra cifra", "Otra fecha"]


async def test_only_what_was_published_is_corrected_and_once_at_a_time(cast: Cast, key: SigningKey) -> None:
    by = cast.monitor
    async with cast.at(PENALOLEN, by) as session:
        draft = await a_filled_draft(session, by, commitment="C3")
        with pytest.raises(Conflict, match="not_published"):
            await correct(session, draft, "Otra cifra", declared=NO_CONFLICT, by=by)
        old, _ = await a_published_assessment(session, by, key)
        with pytest.raises(NotPermitted):
            await correct(session, old, "Otra cifra", declared=NO_CONFLICT, by=cast.coordinator)
        await correct(session, old, "Otra cifra", declared=NO_CONFLICT, by=by)
        with pytest.raises(Conflict, match="open"):
            await correct(session, old, "Otra vez", declared=NO_CONFLICT, by=by)


async def test_what_was_published_stays_byte_for_byte(cast: Cast, key: SigningKey) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        _, first = await a_published_assessment(session, cast.monitor, key)
        before = await published_plan(session, PENALOLEN, PLAN, first.number)

    await a_correction(cast, key, "Otra cifra")

    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        after = await published_plan(session, PENALOLEN, PLAN, first.number)
    code = "end-of-commitment:CLPLN0002"
    assert after.documents["assessment", code] == before.documents["assessment", code]
    assert after.sha256_of("assessment", code) == before.sha256_of("assessment", code)


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_without_a_reason_or_a_declaration_nothing_begins(
    site: Site, cast: Cast, key: SigningKey, lang: str
) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        old, _ = await a_published_assessment(session, cast.monitor, key)
    monitor = await site.sign_in("penalolen-monitor")
    here = f"/{lang}/penalolen/workbench/assessments/{old.assessment.id}/correct/"

    bare = await monitor.post(here, data={"reason": "", "conflict": "no"})
    undeclared = await monitor.post(here, data={"reason": "Otra cifra en el informe."})
    done = await monitor.post(here, data={"reason": "Otra cifra en el informe.", "conflict": "no"})
    again = await monitor.post(here, data={"reason": "Otra cifra en el informe.", "conflict": "no"})

    assert (bare.status_code, undeclared.status_code, done.status_code, again.status_code) == (422, 422, 303, 409)
    assert "Otra cifra en el informe." in undeclared.text
    assert 'href="#reason"' in bare.text
