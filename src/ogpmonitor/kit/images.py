"""Pictures without what they say about whoever took them: place, camera, owner; and small ones to look at."""

import struct
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
PREVIEW_PIXELS, MOST_PIXELS = 480, 60_000_000
PREVIEW_TYPE = "image/webp"
# What a PNG needs to be shown as it was meant; everything else may say who, where and when.
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"}
_ORIENTATION = 0x0112
_EXIF_FLAGS = 0x08 | 0x04  # of VP8X: there is EXIF, there is XMP


class NotAPicture(ValueError):  # noqa: N818  it reads as what it is
    """These bytes cannot be shown."""


def without_metadata(content: bytes, media_type: str) -> bytes:
    """The same picture without EXIF, XMP, IPTC, comments and text; the very same bytes where there was none.

    Pixels are not touched, except where the metadata turned the picture: then it is turned and written anew.

    Raises:
        NotAPicture: the bytes are broken.
    """
    if _orientation(content) not in (None, 1):
        return _turned(content, media_type)
    parts = {"image/jpeg": _jpeg_parts, "image/png": _png_parts, "image/webp": _webp_parts}[media_type]
    try:
        return b"".join(parts(content))
    except (struct.error, IndexError) as error:
        raise NotAPicture from error


def preview(content: bytes) -> bytes:
    """The picture as WebP, upright, at most 480 pixels wide or high, without metadata.

    Raises:
        NotAPicture: it is broken, or has more pixels than one computer should unpack.
    """
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPicture
            picture.draft("RGB", (PREVIEW_PIXELS, PREVIEW_PIXELS))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
            buffer = BytesIO()
            upright.save(buffer, "WEBP", quality=75)
            return buffer.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error


def _orientation(content: bytes) -> int | None:
    try:
        with Image.open(BytesIO(content)) as picture:
            found = picture.getexif().get(_ORIENTATION)
            return int(found) if found else None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError) as error:
        raise NotAPicture from error


def _turned(content: bytes, media_type: str) -> bytes:
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPicture
            upright = ImageOps.exif_transpose(picture)
            buffer = BytesIO()
            clean = Image.frombytes(upright.mode, upright.size, upright.tobytes())
            if upright.mode == "P" and (palette := upright.getpalette()):
                clean.putpalette(palette)
            kind = media_type.removeprefix("image/").upper()
            clean.save(buffer, kind, **({"quality": 95} if kind != "PNG" else {}))
            return buffer.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    """Segments up to the picture itself; APP0 (JFIF), APP2 (colour) and APP14 (Adobe) stay, other APPn and COM go."""
    yield content[:2]
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:
            break
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        segment = content[at : at + 2 + length]
        is_app, is_colour = 0xE0 <= marker <= 0xEF, marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"
        if marker != 0xFE and (not is_app or is_colour or marker in {0xE0, 0xEE}):
            yield segment
        at += 2 + length
    end = content.rfind(b"\xff\xd9")  # what follows the end of the picture is not picture
    yield content[at : end + 2] if end > at else content[at:]


def _png_parts(content: bytes) -> Iterator[bytes]:
    yield content[:8]
    at = 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind = content[at + 4 : at + 8]
        if kind in _PNG_KEPT:
            yield content[at : at + 12 + length]
        at += 12 + length
        if kind == b"IEND":
            break


def _webp_parts(content: bytes) -> Iterator[bytes]:
    kept = []
    at = 12
    while at + 8 <= len(content):
        kind = content[at : at + 4]
        (length,) = struct.unpack("<I", content[at + 4 : at + 8])
        chunk = content[at : at + 8 + length + (length & 1)]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_EXIF_FLAGS]) + chunk[9:]
        if kind in _WEBP_KEPT:
            kept.append(chunk)
        at += 8 + length + (length & 1)
    body = b"WEBP" + b"".join(kept)
    yield b"RIFF" + struct.pack("<I", len(body)) + body
