"""The board of every jurisdiction's assessments: rows, order, tally, page, file, and what it costs."""

import csv
import io
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx
from tests.factories.cast import TENANTS
from tests.factories.counting import counted
from tests.factories.documents import SHA, a_commitment, a_plan, an_assessment
from tests.factories.published import Publisher
from tests.factories.published import a_commitment as their_commitment
from tests.factories.published import a_plan as their_plan
from tests.factories.site import Site

from ogpmonitor.comparison.duties import STATES, owed_by
from ogpmonitor.comparison.table import Jurisdiction
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.register.documents import Document, canonical, name_of
from ogpmonitor.register.models import Edition, EditionEntry
from ogpmonitor.register.queries import Published
from ogpmonitor.register.service import Address

BOARD = "/en/desk/assessments/"
TAG = re.compile(r"<[^>]*>")


def a_jurisdiction(slug: str) -> Jurisdiction:
    name = Localized.of("es", es=slug.title())
    return Jurisdiction(slug, name, True, name, ZoneInfo("America/Santiago"), date(2024, 11, 9))


def an_edition(jurisdiction: str, *documents: Document) -> Published:
    bodies = [canonical(one) for one in documents]
    entries = [
        EditionEntry(kind=one.kind, code=one.code, document_sha256=name_of(body))
        for one, body in zip(documents, bodies, strict=True)
    ]
    edition = Edition(jurisdiction=jurisdiction, plan="2021-2024", number=3, sha256=SHA)
    return Published(edition, entries, {name_of(body): body for body in bodies})


def test_the_longest_owed_comes_first_and_what_was_published_last() -> None:
    far, near = (
        a_commitment(code, ends_on=PartialDate.parse(day)) for code, day in (("C2", "2025-12"), ("C3", "2025"))
    )
    documents = [
        a_plan(submitted_on=PartialDate.parse("2024-08-01")),
        a_commitment("C1"),
        far,
        near,
        a_commitment("C4"),
        a_commitment("C5"),
        an_assessment("C4"),
        an_assessment("C5", published_at=datetime(2024, 10, 1, tzinfo=UTC)),
    ]

    rows, tally = owed_by([a_jurisdiction("uno")], [an_edition("uno", *documents)], "es")

    assert [(row.state, row.duty.commitment and row.duty.commitment.code, row.duty.late_days) for row in rows] == [
        ("late", None, 39),
        ("late", "C1", 10),
        ("not_due", "C2", 0),
        ("not_due", "C3", 0),
        ("published", "C4", 13),
        ("published", "C5", 0),
    ]
    assert (tally.states, tally.total, tally.came_late) == (
        {"late": 2, "not_due": 2, "no_date": 0, "elsewhere": 0, "published": 2}, 6, 1,
    )  # fmt: skip


def test_the_tally_says_who_is_missing() -> None:
    who = [a_jurisdiction(slug) for slug in ("uno", "dos", "tres")]
    published = [
        an_edition("uno", a_plan(status="co_creation"), a_commitment()),
        an_edition("dos", a_plan(submitted_on=None), a_commitment()),
        an_edition("unknown", a_plan(), a_commitment()),
    ]

    rows, tally = owed_by(who, published, "es")

    assert [(row.who.slug, row.state) for row in rows] == [("dos", "no_date"), ("dos", "no_date")]
    assert (tally.jurisdictions, tally.plans, tally.co_created) == (3, 2, 1)
    assert [one.slug for one in tally.silent] == ["tres"]


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table, by rows."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>")]
    return [[" ".join(TAG.sub(" ", cell).split()) for cell in row] for row in cells if row]


async def test_the_board_is_for_ogp_staff_and_the_operator(site: Site) -> None:
    answers = [
        await (await site.sign_in(persona)).get(address)
        for persona in ("ogp-staff", "operator", "penalolen-coordinator", "penalolen-monitor")
        for address in (BOARD, f"{BOARD}assessments.csv")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 403, 403, 403, 403]
    assert (await site.client.get(BOARD)).status_code == 401
    assert {answer.headers["cache-control"] for answer in answers} == {"private, no-store"}


async def test_the_desk_leads_to_the_board_and_both_languages_have_it(site: Site) -> None:
    staff = await site.sign_in("ogp-staff")

    desk = (await staff.get("/es/desk/")).text
    spanish, english = (await staff.get("/es/desk/assessments/")).text, (await staff.get(BOARD)).text

    assert 'href="/es/desk/assessments/"' in desk
    assert "Evaluaciones de todas las jurisdicciones" in spanish
    assert "Assessments of all jurisdictions" in english
    assert [len(row) for row in rows_of(spanish)] == [len(row) for row in rows_of(english)]


async def test_states_are_chosen_by_link_and_add_up(site: Site, publisher: Publisher) -> None:
    await publisher.story()
    staff = await site.sign_in("ogp-staff")

    everything = rows_of((await staff.get(BOARD)).text)
    parts = {state: rows_of((await staff.get(f"{BOARD}?status={state}")).text) for state in STATES}
    odd = rows_of((await staff.get(f"{BOARD}?status=%27--")).text)

    assert [row for part in parts.values() for row in part] == everything == odd
    assert all(row[-1].endswith("late") for row in parts["late"])
    assert {row[-1] for row in parts["no_date"]} == {"no date to count from"}
    assert ["Peñalolén", "2031-2034", "End-of-commitment assessment", "Verde1 More trees in the square"] in [
        row[:4] for row in parts["published"]
    ]
    days = [int(re.sub(r"\D", "", row[-1])) for row in parts["late"]]
    assert days == sorted(days, reverse=True) != []


async def test_the_board_says_its_base_and_what_is_missing(site: Site, publisher: Publisher) -> None:
    await publisher.story()
    staff = await site.sign_in("ogp-staff")

    page = (await staff.get(BOARD)).text

    words = " ".join(TAG.sub(" ", page.partition("What is counted")[2]).split())
    assert f"Base: {len(rows_of(page))} assessments , of" in words.replace("assessments,", "assessments ,")
    assert f"of {len(TENANTS)} jurisdictions." in words
    assert "nobody can say whether" in words
    assert "being co-created" in words
    assert 'aria-current="true"' in page


async def test_the_file_says_what_the_page_says(site: Site, publisher: Publisher) -> None:
    await publisher.story()
    staff = await site.sign_in("ogp-staff")

    page = (await staff.get(f"{BOARD}?status=published")).text
    file = await staff.get(f"{BOARD}assessments.csv?status=published")

    told = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    theirs = next(row for row in told if row["Plan (code)"] == "2031-2034")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'href="/en/desk/assessments/assessments.csv?status=published"' in page
    assert [row["Jurisdiction"] for row in told] == [row[0] for row in rows_of(page)]
    assert [theirs[head] for head in ("Commitment (code)", "Due", "Published on", "Days late")] == [
        "Verde1", "2024-08-12", "2024-09-01", "20",
    ]  # fmt: skip
    assert theirs["State of the assessment (code)"] == "came_late"


async def test_the_board_costs_the_same_for_one_and_for_many_plans(site: Site, publisher: Publisher) -> None:
    staff = await site.sign_in("ogp-staff")

    async def cost(client: httpx.AsyncClient) -> tuple[int, int]:
        with counted() as statements:
            page = (await client.get(BOARD)).text
        return len(statements), len(rows_of(page))

    await cost(staff)  # a connection's first statements are its own
    few, rows = await cost(staff)
    for number in range(5):
        slug = f"204{number}-2050"
        documents = (their_plan(slug=slug), their_commitment(), their_commitment("Otro2"))
        await publisher.government(*documents, address=Address("penalolen", slug))

    assert await cost(staff) == (few, rows + 15)
