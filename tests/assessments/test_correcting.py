"""`assessments/correcting.py`: what a correction of a correction tells of the version that everything began with."""

from tests.factories.assessments import PENALOLEN, PLAN, a_published_assessment
from tests.factories.cast import Cast

from ogpmonitor.assessments import publishing, queries
from ogpmonitor.assessments.correcting import correct
from ogpmonitor.assessments.declaring import NO_CONFLICT
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
        await publishing.publish(session, sheet, version=fresh.version, language="es", key=key, by=by)
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
