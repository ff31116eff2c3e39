"""The arithmetic of `make bench`."""

import asyncio
import re
import statistics
from collections.abc import Iterator

import pytest
from tests.bench.harness import Goal, Pair, Row, at_least, at_most, measure, p95, table
from tests.bench.load import count_answers
from tests.bench.servers import serving_bytes


def a_row(pair: Pair, goal: Goal, *, rounds: int = 4) -> Row:
    def prepare() -> Iterator[Pair]:
        yield pair

    return Row("a row", "its floor", goal, "s", rounds, statistics.median, prepare)


def test_measure_takes_turns_and_leaves_the_first_round_out() -> None:
    calls: list[str] = []
    values = {"measured": iter([100.0, 2, 4, 6, 8]), "floor": iter([100.0, 1, 2, 3, 4])}

    def side(name: str) -> float:
        calls.append(name)
        return next(values[name])

    result = measure(a_row(Pair(lambda: side("measured"), lambda: side("floor")), at_most(3)))

    assert (result.measured, result.floor, result.figure, result.verdict) == (5, 2.5, 2, "met")
    assert calls == ["floor", "measured", "measured", "floor"] * 2 + ["floor", "measured"]


def test_measure_without_a_floor_holds_the_figure_against_the_goal() -> None:
    result = measure(a_row(Pair(lambda: 7.0), at_most(5)))

    assert (result.floor, result.figure, result.verdict) == (None, 7, "not met")


def test_table_says_figure_floor_ratio_goal_and_verdict() -> None:
    result = measure(a_row(Pair(lambda: [1.0, 3.0], lambda: 4.0), at_least(0.7)))

    assert re.split(" {2,}", table([result]).splitlines()[1]) == [
        "a row", "2 s", "4 s (its floor)", "0.50", "≥ 0.7", "not met",
    ]  # fmt: skip


@pytest.mark.parametrize(("samples", "expected"), [([5.0], 5.0), ([float(n) for n in range(1, 101)], 95.05)])
def test_p95_of_samples(samples: list[float], expected: float) -> None:
    assert p95(samples) == pytest.approx(expected)


def test_own_load_generator_counts_whole_answers() -> None:
    with serving_bytes(b"x" * 20_000) as address:
        answers = asyncio.run(count_answers(address, seconds=0.3, connections=2))

    assert answers > 20
