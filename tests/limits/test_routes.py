"""Whoever asks too often is told so: in their language, for how long, and without losing what was typed."""

import html
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from tests.factories.cast import Cast
from tests.factories.plans import LATE, address_of, report, version_at
from tests.factories.requests import ask
from tests.factories.site import ADDRESS, Site, running_site

from ogpmonitor.kit.db import Database
from ogpmonitor.limits import table, uploads
from ogpmonitor.limits.models import Allowance
from ogpmonitor.limits.service import Limits
from ogpmonitor.limits.table import Limit
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.directory import KnownTenant
from ogpmonitor.tenants.schemas import Uploads

HERE = "127.0.0.1"  # where the requests of these tests come from


async def use_up(site: Site, limit: Limit, *, by: str) -> None:
    """All of `limit` is used, and half a minute more, so that nothing comes back while a slow test runs."""
    limits: Limits = site.state.limits
    who = limits._hashed(limit.name, by)  # noqa: SLF001  nobody else computes it
    until = func.now() + limit.per + timedelta(seconds=30)
    row = insert(Allowance).values(name=limit.name, who=who, used_until=until)
    limits.begin()
    async with site.state.database.alone() as connection:
        await connection.execute(row.on_conflict_do_update(index_elements=["name", "who"], set_={"used_until": until}))


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/es/sign-in/", table.SIGN_IN),
        ("GET", "/es/verify/?q=abcdef12", table.VERIFY),
        ("GET", f"/es/verify/{'a' * 64}", table.VERIFY),
        ("POST", "/es/verify/", table.VERIFY_FILE),
        ("GET", "/es/compare/?sort=late", table.COMPARE),
        ("GET", "/es/compare/compare.csv", table.COMPARE),
        ("GET", "/es/penalolen/plans/2021-2024/reports/end-of-term.pdf", table.REPORT),
        ("GET", "/es/penalolen/plans/2021-2024/reports/end-of-term.json", table.REPORT),
        ("GET", "/es/penalolen/plans/2021-2024/history.csv", table.EXPORT),
        ("GET", "/es/penalolen/plans/2021-2024/changes", table.EXPORT),
        ("GET", f"/es/penalolen/requests/{'x' * 43}/", table.LINK),
        ("POST", f"/es/penalolen/requests/{'x' * 43}/", table.LINK),
        ("GET", f"/es/penalolen/requests/{'x' * 43}/milestones/", table.LINK),
        ("POST", "/es/penalolen/workbench/publish/", table.WRITE),
        ("POST", "/es/sign-out/", table.WRITE),
    ],
)
async def test_an_address_that_asks_too_often_is_refused(site: Site, method: str, path: str, limit: Limit) -> None:
    before = (await site.client.request(method, path)).status_code
    await use_up(site, limit, by=HERE)
    site.forget_pages()

    answer = await site.client.request(method, path)

    assert before != 429
    assert (answer.status_code, answer.headers["cache-control"]) == (429, "private, no-store")
    assert 1 <= int(answer.headers["retry-after"]) <= 40
    assert "Desde aquí llegaron demasiadas solicitudes en poco tiempo. Intente de nuevo en 1 minuto." in answer.text


async def test_it_is_said_in_the_language_of_the_page_and_to_machines_as_a_problem(site: Site) -> None:
    await use_up(site, table.VERIFY, by=HERE)

    page = await site.client.get("/en/verify/")
    problem = await site.client.get("/en/verify/", headers={"Accept": "application/json"})

    assert "Too many requests came from here in a short time. Try again in 1 minute." in page.text
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert problem.json()["type"] == "urn:ogpmonitor:limit.verify"
    assert int(problem.headers["retry-after"]) >= 1


async def test_pages_that_everyone_reads_are_not_counted(site: Site, database: Database) -> None:
    for path in ("/es/", "/es/penalolen/", "/es/penalolen/plans/2021-2024/", "/health/live", "/es/sign-in/"):
        assert (await site.client.get(path)).status_code == 200

    async with database.alone() as connection:
        assert (await connection.execute(Allowance.__table__.select())).all() == []


async def test_a_page_that_is_kept_costs_nothing(site: Site) -> None:
    """The comparison is counted where it is made, not where it is remembered."""
    site.state.page_cache.enabled = True
    assert (await site.client.get("/es/compare/")).status_code == 200
    await use_up(site, table.COMPARE, by=HERE)

    assert (await site.client.get("/es/compare/")).status_code == 200
    assert (await site.client.get("/es/compare/?sort=late")).status_code == 429


async def test_what_was_typed_comes_back_with_the_refusal(site: Site, cast: Cast) -> None:
    client, address = await site.sign_in("penalolen-coordinator"), await address_of(cast, LATE)
    sent = report(await version_at(client, address), text="Se plantaron 400 árboles.")
    await use_up(site, table.WRITE_AS, by=str(cast.coordinator.id))

    refused = await client.post(address, data=sent)

    assert refused.status_code == 429
    assert "Se plantaron 400 árboles." in html.unescape(refused.text)
    assert "Enviar de nuevo" in refused.text


async def test_one_account_does_not_use_up_anothers(site: Site, cast: Cast) -> None:
    first, second = await site.sign_in("penalolen-coordinator"), await site.sign_in("maipu-coordinator")
    await use_up(site, table.WRITE_AS, by=str(cast.coordinator.id))

    assert (await first.post("/es/sign-out/")).status_code == 429
    assert (await second.post("/es/sign-out/")).status_code == 303


async def test_whoever_came_by_a_link_is_counted_too(site: Site, cast: Cast) -> None:
    asked = await ask(cast)
    client = site.visitor()
    await client.post(f"/es/penalolen/requests/{asked.token}/")
    milestone = asked.request.milestone_ids[0]
    await use_up(site, table.WRITE_AS, by=str(asked.request.id))

    answer = await client.post(f"/es/penalolen/requests/{asked.token}/milestones/{milestone}/", data=report())

    assert answer.status_code == 429


async def test_behind_a_proxy_each_visitor_is_counted_alone(settings: Settings) -> None:
    told = settings.model_copy(update={"trusted_proxies": "127.0.0.1"})
    async with running_site(told) as site:
        await use_up(site, table.VERIFY, by="203.0.113.7")
        first, second = site.visitor(**{"X-Forwarded-For": "203.0.113.7"}), site.visitor(**{"X-Forwarded-For": "::9"})

        assert (await first.get("/es/verify/")).status_code == 429
        assert (await second.get("/es/verify/")).status_code == 200


async def test_without_a_proxy_nobody_escapes_by_a_header(site: Site) -> None:
    await use_up(site, table.VERIFY, by=HERE)

    for number in range(3):
        liar = site.visitor(**{"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=198.51.100.{number}"})
        assert (await liar.get("/es/verify/")).status_code == 429


async def report_with_file(cast: Cast, client: httpx.AsyncClient, size: int) -> httpx.Response:
    address = await address_of(cast, LATE)
    sent = report(await version_at(client, address))
    return await client.post(address, data=sent, files={"file_1": ("acta.txt", b"Acta de la mesa " * (size // 16))})


async def test_a_jurisdiction_uploads_so_much_a_day_and_no_more(settings: Settings, cast: Cast) -> None:
    async with running_site(settings.model_copy(update={"upload_mib_per_day": 3})) as site:
        client = await site.sign_in("penalolen-coordinator")
        first = await report_with_file(cast, client, 2 * 1024 * 1024)
        second = await report_with_file(cast, client, 2 * 1024 * 1024)
        elsewhere = await site.state.directory.get("maipu")
        await site.state.limits.take(  # the next jurisdiction has its own
            uploads.UPLOADED, by=str(elsewhere.id), most=3 * 1024 * 1024, per=uploads.DAY, cost=2 * 1024 * 1024
        )

    assert first.status_code == 303
    assert second.status_code == 429
    assert "Esta jurisdicción ya envió hoy todos los archivos que puede enviar en un día." in second.text
    assert int(second.headers["retry-after"]) > 3600


async def test_a_jurisdiction_may_have_a_quota_of_its_own(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await site.state.directory.get("penalolen")
    file = tenant.file.model_copy(update={"uploads": Uploads(mib_per_day=1)})
    small = replace(tenant, file=file)

    async def get(_slug: str) -> KnownTenant:
        return small

    monkeypatch.setattr(site.state.directory, "get", get)
    client = await site.sign_in("penalolen-coordinator")
    refused = await report_with_file(cast, client, 2 * 1024 * 1024)
    taken = await report_with_file(cast, client, 1024)

    assert (refused.status_code, taken.status_code) == (429, 303)


async def test_forms_with_files_are_counted_by_account(site: Site, cast: Cast) -> None:
    client = await site.sign_in("penalolen-coordinator")
    await use_up(site, table.UPLOAD, by=str(cast.coordinator.id))

    with_file = await report_with_file(cast, client, 1024)
    address = await address_of(cast, LATE)
    without = await client.post(address, data=report(await version_at(client, address)))

    assert (with_file.status_code, without.status_code) == (429, 303)


async def test_a_limit_that_is_over_lets_the_next_one_in(site: Site, database: Database) -> None:
    await use_up(site, table.VERIFY, by=HERE)
    async with database.alone() as connection:
        await connection.execute(update(Allowance).values(used_until=Allowance.used_until - 2 * table.VERIFY.per))

    assert (await site.visitor(Origin=ADDRESS).get("/es/verify/")).status_code == 200
