"""What is installed is what is written, and nothing names where it comes from."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PINS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(name: str) -> dict[str, Version]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    found = (re.match(r"([a-z0-9.-]+)==([^ ;]+)", line) for line in lines)
    return {match[1]: Version(match[2]) for match in found if match}


def wanted() -> list[tuple[str, Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {"runtime": project["project"]["dependencies"], **project["dependency-groups"]}
    return [(group, Requirement(text)) for group, texts in groups.items() for text in texts]


@pytest.mark.parametrize(("group", "requirement"), wanted(), ids=str)
def test_pins_satisfy_what_the_project_asks_for(group: str, requirement: Requirement) -> None:
    version = pinned(group)[requirement.name.lower().replace("_", "-")]

    assert requirement.specifier.contains(version), "run: make requirements"


def test_pins_agree_with_each_other() -> None:
    versions: dict[str, set[Version]] = {}
    for path in PINS:
        for name, version in pinned(path.stem).items():
            versions.setdefault(name, set()).add(version)

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_pins_carry_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    names = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]

    assert names
    assert all("==" in line and line.endswith("\\") for line in names)
    assert "://" not in text
    assert not re.search(r"^--(?!hash)", text, re.MULTILINE)


def test_front_end_parts_are_pinned_by_integrity_and_name_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    parts = {name: part for name, part in lock["packages"].items() if name}

    assert parts
    assert all(part["integrity"].startswith("sha512-") and "resolved" not in part for part in parts.values())
    assert all(re.fullmatch(r"[0-9.]+", version) for version in lock["packages"][""]["dependencies"].values())
