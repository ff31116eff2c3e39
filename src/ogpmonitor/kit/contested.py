"""Two people wrote the same thing: which fields they wrote differently, and whose text is to stand.

A form carries the `version` its writer saw. When the row has moved on, the form comes back (409) with both texts of
each field that differs and a choice named `take_<field>`: "mine" or "theirs". Nothing is saved until somebody chose.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CHOICE = "take_"


@dataclass(frozen=True)
class Contested:
    """One field that somebody else wrote while this form was open, as both wrote it; empty is an empty text."""

    name: str
    theirs: str
    mine: str


def contested(now: Mapping[str, str], sent: Mapping[str, Any], names: Iterable[str]) -> Sequence[Contested]:
    """Where what was `sent` differs from what stands `now`, in the order of `names`; spaces around do not count."""
    both = ((name, str(now.get(name) or "").strip(), str(sent.get(name) or "").strip()) for name in names)
    return [Contested(name, theirs, mine) for name, theirs, mine in both if theirs != mine]


def settled(now: Mapping[str, str], sent: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """`sent`, with what stands `now` wherever the other's text was chosen; the choices themselves are gone."""
    chosen = {name for name in names if sent.get(f"{CHOICE}{name}") == "theirs"}
    kept = {name: value for name, value in sent.items() if not name.startswith(CHOICE)}
    return {**kept, **{name: now.get(name) or "" for name in chosen}}
