"""Over HTTP only the monitor reads, writes, publishes, delays, alters or deletes an assessment, and sees who tried."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert, select
from tests.factories.assessments import (
    PENALOLEN,
    a_filled_draft,
    a_published_assessment,
    a_sent_assessment,
    full_answers,
)
from tests.factories.cast import Cast
from tests.factories.reading import said
from tests.factories.site import ADDRESS, Site

from ogpmonitor.accounts.actors import STRANGER
from ogpmonitor.accounts.models import Membership, Person
from ogpmonitor.assessments import queries
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.audit.models import Refusal
from ogpmonitor.audit.refusals import MOST, MOST_OF_STRANGERS, list_refusals, note_refusal
from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.register.log import SigningKey
from ogpmonitor.settings import Settings

ROOT = "/es/penalolen/workbench/assessments/"
ONLY_ITS_OWN = "Lo que solo sabe el ente de monitoreo."
# What each is told: its own house refuses it, and to strangers of the house there is no such house.
WHO = {
    "penalolen-coordinator": 403,
    "penalolen-contact": 403,
    "penalolen-viewer": 403,
    "operator": 404,
    "ogp-staff": 404,
    "maipu-coordinator": 404,
    "maipu-monitor": 404,
    "former-monitor": 404,
    "": 401,
}
# What is tried, by path under an assessment, with all that it takes: from a monitor most of it would be done.
READS = ("", "publish/", "second/", "clarifications/")
WRITES: Mapping[str, Mapping[str, str]] = {
    "": {"evaluator": "Otro", "value:EOC3.1": "Otra lección"},
    "declare/": {"conflict": "no"},
    "recuse/": {"commitment": "CLPLN0002", "reason": "Porque sí"},
    "second/begin/": {},
    "second/": {"value:EOC1.1": "complete"},
    "clarifications/": {"subject": "question:EOC1.1", "asked": "¿Qué?"},
    "move/": {},
}
KEY = "EOT1.1"  # a question of the form that was sent
PUBLISHES = ("publish/", "send/", "revise/")
HOLD_UP = ("send/", "revise/", "move/", "recuse/", "second/begin/", "clarifications/")


@dataclass(frozen=True)
class Work:
    """One assessment in each state, by the monitor."""

    draft: UUID
    sent: UUID
    finished: UUID


@pytest.fixture
async def work(cast: Cast, settings: Settings, key: SigningKey) -> Work:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        finished, _ = await a_published_assessment(session, cast.monitor, key, commitment="C3")
        draft = await a_filled_draft(session, cast.monitor, full_answers(**{"EOC3.1": Given(ONLY_ITS_OWN)}))
        sent = await a_sent_assessment(session, cast.monitor)
    await _more_people(cast, settings)
    return Work(draft.assessment.id, sent.assessment.id, finished.assessment.id)


async def _more_people(cast: Cast, settings: Settings) -> None:
    """A reader in the government, and a monitor whose time ended the day before yesterday."""
    begun, ended = date(2021, 1, 1), date.today() - timedelta(days=2)  # noqa: DTZ011  the database counts in its own day
    viewer, former = uuid4(), uuid4()
    async with owner_session(settings.database_url) as session:
        session.add(Person(id=viewer, name="Lectura", persona="penalolen-viewer"))
        session.add(Person(id=former, name="Antiguo monitor", persona="former-monitor"))
        await session.flush()
        await seal(session, cast.tenant_ids[PENALOLEN], None)
        mandate = await session.scalar(select(Mandate.id).where(Mandate.demo))
        session.add(Membership(person_id=viewer, role="viewer", starts_on=begun))
        session.add(Membership(person_id=former, role="monitor", starts_on=begun, ends_on=ended, mandate_id=mandate))
        await session.flush()


async def as_they_stand(cast: Cast, work: Work) -> list[object]:
    """Everything about the three assessments that somebody might want otherwise."""
    found: list[object] = []
    async with cast.at(PENALOLEN, cast.monitor, read_only=True) as session:
        for one in (work.draft, work.sent, work.finished):
            sheet = await queries.get_sheet(session, PENALOLEN, one)
            window = sheet.dossier.window
            found += [
                sheet.assessment.status,
                sheet.assessment.version,
                sheet.assessment.edition_sha256,
                sheet.answers,
                len(sheet.dossier.clarifications),
                len(sheet.dossier.declarations),
                len(sheet.dossier.recusals),
                sheet.dossier.review,
                window.ends_at if window else None,
                sheet.published.edition.sha256,
            ]
    return found


async def _come(site: Site, who: str) -> httpx.AsyncClient:
    return await site.sign_in(who) if who else site.client


@pytest.mark.parametrize(("who", "status"), WHO.items())
async def test_no_request_of_anybody_else_is_answered(
    site: Site, cast: Cast, work: Work, who: str, status: int
) -> None:
    before = await as_they_stand(cast, work)
    client = await _come(site, who)
    got: dict[str, int] = {"read the list": (await client.get(ROOT)).status_code}
    start = {"form": "inception", "plan": "2021-2024", "conflict": "no"}
    got["write a new one"] = (await client.post(ROOT, data=start)).status_code

    for state, name in (("draft", work.draft), ("sent", work.sent), ("finished", work.finished)):
        here = f"{ROOT}{name}/"
        sent = {"version": str(before[1])}
        for path in READS:
            got[f"read {state} {path}"] = (await client.get(here + path)).status_code
        for path, fields in WRITES.items():
            got[f"write {state} {path}"] = (await client.post(here + path, data={**sent, **fields})).status_code
        for path in PUBLISHES:
            got[f"publish {state} {path}"] = (await client.post(here + path, data=sent)).status_code
        for path in HOLD_UP:
            got[f"delay {state} {path}"] = (await client.post(here + path, data=sent)).status_code
        wish = {"reason": "Porque sí", "conflict": "no"}
        got[f"alter {state}"] = (await client.post(f"{here}correct/", data=wish)).status_code
        got[f"delete {state}"] = (await client.post(f"{here}discard/", data=sent)).status_code

    assert {attempt: code for attempt, code in got.items() if code != status} == {}
    assert await as_they_stand(cast, work) == before


async def test_no_other_method_reaches_an_assessment(site: Site, cast: Cast, work: Work) -> None:
    before = await as_they_stand(cast, work)
    for who in WHO:
        client = await _come(site, who)
        for method in ("PUT", "PATCH", "DELETE"):
            answers = [await client.request(method, f"{ROOT}{one}/") for one in (work.draft, work.sent, work.finished)]
            assert {answer.status_code for answer in answers} <= {401, 403, 404, 405}, (who, method)

    assert await as_they_stand(cast, work) == before


@pytest.mark.parametrize("who", WHO)
async def test_no_page_that_they_can_reach_shows_the_draft_or_leads_to_it(site: Site, work: Work, who: str) -> None:
    """Following links from where each begins, as somebody who looks around would."""
    client = await _come(site, who)
    waiting = ["/es/penalolen/", "/es/penalolen/workbench/", "/es/penalolen/workbench/replies/", "/es/desk/"]
    waiting += ["/es/penalolen/workbench/history/", "/es/penalolen/workbench/monitoring/", "/es/sign-in/"]
    seen: set[str] = set()
    while waiting and len(seen) < 80:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = await client.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        assert ONLY_ITS_OWN not in answer.text, path
        assert str(work.draft) not in answer.text, path
        links = (urlsplit(urljoin(ADDRESS + path, href)) for href in re.findall(r'href="([^"#]+)"', answer.text))
        near = [link.path for link in links if link.netloc in ADDRESS]
        waiting += [path for path in near if re.match(r"/es/(penalolen|desk)/", path)]

    assert len(seen) >= 20


async def test_whoever_is_sent_it_for_comment_sees_that_one_and_no_draft(site: Site, work: Work) -> None:
    client = await site.sign_in("penalolen-coordinator")

    replies = "/es/penalolen/workbench/replies/"
    sent = (await client.get(f"{replies}{work.sent}/")).status_code
    draft = (await client.get(f"{replies}{work.draft}/")).status_code

    assert (sent, draft) == (200, 404)


@pytest.mark.parametrize("who", ["penalolen-contact", "operator", "ogp-staff", "maipu-monitor", "former-monitor", ""])
async def test_nobody_else_replies_to_it(site: Site, cast: Cast, work: Work, who: str) -> None:
    before = await as_they_stand(cast, work)
    client, here = await _come(site, who), f"/es/penalolen/workbench/replies/{work.sent}/"

    read = (await client.get(here)).status_code
    sent = (await client.post(here, data={f"reply:{KEY}": "No", "then": "hand_in"})).status_code

    assert {read, sent} <= {401, 403, 404}
    assert await as_they_stand(cast, work) == before


async def test_a_monitor_does_not_reply_in_the_governments_name(site: Site, work: Work) -> None:
    client = await site.sign_in("penalolen-monitor")

    sent = await client.post(f"/es/penalolen/workbench/replies/{work.sent}/", data={f"reply:{KEY}": "No"})

    assert sent.status_code == 403


async def test_monitors_see_who_tried_and_nobody_else_does(site: Site, work: Work) -> None:
    coordinator, monitor = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-monitor")
    here = f"{ROOT}{work.draft}/"

    await coordinator.get(here)
    await coordinator.post(f"{here}discard/", data={"version": "1"})
    await site.client.get(here)
    page = await monitor.get("/es/penalolen/workbench/monitoring/")
    governments = await coordinator.get("/es/penalolen/workbench/monitoring/")

    told = said(page.text)
    assert "Intentos rechazados" in told
    assert f"POST {here}discard" in told
    assert "coordinación del gobierno" in told
    assert "nadie con sesión iniciada" in told
    assert "Intentos rechazados" not in said(governments.text)


async def test_the_same_attempt_within_a_minute_is_one(site: Site, work: Work) -> None:
    coordinator, monitor = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-monitor")
    for _ in range(5):
        await coordinator.get(f"{ROOT}{work.draft}/")

    page = await monitor.get("/es/penalolen/workbench/monitoring/")

    assert 1 <= said(page.text).count(f"GET {ROOT}{work.draft}") <= 2  # the minute may have ended in between


async def test_a_stranger_who_tries_many_addresses_is_one_line_among_the_others(site: Site, work: Work) -> None:
    """Any address can be tried without an account: that must not push the government's attempts off the list."""
    coordinator, monitor = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-monitor")
    await coordinator.get(f"{ROOT}{work.draft}/")
    for _ in range(MOST + 20):
        assert (await site.client.get(f"{ROOT}{uuid4()}/")).status_code == 401

    page = await monitor.get("/es/penalolen/workbench/monitoring/")

    told = said(page.text)
    assert f"GET {ROOT}{work.draft}" in told
    assert 1 <= told.count("nadie con sesión iniciada") <= 2  # the hour may have ended in between


async def test_however_long_strangers_try_the_attempts_of_people_stay_in_sight(cast: Cast) -> None:
    async with cast.at(PENALOLEN, cast.coordinator) as session:
        await note_refusal(session, "assessment:read", method="GET", path="/by-a-person", by=cast.coordinator)
    async with cast.at(PENALOLEN, STRANGER) as session:
        for days in range(3 * MOST):
            at = datetime.now(UTC) + timedelta(days=days)
            await session.execute(insert(Refusal).values(id=uuid4(), at=at, permission="p", method="GET", path="/x"))

    async with cast.at(PENALOLEN, cast.monitor) as session:
        listed = await list_refusals(session)

    assert [one.path for one in listed].count("/by-a-person") == 1
    assert len(listed) <= MOST + MOST_OF_STRANGERS
    assert listed == sorted(listed, key=lambda one: one.at, reverse=True)


async def test_neither_a_government_nor_a_monitor_confirms_or_ends_a_mandate(site: Site) -> None:
    """The desk where that is done is closed to whoever has a role in a jurisdiction, this one or the next."""
    for who in ("penalolen-coordinator", "penalolen-monitor", "maipu-monitor"):
        client = await site.sign_in(who)
        answers = [
            await client.get("/es/desk/mandates/"),
            await client.post(f"/es/desk/mandates/penalolen/{uuid4()}/confirm/"),
            await client.post(f"/es/desk/mandates/penalolen/{uuid4()}/end/", data={"reason": "x"}),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
