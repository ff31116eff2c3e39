"""What an amendment changed, in words: each field with what it said and what it says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.differences import Segment, TextDifference
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.register.documents import AmendedField
from ogpmonitor.register.field_labels import field_label
from ogpmonitor.register.wording import compare, is_localised, scalar_words


@dataclass(frozen=True, slots=True)
class AmendedWords:
    """One field before and after, under the words for it."""

    label: str
    change: TextDifference


def told_changes(changes: Iterable[AmendedField], lang: str) -> list[AmendedWords]:
    """`changes` in the words of `lang`; a text that differs in several languages is told in each, this one first."""
    return [told for change in changes for told in _told(change, lang)]


def amended_label(name: str, lang: str) -> str:
    """What a field of a plan is called; a question is asked in its own words."""
    question = load_questionnaire().questions.get(name)
    return question.text.in_(lang) if question else field_label(lang, name)


def _told(change: AmendedField, lang: str) -> Iterator[AmendedWords]:
    label = amended_label(change.field, lang)
    if not (is_localised(change.old) or is_localised(change.new)):
        old, new = (words_of(side, change.field, lang) for side in (change.old, change.new))
        yield AmendedWords(label, compare(old, new) if isinstance(change.old, list) else whole(old, new))
        return
    for code in sorted(LANGUAGES, key=lambda code: code != lang):
        old, new = (str((side or {}).get(code, "")) for side in (change.old, change.new))
        if old != new:
            yield AmendedWords(label if code == lang else f"{label} ({LANGUAGES[code]})", compare(old, new))


def whole(old: str, new: str) -> TextDifference:
    """Both sides as they are: half a date is none."""
    return TextDifference((Segment("removed", old),) if old else (), (Segment("added", new),) if new else ())


def words_of(value: Any, name: str, lang: str) -> str:
    """Any value of the field `name` as a person reads it; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(words_of(one, name, lang) for one in value)
    if isinstance(value, dict):
        if is_localised(value):
            return Localized.model_validate(value).in_(lang)
        told = ((key, words_of(one, key, lang)) for key, one in value.items() if one not in (None, False))
        return " · ".join(words for _, words in told if words)
    return scalar_words(value, name, lang)
