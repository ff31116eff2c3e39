"""Whether the table can be trusted: the same thing measured twice should come out the same."""

from collections.abc import Iterator

from tests.bench.harness import Pair, at_least, row
from tests.bench.load import requests_per_second
from tests.bench.servers import serving_bytes

PAGE = b"<!doctype html><title>floor</title>" + b"<p>The same bytes.</p>" * 900  # about 20 kB


@row("the harness against itself", floor="the same bare handler", goal=at_least(0.9), unit="requests/s")
def harness_against_itself() -> Iterator[Pair]:
    """Anything far from 1 says that the machine was busy, and that no other ratio of the run means much."""
    with serving_bytes(PAGE) as one, serving_bytes(PAGE) as other:
        yield Pair(lambda: requests_per_second(one), lambda: requests_per_second(other))
