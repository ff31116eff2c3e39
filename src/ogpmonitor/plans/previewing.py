"""What publishing would change, in words: each document with what it said and what it would say, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.differences import TextDifference
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.localized import Localized
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.changes import Change, DocumentChange
from ogpmonitor.register.field_labels import field_label, path_label
from ogpmonitor.register.wording import compare, is_localised, scalar_words

UNTOLD = frozenset({"id", "code", "sha256", "kind"})  # of a whole member: its label names it, or nobody reads it


@dataclass(frozen=True)
class FieldChange:
    """One field as it was and as it would be."""

    label: str
    difference: TextDifference


@dataclass(frozen=True)
class DocumentPreview:
    """One document that publishing would add, change or drop. `key` is what its tick box sends."""

    key: str
    kind: str
    code: str
    title: Localized
    is_added: bool
    is_dropped: bool
    milestones: int
    fields: Sequence[FieldChange]


def previews_of(changes: Sequence[DocumentChange], lang: str) -> list[DocumentPreview]:
    """`changes` in the words of `lang`."""
    return [_preview(change, lang) for change in changes]


def _preview(change: DocumentChange, lang: str) -> DocumentPreview:
    document = change.new or change.old
    if document is None or isinstance(document, AssessmentDocument):
        raise ValueError(change.kind)  # the government's preview holds its own documents only
    return DocumentPreview(
        key=f"{change.kind}:{change.code}",
        kind=change.kind,
        code=change.code,
        title=document.title,
        is_added=change.is_added,
        is_dropped=change.is_dropped,
        milestones=len(getattr(document, "milestones", ())),
        fields=[field for one in change.changes for field in _fields(one, lang)],
    )


def _fields(change: Change, lang: str) -> Iterator[FieldChange]:
    """One pair of texts, or one for each language in which a localised text differs, this reader's first."""
    label = path_label(lang, change.path)
    if not (is_localised(change.old) or is_localised(change.new)):
        old, new = (_words(change.field, side, lang) for side in (change.old, change.new))
        yield FieldChange(label, compare(old, new))
        return
    for code in sorted(LANGUAGES, key=lambda code: code != lang):
        old, new = (_in_language(side, code) for side in (change.old, change.new))
        if old != new:
            yield FieldChange(label if code == lang else f"{label} ({LANGUAGES[code]})", compare(old, new))


def _in_language(side: Any, code: str) -> str:
    return str(side.get(code, "")) if isinstance(side, dict) else ""


def _words(name: str, value: Any, lang: str) -> str:
    """A value as a person reads it; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return Localized.model_validate(value).in_(lang) if is_localised(value) else _members(value, lang)
    if isinstance(value, list):
        return " · ".join(_words(name, one, lang) for one in value)
    return scalar_words(value, name, lang)


def _members(value: Mapping[str, Any], lang: str) -> str:
    told = ((name, _words(name, one, lang)) for name, one in value.items() if name not in UNTOLD and one is not False)
    return " · ".join(f"{field_label(lang, name)}: {words}" for name, words in told if words)
