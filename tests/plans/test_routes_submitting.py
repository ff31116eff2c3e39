"""Submitting a plan over HTTP: what blocks it, what is asked for, what it publishes, and who may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tests.factories.cast import Cast
from tests.factories.drafts import a_commitment, a_draft, a_milestone
from tests.factories.reading import said
from tests.factories.site import Site

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.demo.people import personas
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.queries import get_plan
from ogpmonitor.register.queries import latest_edition, list_editions

DRAFT = "/renca/workbench/plans/2026-2027/"


def renca() -> Actor:
    return next(one.actor for one in personas(("renca",)) if one.key == "renca-coordinator")


@asynccontextmanager
async def at_renca(cast: Cast) -> AsyncIterator[TenantSession]:
    async with cast.at("renca", renca()) as session:
        yield session


async def a_plan_at_renca(cast: Cast, **given: Any) -> None:
    async with at_renca(cast) as session:
        session.add(a_draft(**given))


async def submit_form(client: httpx.AsyncClient, lang: str = "es", **given: str) -> dict[str, str]:
    page = (await client.get(f"/{lang}{DRAFT}submit/")).text
    state = page.split('name="state" value="')[1].split('"')[0]
    return {"state": state, "submitted_on": "2026-01-15", "approved": "yes", "warnings": "yes", **given}


async def test_checks_lead_to_their_fields_and_block_submission(site: Site, cast: Cast) -> None:
    await a_plan_at_renca(cast, endorsements=[], commitments=[a_commitment(milestones=[a_milestone(due_on=None)])])
    client = await site.sign_in("renca-coordinator")

    page = (await client.get(f"/es{DRAFT}checks/")).text

    assert f'href="/es{DRAFT}commitments/C1/milestones/M1/#due_on"' in page
    assert f'href="/es{DRAFT}endorsements/#endorsements"' in page
    assert "2 errores impiden entregar el plan." in page
    shown = (await client.get(f"/es{DRAFT}submit/")).text
    assert 'name="approved"' not in shown
    sent = {"submitted_on": "2026-01-01", "approved": "yes", "warnings": "yes", "state": "x"}
    refused = await client.post(f"/es{DRAFT}submit/", data=sent)
    assert refused.status_code == 422
    assert "Primero corrija los errores." in refused.text
    async with at_renca(cast) as session:
        assert (await get_plan(session, "2026-2027")).status == "co_creation"


async def test_submitting_publishes_the_baseline(site: Site, cast: Cast) -> None:
    await a_plan_at_renca(cast)
    client = await site.sign_in("renca-coordinator")

    answer = await client.post(f"/es{DRAFT}submit/", data=await submit_form(client))

    assert answer.status_code == 303, said(answer.text)
    assert answer.headers["location"] == "/es/renca/plans/2026-2027/editions/1/"
    async with at_renca(cast) as session:
        plan = await get_plan(session, "2026-2027")
        edition = await latest_edition(session, "renca", "2026-2027")
        traces = await session.scalar(select(func.count()).where(AuditRecord.action == "plan.submitted"))
    assert (plan.status, plan.submitted_on, traces) == ("submitted", "2026-01-15", 1)
    assert edition is not None
    assert edition.is_baseline
    assert "línea base" in (await site.client.get(answer.headers["location"])).text
    again = await client.post(f"/es{DRAFT}submit/", data={"state": "x"})
    assert again.status_code == 409
    assert "ya fue entregado" in again.text
    async with at_renca(cast) as session:
        assert len(await list_editions(session, "renca", "2026-2027")) == 1


async def test_warnings_are_read_before_submitting(site: Site, cast: Cast) -> None:
    await a_plan_at_renca(cast, title={"source": "es", "es": "Solo en español"})
    client = await site.sign_in("renca-coordinator")
    sent = await submit_form(client)
    sent.pop("warnings")

    answer = await client.post(f"/es{DRAFT}submit/", data=sent)

    assert answer.status_code == 422
    assert "Marque que leyó las advertencias" in answer.text.split('id="warnings-error"')[1].split("</p>")[0]
    assert 'value="2026-01-15"' in answer.text
    assert (await client.post(f"/es{DRAFT}submit/", data={**sent, "warnings": "yes"})).status_code == 303


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"submitted_on": ""}, "submitted_on", ("Indique qué día se entrega.", "Say on which day it is submitted.")),
        ({"submitted_on": "mañana"}, "submitted_on", ("no es una fecha", "This is not a date.")),
        ({"submitted_on": "2999-01-01"}, "submitted_on", ("aún no llega", "This day has not come yet.")),
        ({"submitted_on": "0026-01-01"}, "submitted_on", ("demasiado antigua", "This day is too long ago.")),
        ({"approved": ""}, "approved", ("El foro debe aprobar", "The forum has to approve")),
    ],
)
async def test_what_is_wrong_with_a_submission_is_said_beside_it(
    site: Site, cast: Cast, given: dict[str, str], field: str, words: tuple[str, str]
) -> None:
    await a_plan_at_renca(cast)
    client = await site.sign_in("renca-coordinator")
    for lang, message in zip(("es", "en"), words, strict=True):
        sent = await submit_form(client, lang, **given)

        answer = await client.post(f"/{lang}{DRAFT}submit/", data=sent)

        assert answer.status_code == 422
        assert message in said(answer.text.split(f'id="{field}-error"')[1].split("</p>")[0])
        if sent["submitted_on"]:
            assert sent["submitted_on"] in answer.text
    async with at_renca(cast) as session:
        assert (await get_plan(session, "2026-2027")).status == "co_creation"


async def test_what_changed_since_it_was_seen_is_not_submitted(site: Site, cast: Cast) -> None:
    await a_plan_at_renca(cast)
    client = await site.sign_in("renca-coordinator")
    sent = await submit_form(client)
    async with at_renca(cast) as session:
        (await get_plan(session, "2026-2027")).commitments[0].milestones[0].due_on = "2026-07-01"

    answer = await client.post(f"/es{DRAFT}submit/", data=sent)

    assert answer.status_code == 409
    assert "Algo cambió desde que usted miró" in answer.text
    async with at_renca(cast) as session:
        plan = (await session.scalars(select(Plan).where(Plan.slug == "2026-2027"))).one()
        assert plan.status == "co_creation"


@pytest.mark.parametrize(("persona", "status"), [("renca-monitor", 403), ("maipu-coordinator", 404)])
async def test_only_coordinators_submit(site: Site, cast: Cast, persona: str, status: int) -> None:
    await a_plan_at_renca(cast)
    client = await site.sign_in(persona)

    assert (await client.get(f"/es{DRAFT}submit/")).status_code == status
    assert (await client.post(f"/es{DRAFT}submit/", data={"state": "x"})).status_code == status
