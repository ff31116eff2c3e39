"""What programs look for before anything else."""

from datetime import date
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from tests.factories.site import Site

from ogpmonitor.opendata.queries import PublicPage
from ogpmonitor.opendata.routes import half_a_year_after
from ogpmonitor.opendata.sitemap import MOST_ADDRESSES, sitemap

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
# Pages of other rooms, listed here because readers look for them.
ELSEWHERE = ("/compare/", "/verify/")


async def test_sitemap_lists_pages_that_answer_in_both_languages(site: Site) -> None:
    answer = await site.client.get("/sitemap.xml")
    root = ET.fromstring(answer.text)  # noqa: S314  our own answer
    addresses = [urlsplit(element.text or "").path for element in root.findall("s:url/s:loc", NAMES)]

    assert answer.headers["content-type"].startswith("application/xml")
    assert len(addresses) == len(set(addresses))
    assert {"/es/", "/en/", "/es/penalolen/plans/2021-2024/commitments/CLPLN0002/"} <= set(addresses)
    assert all(len(url.findall("x:link", NAMES)) == 2 for url in root.findall("s:url", NAMES))
    for address in addresses:
        if not address.endswith(ELSEWHERE):
            assert (await site.client.get(address)).status_code == 200, address


async def test_sitemap_answers_304(site: Site) -> None:
    first = await site.client.get("/sitemap.xml")

    again = await site.client.get("/sitemap.xml", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304


def test_sitemap_stays_within_what_one_may_hold() -> None:
    body = sitemap([PublicPage("x/")] * MOST_ADDRESSES, base_url="https://example.org/", languages=("es", "en"))

    assert body.count(b"<url>") == MOST_ADDRESSES


def test_sitemap_escapes_addresses() -> None:
    body = sitemap([PublicPage("a b&c/")], base_url="https://example.org", languages=("es",))

    assert b"<loc>https://example.org/es/a%20b%26c/</loc>" in body


async def test_robots_of_a_demonstration_asks_to_stay_away(site: Site) -> None:
    answer = await site.client.get("/robots.txt")

    assert answer.text == "User-agent: *\nDisallow: /\n\nSitemap: http://testserver/sitemap.xml\n"


async def test_security_txt_says_whom_to_tell_and_until_when(site: Site) -> None:
    answer = await site.client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert set(fields) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    contact = urlsplit(fields["Contact"])
    assert f'id="{contact.fragment}"' in (await site.client.get(contact.path)).text


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 1, 31), date(2026, 7, 1)),
        (date(2026, 7, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 6, 1)),
    ],
)
def test_half_a_year_after_is_the_first_of_a_month(day: date, after: date) -> None:
    assert half_a_year_after(day) == after
