"""The comparison and the desk over HTTP, and what they cost."""

import csv
import io
import re
from datetime import date

import pytest
from sqlalchemy import event, func, select
from tests.factories.cast import TENANTS, Cast
from tests.factories.documents import publish_as_government, said, the_published_plan
from tests.factories.site import Site

from ogpmonitor.comparison.queries import current_plans
from ogpmonitor.kit.db import Database, RegisterSession
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import CommitmentFact, MilestoneFact, PlanFact


async def facts_in(session: RegisterSession) -> list[int | None]:
    """How many rows there are to read."""
    tables = (PlanFact, CommitmentFact, MilestoneFact)
    return [await session.scalar(select(func.count()).select_from(table)) for table in tables]


def rows_of(text: str) -> list[str]:
    """The slugs of the table's rows, in order."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return re.findall(r'<th scope="row"><a href="/\w\w/([a-z]+)/"', body)


@pytest.mark.parametrize(
    ("lang", "telling"),
    [("es", ["Comparar jurisdicciones", "Suma", "Aún no evaluado", "no es miembro"]),
     ("en", ["Compare jurisdictions", "Sum", "Not yet assessed", "not a member"])],
)  # fmt: skip
async def test_the_page_has_a_row_for_each_jurisdiction_its_base_and_what_is_missing(
    site: Site, lang: str, telling: list[str]
) -> None:
    answer = await site.client.get(f"/{lang}/compare/")

    assert answer.status_code == 200
    assert [word for word in telling if word not in answer.text] == []
    assert sorted(rows_of(answer.text)) == sorted(TENANTS)
    again = await site.client.get(f"/{lang}/compare/", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_the_table_sorts_by_link_and_the_file_follows(site: Site) -> None:
    page = (await site.client.get("/es/compare/?sort=late&order=descending")).text
    other = (await site.client.get("/es/compare/?sort=late")).text
    file = await site.client.get("/es/compare/compare.csv?sort=late&order=descending")

    told = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    late = [int(row["Hitos atrasados hoy (informado)"]) for row in told[:-1]]
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["Código de la jurisdicción"] for row in told[:-1]] == rows_of(page)
    assert late == sorted(late, reverse=True)
    assert int(told[-1]["Hitos atrasados hoy (informado)"]) == sum(late)
    assert rows_of(other) != rows_of(page)
    assert 'aria-sort="descending"' in page
    assert 'href="/es/compare/compare.csv?sort=late&amp;order=descending"' in page


async def test_members_and_others_can_be_looked_at_apart(site: Site) -> None:
    members = rows_of((await site.client.get("/es/compare/?status=member")).text)
    others = rows_of((await site.client.get("/es/compare/?status=other")).text)

    assert others == ["renca"]
    assert sorted([*members, *others]) == sorted(TENANTS)


async def test_what_nobody_asked_for_is_ignored(site: Site) -> None:
    plain = await site.client.get("/es/compare/")
    odd = await site.client.get("/es/compare/?sort=%27%3B--&order=x&status=x")

    assert odd.status_code == 200
    assert rows_of(odd.text) == rows_of(plain.text)


async def test_comparing_costs_one_query_however_many_tenants_and_editions(
    cast: Cast, key: SigningKey, database: Database
) -> None:
    statements: list[str] = []
    event.listen(database.public_engine.sync_engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    today = dict.fromkeys(TENANTS, date(2026, 1, 1))
    changed = await the_published_plan(cast)

    async with database.register_session() as session:
        one = await current_plans(session, {"maipu": today["maipu"]})
        four = await current_plans(session, today)
        before = [
            await session.scalar(select(func.count()).select_from(t)) for t in (PlanFact, CommitmentFact, MilestoneFact)
        ]
    for number in range(3):
        await publish_as_government(cast, key, [changed.model_copy(update={"title": said(f"Título {number}")})])
    async with database.register_session() as session:
        after = [
            await session.scalar(select(func.count()).select_from(t)) for t in (PlanFact, CommitmentFact, MilestoneFact)
        ]
        later = await current_plans(session, today)

    assert [sum("facts.plans p" in said for said in statements), len(one), len(four), len(later)] == [3, 1, 4, 4]
    assert after == before
    assert later["penalolen"].edition_number == four["penalolen"].edition_number + 3


async def test_the_desk_is_for_ogp_staff_and_the_operator(site: Site) -> None:
    staff = await (await site.sign_in("ogp-staff")).get("/es/desk/")
    operator = await (await site.sign_in("operator")).get("/en/desk/")
    coordinator = await (await site.sign_in("penalolen-coordinator")).get("/es/desk/")
    stranger = await site.client.get("/es/desk/")

    assert [staff.status_code, operator.status_code, coordinator.status_code, stranger.status_code] == [
        200,
        200,
        403,
        401,
    ]
    assert "Equipo de OGP (demo)" in staff.text
    assert sorted(rows_of(staff.text)) == sorted(TENANTS)
    assert 'action="/es/sign-out/"' in staff.text
    assert "no-store" in staff.headers["cache-control"]
