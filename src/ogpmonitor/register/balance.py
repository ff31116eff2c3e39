"""How much of a plan is done, against what was submitted and against what is left of it: pure arithmetic.

Whatever was added after submission belongs to the current plan only. What was set aside leaves the current plan and
stays counted in the original one, so that nobody's share grows by dropping what is not done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ogpmonitor.register.documents import CommitmentDocument, PublishedMilestone


class Item(Protocol):
    """Anything a plan promises: a commitment or a milestone, published or not."""

    @property
    def added(self) -> bool: ...
    @property
    def set_aside(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Balance:
    """`done` of `base` in the current plan; `original_done` of `original` in the plan as it was submitted."""

    done: int
    base: int
    set_aside: int
    added: int
    original: int
    original_done: int


def balance_of(items: Iterable[tuple[Item, bool]]) -> Balance:
    """The balance of items, each with whether it is done. One that was done and then set aside counts as set aside."""
    promised = list(items)
    current = [(item, done) for item, done in promised if item.set_aside is None]
    original = [item for item, _ in promised if not item.added]
    return Balance(
        done=sum(done for _, done in current),
        base=len(current),
        set_aside=len(promised) - len(current),
        added=len(promised) - len(original),
        original=len(original),
        original_done=sum(done for item, done in current if not item.added),
    )


def milestones_balance(milestones: Iterable[PublishedMilestone]) -> Balance:
    """Milestones reported completed. One that was reported withdrawn counts as set aside."""
    return balance_of((Counted(one.added, aside_of(one)), one.progress == "completed") for one in milestones)


def commitments_balance(commitments: Iterable[CommitmentDocument]) -> Balance | None:
    """Commitments fulfilled by the government's own measure, or as it declares; None where it says neither of any."""
    told = [(one, is_fulfilled(one)) for one in commitments]
    if all(fulfilled is None for _, fulfilled in told):
        return None
    return balance_of((one, bool(fulfilled)) for one, fulfilled in told)


def is_fulfilled(commitment: CommitmentDocument) -> bool | None:
    """Whether the government counts it as fulfilled: by its own measure, else as declared; None without either."""
    if commitment.measure is not None:
        return commitment.measure.is_fulfilled
    return commitment.declared_status.status == "fulfilled" if commitment.declared_status else None


def aside_of(milestone: PublishedMilestone) -> str | None:
    """Why nothing more is owed: set aside by an amendment or, before there were any, reported as withdrawn."""
    return milestone.set_aside or ("withdrawn" if milestone.progress == "withdrawn" else None)


@dataclass(frozen=True, slots=True)
class Counted:
    """What of an item a balance asks for."""

    added: bool
    set_aside: str | None
