"""Assessments that are due, as the public reads it."""

import re
from datetime import date

import pytest
from tests.factories.published import PLAN, Publisher, a_commitment, a_milestone, a_plan, words
from tests.factories.site import Site

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.partial_date import PartialDate

ROOT = f"penalolen/plans/{PLAN}/"
TAG = re.compile(r"<[^>]*>")


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table of what is due."""
    table = page.partition('id="due"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")]
    return [[" ".join(TAG.sub(" ", cell).split()) for cell in row] for row in cells if row]


@pytest.mark.usefixtures("story")
async def test_plan_says_what_is_due_and_whether_it_came_in_time(site: Site) -> None:
    spanish = (await site.client.get(f"/es/{ROOT}")).text
    english = (await site.client.get(f"/en/{ROOT}")).text

    late = rows_of(english)[0][-1]
    assert late.endswith(" days late")
    assert "Evaluaciones comprometidas" in spanish
    assert rows_of(english) == [
        ["Inception assessment", "the whole plan", "15 Apr 2024", "not published here", late],
        [
            "End-of-commitment assessment", "Verde1 More trees in the square", "12 Aug 2024", "1 Sep 2024",
            "came 20 days late",
        ],
        [
            "End-of-commitment assessment", "Otro2 Another commitment", "30 Jul 2034", "not published here",
            "not due yet",
        ],
    ]  # fmt: skip
    assert [row[-1] for row in rows_of(spanish)] == [
        late.replace("days late", "días de atraso").replace(",", "."),
        "llegó con 20 días de atraso",
        "aún en plazo",
    ]
    assert f'href="/es/{ROOT}assessments/end-of-commitment:Verde1/"' in spanish.partition('id="due"')[2]


@pytest.mark.usefixtures("story")
async def test_an_earlier_edition_owes_what_it_owed_then(site: Site) -> None:
    page = (await site.client.get(f"/en/{ROOT}?edition=2")).text

    assert rows_of(page)[1][2:4] == ["12 Aug 2024", "not published here"]
    assert "days late" in rows_of(page)[1][4]


async def test_late_is_counted_to_today_with_its_mark(site: Site, publisher: Publisher) -> None:
    await publisher.government(a_plan(submitted_on=PartialDate.parse("2024-12-31")), a_commitment())
    today = utc_now().date()
    page = (await site.client.get(f"/en/{ROOT}")).text

    (inception, commitment) = rows_of(page)

    counted = int(inception[4].partition(" day")[0].replace(",", ""))
    assert inception[2] == "28 Feb 2025"
    assert abs(counted - (today - date(2025, 2, 28)).days) <= 1, "the day may differ between here and there"
    assert commitment[4].endswith("days late")
    assert page.partition('id="due"')[2].count('class="state state--late"') == 2


@pytest.mark.usefixtures("story")
async def test_commitment_says_in_one_line_when_its_assessment_is_due(site: Site) -> None:
    rated = TAG.sub("", (await site.client.get(f"/es/{ROOT}commitments/Verde1/")).text)
    other = TAG.sub("", (await site.client.get(f"/en/{ROOT}commitments/Otro2/")).text)

    assert "plazo: 12 ago 2024, publicada el 1 sep 2024 · llegó con 20 días de atraso" in " ".join(rated.split())
    assert "End-of-commitment assessment: due 30 Jul 2034 · not due yet" in " ".join(other.split())


async def test_of_a_plan_whose_submission_no_source_gives_nothing_is_late(site: Site, publisher: Publisher) -> None:
    await publisher.government(a_plan(submitted_on=None), a_commitment())

    rows = rows_of((await site.client.get(f"/en/{ROOT}")).text)

    assert [row[2:] for row in rows] == [["no date", "not published here", "no date to count from"]] * 2


async def test_what_ogp_published_is_named_and_not_counted_as_late(site: Site) -> None:
    page = (await site.client.get("/en/maipu/plans/2023-2024/")).text

    address = "https://www.opengovpartnership.org/documents/inception-report-action-plan-maipu-chile-2023-2024/"
    assert f'href="{address}"' in page.partition('id="due"')[2].partition("</table>")[0]
    assert rows_of(page)[0][-1] == "published elsewhere, on a day unknown here"


async def test_nothing_is_due_of_a_plan_being_co_created(site: Site, publisher: Publisher) -> None:
    step = a_milestone(progress="not_started", completed_on=None)
    draft = a_commitment(title=words("En borrador", "A draft"), milestones=(step,))
    await publisher.government(a_plan(status="co_creation"), draft)

    plan = (await site.client.get(f"/es/{ROOT}")).text
    commitment = (await site.client.get(f"/es/{ROOT}commitments/Verde1/")).text

    assert 'id="due"' not in plan
    assert "Evaluación de fin de compromiso:" not in commitment
