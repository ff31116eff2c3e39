"""Pages kept in memory: forgotten when they must be, and HEAD."""

import asyncio

import pytest
from litestar.types import HTTPResponseStartEvent, Receive, Scope, Send
from tests.factories.published import PLAN, Publisher, a_commitment
from tests.factories.site import Site

from ogpmonitor.portal import cache
from ogpmonitor.portal.cache import Kept, PageCache, jurisdiction_of

PAGE = f"/es/penalolen/plans/{PLAN}/commitments/Verde1/"


@pytest.mark.parametrize(
    ("path", "jurisdiction"),
    [
        ("/es/penalolen/plans/x/", "penalolen"),
        ("/es/penalolen/", "penalolen"),
        ("/es/", ""),
        ("/es/compare/", ""),
        ("/es/verify/", ""),
        ("/sitemap.xml", ""),
    ],
)
def test_jurisdiction_of_a_path(path: str, jurisdiction: str) -> None:
    assert jurisdiction_of(path) == jurisdiction


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("address", [PAGE, f"http://penalolen.localhost/es/plans/{PLAN}/commitments/Verde1/"])
async def test_a_publication_reaches_readers_of_kept_pages(site: Site, publisher: Publisher, address: str) -> None:
    before = await site.client.get(address)
    assert "Falta sombra" in before.text

    await publisher.government(a_commitment(summary=a_commitment().problem, problem=None))

    for _ in range(200):
        after = await site.client.get(address)
        if after.headers["etag"] != before.headers["etag"]:
            break
        await asyncio.sleep(0.02)
    assert after.headers["etag"] != before.headers["etag"]


@pytest.mark.usefixtures("story")
async def test_head_is_get_without_its_body(site: Site) -> None:
    whole = await site.client.get(PAGE)

    head = await site.client.head(PAGE)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
    assert "content-security-policy" in head.headers


@pytest.mark.usefixtures("story")
async def test_a_kept_page_answers_304(site: Site) -> None:
    page = await site.client.get(PAGE)

    again = await site.client.get(PAGE, headers={"If-None-Match": page.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_pages_under_made_up_queries_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 1_000)
    pages = PageCache(site_without_pages)
    keys = [(b"host", "/es/", str(number).encode(), b"") for number in range(10)]

    for key in [*keys, keys[-1]]:
        start: HTTPResponseStartEvent = {"type": "http.response.start", "status": 200, "headers": []}
        pages.keep(key, Kept(start, b"e", b"x" * 300, "", "/", float("inf")), pages.generation)

    assert list(pages._pages) == keys[-3:]  # noqa: SLF001  nothing else tells what is kept
    pages.forget("penalolen")
    assert pages._bytes == 0  # noqa: SLF001  as above


async def site_without_pages(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Never asked."""
