"""Pages from templates: one environment per language, the house's filters, no surprises."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ogpmonitor.kit import charts, formats, prose
from ogpmonitor.kit.i18n import LANGUAGES, translations
from ogpmonitor.kit.static import StaticFiles, program_files

ALONE = "layouts/alone.html"
ERROR = "errors/error.html"
_CHILE = ZoneInfo("America/Santiago")


class Templates:
    """The templates of one folder, ready in every language.

    There is one environment per language, so that macros imported without context know their language too. With
    `reload`, a changed template is read again.
    """

    def __init__(self, folder: Path, static: StaticFiles, *, zone: tzinfo = _CHILE, reload: bool = False) -> None:
        self._zone = zone
        self._environments = {lang: _environment(folder, lang, static, reload=reload) for lang in LANGUAGES}

    def environment(self, lang: str) -> Environment:
        """The environment that speaks `lang`.

        Raises:
            KeyError: the house does not speak `lang`.
        """
        return self._environments[lang]

    def render(self, template: str, lang: str, *, zone: tzinfo | None = None, **context: Any) -> str:
        """The text of `template` in `lang`; instants are shown as the clocks of `zone` show them.

        Raises:
            jinja2.UndefinedError: the template needs something that `context` does not hold.
        """
        with formats.reading_in(zone or self._zone):
            return self.environment(lang).get_template(template).render(context)

    def render_fragment(
        self, template: str, lang: str, *, alone: bool, zone: tzinfo | None = None, **context: Any
    ) -> str:
        """The fragment's own bytes for htmx; the same bytes inside a page of their own (`alone`) for everyone else."""
        if not alone:
            return self.render(template, lang, zone=zone, **context)
        return self.render(ALONE, lang, zone=zone, fragment=template, **context)

    def render_error(self, status: int, lang: str, *, detail: str = "", **context: Any) -> str:
        """The page for `status`: what happened, what was kept, what to do next.

        `detail` adds what only this refusal knows; it is shown as it is and so must already be in `lang`.
        """
        return self.render(ERROR, lang, status=status, detail=detail, **context)


@cache
def templates_in(folder: Path, *, reload: bool = False) -> Templates:
    """The templates of `folder` over the program's own files, compiled once in this process."""
    return Templates(folder, program_files(), reload=reload)


def short_hash(sha256: str) -> str:
    """The ends of a fingerprint, enough to compare by eye: "3f9a27…c2d1"."""
    return f"{sha256[:6]}…{sha256[-4:]}" if len(sha256) > 12 else sha256


def _environment(folder: Path, lang: str, static: StaticFiles, *, reload: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html", "xml", "svg"), default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=reload,
        cache_size=-1,
    )
    environment.policies["ext.i18n.trimmed"] = True
    words = translations(lang)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it to the instance
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    environment.filters.update(_filters(lang))
    environment.globals.update(
        lang=lang,
        languages=LANGUAGES,
        asset=static.url,
        has_asset=static.has,
        progress_mark=charts.progress_mark,
        steps_mark=charts.steps_mark,
        apart_mark=charts.apart_mark,
        is_apart=charts.is_apart,
        inks=charts.INKS,
        state_ink=charts.state_ink,
        share=lambda part, base: formats.format_share(part, base, lang),
    )
    return environment


def _filters(lang: str) -> Mapping[str, Callable[..., Any]]:
    return {
        "date": lambda value: formats.format_day(value, lang),
        "datetime": lambda value: formats.format_instant(value, lang),
        "iso": formats.iso_day,
        "number": lambda value, decimals=None: formats.format_number(value, lang, decimals),
        "percent": lambda fraction: formats.format_part(fraction, lang),
        "filesize": lambda size: formats.format_bytes(size, lang),
        "text": lambda value, mark=True: prose.as_text(value, lang, mark=mark),
        "plain": lambda value: prose.words_in(value, lang),
        "paragraphs": lambda value: prose.as_paragraphs(value, lang),
        "markdown": lambda value: prose.as_markdown(value, lang),
        "short_hash": short_hash,
    }
