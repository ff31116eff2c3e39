"""Every template compiles, is used, is documented, and carries no style or script of its own."""

import re
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, nodes

import ogpmonitor
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.static import StaticFiles
from ogpmonitor.kit.templating import Templates

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "templates"
SOURCES = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.rglob("*") if path.is_file()}
PYTHON = "\n".join(path.read_text("utf-8") for path in Path(ogpmonitor.__file__).parent.rglob("*.py"))
INLINE = {
    "style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "handler": re.compile(r"\son[a-z]+\s*=\s*[\"']|hx-on|javascript:", re.IGNORECASE),
    "another host": re.compile(
        r"(?:src|srcset|action)\s*=\s*[\"'](?:https?:)?//|<link[^>]*href=[\"']https?:", re.IGNORECASE
    ),
}


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(FOLDER, StaticFiles())


def macros(name: str, templates: Templates) -> list[str]:
    tree = templates.environment("en").parse(SOURCES[name])
    return [macro.name for macro in tree.find_all(nodes.Macro)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_template_compiles(templates: Templates, lang: str) -> None:
    environment = templates.environment(lang)

    assert environment.undefined is StrictUndefined
    for name in SOURCES:
        environment.get_template(name)


def test_every_template_is_used() -> None:
    unused = [
        name
        for name in SOURCES
        if f'"{name}"' not in PYTHON
        and not any(f'"{name}"' in text for other, text in SOURCES.items() if other != name)
        and not (name.startswith("mail/") and f'"{name.rpartition("/")[0]}"' in PYTHON)  # a letter is a whole folder
    ]

    assert unused == []


def test_every_macro_is_documented(templates: Templates) -> None:
    undocumented = [
        f"{name}: {macro}"
        for name, text in SOURCES.items()
        for macro in macros(name, templates)
        if f"{{# {macro}(" not in text
    ]

    assert undocumented == []


def test_every_template_opens_by_saying_what_it_is() -> None:
    assert [name for name, text in SOURCES.items() if name.endswith(".html") and not text.startswith("{#")] == []


@pytest.mark.parametrize("kind", INLINE)
def test_no_template_has_inline(kind: str) -> None:
    assert [name for name, text in SOURCES.items() if INLINE[kind].search(text)] == []


def calls(name: str, templates: Templates) -> set[str]:
    """The macros that `name` calls, by the names they were defined under."""
    tree = templates.environment("en").parse(SOURCES[name])
    imported = (item for statement in tree.find_all(nodes.FromImport) for item in statement.names)
    original = {item[1]: item[0] for item in imported if isinstance(item, tuple)}
    called = (call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name))
    return {original.get(called_as, called_as) for called_as in called}


def test_every_component_is_in_the_gallery(templates: Templates) -> None:
    """Shown by itself, or through another component that is made of it."""
    components = [name for name in SOURCES if name.startswith("components/")]
    shown = set().union(*(calls(name, templates) for name in components))

    assert [f"{name}: {macro}" for name in components for macro in macros(name, templates) if macro not in shown] == []
