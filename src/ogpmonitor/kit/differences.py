"""Two texts side by side: which words went, which came."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one text, and whether the other has it too."""

    kind: Literal["kept", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class TextDifference:
    """The old text in kept and removed pieces, the new one in kept and added pieces; joined, each is whole."""

    old: tuple[Segment, ...]
    new: tuple[Segment, ...]


def compare_texts(old: str, new: str) -> TextDifference:
    """What changed from `old` to `new`, by words; white space and punctuation count as words of their own."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[start:end]), "".join(after[new_start:new_end])
        if tag == "equal":
            left.append(Segment("kept", gone))
            right.append(Segment("kept", come))
            continue
        if gone:
            left.append(Segment("removed", gone))
        if come:
            right.append(Segment("added", come))
    return TextDifference(_joined(left), _joined(right))


def _joined(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Neighbours of one kind as one, and a lone space between two changes counted to them: fewer, longer marks."""
    joined: list[Segment] = []
    for index, segment in enumerate(segments):
        lone = segment.text.isspace() and 0 < index < len(segments) - 1
        kind = (
            segments[index - 1].kind if lone and segments[index - 1].kind == segments[index + 1].kind else segment.kind
        )
        if joined and joined[-1].kind == kind:
            joined[-1] = Segment(kind, joined[-1].text + segment.text)
        else:
            joined.append(Segment(kind, segment.text))
    return tuple(joined)
