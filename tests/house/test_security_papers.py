"""What the papers on security say is there: every requirement has a line, and every test that a line names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from tests.house.test_doors import SAFE, handlers

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.limits import table
from ogpmonitor.limits.table import Limit
from ogpmonitor.settings import Settings

ROOT = Path(__file__).parents[2]
PAPERS = [ROOT / "docs" / "security.md", *sorted((ROOT / "docs" / "security").glob("*.md"))]
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (held|part|gap|n/a) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SETTING = re.compile(r"`OGPMONITOR_([A-Z_]+)`")
FILE = re.compile(r"`((?:[a-z_]+/)+[\w.-]+\.(?:py|toml|txt|json))`")
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; those of level 3 come after them.
ASKED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip


def told() -> str:
    return "\n".join(path.read_text("utf-8") for path in PAPERS)


def rows() -> list[tuple[str, str, str, str]]:
    return ROW.findall(told())


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_every_requirement_has_one_line() -> None:
    wanted = [f"{section}.{number}" for section, count in ASKED.items() for number in range(1, count + 1)]

    assert len(wanted) == 253
    assert sorted(number for number, _, _, _ in rows()) == sorted(wanted)


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(told())

    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []
    assert "::" not in re.sub(TEST, "", told()).replace("path::test", "")  # none that is written in another way


def test_every_setting_that_is_named_exists() -> None:
    known = {name.upper() for name in Settings.model_fields}

    assert set(SETTING.findall(told())) <= known


def test_every_file_that_is_named_exists() -> None:
    places = (ROOT, ROOT / "src" / "ogpmonitor")

    assert [name for name in FILE.findall(told()) if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, anchor in LINK.findall(path.read_text("utf-8")):
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), target
        headings = re.findall(r"^#+ (.+)$", found.read_text("utf-8"), re.MULTILINE) if anchor else []
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, f"{target}#{anchor}"


def test_what_is_held_is_shown_and_what_is_not_says_why() -> None:
    """By a test, a setting, a file or a page of ours; or by a rule of the linter, named by its number."""
    shows = re.compile(r"tests/|`[\w/]+\.(py|md)`|OGPMONITOR_|\]\(|ruff S\d+|`secrets`|`schemas\.py`")
    nothing_to_name = {"1.2.9", "1.4.1", "2.2.2", "3.7.2", "6.4.2", "7.1.2", "11.2.1", "11.4.1", "15.3.6"}

    bare = [number for number, _, state, by in rows() if state == "held" and not shows.search(by)]
    assert set(bare) <= nothing_to_name
    assert [number for number, _, state, by in rows() if state != "held" and len(by) < 6] == []


def test_the_limits_on_paper_are_those_that_are_counted() -> None:
    counted = {one.name: one for one in vars(table).values() if isinstance(one, Limit)}
    paper = (ROOT / "docs" / "security" / "limits.md").read_text("utf-8")
    said = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) minutes? \|", paper, re.MULTILINE)

    assert {name: (int(most), int(minutes)) for name, most, minutes in said} == {
        name: (one.most, int(one.per.total_seconds() // 60)) for name, one in counted.items()
    }


def test_what_strangers_may_change_names_its_limit() -> None:
    """Everything else that changes something is under that of all writing."""
    open_doors = {
        name: handler.opt.get("limit")
        for name, handler in handlers()
        if handler.opt["permission"] in (Permission.PUBLIC, Permission.REQUEST_ANSWER)
        and not handler.http_methods <= SAFE
    }

    assert [name for name, limit in open_doors.items() if not isinstance(limit, Limit)] == []
    assert len(open_doors) >= 4
