"""What a file really is, told from its bytes: its name and what the browser claims are never trusted."""

import re
import unicodedata
import zipfile
from io import BytesIO

import filetype

from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.i18n import msgid

# What may be kept, with the endings it may bear. Nothing here runs in a browser; SVG and HTML are left out on purpose.
KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
}
OFFICE = {"word/": 0, "xl/": 1, "ppt/": 2}
MACROS = ("vbaProject.bin", "macros/", "Basic/")
ACTIVE = re.compile(rb"<\s*(script|html|svg|iframe|!doctype)", re.IGNORECASE)
LONGEST_NAME = 100


def sniff(content: bytes, file_name: str) -> str:
    """The media type of `content`, one of `KINDS`.

    Raises:
        Invalid: it is empty, of another kind, or carries something that could run.
    """
    if not content:
        raise Invalid("file.empty", msgid("The file is empty."))
    guessed: str | None = filetype.guess_mime(content)
    if guessed == "application/zip" or (guessed or "").startswith(("application/vnd.o", "application/epub")):
        guessed = _office_kind(content)
    elif guessed is None:
        guessed = _text_kind(content, file_name)
    if guessed not in KINDS:
        raise Invalid(
            "file.kind", msgid("Files of this kind are not taken. Send a PDF, an image, a text or an office document.")
        )
    return guessed


def _office_kind(content: bytes) -> str | None:
    """Which office document a zip archive is; None for any other archive, and for one with macros."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if any(macro in name for name in names for macro in MACROS):
                return None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    kinds = [kind for kind in KINDS if "openxmlformats" in kind]
    return next((kinds[place] for start, place in OFFICE.items() if any(n.startswith(start) for n in names)), None)


def _text_kind(content: bytes, file_name: str) -> str | None:
    """Plain text or CSV in UTF-8 or Latin-1; None for anything with control characters or markup that could run."""
    if b"\0" in content or ACTIVE.search(content[:4096]):
        return None
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in content[:65536]):
        return None
    return "text/csv" if file_name.lower().endswith(".csv") else "text/plain"


def safe_name(file_name: str, media_type: str) -> str:
    """A name fit for any file system and header, ending as its kind does; the rest is kept as far as it can be."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base else base
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_")[:LONGEST_NAME] or "documento"
    endings = KINDS[media_type]
    ending = next((one for one in endings if base.lower().endswith(one)), endings[0])
    return clean + ending
