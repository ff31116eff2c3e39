"""What an amendment is about, and what was sent for it, compared with what stands there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.contested import CHOICE, Contested, contested, settled
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.amending import Row, would_change
from ogpmonitor.plans.amendment_form import dates_written, fields_of, shown, value_of
from ogpmonitor.plans.models import Commitment, Milestone, Plan

NOUNS: Mapping[str, type[Any]] = {"plan": Plan, "commitment": Commitment, "milestone": Milestone}


@dataclass(frozen=True)
class Target:
    """What is amended: a `row` of the plan, or what is to be added to `parent` (`row` is None)."""

    plan: Plan
    noun: str
    row: Row | None
    parent: Plan | Commitment | None = None
    commitment: str = ""
    milestone: str = ""

    @property
    def kind(self) -> type[Any]:
        return NOUNS[self.noun]

    @property
    def is_new(self) -> bool:
        return self.row is None

    @property
    def next_code(self) -> str:
        """A code that its siblings leave free, as they are usually written."""
        siblings = self.parent.commitments if isinstance(self.parent, Plan) else getattr(self.parent, "milestones", [])
        letter, taken = ("C" if self.noun == "commitment" else "M"), {one.code.casefold() for one in siblings}
        free = (f"{letter}{number}" for number in range(len(taken) + 1, len(taken) * 2 + 2))
        return next((code for code in free if code.casefold() not in taken), "")


def existing(plan: Plan, commitment: str, milestone: str) -> Target:
    """The plan (loaded whole) itself, its commitment, or a milestone of that, by their codes.

    Raises:
        NotFound: there is none.
    """
    if not commitment:
        return Target(plan, "plan", plan)
    found = commitment_of(plan, commitment)
    if not milestone:
        return Target(plan, "commitment", found, commitment=commitment)
    step = next((one for one in found.milestones if one.code == milestone), None)
    if step is None:
        raise NotFound("milestone.not_found")
    return Target(plan, "milestone", step, commitment=commitment, milestone=milestone)


def added(plan: Plan, commitment: str) -> Target:
    """A new commitment of the plan (loaded whole), or a new milestone of the commitment with that code.

    Raises:
        NotFound: there is none.
    """
    if not commitment:
        return Target(plan, "commitment", None, plan)
    return Target(plan, "milestone", None, commitment_of(plan, commitment), commitment)


def commitment_of(plan: Plan, code: str) -> Commitment:
    found = next((one for one in plan.commitments if one.code == code), None)
    if found is None:
        raise NotFound("commitment.not_found")
    return found


def changes_of(target: Target, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Old and new of what an amendment to `values` would say."""
    if target.row is not None:
        return would_change(target.row, values)
    return [{"field": name, "old": None, "new": value} for name, value in values.items() if value]


def differences_of(target: Target, data: Mapping[str, Any], lang: str) -> Sequence[Contested]:
    """What somebody else wrote since the form was opened, until the form says whose text is to stand."""
    if target.row is None or str(data.get("version", "")) == str(target.row.version):
        return ()
    return contested(shown(target.row, lang), dates_written(data, target.kind), fields_of(target.kind))


def chosen_of(target: Target, data: Mapping[str, Any], lang: str) -> Sequence[Contested]:
    """The fields whose choice came along, as both wrote them: they are shown until the form is accepted."""
    if target.row is None:
        return ()
    names = [name for name in fields_of(target.kind) if f"{CHOICE}{name}" in data]
    return contested(shown(target.row, lang), dates_written(data, target.kind), names)


def settled_for(target: Target, data: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    """What was sent, with what stands there wherever that was chosen."""
    return data if target.row is None else settled(shown(target.row, lang), data, tuple(fields_of(target.kind)))


@dataclass(frozen=True)
class Sent:
    """What stands in the form and what is said about it. `preview` are the changes to show, `problems` are msgids."""

    typed: Mapping[str, Any]
    problems: Sequence[tuple[str, str]] = ()
    differences: Sequence[Contested] = ()
    preview: Sequence[Mapping[str, Any]] = ()
    lost_file: str = ""
    is_contested: bool = False


class Typed(dict[str, Any]):
    """What stands in each field; a field nobody filled in is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def elsewhere(target: Target, lang: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What each text says in other languages, by field."""
    if target.row is None:
        return {}
    texts = {name: value_of(target.row, name) for name in fields_of(target.kind)}
    return {
        name: [(code, text) for code, text in Localized.model_validate(value).texts.items() if code != lang]
        for name, value in texts.items()
        if isinstance(value, dict)
    }
