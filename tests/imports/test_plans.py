"""Nine real plans are read: what was understood, and what was not."""

from collections import Counter
from pathlib import Path

import pytest

from ogpmonitor.imports.reading import Reading
from ogpmonitor.imports.service import compare_file

PLANS = Path(__file__).parent / "plans"
# Commitments, milestones, and findings to look at; no file has an error.
UNDERSTOOD = {
    "austin-us-2017": (2, 0, 2),
    "bogota-co-iv-plan-2020": (1, 0, 0),
    "gobierno-de-santiago-cl-2022-2024": (14, 9, 1),
    "maipu-cl-2023-2024": (4, 0, 0),
    "palmira-co-iv-plan-2020": (1, 0, 0),
    "penalolen-cl-2021-2024": (3, 0, 0),
    "south-cotabato-ph-2018-2020": (2, 10, 1),
    "tbilisi-ge-2018-2020": (1, 6, 2),
    "yumbo-co-iv-plan-2020": (1, 0, 0),
}


def reading_of(name: str) -> Reading:
    return compare_file((PLANS / f"{name}.json").read_bytes(), None, "es").reading


def test_every_file_is_named_here() -> None:
    assert {path.stem for path in PLANS.glob("*.json")} == set(UNDERSTOOD)


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_real_plan_is_understood(name: str) -> None:
    reading = reading_of(name)

    kinds = Counter(item.kind for item in reading.items)
    severities = Counter(finding.severity for finding in reading.findings)
    assert reading.plan is not None
    assert (kinds["commitment"], kinds["milestone"], severities["warning"]) == UNDERSTOOD[name]
    assert reading.errors == []
    assert all(finding.spot.cell for finding in reading.findings)


def dates_of(name: str) -> dict[str, tuple[str | None, str | None]]:
    return {
        item.code: (item.values.get("starts_on"), item.values.get("ends_on") or item.values.get("due_on"))
        for item in reading_of(name).items
    }


def test_dates_are_read_as_precisely_as_they_are_given() -> None:
    """15.03.2019, 8/31/2018 (31 can only be a day) and "November 2018"."""
    tbilisi, cotabato = dates_of("tbilisi-ge-2018-2020"), dates_of("south-cotabato-ph-2018-2020")

    assert tbilisi["TBI0008"] == ("2019-03-15", "2020-02-28")
    assert cotabato["COT0001"] == ("2018-08-31", "2020-08-31")
    assert cotabato["M1"][0] == "2018-11"


def test_what_the_source_says_twice_is_kept_twice() -> None:
    maipu = reading_of("maipu-cl-2023-2024").plan

    assert maipu is not None
    assert (maipu.values["ends_on"], maipu.values["cycle_ends_on"]) == ("2024-08", "2024-10")


def test_ratings_are_never_taken_from_a_file() -> None:
    reading = reading_of("austin-us-2017")

    assert [finding.spot.cell for finding in reading.findings if "ratings" in finding.message].count("irm_ratings") == 2
    assert not any("irm_ratings" in item.values for item in reading.items)


def test_a_stray_figure_is_taken_off_and_said() -> None:
    reading = reading_of("tbilisi-ge-2018-2020")

    titles = [item.values["title"]["en"] for item in reading.items if item.kind == "milestone"]
    assert not any(title.endswith(" 0") for title in titles)
    assert [f.value[-2:] for f in reading.findings if f.message.startswith("A stray figure")] == [" 0"]
