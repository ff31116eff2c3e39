"""The due dates of a published plan, as calendars read them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar
from tests.factories.counting import counted
from tests.factories.published import PLAN, Publisher, a_commitment, a_milestone, a_plan, words
from tests.factories.site import Site

from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.opendata.calendar import Feed, calendar_of
from ogpmonitor.register.documents import PublishedMilestone
from ogpmonitor.register.models import Edition

ADDRESS = f"/data/penalolen/{PLAN}/calendar"
PARKS = words("Dirección de Parques", "Directorate of Parks")


def a_feed(*milestones: PublishedMilestone, lang: str = "en", unit: str = "") -> Feed:
    """A calendar of one commitment with these milestones."""
    return Feed(
        plan=a_plan(),
        commitments=(a_commitment(milestones=milestones),),
        number=3,
        published_at=datetime(2024, 9, 1, 12, 30, tzinfo=UTC),
        lang=lang,
        address=f"http://testserver/{lang}/penalolen/plans/{PLAN}/",
        unit=unit,
    )


def events_of(body: bytes) -> dict[str, dict[str, str]]:
    """The events by the end of their identifier, as an independent reader understands them."""
    return {
        str(event["uid"]).removesuffix("@ogpmonitor").removeprefix(f"penalolen.{PLAN}."): {
            "day": str(event.decoded("dtstart")),
            "until": str(event.decoded("dtend")),
            "words": str(event["description"]),
            "summary": str(event["summary"]),
            "status": str(event.get("status", "")),
            "stamp": str(event.decoded("dtstamp")),
            "url": str(event["url"]),
        }
        for event in Calendar.from_ical(body).walk("VEVENT")
    }


@pytest.mark.parametrize(
    ("due", "day", "en", "es"),
    [
        ("2024-06-30", "2024-06-30", "", ""),
        ("2024-02", "2024-02-29", "The plan gives only the month: this is its last day.", "El plan da solo el mes"),
        ("2024", "2024-12-31", "The plan gives only the year: this is its last day.", "El plan da solo el año"),
    ],
)
def test_a_date_known_to_the_month_stands_on_its_last_day_and_says_so(due: str, day: str, en: str, es: str) -> None:
    step = a_milestone(due_on=PartialDate.parse(due))

    event = events_of(calendar_of(a_feed(step)))["Verde1.M1"]
    spanish = events_of(calendar_of(a_feed(step, lang="es")))["Verde1.M1"]

    assert event["day"] == spanish["day"] == day
    assert date.fromisoformat(event["until"]) - date.fromisoformat(day) == date(2024, 1, 2) - date(2024, 1, 1)
    assert en in event["words"]
    assert es in spanish["words"]
    assert ("The plan gives only" in event["words"]) == bool(en)


def test_a_calendar_holds_what_has_a_date_and_the_end_of_the_plan() -> None:
    undated, aside = a_milestone("M2", due_on=None), a_milestone("M3", set_aside="withdrawn")

    found = events_of(calendar_of(a_feed(a_milestone(), undated, aside)))

    assert set(found) == {"Verde1.M1", "Verde1.M3", "ends", "cycle-ends"}
    assert (found["Verde1.M1"]["status"], found["Verde1.M3"]["status"]) == ("CONFIRMED", "CANCELLED")
    assert found["Verde1.M1"]["summary"] == "Verde1 M1 · Plant trees"
    assert found["Verde1.M1"]["url"] == f"http://testserver/en/penalolen/plans/{PLAN}/commitments/Verde1/#M1"
    assert found["Verde1.M1"]["stamp"] == "2024-09-01 12:30:00+00:00"
    assert found["ends"]["day"] == "2034-06-30"


def test_lines_are_folded_as_rfc_5545_asks() -> None:
    long = words("ñandú, con coma; punto y coma \\ y barra " * 8, "long " * 60)

    body = calendar_of(a_feed(a_milestone(title=long), lang="es"))

    assert body.endswith(b"END:VCALENDAR\r\n")
    lines = body.split(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode("utf-8")  # no letter is cut in two
    assert events_of(body)["Verde1.M1"]["summary"] == f"Verde1 M1 · {long.in_('es')}"


def test_a_unit_has_a_calendar_of_its_own() -> None:
    own = a_milestone("M2", responsible_unit=PARKS)

    found = events_of(calendar_of(a_feed(a_milestone(), own, unit="direccion-de-parques")))

    assert set(found) == {"Verde1.M2"}
    assert "Responsible unit: Directorate of Parks" in found["Verde1.M2"]["words"]


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert calendar_of(a_feed(a_milestone())) == calendar_of(a_feed(a_milestone()))


async def test_the_feed_answers_in_both_languages_and_304(site: Site, story: Sequence[Edition]) -> None:
    spanish = await site.client.get(f"{ADDRESS}-es.ics")
    english = await site.client.get(f"{ADDRESS}-en.ics")
    again = await site.client.get(f"{ADDRESS}-es.ics", headers={"If-None-Match": spanish.headers["etag"]})

    assert spanish.headers["content-type"] == "text/calendar; charset=utf-8"
    assert events_of(spanish.content)["Verde1.M1"]["summary"] == "Verde1 M1 · Plantar árboles"
    assert events_of(english.content)["Verde1.M1"]["summary"] == "Verde1 M1 · Plant trees"
    assert set(events_of(spanish.content)) == set(events_of(english.content))
    assert events_of(spanish.content)["ends"]["stamp"] == str(story[-1].published_at.replace(microsecond=0))
    assert again.status_code == 304


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    "address",
    [
        f"{ADDRESS}-fr.ics",
        f"{ADDRESS}-es.ics?unit=nobody-knows-it",
        "/data/penalolen/1999/calendar-es.ics",
        f"/data/maipu/{PLAN}/calendar-es.ics",
        f"/data/nowhere/{PLAN}/calendar-es.ics",
    ],
)
async def test_what_was_never_published_has_no_calendar(site: Site, address: str) -> None:
    assert (await site.client.get(address)).status_code == 404


@pytest.mark.usefixtures("story")
async def test_the_plan_page_leads_to_the_calendar(site: Site) -> None:
    page = (await site.client.get(f"/es/penalolen/plans/{PLAN}/")).text

    assert f'href="{ADDRESS}-es.ics"' in page


@pytest.mark.usefixtures("story")
async def test_the_feed_costs_the_same_for_one_and_for_many_milestones(site: Site, publisher: Publisher) -> None:
    with counted() as few:
        await site.client.get(f"{ADDRESS}-es.ics?unit=_")
    await publisher.government(a_commitment(milestones=tuple(a_milestone(f"M{number}") for number in range(100))))
    site.forget_pages()

    with counted() as many:
        answer = await site.client.get(f"{ADDRESS}-es.ics?unit=_")

    assert len(events_of(answer.content)) == 100
    assert len(many) == len(few)
