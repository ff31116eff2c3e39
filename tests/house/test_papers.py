"""What is written down agrees with the code, and nothing is written down that does not belong here."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from tests.house.test_security_papers import rows

from ogpmonitor.cli import main
from ogpmonitor.plans.planfile import read_plan
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.files import read_tenants

ROOT = Path(__file__).parents[2]
TENANTS = sorted(path.name for path in (ROOT / "tenants").iterdir() if path.is_dir())
# Put together so that this file does not say them itself.
ADDRESSES = [
    "pypi." + "org", "pythonhosted." + "org", "registry.npm" + "js", "npmjs." + "org", "deb.debian." + "org",
    "repo.maven." + "apache", "files.python" + "hosted", "index." + "crates", "ghcr." + "io", "docker." + "io",
]  # fmt: skip
PLACES = [re.compile(rf"(?<![\w.])/{place}/") for place in ("ro" + "ot", "wo" + "rk", "ho" + "me/[a-z]+", "Us" + "ers")]
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
STATES = ("held", "part", "gap", "n/a")  # of a requirement, as docs/security.md counts them
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def kept_files() -> list[Path]:
    """Everything that belongs to the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def told(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def test_every_setting_is_documented_and_every_documented_one_is_a_setting() -> None:
    said = re.findall(r"^\| `(OGPMONITOR_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(said) == sorted(f"OGPMONITOR_{name.upper()}" for name in Settings.model_fields)


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_no_file_names_a_package_registry() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {address}"
        for path in kept_files()
        for address in ADDRESSES
        if address in told(path)
    ] == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in kept_files()
        if path.suffix != ".svg"
        for place in PLACES
        if (found := place.search(told(path)))
    ]

    assert named == []


def test_the_house_stands_on_its_floors() -> None:
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter is not installed here; `make check` runs it")
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("slug", TENANTS)
def test_every_tenant_loads(slug: str) -> None:
    folder = next(folder for folder in read_tenants(ROOT / "tenants") if folder.tenant.slug == slug)

    assert [read_plan(path).slug for path in folder.plan_files] == [path.stem for path in folder.plan_files]
    assert folder.plan_files


def papers() -> list[Path]:
    return [path for path in kept_files() if path.suffix == ".md"]


@cache
def slugs_in(path: Path) -> frozenset[str]:
    """The headings of a paper as links name them."""
    headings = HEADING.findall(FENCE.sub("", told(path)))
    return frozenset(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)


def leads_nowhere(path: Path, target: str, anchor: str) -> bool:
    found = (path.parent / target).resolve() if target else path
    return not found.exists() or (bool(anchor) and anchor not in slugs_in(found))


def test_every_link_between_papers_leads_somewhere() -> None:
    links = [(path, *link) for path in papers() for link in LINK.findall(FENCE.sub("", told(path)))]

    assert len(links) > 100
    assert [
        f"{path.relative_to(ROOT)}: {target}#{anchor}"
        for path, target, anchor in links
        if leads_nowhere(path, target, anchor)
    ] == []


def test_decisions_are_numbered_one_by_one_and_named_by_their_number() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    assert [path.name for path in DECISIONS if not told(path).startswith(f"# {path.name[:4]}. ")] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_what_enforces_a_decision_is_there(path: Path) -> None:
    """By the end of its path, since records name a folder once and then the files in it."""
    said = told(path).partition("**Enforced by**")[2]
    names = re.findall(r"`([\w/.-]+(?:\.py|/))`", said)
    there = [f"/{one.relative_to(ROOT).as_posix()}" for one in kept_files()]

    assert said
    assert [
        name
        for name in names
        if not any(f"/{name}" in one if name.endswith("/") else one.endswith(f"/{name}") for one in there)
    ] == []


def test_every_noun_has_one_row_in_the_glossary() -> None:
    nouns = re.findall(r"^\| (`.+?) \|", told(ROOT / "docs" / "glossary.md"), re.MULTILINE)

    assert len(nouns) > 80
    assert [noun for noun, times in Counter(nouns).items() if times > 1] == []


def test_the_readme_names_every_command() -> None:
    said = re.findall(r"^\| `ogpmonitor ([^|]+) \|", told(ROOT / "README.md"), re.MULTILINE)
    named = {word for line in said for word in re.findall(r"[a-z]+", line.split("|")[0])}

    assert set(main.commands) <= named


def test_the_drawing_of_the_house_shows_its_floors() -> None:
    contracts = tomllib.loads(told(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    drawing = told(ROOT / "docs" / "architecture.md").partition("```\ncli ")[2].partition("```")[0]
    drawn = ["cli", *re.split(r" *[|>] *", " > ".join(line.split("  ")[0] for line in drawing.splitlines()[1:]))]

    assert [room for room in drawn if room] == [room for layer in layers for room in layer.split(" | ")]


def test_the_counts_of_requirements_are_those_of_their_rows() -> None:
    states = Counter(state for _, _, state, _ in rows())
    said = re.search(r"Of its .+ do not apply\.", told(ROOT / "docs" / "security.md"))

    assert said
    assert [int(number) for number in re.findall(r"\d+", said[0])] == [len(rows()), *(states[one] for one in STATES)]
