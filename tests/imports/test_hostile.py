"""Spreadsheets made to break the reader are refused, in words, before anything large is made of them."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import load_workbook
from tests.factories.sheets import a_sheet

from ogpmonitor.imports.formats import read_file, workbook
from ogpmonitor.kit.errors import Invalid

PLAIN = a_sheet([{"code": "X1", "title_es": "Uno"}])


def with_cell(place: str) -> bytes:
    book = load_workbook(BytesIO(PLAIN))
    book["Compromisos"][place] = "x"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_cell_in_the_last_corner_is_refused_in_words() -> None:
    """The reader would make room for seventeen thousand million cells, and the process would end."""
    with pytest.raises(Invalid, match=r"import\.far"):
        read_file(with_cell("XFD1048576"), "es")


def test_a_cell_somewhat_beside_the_table_is_only_said() -> None:
    assert [item.code for item in read_file(with_cell("BA9"), "es").items] == ["X1"]


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 1_000)

    with pytest.raises(Invalid, match=r"import\.bomb"):
        read_file(PLAIN, "es")


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    buffer = BytesIO(PLAIN)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b"0" * 1_000_000)
    content = buffer.getvalue().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(Invalid, match=r"import\.broken"):
        read_file(content, "es")


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin"])
def test_an_archive_that_is_two_formats_at_once_is_refused(name: str) -> None:
    buffer = BytesIO(PLAIN)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, b"<a/>")

    with pytest.raises(Invalid, match=r"import\.broken"):
        read_file(buffer.getvalue(), "es")
