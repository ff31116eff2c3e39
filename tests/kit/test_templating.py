"""Pages from templates."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from ogpmonitor.kit.gallery import GALLERY, gallery_context
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.static import StaticFiles
from ogpmonitor.kit.templating import Templates, short_hash

FOLDER = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(FOLDER, StaticFiles())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text("{{ _('Not started') }} {{ value }} {{ at|datetime }}")
    return tmp_path


def a_page(lang: str, **given: Any) -> dict[str, Any]:
    tenant = SimpleNamespace(
        slug="north",
        name=Localized.of("es", es="Norte"),
        accent="#1f5f3f",
        accent_dark="#8fd0a8",
        logo_url="",
        badge=None,
    )
    return {
        "href": lambda path: f"/{lang}/{path}",
        "other_language_href": lambda code: f"/{code}/",
        "tenant": tenant,
        "actor": None,
        "may": lambda _permission: True,
        "demo_mode": False,
        "canonical_url": f"https://monitor.example/{lang}/",
        "now": datetime(2024, 9, 30, tzinfo=UTC),
        **given,
    }


def test_render_speaks_the_language_and_escapes(folder: Path) -> None:
    templates = Templates(folder, StaticFiles(), zone=ZoneInfo("America/Santiago"))
    given = {"value": "<b>", "at": "2024-10-01T01:30:00+00:00"}

    assert templates.render("page.html", "es", **given) == "No iniciado &lt;b&gt; 30 sep 2024, 22:30"
    assert templates.render("page.html", "en", **given) == "Not started &lt;b&gt; 30 Sep 2024, 22:30"
    assert templates.render("page.html", "en", zone=UTC, **given).endswith("1 Oct 2024, 01:30 UTC")


def test_render_refuses_what_is_missing(folder: Path) -> None:
    with pytest.raises(UndefinedError, match="'value' is undefined"):
        Templates(folder, StaticFiles()).render("page.html", "es", at="2024-10-01T01:30:00+00:00")


def test_a_language_the_house_does_not_speak_is_refused(templates: Templates) -> None:
    with pytest.raises(KeyError):
        templates.render("page.html", "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_gallery_shows_every_component(templates: Templates, lang: str) -> None:
    page = templates.render(GALLERY, lang, **a_page(lang, **gallery_context()))

    assert f'<html lang="{lang}">' in page
    assert len(re.findall(r"<h1[ >]", page)) == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 418, 502])
def test_every_error_says_what_happened_and_what_to_do(templates: Templates, status: int, lang: str) -> None:
    page = templates.render_error(status, lang, **a_page(lang, tenant=None))

    assert page.count('<p class="lede">') == 1
    assert f'href="/{lang}/"' in page


def test_an_error_can_say_more(templates: Templates) -> None:
    page = templates.render_error(409, "en", detail="Edition 8 is newer <now>.", **a_page("en"))

    assert '<p class="lede">Edition 8 is newer &lt;now&gt;.</p>' in page


def test_a_fragment_is_the_same_alone_and_in_htmx(tmp_path: Path) -> None:
    for path in FOLDER.rglob("*.html"):
        (tmp_path / path.relative_to(FOLDER)).parent.mkdir(exist_ok=True)
        (tmp_path / path.relative_to(FOLDER)).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "_row.html").write_text('<p id="row">{{ value }}</p>')
    templates = Templates(tmp_path, StaticFiles())

    bare = templates.render_fragment("_row.html", "es", alone=False, value="<&>")
    page = templates.render_fragment("_row.html", "es", alone=True, value="<&>", **a_page("es"))

    assert bare == '<p id="row">&lt;&amp;&gt;</p>'
    assert bare in page
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbench_says_who_is_signed_in(templates: Templates, lang: str) -> None:
    actor = SimpleNamespace(name="Carla <Rojas>", role="monitor")

    page = templates.render("layouts/workbench.html", lang, **a_page(lang, actor=actor, unpublished=3))

    assert "Carla &lt;Rojas&gt;" in page
    assert f'<form method="post" action="/{lang}/sign-out/">' in page
    assert {"es": "ente de monitoreo independiente", "en": "independent monitor"}[lang] in page
    assert '<span class="count">3</span>' in page


@pytest.mark.parametrize(
    ("permitted", "parts"),
    [
        ({"plan:read", "plan:publish"}, ["", "publish/"]),
        ({"plan:read"}, [""]),
        ({"assessment:read"}, ["assessments/", "monitoring/"]),
    ],
)
def test_the_workbench_names_only_the_parts_one_may_enter(
    templates: Templates, permitted: set[str], parts: list[str]
) -> None:
    actor = SimpleNamespace(name="Carla Rojas", role="viewer")

    page = templates.render(
        "layouts/workbench.html", "es", **a_page("es", actor=actor, may=lambda code: code in permitted)
    )

    assert re.findall('href="/es/north/workbench/(.*?)"', page) == parts


def test_the_tenant_sheet_is_fetched_again_when_a_colour_changes(templates: Templates) -> None:
    page = templates.render("layouts/base.html", "es", **a_page("es"))

    assert '<link rel="stylesheet" href="/static/tenants/north.css?1f5f3f8fd0a8">' in page


def test_figures_carry_their_base(templates: Templates) -> None:
    module = templates.environment("es").get_template("components/figures.html").module

    figure = module.figure_with_base(134, 152, 15, 167)  # type: ignore[attr-defined]  # a macro

    assert re.sub("<[^>]+>", "", figure).replace("\xa0", " ") == (
        "134 de 152 (88 %) · 15 dejados de lado · 80 % de los 167 originales"
    )


def test_short_hash_keeps_both_ends() -> None:
    assert short_hash("3f9a27d41b0c8e66c2d1") == "3f9a27…c2d1"
    assert short_hash("short") == "short"
