"""The look keeps its promises: contrast, weight, one list of colours."""

import re
import tomllib
from pathlib import Path

import pytest

from ogpmonitor.kit.charts import INKS
from ogpmonitor.kit.static import SHEETS as PAGE_SHEETS
from ogpmonitor.kit.static import STATIC
from ogpmonitor.tenants.contrast import PAPERS_DARK, PAPERS_LIGHT, contrast_ratio

ROOT = Path(__file__).parents[2]
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part)) for part in TOKENS.split("prefers-color-scheme: dark")
)
TEXTS = ["ink", "quiet", "accent", "reported", "rated", "good", "late"]
SHEETS = sorted(STATIC.glob("*.css"))
CLASS = re.compile(r"\.([a-z][a-z0-9_-]*)")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("paper", ["paper", "sheet"])
def test_every_text_colour_can_be_read(colours: dict[str, str], paper: str) -> None:
    """WCAG 2.2: 4.5 for text, 3 for the borders of fields and for what marks the focus."""
    assert {
        name: contrast_ratio(colours[name], colours[paper])
        for name in TEXTS
        if contrast_ratio(colours[name], colours[paper]) < 4.5
    } == {}
    assert contrast_ratio(colours["line-strong"], colours[paper]) >= 3
    assert contrast_ratio(colours["focus"], colours[paper]) >= 3
    assert contrast_ratio(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast_ratio(colours["demo"], colours["demo-paper"]) >= 4.5


@pytest.mark.parametrize("path", sorted(ROOT.glob("tenants/*/tenant.toml")), ids=lambda path: path.parent.name)
def test_every_accent_can_be_read_wherever_it_stands(path: Path) -> None:
    """On paper and on sheets, as text, and under the words of a button."""
    given = tomllib.loads(path.read_text("utf-8"))["colours"]

    for accent, colours in ((given["accent"], LIGHT), (given["accent_dark"], DARK)):
        assert min(contrast_ratio(accent, colours[name]) for name in ("paper", "sheet", "on-accent")) >= 4.5


def test_accents_are_checked_against_the_papers_of_the_page() -> None:
    assert {LIGHT["paper"], LIGHT["sheet"]} <= set(PAPERS_LIGHT)
    assert DARK["paper"] in PAPERS_DARK


def test_the_dark_page_names_the_same_colours() -> None:
    assert sorted(LIGHT) == sorted(DARK)


def test_drawings_name_the_same_inks() -> None:
    assert {name: LIGHT[name] for name in INKS} == INKS


def test_the_two_voices_never_share_a_colour() -> None:
    assert LIGHT["reported"] != LIGHT["rated"]
    assert DARK["reported"] != DARK["rated"]


def test_the_stylesheets_are_light() -> None:
    """What every page sends; `report.css` is only for paper and stays small by itself."""
    assert sum((STATIC / sheet).stat().st_size for sheet in PAGE_SHEETS) <= 25_000
    assert (STATIC / "report.css").stat().st_size <= 4_000
    assert (STATIC / "workbench.js").stat().st_size <= 8_000


def test_every_styled_class_is_used() -> None:
    """A rule nobody needs is weight. A modifier or a number that a template appends counts by its first half."""
    told = "\n".join(path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html"))
    told += "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    styled = {
        name
        for sheet in SHEETS
        for selector in re.findall(r"^\s*([^@/\n{}][^{}]*)\{", sheet.read_text("utf-8"), re.MULTILINE)
        for name in CLASS.findall(selector)
    }

    halves = {name: re.sub(r"(--|__\d).*", lambda end: end[1][:2], name) for name in styled}
    assert sorted(name for name, half in halves.items() if name not in told and half not in told) == []
