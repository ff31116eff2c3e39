"""What a file really is: by its bytes, whatever it is called."""

import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogpmonitor.evidence import sniffing
from ogpmonitor.evidence.sniffing import KINDS, safe_name, sniff
from ogpmonitor.kit.errors import Invalid

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = b'<Types><Override ContentType="' + WORD + b'.main+xml"/></Types>'
ODT = b"application/vnd.oasis.opendocument.text"
SEEDS = [b"%PDF-1.7\n", PNG, b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP", b"hola", b"\xff\xfeh\0o\0"]


def archive(parts: dict[str, bytes], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", packed) as made:
        for name, content in parts.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else packed)
    return target.getvalue()


DOCX = archive({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"})


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.7\n", "x.exe", "application/pdf"),
        (PNG, "x.html", "image/png"),
        (b"\xff\xd8\xff\xe0", "x", "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBP", "x", "image/webp"),
        (DOCX, "x.zip", WORD.decode()),
        (archive({"mimetype": ODT, "content.xml": b"<o/>"}), "x", ODT.decode()),
        ("Acta de la sesión".encode(), "acta.txt", "text/plain"),
        ("año;número\r\n1;2".encode("latin-1"), "A.CSV", "text/csv"),
        ("\ufeffaño;número".encode("utf-16-le"), "a.csv", "text/csv"),
        (b"BM and MZ begin words too", "x.txt", "text/plain"),
    ],
)
def test_sniff_tells_what_may_be_kept(content: bytes, name: str, kind: str) -> None:
    assert sniff(content, name) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><p>hola",
        b"  \n<html>",
        b"\xef\xbb\xbf<p>hola</p>",
        b"hola " * 2000 + b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b'<?xml version="1.0"?><a/>',
        "\ufeff<html><script>".encode("utf-16-le"),
        b"\xff\xfe\x00\xd8",
        b"hola\0",
        b"hola" * 30000 + b"\x1b[31m",
        b"GIF89a" + b"\0" * 10,
        b"\x7fELF\x02\x01\x01\0",
        PNG + DOCX,
        b"%PDF-1.7\n" + archive({"a.txt": b"a"}),
        archive({"a.txt": b"a"}),
        archive({"[Content_Types].xml": TYPES, "word/vbaProject.bin": b"x"}),
        archive({"[Content_Types].xml": TYPES, "word/VBAPROJECT.BIN": b"x"}),
        archive({"[Content_Types].xml": TYPES.replace(b".main", b".macroEnabled.main")}),
        archive({"[Content_Types].xml": TYPES + b"application/vnd.ms-office.vbaProject", "word/other.bin": b"x"}),
        archive({"[Content_Types].xml": TYPES, "word/activeX/activeX1.xml": b"x"}),
        archive({"mimetype": ODT, "Basic/Standard/Module1.xml": b"x"}),
        archive({"mimetype": b"text/html", "a": b"x"}),
        DOCX + b"trailing",
        DOCX[:-10],
        b"PK\x03\x04" + b"\0" * 40,
    ],
)
def test_sniff_refuses_whatever_could_run_or_is_two_things_at_once(content: bytes) -> None:
    with pytest.raises(Invalid):
        sniff(content, "informe.pdf")


def test_sniff_unpacks_no_more_than_it_needs() -> None:
    bomb = archive({"[Content_Types].xml": TYPES + b" " * 50_000_000})
    declared = archive({"[Content_Types].xml": TYPES, **{f"word/{n}.xml": b"x" for n in range(3)}})
    place = declared.rindex(b"PK\x01\x02")
    declared = declared[: place + 24] + struct.pack("<I", 0xFFFFFFF0) + declared[place + 28 :]
    crowded = DOCX[:-14] + struct.pack("<HH", 60_000, 60_000) + DOCX[-10:]

    for content in (bomb, declared, crowded):
        assert len(content) < 200_000
        with pytest.raises(Invalid):
            sniff(content, "x.docx")


def test_sniff_refuses_two_parts_of_one_name() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", TYPES)
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("[Content_Types].xml", TYPES + b"vbaProject")

    with pytest.raises(Invalid):
        sniff(target.getvalue(), "x.docx")


@given(
    st.one_of(
        st.binary(max_size=600),
        st.builds(lambda seed, rest: seed + rest, st.sampled_from([*SEEDS, b"PK\x03\x04"]), st.binary(max_size=300)),
        st.builds(
            lambda at, piece: DOCX[: at % len(DOCX)] + piece + DOCX[at % len(DOCX) + len(piece) :],
            st.integers(0, len(DOCX)),
            st.binary(min_size=1, max_size=8),
        ),
    ),
    st.text(max_size=30),
)
def test_sniff_never_fails_in_another_way(content: bytes, name: str) -> None:
    try:
        kind = sniff(content, name)
    except Invalid:
        return

    assert kind in KINDS


@given(st.text(max_size=300), st.sampled_from(sorted(KINDS)))
def test_safe_name_is_safe_whatever_it_was_called(name: str, kind: str) -> None:
    safe = safe_name(name, kind)
    stem, dot, ending = safe.rpartition(".")

    assert dot + ending in KINDS[kind]
    assert stem
    assert stem.isascii()
    assert set(stem.casefold()) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(safe) <= sniffing.LONGEST_NAME + len("documento-.xxxx")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Acta Nº 3 — sesión.pdf", "Acta-No-3-sesion.pdf"),
        ("..\\..\\windows\\factura.pdf.exe", "factura-pdf.pdf"),
        ("/etc/.htaccess", "documento.pdf"),
        ("CON.pdf", "documento-CON.pdf"),
        ("año.PDF", "ano.pdf"),
        ('a"; filename="b.html', "a-filename-b.pdf"),
    ],
)
def test_safe_name_keeps_what_it_can(name: str, safe: str) -> None:
    assert safe_name(name, "application/pdf") == safe
