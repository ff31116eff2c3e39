"""The letter of the morning: what concerns one person, once, in its language, and nothing of the other side."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.assessments import a_draft, a_filled_draft, a_sent_assessment
from tests.factories.cast import Cast
from tests.factories.notices import DESK, digest, hearer_on, mailbox, tenant_called
from tests.factories.periods import a_period
from tests.factories.requests import today

from ogpmonitor.assessments import asking, queries
from ogpmonitor.notifications.choices import choose, stop
from ogpmonitor.notifications.duties import Duty
from ogpmonitor.notifications.jobs import write_to_all
from ogpmonitor.notifications.queries import duties_of
from ogpmonitor.settings import Settings

LATER = timedelta(days=400)


async def duties(cast: Cast, who: str, on: date | None = None) -> list[Duty]:
    actor = getattr(cast, who)
    async with cast.at("penalolen", actor, read_only=True) as session:
        return await duties_of(session, (await hearer_on(session, cast, actor, on)).reader)


async def asked(cast: Cast) -> Any:
    """The monitor asks the government something about a draft, to be answered within ten days."""
    async with cast.at("penalolen", cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
        sheet = await queries.get_sheet(session, "penalolen", sheet.assessment.id)
        due_on = asking.usual_due(today())
        return await asking.ask(session, sheet, "question:EOC1.1", "¿Cuántas plazas?", due_on=due_on, by=cast.monitor)


async def test_a_contact_owes_what_its_own_unit_answers_for(cast: Cast) -> None:
    found = await duties(cast, "contact")

    assert {one.kind for one in found} == {"milestone"}
    assert {one.about for one in found} == {"Dirección de Medio Ambiente"}
    assert all(one.is_mine and one.path.startswith("penalolen/workbench/milestones/") for one in found)


async def test_a_coordinator_waits_for_what_units_owe(cast: Cast) -> None:
    own = {one.subject for one in await duties(cast, "contact") if one.late_days(today())}
    waited = {one.subject for one in await duties(cast, "coordinator") if one.kind == "milestone" and not one.is_mine}

    assert own
    assert own <= waited


async def test_an_open_period_is_due_for_unit_and_coordination(cast: Cast) -> None:
    period = await a_period(cast)

    for who in ("contact", "coordinator"):
        found = [one for one in await duties(cast, who) if one.kind == "period"]
        assert [(one.subject, one.due_on) for one in found] == [(str(period), date(2125, 1, 31))]


async def test_a_monitor_owes_assessments_and_nobody_else_is_told(cast: Cast) -> None:
    found = await duties(cast, "monitor")

    assert {one.kind for one in found} == {"assessment"}
    assert any(one.late_days(today()) for one in found)
    assert [
        one
        for who in ("coordinator", "contact", "neighbour")
        for one in await duties(cast, who)
        if one.kind == "assessment"
    ] == []


async def test_a_draft_is_a_duty_of_its_monitor_and_shows_to_nobody_else(cast: Cast) -> None:
    before = {one.subject: one.path for one in await duties(cast, "coordinator")}
    async with cast.at("penalolen", cast.monitor) as session:
        draft = await a_draft(session, cast.monitor)

    assert {one.subject: one.path for one in await duties(cast, "coordinator")} == before
    assert str(draft.id) in str([one.path for one in await duties(cast, "monitor")])


async def test_a_question_is_owed_by_one_side_and_waited_for_by_the_other(cast: Cast) -> None:
    row = await asked(cast)

    sides = {
        who: [(one.subject, one.is_mine, one.due_on) for one in await duties(cast, who) if one.kind == "clarification"]
        for who in ("coordinator", "monitor", "contact")
    }
    due_on = today() + timedelta(days=10)
    assert sides == {
        "coordinator": [(str(row.id), True, due_on)],
        "monitor": [(str(row.id), False, due_on)],
        "contact": [],
    }


async def test_a_reply_is_owed_while_it_is_taken(cast: Cast) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        sheet = await a_sent_assessment(session, cast.monitor)

    sides = {
        who: [(one.is_mine, one.due_on) for one in await duties(cast, who) if one.kind == "reply"]
        for who in ("coordinator", "monitor")
    }
    last = today() + timedelta(days=14)
    assert sides == {"coordinator": [(True, last)], "monitor": [(False, last)]}
    assert str(sheet.assessment.id) in str(await duties(cast, "coordinator"))


async def test_one_letter_holds_everything_and_says_why_and_where(cast: Cast) -> None:
    assert await digest(cast, cast.contact) is True

    (letter,) = await mailbox(cast)
    assert (letter["to"], letter["lang"], letter["template"]) == ("penalolen-contact@example.org", "es", "mail/digest")
    assert letter["sender"].name == "Peñalolén · OGP Monitor"
    assert letter["late"]
    first = letter["late"][0]
    assert first["why"] == "Usted responde por este hito."
    assert first["url"].startswith("https://monitor.example.org/es/penalolen/workbench/milestones/")
    assert "atraso" in first["when"]
    assert letter["duties_url"] == "https://monitor.example.org/es/penalolen/workbench/duties/"
    assert letter["unsubscribe_url"].startswith("https://monitor.example.org/es/penalolen/notices/stop/gAAAAA")


async def test_nothing_is_told_twice(cast: Cast) -> None:
    """Not the same day, not the next: only when the next day of the rule has come, or the date was moved."""
    assert await digest(cast, cast.contact) is True

    assert [await digest(cast, cast.contact, today() + timedelta(days=days)) for days in (0, 1, 2)] == [False] * 3
    assert len(await mailbox(cast)) == 1


async def test_a_moved_date_is_told_anew(cast: Cast) -> None:
    await digest(cast, cast.contact)
    async with cast.at("penalolen", cast.coordinator) as session:
        moved = await session.execute(
            text("UPDATE workbench.milestones SET due_on = :day WHERE id = CAST(:id AS uuid) RETURNING id"),
            {"day": (today() - timedelta(days=2)).isoformat(), "id": (await duties(cast, "contact"))[0].subject},
        )
        assert len(moved.all()) == 1

    assert await digest(cast, cast.contact, today() + timedelta(days=1)) is True
    newest = (await mailbox(cast))[0]
    assert newest["count"] == 1


async def test_two_workers_write_one_letter(cast: Cast) -> None:
    tenant = await tenant_called(cast)

    written = [await write_to_all(cast.database, DESK, [tenant]) for _ in range(2)]

    letters = await mailbox(cast)
    assert written == [len(letters), 0]
    assert len({one["to"] for one in letters}) == len(letters) > 2


async def test_who_owes_nothing_gets_nothing(cast: Cast) -> None:
    """Long before anything of the plan is due."""
    assert await digest(cast, cast.contact, date(2015, 1, 1)) is False
    assert await mailbox(cast) == []


@pytest.mark.parametrize(("rhythm", "written"), [("daily", True), ("urgent", True), ("never", False)])
async def test_what_a_person_chose_is_kept(cast: Cast, rhythm: str, written: bool) -> None:
    assert cast.contact.id
    async with cast.at("penalolen", cast.contact) as session:
        await choose(session, cast.contact.id, {"milestone": rhythm}, language="en")

    assert await digest(cast, cast.contact) is written
    assert [one["lang"] for one in await mailbox(cast)] == ["en"] * written


async def test_a_weekly_reader_hears_on_monday_of_the_whole_week(cast: Cast) -> None:
    assert cast.contact.id
    async with cast.at("penalolen", cast.contact) as session:
        await choose(session, cast.contact.id, {"milestone": "weekly"}, language=None)
    monday = today() + timedelta(days=7 - today().weekday())

    week = [await digest(cast, cast.contact, monday + timedelta(days=days)) for days in (-1, 0, 1)]

    assert week == [False, True, False]


async def test_who_stopped_everything_gets_nothing(cast: Cast) -> None:
    assert cast.contact.id
    async with cast.at("penalolen", cast.contact) as session:
        await stop(session, cast.contact.id)

    assert await digest(cast, cast.contact) is False


async def test_no_letter_of_one_side_holds_a_word_of_the_others_draft(cast: Cast) -> None:
    """What could leak is there first: an answer of a draft, a note of a report that is not published."""
    async with cast.at("penalolen", cast.monitor) as session:
        sheet = await a_filled_draft(session, cast.monitor)
    async with cast.at("penalolen", cast.coordinator) as session:
        title = "jsonb_build_object('source', 'es', 'es', 'palabra-del-gobierno')"
        await session.execute(text(f"UPDATE workbench.milestones SET title = {title}"))
    await write_to_all(cast.database, DESK, [await tenant_called(cast)])

    letters = await mailbox(cast)
    governments = str([one for one in letters if "monitor" not in one["to"]])
    monitors = str([one for one in letters if "monitor" in one["to"]])
    assert str(sheet.assessment.id) in monitors
    assert "palabra-del-gobierno" in governments
    assert str(sheet.assessment.id) not in governments
    assert "palabra-del-gobierno" not in monitors


async def test_nobody_reads_what_others_chose_or_were_told(cast: Cast, settings: Settings) -> None:
    del settings
    await digest(cast, cast.contact)
    assert cast.contact.id
    async with cast.at("penalolen", cast.contact) as session:
        await choose(session, cast.contact.id, {"milestone": "weekly"}, language="en")

    seen = {}
    for who in ("contact", "coordinator", "monitor", "operator", "citizen"):
        async with cast.at("penalolen", getattr(cast, who)) as session:
            told = await session.scalar(text("SELECT count(*) FROM workbench.notices"))
            chosen = await session.scalar(text("SELECT count(*) FROM platform.notice_choices"))
            seen[who] = (bool(told), bool(chosen))

    assert seen == {
        "contact": (True, True),
        **dict.fromkeys(("coordinator", "monitor", "operator", "citizen"), (False, False)),
    }
