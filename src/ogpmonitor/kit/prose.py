"""Texts that people wrote, made safe and honest about their language."""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from ogpmonitor.kit.i18n import LANGUAGES, msgid, translate
from ogpmonitor.kit.localized import Localized

IN_LANGUAGE = {"es": msgid("in Spanish"), "en": msgid("in English")}
UNOFFICIAL = msgid("unofficial translation")
OUTDATED = msgid("translation older than the original")
_BLOCKS = {"p", "br", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6", "pre", "hr"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _BLOCKS | _TABLES | {"strong", "em", "a", "code"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener nofollow ugc"
Text = Localized | str


def words_in(value: Text, lang: str) -> str:
    """The bare words, for attributes and titles: no mark, no markup."""
    return value.in_(lang) if isinstance(value, Localized) else value


def as_text(value: Text, lang: str, *, mark: bool = True) -> Markup:
    """The words in `lang`; where there are none, those of the source, in a `<span lang>`.

    A small mark follows a text in another language and a translation that is unofficial, unless `mark` is off.
    """
    words = escape(words_in(value, lang))
    spoken = _spoken(value, lang)
    if spoken != lang:
        words = Markup('<span lang="{}">{}</span>').format(spoken, words)
    return words + (_mark(value, lang) if mark else Markup())


def as_paragraphs(value: Text, lang: str) -> Markup:
    """The words as paragraphs: an empty line parts them, a single line break stays one; the mark closes the last."""
    parts = [part.strip() for part in words_in(value, lang).split("\n\n") if part.strip()]
    marks = [Markup()] * (len(parts) - 1) + [_mark(value, lang)]
    broken = (Markup("<br>").join(part.splitlines()) for part in parts)
    spoken = _lang_attribute(value, lang)
    return Markup("\n").join(
        Markup("<p{}>{}{}</p>").format(spoken, words, mark) for words, mark in zip(broken, marks, strict=False)
    )


def as_markdown(value: Text, lang: str) -> Markup:
    """The words as CommonMark, with tables and line breaks; anything that could act in a page is gone.

    Headings start at the third level, because the page owns the first two. Links carry `rel="noopener nofollow ugc"`.
    """
    parser = _markdown()
    tokens = parser.parse(words_in(value, lang))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    html = parser.renderer.render(tokens, parser.options, {})
    clean = Markup(  # noqa: S704  # nh3 has cleaned it
        nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL)
    )
    return Markup('<div class="prose"{}>{}{}</div>').format(_lang_attribute(value, lang), clean, _mark(value, lang))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"breaks": True, "html": False}).enable("table")


def _spoken(value: Text, lang: str) -> str:
    return value.source if isinstance(value, Localized) and not value.has(lang) else lang


def _lang_attribute(value: Text, lang: str) -> Markup:
    spoken = _spoken(value, lang)
    return Markup() if spoken == lang else Markup(' lang="{}"').format(spoken)


def _mark(value: Text, lang: str) -> Markup:
    """A few small words where the reader should know more about the text just read."""
    spoken = _spoken(value, lang)
    if spoken != lang:
        said = translate(lang, IN_LANGUAGE[spoken]) if spoken in LANGUAGES else spoken
    elif isinstance(value, Localized) and value.is_unofficial(lang):
        said = translate(lang, UNOFFICIAL)
    elif isinstance(value, Localized) and value.is_outdated(lang):
        said = translate(lang, OUTDATED)
    else:
        return Markup()
    return Markup(' <small class="aside" lang="{}">({})</small>').format(lang, said)
