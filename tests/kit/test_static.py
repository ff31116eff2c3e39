"""Files under addresses that name their content."""

from pathlib import Path

import pytest

from ogpmonitor.kit.static import SHEET, SHEETS, StaticFiles, tenant_css


def test_an_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text("1")
    before = StaticFiles(tmp_path).url("app.js")
    (tmp_path / "app.js").write_text("2")
    after = StaticFiles(tmp_path)

    fingerprint = before.split("/")[2]
    assert len(fingerprint) == 12
    assert after.url("app.js") != before
    assert after.find(fingerprint, "app.js") is None


def test_find_gives_the_bytes_at_the_address() -> None:
    files = StaticFiles()
    _, _, fingerprint, name = files.url("favicon.svg").split("/", 3)

    file = files.find(fingerprint, name)

    assert file is not None
    assert (file.media_type, file.content[:4]) == ("image/svg+xml", b"<svg")
    assert files.find(fingerprint, "../settings.py") is None


def test_the_sheets_are_one_without_comments(tmp_path: Path) -> None:
    for sheet in SHEETS:
        (tmp_path / sheet).write_text(f"/* about {sheet} */\n.{sheet[:-4]} {{}}\n")

    files = StaticFiles(tmp_path)
    file = files.find(files.url(SHEET).split("/")[2], SHEET)

    assert file is not None
    assert file.content.split() == b".tokens {} .layout {} .components {} .print {}".split()
    assert file.media_type == "text/css; charset=utf-8"


def test_an_unknown_file_has_no_address() -> None:
    files = StaticFiles()

    assert not files.has("vendor/unknown.js")
    with pytest.raises(KeyError):
        files.url("vendor/unknown.js")


def test_tenant_css_sets_both_accents() -> None:
    css = tenant_css("#1F5F3F", "#8fd0a8")

    assert css == (":root{--accent:#1f5f3f}@media screen and (prefers-color-scheme:dark){:root{--accent:#8fd0a8}}\n")


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#123456}body{display:none", ""])
def test_tenant_css_refuses_what_is_not_a_colour(colour: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        tenant_css("#1f5f3f", colour)
