"""A kept picture says nothing about where and by whom it was taken, and looks as it did."""

from io import BytesIO

import pytest
from PIL import Image

from ogpmonitor.kit.images import PREVIEW_PIXELS, NotAPicture, preview, without_metadata

KINDS = ["jpeg", "png", "webp"]
GPS, ARTIST, ORIENTATION = 0x8825, 0x013B, 0x0112


def a_picture(kind: str, *, orientation: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    """Left half red, right half blue, taken in Santiago by somebody."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ARTIST] = "Ana Persona"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[2] = (33.0, 27.0, 0.0)
    buffer = BytesIO()
    more = {"pnginfo": None} if kind == "png" else {"quality": 95}
    picture.save(buffer, kind.upper(), exif=exif, **more)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_place_and_name_are_taken_out_and_pixels_stay(kind: str) -> None:
    sent = a_picture(kind)
    assert b"Ana Persona" in sent

    kept = without_metadata(sent, f"image/{kind}")

    assert b"Ana Persona" not in kept
    with Image.open(BytesIO(kept)) as clean, Image.open(BytesIO(sent)) as before:
        assert dict(clean.getexif()) == {}
        assert clean.convert("RGB").tobytes() == before.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_without_metadata_stays_the_very_same(kind: str) -> None:
    clean = without_metadata(a_picture(kind), f"image/{kind}")

    assert without_metadata(clean, f"image/{kind}") == clean


@pytest.mark.parametrize("kind", KINDS)
def test_a_turned_picture_is_turned_before_what_says_so_is_gone(kind: str) -> None:
    kept = without_metadata(a_picture(kind, orientation=6), f"image/{kind}")

    with Image.open(BytesIO(kept)) as upright:
        assert upright.size == (40, 60)
        red, _, blue = upright.convert("RGB").getpixel((20, 5))  # type: ignore[misc]  # a colour of three parts
        assert red > blue


@pytest.mark.parametrize("kind", KINDS)
def test_a_preview_is_small_upright_and_says_nothing(kind: str) -> None:
    shown = preview(a_picture(kind, orientation=6, size=(1200, 800)))

    with Image.open(BytesIO(shown)) as small:
        assert (small.format, max(small.size), dict(small.getexif())) == ("WEBP", PREVIEW_PIXELS, {})
        assert small.height > small.width


def test_what_follows_the_picture_is_cut_off() -> None:
    sent = a_picture("jpeg") + b"<script>alert(1)</script>"

    assert b"script" not in without_metadata(sent, "image/jpeg")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [20, 100])
def test_a_broken_picture_is_refused(kind: str, cut: int) -> None:
    with pytest.raises(NotAPicture):
        preview(a_picture(kind)[:cut])


def test_a_picture_with_too_many_pixels_is_never_unpacked() -> None:
    huge = bytearray(a_picture("png"))
    huge[16:24] = (60_000).to_bytes(4, "big") * 2

    with pytest.raises(NotAPicture):
        preview(bytes(huge))
