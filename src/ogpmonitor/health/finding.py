"""What a check found: one line for whoever runs the installation."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a thing stands. Only FAILS makes `ogpmonitor doctor` end with 1."""

    HOLDS = "ok"
    DOUBTFUL = "look"
    FAILS = "FAILS"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, what was seen, and what to do."""

    name: str
    standing: Standing
    seen: str
    to_do: str = ""

    @property
    def fails(self) -> bool:
        """Whether the installation cannot work, or cannot be trusted, like this."""
        return self.standing is Standing.FAILS

    @property
    def line(self) -> str:
        """The finding as it is printed."""
        return f"{self.standing:<5}  {self.name}: {self.seen}{f' To do: {self.to_do}' if self.to_do else ''}"


def holds(name: str, seen: str) -> Finding:
    """All is well with `name`."""
    return Finding(name, Standing.HOLDS, seen)


def doubtful(name: str, seen: str, to_do: str) -> Finding:
    """It works, and is most likely not meant like this."""
    return Finding(name, Standing.DOUBTFUL, seen, to_do)


def fails(name: str, seen: str, to_do: str) -> Finding:
    """It does not work, or cannot be trusted."""
    return Finding(name, Standing.FAILS, seen, to_do)
