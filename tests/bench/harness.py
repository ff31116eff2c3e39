"""Pairs of measurements, interleaved, and the ratios of their medians.

A row lives in `rows_<room>.py`: a function that prepares what it needs, yields a `Pair` and cleans up.

    @row("public plan page, warm", floor="bare Litestar handler, same bytes", goal=at_least(0.7), unit="requests/s")
    def plan_page_warm() -> Iterator[Pair]:
        with serving(...) as ours, serving(...) as bare:
            yield Pair(lambda: requests_per_second(ours), lambda: requests_per_second(bare))

Each side gives one sample a round, or several (then `statistic` may be `p95`). Rounds take turns in who goes first, so
that a machine that slows down slows down both. Absolute figures are printed to make sense of the ratio; they say more
about the machine than about us. A row whose floor is None is held against its goal itself.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

Sample = float | Sequence[float]
Statistic = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Pair:
    """What is measured and what it is held against; each call gives one round's sample."""

    measured: Callable[[], Sample]
    floor: Callable[[], Sample] | None = None


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio, or on the figure itself where there is no floor."""

    words: str
    is_met_by: Callable[[float], bool]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    floor: str | None
    goal: Goal
    unit: str
    rounds: int
    statistic: Statistic
    prepare: Callable[[], Iterator[Pair]]


@dataclass(frozen=True)
class Result:
    """What one row measured."""

    row: Row
    measured: float
    floor: float | None

    @property
    def figure(self) -> float:
        """The ratio, or the figure itself where there is no floor."""
        return self.measured if self.floor is None else self.measured / self.floor

    @property
    def verdict(self) -> str:
        """Whether the goal is met; it is said, not enforced."""
        return "met" if self.row.goal.is_met_by(self.figure) else "not met"


ROWS: list[Row] = []


def at_least(bound: float) -> Goal:
    """A goal for what should be high, such as requests per second."""
    return Goal(f"≥ {bound:g}", lambda figure: figure >= bound)


def at_most(bound: float) -> Goal:
    """A goal for what should be low, such as seconds."""
    return Goal(f"≤ {bound:g}", lambda figure: figure <= bound)


def p95(samples: Sequence[float]) -> float:
    """What 95 of 100 samples do not exceed."""
    return statistics.quantiles(samples, n=20, method="inclusive")[-1] if len(samples) > 1 else samples[0]


def row(
    name: str,
    *,
    floor: str | None,
    goal: Goal,
    unit: str,
    rounds: int = 7,
    statistic: Statistic = statistics.median,
) -> Callable[[Callable[[], Iterator[Pair]]], Callable[[], Iterator[Pair]]]:
    """Register the decorated function as a line of the table."""

    def register(prepare: Callable[[], Iterator[Pair]]) -> Callable[[], Iterator[Pair]]:
        ROWS.append(Row(name, floor, goal, unit, rounds, statistic, prepare))
        return prepare

    return register


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(row: Row) -> Result:
    """Run one row: a round that does not count, then its rounds, each side first in turn."""
    with contextmanager(row.prepare)() as pair:
        sides = [side for side in (pair.measured, pair.floor) if side is not None]
        samples: list[list[float]] = [[] for _ in sides]
        for number in range(row.rounds + 1):
            order = range(len(sides)) if number % 2 else reversed(range(len(sides)))
            for index in order:
                sample = sides[index]()
                if number:
                    samples[index].extend([sample] if isinstance(sample, int | float) else sample)
    figures = [row.statistic(side) for side in samples]
    return Result(row, figures[0], figures[1] if pair.floor is not None else None)


def table(results: Sequence[Result]) -> str:
    """The results as people read them: figures with their floors and goals, met or not."""
    lines = [("what", "measured", "floor", "ratio", "goal", "")]
    for result in results:
        row = result.row
        floor = "-" if result.floor is None else f"{result.floor:.4g} {row.unit} ({row.floor})"
        ratio = "-" if result.floor is None else f"{result.figure:.2f}"
        lines.append((row.name, f"{result.measured:.4g} {row.unit}", floor, ratio, row.goal.words, result.verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def run(chosen: Sequence[str]) -> list[Result]:
    """Measure the rows whose name contains one of `chosen`, or all; progress goes to the terminal's error stream."""
    results = []
    for each in [row for row in ROWS if not chosen or any(word in row.name for word in chosen)]:
        sys.stderr.write(f"measuring: {each.name} ({each.rounds} rounds)\n")
        results.append(measure(each))
    return results
