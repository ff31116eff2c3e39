"""Publishing: what was seen and ticked, no more; in the plan's order; one edition at a time."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.factories.cast import Cast
from tests.factories.plans import LATE, OTHER_UNIT, address_of, milestone_of, report, version_at
from tests.factories.site import Site

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.evidence import service as evidence
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, NotPermitted
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.models import Commitment, Plan, Progress
from ogpmonitor.plans.publishing import Preview, preview, publish, published_evidence
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.plans.service import Report, report_progress
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition
from ogpmonitor.register.queries import Published, published_plan

PLAN, CODES = "2021-2024", ["CLPLN0002", "C2", "C3"]
WHOSE = Jurisdiction(slug="penalolen", name=Localized.of("es", es="Peñalolén"), country="CL")
PUBLISH = "/es/penalolen/workbench/publish/"
TODAY = date(2026, 11, 20)


async def say(session: TenantSession, cast: Cast, place: str, words: str) -> None:
    milestone = await milestone_of(session, place)
    said = Report(
        Progress(milestone.progress),
        Localized.of("es", es=words),
        milestone.started_on,
        milestone.completed_on,
        Localized.of("es", es="Porque sí."),
        demo=True,
    )
    await report_progress(session, milestone, said, on=TODAY, by=cast.coordinator)


async def look(session: TenantSession) -> Preview:
    session.expire_all()
    return await preview(session, await get_plan(session, PLAN), WHOSE)


async def say_it(session: TenantSession, cast: Cast, key: SigningKey, **chosen: Any) -> Edition:
    session.expire_all()
    plan: Plan = await get_plan(session, PLAN)
    return await publish(session, plan, WHOSE, key=key, by=cast.coordinator, **chosen)


async def published(session: TenantSession) -> Published:
    return await published_plan(session, "penalolen", PLAN)


@pytest.fixture
async def session(cast: Cast, key: SigningKey) -> Any:
    """Peñalolén's coordinator at work, with everything published; rolled back afterwards."""
    async with cast.rehearsal("penalolen", cast.coordinator) as opened:
        if (await look(opened)).changes:
            await say_it(opened, cast, key)
        yield opened


async def test_a_selection_leaves_the_rest_as_it_was_and_keeps_the_order(
    session: TenantSession, cast: Cast, key: SigningKey
) -> None:
    before = await published(session)
    await say(session, cast, LATE, "Uno.")
    await say(session, cast, OTHER_UNIT, "Dos.")

    await say_it(session, cast, key, chosen=[("commitment", "C2")])
    after = await published(session)

    assert [one.code for one in after.commitments] == CODES
    assert after.sha256_of("commitment", "CLPLN0002") == before.sha256_of("commitment", "CLPLN0002")
    assert after.sha256_of("commitment", "C2") != before.sha256_of("commitment", "C2")
    assert [change.code for change in (await look(session)).changes] == ["CLPLN0002"]


async def test_a_selection_puts_a_new_commitment_where_the_plan_has_it(
    session: TenantSession, cast: Cast, key: SigningKey
) -> None:
    plan = await get_plan(session, PLAN)
    first = plan.commitments[0]
    for commitment in plan.commitments:
        commitment.position += 1
    plan.commitments.append(
        Commitment(code="C9", position=0, title=first.title, content=first.content, demo=True, milestones=[])
    )
    await session.flush()
    await say(session, cast, LATE, "Uno.")

    await say_it(session, cast, key, chosen=[("commitment", "C9")])
    after = await published(session)

    assert [one.code for one in after.commitments] == ["C9", *CODES]
    assert [change.code for change in (await look(session)).changes] == ["CLPLN0002"]


async def test_a_commitment_taken_out_stays_public_until_that_is_chosen(
    session: TenantSession, cast: Cast, key: SigningKey
) -> None:
    plan = await get_plan(session, PLAN)
    gone = plan.commitments[0]
    code, gone.code = gone.code, "CLPLN0002-2"  # for the register one commitment went and another came
    await session.flush()

    await say_it(session, cast, key, chosen=[("commitment", "CLPLN0002-2")])
    kept = [one.code for one in (await published(session)).commitments]
    await say_it(session, cast, key, chosen=[("commitment", code)])
    dropped = [one.code for one in (await published(session)).commitments]

    assert kept == ["CLPLN0002-2", "C2", "C3", code]
    assert dropped == ["CLPLN0002-2", "C2", "C3"]


async def test_publishing_marks_only_the_evidence_it_shows_and_says_what_it_did(
    session: TenantSession, cast: Cast, key: SigningKey
) -> None:
    kept = []
    for place in (LATE, OTHER_UNIT):
        milestone = await milestone_of(session, place)
        about = evidence.About(Localized.of("es", es="Acta"))
        kept.append(await evidence.submit_link(session, f"https://example.org/{place}", about, by=cast.coordinator))
        await evidence.support(session, kept[-1], milestone.id)

    edition = await say_it(session, cast, key, chosen=[("commitment", "C2")])
    dates = [await session.scalar(select(Evidence.published_at).where(Evidence.id == one.id)) for one in kept]
    trace = (
        await session.scalars(
            select(AuditRecord).where(AuditRecord.action == "plan.published").order_by(AuditRecord.at)
        )
    ).all()[-1]

    assert dates == [None, edition.published_at]
    assert trace.after == {"edition": edition.number, "documents": ["commitment C2"]}


async def test_publish_refuses_what_was_not_previewed(session: TenantSession, cast: Cast, key: SigningKey) -> None:
    await say(session, cast, LATE, "Uno.")
    seen = (await look(session)).state
    await say(session, cast, LATE, "Otra cosa.")

    with pytest.raises(Conflict, match=r"plan\.changed_since_preview"):
        await say_it(session, cast, key, as_previewed=seen)


async def test_publish_refuses_everyone_but_a_coordinator(session: TenantSession, cast: Cast, key: SigningKey) -> None:
    plan = await get_plan(session, PLAN)
    for actor in (cast.contact, cast.monitor, cast.ogp_staff, cast.operator, cast.citizen):
        with pytest.raises(NotPermitted):
            await publish(session, plan, WHOSE, key=key, by=actor)


async def test_nothing_new_is_a_conflict(session: TenantSession, cast: Cast, key: SigningKey) -> None:
    with pytest.raises(Conflict, match=r"edition\.nothing_new"):
        await say_it(session, cast, key)


def test_of_restricted_evidence_neither_address_nor_name_is_public() -> None:
    given = {
        "kind": "link",
        "title": {"source": "es", "es": "Nómina"},
        "url": "https://example.org/s",
        "sha256": "0" * 64,
    }
    kept = Evidence(id="x", **given, file_name="nomina.pdf", restricted=True, demo=False)

    told = published_evidence(kept)

    assert (told.url, told.file_name, told.restricted) == (None, None, True)


async def prepare(client: httpx.AsyncClient, cast: Cast, place: str = LATE, **given: Any) -> None:
    """Something is waiting to be published."""
    address = await address_of(cast, place)
    answer = await client.post(address, data=report(await version_at(client, address), **given))
    assert answer.status_code == 303


def form_in(page: str) -> dict[str, Any]:
    """What the preview's form would send."""
    state = page.split('name="state" value="')[1].split('"', maxsplit=1)[0]
    keys = [part.split('"')[0] for part in page.split('name="chosen" value="')[1:]]
    return {"plan": PLAN, "state": state, "chosen": keys}


@pytest.mark.parametrize(
    ("lang", "button", "label"),
    [
        ("es", "Publicar un cambio", "Hito M5 · Qué se hizo"),
        ("en", "Publish one change", "Milestone M5 · What was done"),
    ],
)
async def test_the_preview_shows_old_and_new_with_readable_labels(
    site: Site, cast: Cast, lang: str, button: str, label: str
) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await prepare(client, cast, text="Los vecinos ya usan el tablero.")

    page = (await client.get(f"/{lang}/penalolen/workbench/publish/?plan={PLAN}")).text

    for words in (button, label, "Los vecinos ya usan el", "está", "<del>", "<ins>", "CLPLN0002"):
        assert words in page
    assert form_in(page)["chosen"] == ["commitment:CLPLN0002"]


async def test_publishing_goes_to_the_editions_page_and_empties_the_preview(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await prepare(client, cast)

    answer = await client.post(PUBLISH, data=form_in((await client.get(PUBLISH)).text))
    empty = (await client.get(PUBLISH)).text

    assert answer.status_code == 303
    number = answer.headers["location"].removeprefix(f"/es/penalolen/plans/{PLAN}/editions/").strip("/")
    assert f"La mesa de trabajo dice lo mismo que la edición {number}." in empty
    assert 'name="chosen"' not in empty


async def test_a_report_that_came_in_meanwhile_is_shown_before_it_is_published(site: Site, cast: Cast) -> None:
    coordinator, other = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-coordinator")
    await prepare(coordinator, cast)
    form = form_in((await coordinator.get(PUBLISH)).text)
    await prepare(other, cast, "CLPLN0002/M6", text="Llegó después.")

    answer = await coordinator.post(PUBLISH, data=form)
    again = await coordinator.post(PUBLISH, data=form_in(answer.text))

    assert answer.status_code == 409
    assert "Algo cambió desde que usted miró. No se publicó nada." in answer.text
    assert "Llegó" in answer.text
    assert again.status_code == 303


async def test_publishing_nothing_is_said_and_keeps_what_was_unticked(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await prepare(client, cast)
    form = form_in((await client.get(PUBLISH)).text)

    none = await client.post(PUBLISH, data={**form, "chosen": []})
    unknown = await client.post(PUBLISH, data={**form, "chosen": ["commitment:C99"]})

    assert none.status_code == 422
    assert "Marque al menos un cambio. No se publicó nada." in none.text
    assert 'name="chosen" value="commitment:CLPLN0002">' in none.text
    assert unknown.status_code == 409


async def test_of_two_publications_at_once_one_is_made(site: Site, cast: Cast) -> None:
    one, two = await site.sign_in("penalolen-coordinator"), await site.sign_in("penalolen-coordinator")
    await prepare(one, cast)
    form = form_in((await one.get(PUBLISH)).text)

    answers = await asyncio.gather(one.post(PUBLISH, data=form), two.post(PUBLISH, data=form))

    assert sorted(answer.status_code for answer in answers) == [303, 409]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        (None, 401),
        ("penalolen-contact", 403),
        ("penalolen-monitor", 403),
        ("maipu-coordinator", 404),
        ("ogp-staff", 404),
        ("operator", 404),
    ],
)
async def test_publishing_is_the_coordinators(site: Site, persona: str | None, status: int) -> None:
    client = await site.sign_in(persona) if persona else site.client

    looked, sent = await client.get(PUBLISH), await client.post(PUBLISH, data={"plan": PLAN, "state": "x"})

    assert [looked.status_code, sent.status_code] == [status, status]
