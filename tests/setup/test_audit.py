"""Whether a pinned package is known to be weak; and that nobody's silence is taken for an all-clear."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {"name": "jinja2", "version": "3.1.6", "vulns": []}
WEAK = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "description": "…"}]}
UNKNOWN = {"name": "litestar", "skip_reason": "Dependency not found on PyPI and could not be audited: litestar"}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


def test_a_weak_package_is_named_with_what_mends_it(audit: ModuleType) -> None:
    found = audit.read_pip(said(CLEAN, WEAK), "runtime.txt")

    assert found.weak == ["runtime.txt: old 1.0: PYSEC-1, mended in 1.1"]
    assert (found.left_out, found.asked) == ([], 2)


def test_an_index_that_knows_nothing_is_no_all_clear(audit: ModuleType) -> None:
    """pip-audit itself ends with 0 and "No known vulnerabilities found" then."""
    found = audit.read_pip(said(UNKNOWN), "runtime.txt")

    assert (found.weak, found.asked) == ([], 0)
    assert found.left_out == ["runtime.txt: the index that is used here knows nothing about weaknesses"]


def test_a_single_package_that_nobody_knows_is_named(audit: ModuleType) -> None:
    assert audit.read_pip(said(CLEAN, UNKNOWN), "x.txt").left_out == ["x.txt: nobody knows litestar"]


@pytest.mark.parametrize("output", ["", "Traceback (most recent call last):", "[]", "{}", "null"])
def test_a_program_that_could_not_ask_is_no_all_clear(audit: ModuleType, output: str) -> None:
    assert audit.read_pip(output, "x.txt").left_out == ["x.txt: pip-audit could not ask"]
    assert audit.read_npm(output).left_out == ["package-lock.json: npm could not ask"]


def test_what_npm_finds_is_named(audit: ModuleType) -> None:
    total = {"metadata": {"dependencies": {"total": 4}}}

    weak = audit.read_npm(json.dumps({"vulnerabilities": {"x": {"severity": "high"}}, **total}))
    clean = audit.read_npm(json.dumps({"vulnerabilities": {}, **total}))
    refused = audit.read_npm(json.dumps({"message": "405 Method Not Allowed", "statusCode": 405}))

    assert (weak.weak, weak.asked) == (["package-lock.json: x: high"], 4)
    assert (clean.weak, clean.left_out, clean.asked) == ([], [], 4)
    assert refused.left_out == ["package-lock.json: npm could not ask"]


@pytest.mark.parametrize(
    ("outcome", "arguments", "code"),
    [
        (([], []), [], 0), ((["w"], []), [], 1), (([], ["l"]), [], 0), (([], ["l"]), ["--strict"], 1),
        ((["w"], ["l"]), [], 1),
    ],
)  # fmt: skip
def test_only_what_is_weak_stops_a_build_unless_it_is_strict(
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    outcome: tuple[list[str], list[str]],
    arguments: list[str],
    code: int,
) -> None:
    monkeypatch.setattr(audit, "audit", lambda: audit.Outcome(*outcome, 3))

    assert audit.main(arguments) == code


def test_one_package_is_asked_about_first(audit: ModuleType) -> None:
    """Where nobody answers, a hundred more questions are not put."""
    assert audit.first_pin("# made by\n\na-b==1.2 \\\n    --hash=sha256:0\nc==3 \\\n") == "a-b==1.2\n"
