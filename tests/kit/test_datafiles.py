"""Reading TOML: a whole valid model, or every problem."""

from pathlib import Path

import pytest

from ogpmonitor.kit.datafiles import Data, DataRefused, Problem, Source, key_path, read_toml
from ogpmonitor.kit.localized import Localized


class Shelf(Data):
    source_language: str
    title: Localized
    sources: tuple[Source, ...] = ()


def _problems(path: Path) -> list[str]:
    with pytest.raises(DataRefused) as refused:
        read_toml(path, Shelf, below=path.parent)
    return [str(problem) for problem in refused.value.problems]


def test_read_toml_gives_plain_strings_the_language_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "shelf.toml"
    path.write_text('source_language = "es"\ntitle = "Repisa"\n[[sources]]\ntitle = "A"\n', encoding="utf-8")

    shelf = read_toml(path, Shelf)

    assert (shelf.title, shelf.sources) == (Localized.of("es", es="Repisa"), (Source(title="A"),))


def test_read_toml_lists_every_problem_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "shelf.toml"
    path.write_text(
        'source_language = "es"\ncolour = "red"\n[[sources]]\nurl = "ftp://example.org"\n', encoding="utf-8"
    )

    assert _problems(path) == [
        "shelf.toml: title: is missing",
        "shelf.toml: sources[0].title: is missing",
        "shelf.toml: sources[0].url: String should match pattern '^https?://[^\\s<>\\\"']+$'",
        "shelf.toml: colour: is not a key this file knows",
    ]


def test_read_toml_refuses_a_file_that_is_absent_or_not_toml(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("a = ", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes(b'a = "\xf1"')

    assert _problems(tmp_path / "absent.toml") == ["absent.toml: cannot be read: No such file or directory"]
    assert _problems(tmp_path / "broken.toml") == ["broken.toml: is not TOML: Invalid value (at end of document)"]
    assert _problems(tmp_path / "latin.toml")[0].startswith("latin.toml: is not TOML: 'utf-8' codec")


def test_refusal_reads_as_one_line_per_problem() -> None:
    refused = DataRefused([Problem("a.toml", "x", "is missing"), Problem("b.toml", "", "is not TOML")])

    assert str(refused) == "a.toml: x: is missing\nb.toml: is not TOML"
    assert key_path(("commitments", 2, "starts_on")) == "commitments[2].starts_on"
