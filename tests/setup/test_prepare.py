"""`scripts/prepare.py`: what it does again, what it leaves, and what it says when something cannot be had."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module that works in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "scripts" / "prepare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in {"ROOT": tmp_path, "BUILD": tmp_path / "build", "VENV": tmp_path / ".venv"}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "VENDOR", tmp_path / "vendor")
    (tmp_path / "requirements").mkdir()
    for name in ("runtime", "build", "test", "check", "node"):
        (tmp_path / "requirements" / f"{name}.txt").touch()
    for name in ("pyproject.toml", "package-lock.json"):
        (tmp_path / name).touch()
    return module


@pytest.fixture
def commands(prepare: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands the script would have run; they all succeed and do nothing but make the environment's folder."""
    found: list[list[str]] = []

    def run(command: list[str], _otherwise: str, _environment: object = None) -> None:
        found.append(command)
        if "venv" in command:
            (Path(command[-1]) / "bin").mkdir(parents=True)
            (Path(command[-1]) / "bin" / "pip").touch()

    monkeypatch.setattr(prepare, "run", run)
    return found


def test_environment_is_made_once(prepare: ModuleType, commands: list[list[str]]) -> None:
    prepare.prepare_environment("runtime")
    first = len(commands)
    prepare.prepare_environment("runtime")

    assert (first, len(commands)) == (3, 3)
    assert "--require-hashes" in commands[1]


def test_environment_is_brought_up_to_date_when_pins_change(prepare: ModuleType, commands: list[list[str]]) -> None:
    prepare.prepare_environment("runtime")
    (prepare.ROOT / "requirements" / "runtime.txt").write_text("changed")
    prepare.prepare_environment("runtime")

    assert [command[1:3] for command in commands].count(["-m", "venv"]) == 1
    assert len(commands) == 5


def test_environment_with_everything_is_enough_to_run(prepare: ModuleType, commands: list[list[str]]) -> None:
    prepare.prepare_environment("all")
    before = len(commands)
    prepare.prepare_environment("runtime")

    assert len(commands) == before


def test_environment_of_another_python_is_made_anew(
    prepare: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare.prepare_environment("runtime")
    monkeypatch.setattr(sys, "base_prefix", "/opt/another")
    prepare.prepare_environment("runtime")

    assert [command[1:3] for command in commands].count(["-m", "venv"]) == 2


def test_parts_that_cannot_be_had_are_left_out_in_one_sentence(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable() -> list[str]:
        raise prepare.Stop("There is no npm (no network).")

    monkeypatch.setattr(prepare, "find_npm", unreachable)

    prepare.prepare_parts(everything=False)

    said = capsys.readouterr().out
    assert said == (
        "Front-end parts: left out, pages work without JavaScript and reports use a system font. "
        "There is no npm (no network).\n"
    )


def test_missing_pango_is_named_with_the_command_that_brings_it(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare.ctypes.util, "find_library", lambda name: None if name == "pangoft2-1.0" else name)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    prepare.prepare_pango()

    assert capsys.readouterr().out == (
        "Reports: no PDF until Pango is installed (pangoft2-1.0 missing); on Debian: "
        "sudo apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
    )


def test_failing_command_ends_in_one_sentence(prepare: ModuleType) -> None:
    command = [sys.executable, "-c", "import sys; print('first'); sys.exit('no space left')"]

    with pytest.raises(prepare.Stop, match=r"^The packages could not be installed \(no space left\)\.$"):
        prepare.run(command, "The packages could not be installed")


def test_make_alone_lists_the_targets() -> None:
    done = subprocess.run(["make", "-C", str(ROOT)], check=True, capture_output=True, text=True)

    for target in ("demo", "dev", "test", "check", "bench", "requirements", "clean"):
        assert f"\n  {target} " in done.stdout


def test_make_names_the_python_it_needs() -> None:
    done = subprocess.run(
        ["make", "-C", str(ROOT), "demo", "PYTHON=no-such-python"], check=False, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "Python 3.11 or later is needed and 'no-such-python' is not; name another" in done.stdout
