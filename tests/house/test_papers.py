"""What is written down agrees with the code, and nothing is written down that does not belong here."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
