"""Values of published documents as a person reads them, wherever what changed is shown."""

from collections.abc import Mapping
from typing import Any

from ogpmonitor.kit.differences import Segment, TextDifference, compare_texts
from ogpmonitor.kit.formats import format_bytes, format_day, format_instant, format_number
from ogpmonitor.kit.i18n import translate
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.register.field_labels import (
    ANSWER_LABELS,
    CONFIRMER_LABELS,
    DECLARED_LABELS,
    FIELD_LABELS,
    FOLLOW_UP_LABELS,
    PROGRESS_LABELS,
    SET_ASIDE_LABELS,
    STATUS_LABELS,
    YES_NO_LABELS,
)

LONGEST_COMPARED = 20_000  # characters on both sides; longer texts are shown whole, or one page could take minutes
CODES: Mapping[str, Mapping[str, str]] = {
    "answer": ANSWER_LABELS,
    "confirmed_by": CONFIRMER_LABELS,
    "missing": FIELD_LABELS,
    "progress": PROGRESS_LABELS,
    "set_aside": SET_ASIDE_LABELS,
    "state": FOLLOW_UP_LABELS,
    "status": {**STATUS_LABELS, **DECLARED_LABELS},
}


def is_localised(value: Any) -> bool:
    """Whether `value` is a text kept per language."""
    return isinstance(value, dict) and isinstance(value.get("source"), str)


def scalar_words(value: str | float, field: str, lang: str) -> str:
    """One plain value of the field `field`: codes and questions in words, days and instants as they are written."""
    if isinstance(value, bool):
        said = YES_NO_LABELS["yes"] if value else YES_NO_LABELS["no"]
        return translate(lang, said)
    if not isinstance(value, str):
        return format_bytes(int(value), lang) if field == "size_bytes" else format_number(value, lang)
    if field.endswith("_on"):
        return format_day(value, lang)
    if field.endswith("_at"):
        return format_instant(value, lang)
    return _code_words(value, field, lang)


def _code_words(code: str, field: str, lang: str) -> str:
    """The words for a code of `field`; what is no code is shown as it is."""
    labels, questions = CODES.get(field, {}), load_questionnaire().questions
    if code in labels:
        return translate(lang, labels[code])
    return questions[code].text.in_(lang) if field == "missing" and code in questions else code


def compare(old: str, new: str) -> TextDifference:
    """What changed from `old` to `new` by words; very long texts whole."""
    if len(old) + len(new) <= LONGEST_COMPARED:
        return compare_texts(old, new)
    return TextDifference((Segment("removed", old),) if old else (), (Segment("added", new),) if new else ())
