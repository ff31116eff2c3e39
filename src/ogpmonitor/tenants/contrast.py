"""Whether a tenant's colour can be read on our paper: WCAG 2 contrast, as pure arithmetic."""

import re

PAPERS_LIGHT = ("#ffffff", "#fbfaf7")
PAPERS_DARK = ("#15171a", "#1c1f23")
MINIMUM = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def contrast_ratio(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours `#rrggbb`: from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def check_readable(colour: str, papers: tuple[str, ...]) -> str:
    """`colour`, if text in it can be read on each of the papers.

    Raises:
        ValueError: names the paper and the measured ratio, rounded down so that it never looks sufficient.
    """
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour like #1f5a4c, in lower case")
    for paper in papers:
        ratio = contrast_ratio(colour, paper)
        if ratio < MINIMUM:
            shown = int(ratio * 100) / 100
            raise ValueError(f"{colour} on {paper} has a contrast of {shown:.2f}:1, less than {MINIMUM}:1")
    return colour


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
