"""What changed between two editions, in words: pure laying out of `register.changes`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ogpmonitor.kit.differences import TextDifference
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.changes import Change, DocumentChange
from ogpmonitor.register.documents import Document, Manifest
from ogpmonitor.register.exchanges import form_of
from ogpmonitor.register.field_labels import FIELD_LABELS
from ogpmonitor.register.models import Edition
from ogpmonitor.register.wording import compare, is_localised, scalar_words

MEMBERS = {"milestones": msgid("Milestone"), "answers": msgid("Question"), "evidence": msgid("Evidence")}
# The fields that tell a member of a list best, for one that was added or dropped whole.
TELLING = (
    "code", "number", "title", "name", "position", "organisation", "question", "measures", "value", "url",
    "monitor", "body", "mandate", "milestone", "asked", "text", "addressee", "answer", "state",
    "changes", "reason", "statement", "words", "made_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, under the words for it. `group` is the milestone it belongs to, "" for none."""

    group: str
    label: str
    change: TextDifference


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """One document that differs. `title` is the newer one's."""

    kind: str
    code: str
    title: Localized | str
    is_added: bool
    is_dropped: bool
    differences: Sequence[Difference]

    @property
    def groups(self) -> list[tuple[str, list[Difference]]]:
        """The differences by milestone, in the order they came."""
        return [(name, list(members)) for name, members in groupby(self.differences, key=lambda one: one.group)]


def told(changes: Iterable[DocumentChange], lang: str) -> list[DocumentDifference]:
    """`changes` in the words of `lang`; a field that reads the same on both sides is left out."""
    return [
        DocumentDifference(
            one.kind,
            one.code,
            _title(one.new or one.old, one.code),
            one.is_added,
            one.is_dropped,
            [found for change in one.changes if (found := _difference(change, lang))],
        )
        for one in changes
    ]


def _difference(change: Change, lang: str) -> Difference | None:
    compared = _compared(change, lang)
    if compared is None:
        return None
    words = _words_of_path(change.path, lang)
    grouped = change.path[0] in MEMBERS and len(words) > 1
    return Difference(words[0] if grouped else "", " · ".join(words[1:] if grouped else words), compared)


def _title(document: Document | None, code: str) -> Localized | str:
    if isinstance(document, AssessmentDocument):
        form = form_of(document)
        return form.title if form else code
    return code if document is None else document.title


def _words_of_path(path: Sequence[str], lang: str) -> list[str]:
    """The words of a path, a list and its member as one: ["Milestone M3", "Evidence", "Title"]."""
    words: list[str] = []
    parts = iter(path)
    for part in parts:
        member = next(parts, None) if part in MEMBERS else None
        if member is None:
            words.append(translate(lang, FIELD_LABELS[part]) if part in FIELD_LABELS else part)
        else:
            words.append(f"{translate(lang, MEMBERS[part])} {_member(part, member)}".strip())
    return words


def _member(kind: str, name: str) -> str:
    """An id means nothing to people."""
    return "" if kind == "evidence" else name


def _compared(change: Change, lang: str) -> TextDifference | None:
    field = change.field
    old, new = words_of(change.old, field, lang), words_of(change.new, field, lang)
    return None if old == new else compare(old, new)


def words_of(value: Any, field: str, lang: str) -> str:
    """Any value of a document as words."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, list):
        return "; ".join(words_of(member, field, lang) for member in value)
    if isinstance(value, dict):
        return _words_of_member(value, lang)
    return scalar_words(value, field, lang)


def _words_of_member(value: dict[str, Any], lang: str) -> str:
    if is_localised(value):
        return Localized.model_validate(value).in_(lang)
    keys = [key for key in TELLING if value.get(key)] or [key for key in value if value.get(key)]
    return " · ".join(words_of(value[key], key, lang) for key in keys)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan's history: an edition and how many documents differ from the one before, by kind."""

    edition: Edition
    is_first: bool
    added: Mapping[str, int]
    changed: Mapping[str, int]
    dropped: Mapping[str, int]


def steps_of(editions: Sequence[Edition]) -> list[Step]:
    """The history of `editions`, newest first as they came; told from their manifests alone."""
    manifests = [_names(edition) for edition in editions]
    before: list[dict[tuple[str, str], str]] = [*manifests[1:], {}]
    return [_step(edition, new, old) for edition, new, old in zip(editions, manifests, before, strict=True)]


def _names(edition: Edition) -> dict[tuple[str, str], str]:
    manifest = Manifest.model_validate_json(edition.body)
    return {(entry.kind, entry.code): entry.sha256 for entry in manifest.documents}


def _step(edition: Edition, new: Mapping[tuple[str, str], str], old: Mapping[tuple[str, str], str]) -> Step:
    return Step(
        edition,
        is_first=edition.number == 1,
        added=Counter(kind for kind, code in new.keys() - old.keys()),
        changed=Counter(kind for kind, code in new.keys() & old.keys() if new[kind, code] != old[kind, code]),
        dropped=Counter(kind for kind, code in old.keys() - new.keys()),
    )
