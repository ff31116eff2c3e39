"""What changed between two editions, or between an edition and what is about to be published: pure comparison."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.register.documents import Document

# How the members of a list are told apart: by the first of these keys that they carry.
IDENTITIES = ("code", "id", "question")
NOT_TOLD = frozenset({"schema", "kind"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `path` names it from the outside in; an absent side is None.

    A path's parts are field names, or the code of a milestone, the id of evidence, the key of a question.
    """

    path: tuple[str, ...]
    old: Any
    new: Any

    @property
    def field(self) -> str:
        """The innermost field name."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One document that was added, dropped or changed."""

    kind: str
    code: str
    old: Document | None
    new: Document | None
    changes: Sequence[Change]

    @property
    def is_added(self) -> bool:
        return self.old is None

    @property
    def is_dropped(self) -> bool:
        return self.new is None


def changes_between(
    before: Mapping[tuple[str, str], Document], after: Mapping[tuple[str, str], Document]
) -> list[DocumentChange]:
    """Every document that differs, in the order of `after`, dropped ones last. Equal editions give an empty list."""
    places = [*after, *(place for place in before if place not in after)]
    found = []
    for place in places:
        old, new = before.get(place), after.get(place)
        if old == new:
            continue
        changes = () if old is None or new is None else tuple(_compare((), _plain(old), _plain(new)))
        found.append(DocumentChange(place[0], place[1], old, new, changes))
    return found


def _plain(document: Document) -> dict[str, Any]:
    dumped = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {key: value for key, value in dumped.items() if key not in NOT_TOLD}


def _compare(path: tuple[str, ...], old: Any, new: Any) -> Iterable[Change]:
    if old == new:
        return
    old_parts, new_parts = _parts(old), _parts(new)
    if old_parts is None or new_parts is None:
        yield Change(path, old, new)
        return
    for key in [*new_parts, *(key for key in old_parts if key not in new_parts)]:
        yield from _compare((*path, key), old_parts.get(key), new_parts.get(key))


def _parts(value: Any) -> dict[str, Any] | None:
    """The named members of `value`, or None when it is to be shown whole. A localised text is shown whole."""
    if isinstance(value, dict):
        return None if "source" in value and isinstance(value["source"], str) else value
    if isinstance(value, list):
        identity = next((key for key in IDENTITIES if all(isinstance(m, dict) and key in m for m in value)), None)
        named = {str(member[identity]): member for member in value} if identity else {}
        return named if named and len(named) == len(value) else None  # two of one name cannot be told apart
    return None
