"""Spanish says everything the interface says, and nothing it no longer does."""

import re
from pathlib import Path

import pytest

import ogpmonitor
from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.kit.i18n import LANGUAGES, SOURCE_LANGUAGE, Message, extract_messages, read_catalogue
from ogpmonitor.kit.static import StaticFiles
from ogpmonitor.kit.templating import Templates

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"%\(\w+\)s|%%|%")
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})


def messages() -> list[Message]:
    return list(extract_messages(Path(ogpmonitor.__file__).parent, ROOT / "templates"))


def forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(form) for form in said]  # type: ignore[attr-defined]  # Babel: text or tuple


def test_every_message_is_translated() -> None:
    found = messages()

    for lang in TRANSLATED:
        catalogue = read_catalogue(lang)
        entries = {message: catalogue.get(message.singular, message.context) for message in found}
        missing = [
            f"{message.place} {message.singular!r}"
            for message, entry in entries.items()
            if entry is None
            or entry.fuzzy
            or not all(forms(entry.string))
            or (message.plural and isinstance(entry.string, str))
        ]
        assert missing == [], lang


def test_every_translation_is_said_somewhere() -> None:
    known = {message.key for message in messages()}

    for lang in TRANSLATED:
        unused = [
            forms(entry.id)[0]
            for entry in read_catalogue(lang)
            if entry.id and (entry.context, forms(entry.id)[0]) not in known
        ]
        assert unused == [], lang


def test_translations_keep_their_places() -> None:
    """A `%(name)s` misspelt would break the page that says it; only a singular may leave one out ("one answer")."""
    for lang in TRANSLATED:
        for entry in read_catalogue(lang):
            said = set(PLACE.findall(forms(entry.id)[-1]))
            assert [form for form in forms(entry.string) if not set(PLACE.findall(form)) <= said] == []
            assert set(PLACE.findall(forms(entry.string)[-1])) == said or not entry.id, entry.id


def test_one_message_has_one_plural() -> None:
    plurals: dict[tuple[str | None, str], set[str | None]] = {}
    for message in messages():
        plurals.setdefault(message.key, set()).add(message.plural)

    assert [key for key, found in plurals.items() if len(found) > 1] == []


@pytest.mark.parametrize("role", [*Role, *PlatformRole])
def test_every_role_has_words(role: Role | PlatformRole) -> None:
    people = (
        Templates(ROOT / "templates", StaticFiles()).environment("en").get_template("components/people.html").module
    )
    actor = Actor(None, "Ana", platform_role=role) if isinstance(role, PlatformRole) else Actor(None, "Ana", role=role)

    assert people.role_words(actor).strip()  # type: ignore[attr-defined]  # a macro
