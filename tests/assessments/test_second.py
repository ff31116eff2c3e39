"""The blind second review: neither sees the other's answers, and what differs is settled before publication."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.factories.assessments import PENALOLEN, a_filled_draft, a_second_review, full_answers
from tests.factories.cast import Cast
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.assessments import publishing, queries, second, service
from ogpmonitor.assessments.declaring import NO_CONFLICT, declare
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.kit.errors import Conflict, Invalid
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import published_plan

ROOT = "/es/penalolen/workbench/assessments/"
AGREED = "Revisamos juntos el acta."


@pytest.fixture
async def draft(cast: Cast) -> UUID:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        return (await a_filled_draft(session, cast.monitor)).assessment.id


async def sheet_of(cast: Cast, who: Actor, draft: UUID) -> Sheet:
    async with cast.at(PENALOLEN, who, read_only=True) as session:
        return await queries.get_sheet(session, PENALOLEN, draft)


async def hand_in(cast: Cast, draft: UUID) -> None:
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        await second.hand_in(session, sheet, by=cast.second_monitor)


async def begin(cast: Cast, draft: UUID, **rated: tuple[str, str]) -> None:
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        await a_second_review(session, draft, cast.second_monitor, **rated)


async def test_neither_sees_the_others_answers_until_it_is_handed_in(cast: Cast, draft: UUID) -> None:
    """By SQL as the application's role, whatever the service would show."""
    count = "SELECT (SELECT count(*) FROM workbench.assessment_answers WHERE assessment_id = :id) AS first,"
    count += " (SELECT count(*) FROM workbench.second_answers) AS second"

    async def seen(who: Actor) -> tuple[int, int]:
        async with cast.at(PENALOLEN, who, read_only=True) as session:
            row = (await session.execute(text(count), {"id": draft})).one()
        return row.first, row.second

    before = await seen(cast.second_monitor)
    await begin(cast, draft)
    during = await seen(cast.second_monitor), await seen(cast.monitor)
    await hand_in(cast, draft)
    after = await seen(cast.second_monitor), await seen(cast.monitor)

    assert before == (9, 0)
    assert during == ((0, 1), (9, 0))
    assert after == ((9, 1), (9, 1))


async def test_whoever_wrote_an_answer_cannot_review_it(cast: Cast, draft: UUID) -> None:
    with pytest.raises(Conflict, match="not_second"):
        async with cast.at(PENALOLEN, cast.monitor) as session:
            await second.begin(session, await queries.get_sheet(session, PENALOLEN, draft), by=cast.monitor)


async def test_whoever_declared_nothing_cannot_review_it(cast: Cast, draft: UUID) -> None:
    with pytest.raises(Conflict, match="not_second"):
        async with cast.at(PENALOLEN, cast.second_monitor) as session:
            await second.begin(session, await queries.get_sheet(session, PENALOLEN, draft), by=cast.second_monitor)


async def test_whoever_reviews_blind_does_not_write_in_the_draft(cast: Cast, draft: UUID) -> None:
    await begin(cast, draft)

    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        more: dict[str, Any] = {"version": sheet.assessment.version, "evaluator": "Ente", "by": cast.second_monitor}
        with pytest.raises(Conflict, match="blind"):
            await service.save_draft(session, sheet, full_answers(), **more)


async def test_a_code_that_is_none_and_an_empty_review_are_refused(cast: Cast, draft: UUID) -> None:
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        await declare(session, sheet.assessment, NO_CONFLICT, by=cast.second_monitor)
        await second.begin(session, sheet, by=cast.second_monitor)
    async with cast.at(PENALOLEN, cast.second_monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        with pytest.raises(Invalid, match="value"):
            await second.rate(session, sheet, {"EOC1.1": ("splendid", "")}, by=cast.second_monitor)
        with pytest.raises(Invalid, match="value"):
            await second.rate(session, sheet, {"EOC9.9": ("complete", "")}, by=cast.second_monitor)
        with pytest.raises(Invalid, match="empty"):
            await second.hand_in(session, sheet, by=cast.second_monitor)


async def test_what_was_handed_in_is_not_changed(cast: Cast, draft: UUID) -> None:
    await begin(cast, draft)
    await hand_in(cast, draft)

    with pytest.raises(Conflict, match="handed_in"):
        await hand_in(cast, draft)
    with pytest.raises(Exception, match=r"not changed|row-level security"):
        async with cast.at(PENALOLEN, cast.second_monitor) as session:
            await session.execute(text("UPDATE workbench.second_answers SET value = 'complete'"))


async def test_nothing_is_published_before_it_is_handed_in_and_settled(
    cast: Cast, draft: UUID, key: SigningKey
) -> None:
    def missing(sheet: Sheet) -> list[str]:
        return [one.message for one in publishing.publication_problems(sheet)]

    await begin(cast, draft, **{"EOC1.1": ("limited", "Poco."), "EOC2.2": ("yes", "")})
    under_way = missing(await sheet_of(cast, cast.monitor, draft))
    await hand_in(cast, draft)
    unsettled = await sheet_of(cast, cast.monitor, draft)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        await second.settle(session, sheet, {"EOC1.1": AGREED}, by=cast.monitor)
    settled = await sheet_of(cast, cast.monitor, draft)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        sheet = await queries.get_sheet(session, PENALOLEN, draft)
        version = sheet.assessment.version
        await publishing.publish(session, sheet, version=version, key=key, by=cast.monitor)
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        (document,) = (await published_plan(session, PENALOLEN, "2021-2024")).assessments_of("CLPLN0002")

    assert under_way == [publishing.UNDER_WAY]
    assert [one.question for one in unsettled.dossier.differences] == ["EOC1.1"]
    assert missing(unsettled) == [publishing.UNSETTLED]
    assert missing(settled) == []
    assert document.second_review is not None
    assert [one.words for one in document.second_review.settled] == [AGREED]


async def test_where_the_jurisdiction_asks_for_one_nothing_is_published_without(cast: Cast, draft: UUID) -> None:
    sheet = await sheet_of(cast, cast.monitor, draft)
    rules = publishing.Rules(second_review=True, right_of_reply=True)

    messages = [one.message for one in publishing.publication_problems(sheet, rules)]

    assert messages == [publishing.NO_SECOND, publishing.NOT_SENT]


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_on_their_pages(site: Site, draft: UUID, lang: str) -> None:
    root = ROOT.replace("/es/", f"/{lang}/")
    first, reviewer = await site.sign_in("penalolen-monitor"), await site.sign_in("penalolen-monitor-2")
    here = f"{root}{draft}/"
    asked = await reviewer.get(here)
    await reviewer.post(f"{here}declare/", data={"conflict": "no"})
    begun = await reviewer.post(f"{here}second/begin/")
    away = [(await reviewer.get(path)).headers.get("location") for path in (here, f"{here}publish/")]
    wrong = await reviewer.post(f"{here}second/", data={"value:EOC1.1": "splendid", "explanation:EOC1.1": "Porque sí"})
    kept = await reviewer.post(f"{here}second/", data={"value:EOC1.1": "limited", "then": "hand_in"})
    shown = await first.get(f"{here}second/")
    review = await first.get(f"{here}publish/")
    settled = await first.post(f"{here}second/settle/", data={"settled:EOC1.1": AGREED})
    done = await first.get(f"{here}publish/")

    assert 'name="conflict"' in asked.text
    assert begun.status_code == 303
    assert away == [f"{here}second/"] * 2
    assert (wrong.status_code, "Porque sí" in wrong.text) == (422, True)
    assert (kept.status_code, settled.status_code) == (303, 303)
    assert (shown.status_code, review.status_code, done.status_code) == (200, 200, 200)
    assert f'href="{here}second/"' in review.text
    assert AGREED in said(done.text)
