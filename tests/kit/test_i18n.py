"""Words in every language."""

from pathlib import Path

import pytest

from ogpmonitor.kit import i18n
from ogpmonitor.kit.i18n import (
    TranslationError,
    extract_messages,
    msgid,
    negotiate,
    read_catalogue,
    translate,
    translate_plural,
    translations,
)

HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def a_catalogue(folder: Path, name: str, entries: str) -> None:
    (folder / "es").mkdir(exist_ok=True)
    (folder / "es" / f"{name}.po").write_text(HEADER + entries, "utf-8")


def test_translate_speaks_both_languages() -> None:
    assert translate("es", "Not started") == "No iniciado"
    assert translate("en", "Not started") == "Not started"
    assert translate("es", "of %(base)s", base=152) == "de 152"


def test_translate_says_an_unknown_message_as_it_is() -> None:
    assert translate("es", "Never written anywhere") == "Never written anywhere"


@pytest.mark.parametrize(("num", "said"), [(1, "1 día de atraso"), (42, "42 días de atraso"), (0, "0 días de atraso")])
def test_translate_plural_counts(num: int, said: str) -> None:
    assert translate_plural("es", "%(num)s day late", "%(num)s days late", num) == said


def test_msgid_is_the_message() -> None:
    assert msgid("Plan") == "Plan"


def test_catalogues_of_a_language_are_one(tmp_path: Path) -> None:
    a_catalogue(tmp_path, "plans", 'msgid "Plan"\nmsgstr "Plan"\n\nmsgid "Save"\nmsgstr "Guardar"\n')
    a_catalogue(
        tmp_path, "evidence", 'msgid "Save"\nmsgstr "Guardar"\n\nmsgctxt "noun"\nmsgid "Save"\nmsgstr "Atajada"\n'
    )

    words = translations("es", tmp_path)

    assert (words.gettext("Plan"), words.gettext("Save"), words.pgettext("noun", "Save")) == (
        "Plan",
        "Guardar",
        "Atajada",
    )


def test_catalogues_that_disagree_are_refused(tmp_path: Path) -> None:
    a_catalogue(tmp_path, "a", 'msgid "Save"\nmsgstr "Guardar"\n')
    a_catalogue(tmp_path, "b", 'msgid "Save"\nmsgstr "Grabar"\n')

    with pytest.raises(TranslationError, match=r"b\.po: 'Save' is 'Grabar' here and 'Guardar' elsewhere"):
        read_catalogue("es", tmp_path)


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        (None, "es"),
        ("", "es"),
        ("es-CL,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.5, es;q=0.9", "es"),
        ("fr, en;q=0.1", "en"),
        ("fr", "es"),
        ("*", "es"),
        ("en;q=0", "es"),
        ("en;q=nonsense, es", "es"),
        ("EN", "en"),
    ],
)
def test_negotiate_takes_the_best_language_the_house_speaks(header: str | None, lang: str) -> None:
    assert negotiate(header) == lang


def test_extract_finds_messages_in_templates_and_modules(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "room" / "a.py").write_text('REASON = msgid("Too late")\ntranslate_plural(lang, "a day", "days", n)\n')
    (tmp_path / "templates" / "a.html").write_text(
        '{{ _("Hello") }}{% trans %}\n  Two\n  lines\n{% endtrans %}{{ pgettext("verb", "Plan") }}'
    )

    found = [
        (message.context, message.singular, message.plural)
        for message in extract_messages(tmp_path / "room", tmp_path / "templates")
    ]

    assert found == [
        (None, "Too late", None),
        (None, "a day", "days"),
        (None, "Hello", None),
        (None, "Two lines", None),
        ("verb", "Plan", None),
    ]


def test_every_language_has_a_name() -> None:
    assert set(i18n.LANGUAGES) == {"es", "en"}
    assert {i18n.DEFAULT_LANGUAGE, i18n.SOURCE_LANGUAGE} <= set(i18n.LANGUAGES)
