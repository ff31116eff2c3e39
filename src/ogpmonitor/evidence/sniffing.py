"""What a file really is, told from its bytes: its name and what the browser claims are never trusted.

Nothing is unpacked but two small parts of an office document, up to `MOST_UNPACKED`. A file that could be read as two
kinds at once (a picture that is also an archive) is refused.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from io import BytesIO

from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import msgid

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
# What may be kept, with the endings it may bear. Nothing here runs in a browser; SVG and HTML are left out on purpose.
KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    f"{_OPEN_XML}wordprocessingml.document": (".docx",),
    f"{_OPEN_XML}spreadsheetml.sheet": (".xlsx",),
    f"{_OPEN_XML}presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
}
_MAGIC = (
    (re.compile(rb"%PDF-\d"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
)
_ZIP, _ZIP_END, _ZIP64 = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07"
_ZIP_END_BYTES, _ZIP64_LOCATOR_BYTES = 22, 20
# Office documents have at most some thousand parts; a list of parts larger than this is made to hurt whoever reads it.
MOST_PARTS, MOST_LISTED_BYTES, MOST_UNPACKED, MOST_DECLARED = 5_000, 1024 * 1024, 512 * 1024, 500 * 1024 * 1024
_RUNS = re.compile(
    r"vbaproject|vbadata|macros/|macrosheets/|activex|^basic/|^scripts/|\.(exe|dll|js|vbs|jar|class)$", re.IGNORECASE
)
_RUNS_AS = re.compile(rb"macroenabled|vbaproject|activex|macrosheet", re.IGNORECASE)
_MAIN_PART = re.compile(
    rb"openxmlformats-officedocument\.(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation)"
    rb"\.main\+xml"
)
# Markup a browser would act on, wherever it stands; and what browsers take for HTML or XML when it stands first
# (WHATWG, MIME Sniffing, section 7.1).
_ACTIVE = re.compile(r"<\s*(script|html|svg|iframe|object|embed|!doctype|\?php)", re.IGNORECASE)
_MARKUP_FIRST = re.compile(
    r"\s*(<!--|<\?xml|<(head|h1|div|font|table|a|style|title|b|body|br|p|img|link|meta)[\s>/])", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST_NAME = 100
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def sniff(content: bytes, file_name: str) -> str:
    """The media type of `content`, one of `KINDS`.

    Raises:
        Invalid: it is empty, of another kind, or carries something that could run.
    """
    if not content:
        raise Invalid("file.empty", msgid("The file is empty."))
    kind = _kind(content, file_name)
    if kind not in KINDS:
        raise Invalid(
            "file.kind", msgid("Files of this kind are not taken. Send a PDF, an image, a text or an office document.")
        )
    return kind


def _kind(content: bytes, file_name: str) -> str | None:
    if content.startswith(_ZIP):
        return _office_kind(content)
    known = next((kind for magic, kind in _MAGIC if magic.match(content)), None)
    if known:
        return None if zipfile.is_zipfile(BytesIO(content)) else known
    return _text_kind(content, file_name)


def _office_kind(content: bytes) -> str | None:
    """Which office document a zip archive is; None for any other archive, and for one that carries something to run."""
    if not _has_plain_list(content):
        return None
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if _is_suspect(parts):
                return None
            return _open_document_kind(archive, parts) or _open_xml_kind(archive)
    # What the library raises for archives that are broken, encrypted or packed in ways it does not know.
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, KeyError, struct.error):
        return None


def _is_suspect(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether something in it runs, it says it is huge, or readers may not agree which part a name means."""
    names = {part.filename for part in parts}
    return (
        any(_RUNS.search(name) for name in names)
        or sum(part.file_size for part in parts) > MOST_DECLARED
        or len(names) != len(parts)
    )


def _has_plain_list(content: bytes) -> bool:
    """Whether the archive ends with a list of its parts of a bearable size, in the simplest form there is."""
    end = content[-_ZIP_END_BYTES:]
    if len(end) < _ZIP_END_BYTES or not end.startswith(_ZIP_END):
        return False
    parts, listed_bytes, _offset, comment = struct.unpack("<HIIH", end[10:])
    before = content[-_ZIP_END_BYTES - _ZIP64_LOCATOR_BYTES : -_ZIP_END_BYTES]
    return parts <= MOST_PARTS and listed_bytes <= MOST_LISTED_BYTES and comment == 0 and not before.startswith(_ZIP64)


def _open_document_kind(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> str | None:
    """OASIS OpenDocument 1.3, part 2, section 3.3: the first part is called mimetype and is not compressed."""
    if not parts or parts[0].filename != "mimetype" or parts[0].compress_type != zipfile.ZIP_STORED:
        return None
    return _unpacked(archive, "mimetype").decode("ascii", "replace").strip()


def _open_xml_kind(archive: zipfile.ZipFile) -> str | None:
    """ECMA-376, part 2: what the document is, and whether it has macros, stands in the list of its content types."""
    types = _unpacked(archive, "[Content_Types].xml")
    main = _MAIN_PART.search(types)
    if main is None or _RUNS_AS.search(types):
        return None
    return _OPEN_XML + main[1].decode()


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part of the archive; never more than `MOST_UNPACKED` of it is unpacked, whatever its header says.

    Raises:
        ValueError: it is larger, or packed in an unusual way.
        KeyError: there is none.
    """
    if archive.getinfo(name).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError(name)
    with archive.open(name) as part:
        content = part.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise ValueError(name)
    return content


def _text_kind(content: bytes, file_name: str) -> str | None:
    """Plain text or CSV in UTF-8, Latin-1, or UTF-16 with its mark; None for control characters and for markup."""
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "latin-1")
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text) or _ACTIVE.search(text) or _MARKUP_FIRST.match(text.removeprefix("\xef\xbb\xbf")):
        return None
    return "text/csv" if file_name.lower().endswith(".csv") else "text/plain"


def safe_name(file_name: str, media_type: str) -> str:
    """A name fit for any file system and header, ending as its kind does, and otherwise as close as can be."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base else base
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_")[:LONGEST_NAME].strip("-_")
    if not clean or _DEVICE.fullmatch(clean):
        clean = f"documento-{clean}".strip("-")
    endings = KINDS[media_type]
    ending = next((one for one in endings if base.lower().endswith(one)), endings[0])
    return clean + ending
