"""Requests by their id, in the log and in the figures."""

import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from prometheus_client import generate_latest
from structlog.testing import LogCapture
from tests.factories.site import Site

from ogpmonitor.kit.metrics import OWN
from ogpmonitor.kit.observing import request_id

PLAN = "/es/penalolen/plans/2021-2024/"


@pytest.fixture
def lines() -> Iterator[LogCapture]:
    """What is logged, as it would be written."""
    logging.getLogger().setLevel(logging.INFO)
    captured = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, captured])
    yield captured
    structlog.reset_defaults()


def counted(method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return OWN.get_sample_value("ogpmonitor_requests_total", labels) or 0.0


@pytest.mark.parametrize("given", ["4bf92f3577b34da6a3ce929d0e0e4736", "a.b-c_d.e", "A" * 64])
def test_a_well_formed_id_is_kept(given: str) -> None:
    assert request_id([(b"host", b"a"), (b"x-request-id", given.encode())]) == given


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [b"short"],
        [b"A" * 65],
        [b'ok-so-far"}{"event":"forged'],
        [b"line\nfeed-feed"],
        ["ñandúñandú".encode()],
        [b"one-of-two", b"two-of-two"],
    ],
)
def test_any_other_id_is_replaced(headers: list[bytes]) -> None:
    assert re.fullmatch("[0-9a-f]{32}", request_id([(b"x-request-id", value) for value in headers]))


async def test_every_answer_carries_the_id(site: Site) -> None:
    for path in (PLAN, "/es/nowhere/", "/health/live", "/static/none/none.css"):
        answer = await site.client.get(path, headers={"X-Request-Id": "from-the-proxy"})

        assert answer.headers.get_list("x-request-id") == ["from-the-proxy"], path


async def test_a_page_kept_in_memory_gets_a_new_id_each_time(site: Site) -> None:
    site.state.page_cache.enabled = True

    ids = [(await site.client.get(PLAN)).headers.get_list("x-request-id") for _ in range(3)]

    assert [len(each) for each in ids] == [1, 1, 1]
    assert len({each[0] for each in ids}) == 3


async def test_requests_are_counted_by_their_route_also_when_kept(site: Site) -> None:
    site.state.page_cache.enabled = True
    route = "/{lang}/{tenant}/plans/{plan}"
    before = counted("GET", route, 200)

    for _ in range(3):
        assert (await site.client.get(PLAN)).status_code == 200

    assert counted("GET", route, 200) - before == 3


async def test_figures_name_no_place_and_no_unknown_method(site: Site) -> None:
    await site.client.get(PLAN)
    await site.client.request("BREW", "/es/penalolen/")
    await site.client.get("/es/a-place-that-was-never-there/")

    told = generate_latest(OWN).decode()

    assert [word for word in ("penalolen", "2021-2024", "BREW", "never-there") if word in told] == []


async def test_a_request_is_told_with_tenant_and_route_and_without_its_address(site: Site, lines: LogCapture) -> None:
    await site.client.get(f"{PLAN}?secret=key", headers={"X-Request-Id": "from-the-proxy"})

    (told,) = [entry for entry in lines.entries if entry["event"] == "request.answered"]
    assert told.pop("ms") > 0
    assert told == {
        "event": "request.answered",
        "log_level": "info",
        "method": "GET",
        "request": "from-the-proxy",
        "route": "/{lang}/{tenant}/plans/{plan}",
        "status": 200,
        "tenant": "penalolen",
    }


async def test_one_request_leaves_nothing_of_itself_to_the_next(site: Site, lines: LogCapture) -> None:
    await site.client.get(PLAN)
    await site.client.get("/es/")

    told = [entry for entry in lines.entries if entry["event"] == "request.answered"]
    assert ["tenant" in entry for entry in told] == [True, False]
    assert told[0]["request"] != told[1]["request"]


async def test_connections_in_use_are_none_when_nobody_asks(site: Site) -> None:
    await site.client.get(PLAN)

    in_use = [OWN.get_sample_value("ogpmonitor_database_connections_in_use", {"door": d}) for d in ("app", "public")]
    assert in_use == [0.0, 0.0]
