"""The record on screen: filtered, paged, exported, and never the monitor's."""

import csv
import io
import re
from datetime import timedelta

from sqlalchemy import text
from tests.factories.cast import Cast
from tests.factories.counting import counted
from tests.factories.plans import OTHER_UNIT, OWN_UNIT, milestone_of
from tests.factories.requests import UNIT, ask, taken, today
from tests.factories.site import Site

from ogpmonitor.audit import service as audit
from ogpmonitor.history.queries import PAGE

HISTORY = "/es/penalolen/workbench/history/"


async def record(cast: Cast, action: str, place: str = OWN_UNIT, *, times: int = 1, **more: object) -> str:
    """The coordinator did this to the milestone; its id."""
    async with cast.at("penalolen", cast.coordinator) as session:
        step = await milestone_of(session, place)
        for _ in range(times):
            await audit.record(session, action, by=cast.coordinator, about=step, **more)  # type: ignore[arg-type]
        return str(step.id)


def lines(page: str) -> int:
    return len(re.findall(r"<tr>", page)) - 1


async def test_page_says_who_what_old_new_and_why(site: Site, cast: Cast) -> None:
    await record(
        cast,
        "milestone.amended",
        before={"due_on": "2024-03"},
        after={"due_on": "2024-09-30"},
        reason="no_such_code: Faltó presupuesto",
    )
    client = await site.sign_in("penalolen-coordinator")

    spanish, english = await client.get(HISTORY), await client.get(HISTORY.replace("/es/", "/en/"))

    for words in (
        "Coordinación (demo)",
        "cambió el hito",
        "mar 2024",
        "30 sep 2024",
        "Faltó presupuesto",
        OWN_UNIT[:9],
    ):
        assert words in spanish.text
    assert "changed the milestone after submission" in english.text


async def test_what_came_by_link_names_contact_and_unit(site: Site, cast: Cast) -> None:
    await taken(cast, await ask(cast))
    client = await site.sign_in("penalolen-coordinator")

    page = await client.get(HISTORY, params={"who": "link"})

    assert f"contacto por enlace (Ana Soto, {UNIT})" in page.text
    assert "abrió el enlace" in page.text
    assert "pidió un informe" not in page.text


async def test_the_record_itself_holds_no_name_of_a_contact(cast: Cast) -> None:
    await taken(cast, await ask(cast))

    async with cast.at("penalolen", cast.coordinator) as session:
        said = await session.scalar(text("SELECT string_agg(r::text, '') FROM workbench.audit_records r"))

    assert "Ana Soto" not in said
    assert "ana@example.org" not in said


async def test_filters_narrow_what_is_shown(site: Site, cast: Cast) -> None:
    own = await record(cast, "milestone.nothing_new", after={"late_reason": "SOLO-PROPIO"})
    await record(cast, "milestone.nothing_new", OTHER_UNIT, after={"late_reason": "SOLO-OTRO"})
    client = await site.sign_in("penalolen-coordinator")

    async def shown(**query: str) -> tuple[bool, bool]:
        page = (await client.get(HISTORY, params=query)).text
        return "SOLO-PROPIO" in page, "SOLO-OTRO" in page

    day = today().isoformat()
    assert await shown() == (True, True)
    assert await shown(about=own) == (True, False)
    assert await shown(kind="milestones") == (True, True)
    assert await shown(kind="plans") == (False, False)
    assert await shown(who=str(cast.coordinator.id)) == (True, True)
    assert await shown(who=str(cast.contact.id)) == (False, False)
    assert await shown(**{"from": day, "to": day}) == (True, True)
    assert await shown(**{"from": (today() + timedelta(days=1)).isoformat()}) == (False, False)
    assert await shown(to=(today() - timedelta(days=1)).isoformat()) == (False, False)


async def test_a_commitment_holds_the_record_of_its_milestones(site: Site, cast: Cast) -> None:
    await record(cast, "milestone.nothing_new", after={"late_reason": "DENTRO"})
    async with cast.at("penalolen", cast.coordinator) as session:
        step = await milestone_of(session, OWN_UNIT)
        commitment = str(step.commitment_id)
        plan = str(
            await session.scalar(text("SELECT plan_id FROM workbench.commitments WHERE id = :id"), {"id": commitment})
        )
    client = await site.sign_in("penalolen-coordinator")

    for about in (commitment, plan):
        assert "DENTRO" in (await client.get(HISTORY, params={"about": about})).text


async def test_a_day_that_cannot_be_read_is_said_beside_its_field(site: Site) -> None:
    client = await site.sign_in("penalolen-coordinator")

    spanish = await client.get(HISTORY, params={"from": "ayer"})
    english = await client.get(HISTORY.replace("/es/", "/en/"), params={"from": "yesterday"})

    assert "no es una fecha" in spanish.text.split('id="from-error"')[1][:200]
    assert "This is not a date" in english.text.split('id="from-error"')[1][:200]
    assert 'value="ayer"' in spanish.text


async def test_pages_follow_each_other_without_gap_or_repeat(site: Site, cast: Cast) -> None:
    """All of them have the same instant: the id decides."""
    own = await record(cast, "milestone.nothing_new", times=PAGE + 10)
    client = await site.sign_in("penalolen-coordinator")

    first = await client.get(HISTORY, params={"about": own})
    address = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert address is not None
    second = await client.get(address[1].replace("&amp;", "&"))

    assert lines(first.text) == PAGE
    assert lines(second.text) >= 10
    async with cast.at("penalolen", cast.coordinator) as session:
        there = await session.scalar(
            text("SELECT count(*) FROM workbench.audit_records WHERE subject_id = :id"), {"id": own}
        )
    assert lines(first.text) + lines(second.text) >= int(there or 0)


async def test_history_costs_the_same_for_one_and_many(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    own = await record(cast, "milestone.nothing_new")
    with counted() as few:
        await client.get(HISTORY, params={"about": own})
    await record(cast, "milestone.nothing_new", times=40)
    await ask(cast)

    with counted() as many:
        await client.get(HISTORY)

    assert len(many) == len(few)


async def test_file_holds_the_same_and_runs_nothing(site: Site, cast: Cast) -> None:
    own = await record(cast, "milestone.nothing_new", after={"late_reason": "=1+1"}, reason="@SUM(A1)")
    client = await site.sign_in("penalolen-coordinator")

    file = await client.get(f"{HISTORY}history.csv", params={"about": own})

    assert file.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in file.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Cuándo", "Quién", "Qué se hizo"]
    mine = next(row for row in rows if "'=1+1" in row)
    assert "'@SUM(A1)" in mine
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


async def test_a_coordinator_never_reads_what_the_monitor_did(site: Site, cast: Cast) -> None:
    async with cast.at("penalolen", cast.monitor) as session:
        step = await milestone_of_any(cast)
        await audit.record(session, "assessment.saved", by=cast.monitor, about=step, reason="SECRETO-DEL-ENTE")  # type: ignore[arg-type]
    client = await site.sign_in("penalolen-coordinator")

    page = await client.get(HISTORY)
    file = await client.get(f"{HISTORY}history.csv")

    assert "SECRETO-DEL-ENTE" not in page.text + file.text
    assert "Ente de monitoreo" not in page.text.split("<main")[1] + file.text


async def milestone_of_any(cast: Cast) -> object:
    async with cast.at("penalolen", cast.coordinator) as session:
        return await milestone_of(session, OWN_UNIT)


async def test_only_the_coordinator_reads_the_record(site: Site) -> None:
    codes = {}
    for persona in ("penalolen-contact", "penalolen-monitor", "maipu-coordinator"):
        client = await site.sign_in(persona)
        codes[persona] = [(await client.get(f"{HISTORY}{file}")).status_code for file in ("", "history.csv")]

    assert codes == {
        "penalolen-contact": [403, 403],
        "penalolen-monitor": [403, 403],
        "maipu-coordinator": [404, 404],
    }
    assert (await site.client.get(HISTORY)).status_code == 401
