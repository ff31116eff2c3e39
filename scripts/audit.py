#!/usr/bin/env python3
"""Asks whether any pinned package is known to be weak: those of requirements/*.txt, and those of package-lock.json.

Ends with 1 where one is. Where nobody can be asked (no network, a mirror that does not know), it says what was left out
and ends with 0: silence is never taken for an all-clear. `--strict` ends with 1 then too.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "build" / "audit"
PINS = ROOT / "requirements" / "audit.txt"
SECONDS = 600


@dataclass
class Outcome:
    """What is weak, and what nobody could say anything about."""

    weak: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    asked: int = 0


def read_pip(output: str, name: str) -> Outcome:
    """What `pip-audit --format json` says of requirements/`name`. A package it does not know was not asked about."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Outcome(left_out=[f"{name}: pip-audit could not ask"])
    found, silent = Outcome(), []
    for package in packages:
        if "skip_reason" in package:
            silent.append(package["name"])
            continue
        found.asked += 1
        for one in package.get("vulns", []):
            fixed = ", ".join(one.get("fix_versions", [])) or "no version yet"
            found.weak.append(f"{name}: {package['name']} {package['version']}: {one['id']}, mended in {fixed}")
    if silent and not found.asked:
        found.left_out.append(f"{name}: the index that is used here knows nothing about weaknesses")
    elif silent:
        found.left_out.append(f"{name}: nobody knows {', '.join(sorted(silent))}")
    return found


def read_npm(output: str) -> Outcome:
    """What `npm audit --json` says."""
    try:
        told: dict[str, Any] = json.loads(output)
        packages = told["vulnerabilities"]
        asked = int(told["metadata"]["dependencies"]["total"])
    except (ValueError, KeyError, TypeError):
        return Outcome(left_out=["package-lock.json: npm could not ask"])
    weak = [f"package-lock.json: {name}: {one.get('severity', 'unknown')}" for name, one in sorted(packages.items())]
    return Outcome(weak, asked=asked)


def told_by(command: Sequence[str | Path]) -> str:
    """What `command` writes, nothing where it cannot be run."""
    try:
        done = subprocess.run(  # noqa: S603  commands of our own
            [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def pip_audit() -> Path:
    """The program, in an environment of its own, from its pins."""
    program = TOOL / "bin" / "pip-audit"
    if not program.exists():
        venv.create(TOOL, with_pip=True)
        told_by([TOOL / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", PINS])
    return program


def first_pin(pins: str) -> str:
    """The first package that `pins` lists, without its hashes."""
    line = next(line for line in pins.splitlines() if "==" in line)
    return line.partition(" ")[0] + "\n"


def audit() -> Outcome:
    """Everything that is pinned was asked about, or is named as left out."""
    program = pip_audit()
    options = ["--format", "json", "--progress-spinner", "off", "--disable-pip"]
    with tempfile.TemporaryDirectory() as folder:  # one question shows whether anybody answers
        one = Path(folder) / "one.txt"
        one.write_text(first_pin((ROOT / "requirements" / "runtime.txt").read_text("utf-8")), "utf-8")
        tried = read_pip(told_by([program, "--requirement", one, "--no-deps", *options]), "requirements/*.txt")
    outcomes = [] if tried.asked else [tried]
    every = sorted((ROOT / "requirements").glob("*.txt")) if tried.asked else []
    for pins in every:
        told = told_by([program, "--requirement", pins, "--require-hashes", *options])
        outcomes.append(read_pip(told, pins.name))
    npm = shutil.which("npm")
    outcomes.append(read_npm(told_by([npm, "audit", "--json", "--package-lock-only"]) if npm else ""))
    return Outcome(
        [line for one in outcomes for line in one.weak],
        [line for one in outcomes for line in one.left_out],
        sum(one.asked for one in outcomes),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where nothing weak is known; 1 where something is, or with `--strict` where something was left out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--strict", action="store_true", help="what was left out counts as a failure")
    strict = parser.parse_args(arguments).strict
    found = audit()
    for line in found.left_out:
        print(f"Not asked about known weaknesses: {line}")  # noqa: T201  a program for people
    for line in found.weak:
        print(f"Known to be weak: {line}")  # noqa: T201  as above
    print(f"Asked about {found.asked} packages; {len(found.weak)} weaknesses.")  # noqa: T201  as above
    return 1 if found.weak or (strict and found.left_out) else 0


if __name__ == "__main__":
    sys.exit(main())
