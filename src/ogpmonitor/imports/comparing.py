"""What a file would change in a plan: which rows are new, which say something else, and which are left as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ogpmonitor.imports.reading import Item, Reading
from ogpmonitor.plans.amending import EMPTY
from ogpmonitor.plans.drafting import value_now
from ogpmonitor.plans.models import Commitment, Milestone, Plan

Verdict = Literal["created", "changed", "left"]


@dataclass(frozen=True)
class Step:
    """One row of the file: `changes` are old and new of each field that says something else.

    `version` is that of the row it would change, so that nobody's later writing is overwritten.
    """

    item: Item
    verdict: Verdict
    changes: Mapping[str, tuple[Any, Any]]
    row: Plan | Commitment | Milestone | None = None

    @property
    def version(self) -> int | None:
        return self.row.version if self.row is not None else None


def steps_of(reading: Reading, plan: Plan | None) -> Sequence[Step]:
    """What applying `reading` to `plan` (loaded whole; None: a new one) would do, in the order of the file.

    A field that the file does not have, and an empty cell of a field that is empty, change nothing; an empty cell of a
    field that is filled takes the value away.
    """
    known: dict[tuple[str | None, str], Commitment | Milestone] = {}
    for commitment in plan.commitments if plan else ():
        known[None, commitment.code.casefold()] = commitment
        for milestone in commitment.milestones:
            known[commitment.code.casefold(), milestone.code.casefold()] = milestone
    steps = [_step(item, known.get(item.place)) for item in reading.items]
    if reading.plan is not None:
        steps.insert(0, _step(reading.plan, plan))
    return steps


def _step(item: Item, row: Plan | Commitment | Milestone | None) -> Step:
    if row is None:
        changes = {name: (None, value) for name, value in item.values.items() if value not in EMPTY}
        return Step(item, "created", changes)
    changes = {}
    for name, new in item.values.items():
        old = value_now(row, name)
        kept = _with_other_languages(old, new)
        if not _same(old, kept):
            changes[name] = (old, kept)
    return Step(item, "changed" if changes else "left", changes, row)


def _with_other_languages(old: Any, new: Any) -> Any:
    """A text keeps its source language and its marks where the words are the same; the file does not carry them."""
    if not isinstance(old, dict) or not isinstance(new, dict) or "source" not in old:
        return new
    words = {code: text for code, text in new.items() if code != "source"}
    known = {code: text for code, text in old.items() if code not in {"source", "unofficial", "outdated"}}
    if {code: text.strip() for code, text in known.items()} == words:
        return old
    source = old["source"] if old["source"] in words else new["source"]
    marks = {
        mark: [code for code in old.get(mark, ()) if words.get(code) == known.get(code, "").strip() and code != source]
        for mark in ("unofficial", "outdated")
    }
    return {"source": source, **{mark: codes for mark, codes in marks.items() if codes}, **words}


def _same(old: Any, new: Any) -> bool:
    if old in EMPTY and new in EMPTY:
        return True
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return all(_same(one, _with_other_languages(one, other)) for one, other in zip(old, new, strict=True))
    return bool(old == new)
