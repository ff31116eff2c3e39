"""Words in every language: what the .po files say, and which language a reader asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES: Mapping[str, str] = {"es": "Español", "en": "English"}
SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "es"
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "msgid": None,
    "translate": (2,),
    "translate_plural": (2, 3),
}
_COMMENTS = ("Translators:",)
_PREFERENCE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?))?\s*")


class TranslationError(ValueError):
    """Two catalogues of one language say the same message differently."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the interface, where it stands, in the words of its source."""

    context: str | None
    singular: str
    plural: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        """What gettext looks it up by."""
        return self.context, self.singular


def msgid(message: str) -> str:
    """`message` itself, marked so that it is found for translation. It is translated later, where it is shown."""
    return message


def read_catalogue(lang: str, folder: Path = LOCALE) -> Catalog:
    """Everything the .po files of `lang` say, as one catalogue; empty when there are none.

    Raises:
        TranslationError: two files translate the same message differently.
    """
    merged = Catalog(locale=lang)
    for path in sorted((folder / lang).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang, abort_invalid=True):
                if message.id:
                    _add(merged, message.id, message.string, message.context, path)
    return merged


def _add(merged: Catalog, said: str | Sequence[str], string: object, context: str | None, path: Path) -> None:
    known = merged.get(said, context)  # type: ignore[arg-type]  # Babel's stubs leave plural ids out
    if known is not None and known.string != string:
        raise TranslationError(f"{path.name}: {said!r} is {string!r} here and {known.string!r} elsewhere")
    merged.add(said, string, context=context)  # type: ignore[arg-type]  # as above


@cache
def translations(lang: str, folder: Path = LOCALE) -> NullTranslations:
    """The words of `lang`, read once; a message without a translation is itself."""
    if lang == SOURCE_LANGUAGE and not (folder / lang).exists():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(lang, folder))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(lang: str, message: str, **values: object) -> str:
    """`message` in `lang`, its `%(name)s` places filled in."""
    said = translations(lang).gettext(message)
    return said % values if values else said


def translate_plural(lang: str, singular: str, plural: str, num: int, **values: object) -> str:
    """The form `lang` uses for `num` things, its places (`%(num)s` among them) filled in."""
    return translations(lang).ngettext(singular, plural, num) % {"num": num, **values}


def negotiate(
    accept_language: str | None, languages: Sequence[str] = tuple(LANGUAGES), default: str = DEFAULT_LANGUAGE
) -> str:
    """The language to greet a reader in who has not chosen one; only `/` asks.

    Regions are ignored (es-CL is es), equal weights keep the order given, what is not understood is skipped.
    RFC 9110, section 12.5.4.
    """
    wishes: list[tuple[float, str]] = []
    for part in (accept_language or "").split(","):
        match = _PREFERENCE.fullmatch(part)
        if match:
            wishes.append((float(match[2] or 1), match[1].lower()))
    for weight, code in sorted(wishes, key=lambda wish: -wish[0]):
        if weight > 0 and (code in languages or code == "*"):
            return default if code == "*" else code
    return default


def extract_messages(python: Path, templates: Path) -> Iterator[Message]:
    """Every text of the interface that the modules under `python` and the templates under `templates` show."""
    for path in sorted(python.rglob("*.py")):
        yield from _extract(path, "python", {})
    for path in sorted(path for path in templates.rglob("*") if path.is_file()):
        yield from _extract(path, babel_extract, {"trimmed": "true", "silent": "false"})


def _extract(path: Path, method: Any, options: dict[str, str]) -> Iterator[Message]:
    with path.open("rb") as file:
        found = list(extract(method, file, KEYWORDS, _COMMENTS, options))
    for line, said, _comments, context in found:
        singular, plural = (said, None) if isinstance(said, str) else (said[0], said[1])
        yield Message(context=context, singular=singular, plural=plural, place=f"{path.name}:{line}")
