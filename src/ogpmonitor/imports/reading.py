"""What was understood of a file, and what was not: the same for every format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["plan", "commitment", "milestone"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Spot:
    """Where something stands: a cell of a sheet ("Hitos" C7), or a path in a file that has no cells."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet} {self.cell}".strip()


@dataclass(frozen=True)
class Finding:
    """Something to know before saying yes. An error keeps the whole file from being applied.

    `message` is a msgid; `facts` fill its places; `value` is what stands there, as it was found.
    """

    severity: Severity
    spot: Spot
    message: str
    value: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One plan, commitment or milestone as the file gives it: `values` are what the workbench would keep.

    `parent` is the code of a milestone's commitment.
    """

    kind: Kind
    code: str
    values: Mapping[str, Any]
    spot: Spot
    parent: str | None = None
    where: Callable[[str], Spot] | None = None  # the cell of each field, where the file has cells

    def at(self, name: str) -> Spot:
        """Where a field stands, or else the whole of it."""
        return self.where(name) if self.where else self.spot

    @property
    def place(self) -> tuple[str | None, str]:
        """What it is told apart by: a commitment's code, or a commitment's and a milestone's; case does not count."""
        if self.kind == "milestone":
            return (self.parent or "").casefold(), self.code.casefold()
        return (None, self.code.casefold())


@dataclass(frozen=True)
class Reading:
    """A whole file. `language` is the one that texts without a language are in."""

    format: str
    language: str
    items: Sequence[Item]
    findings: Sequence[Finding]
    plan: Item | None = None

    @property
    def errors(self) -> Sequence[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


class Notes:
    """Findings as they are made, in their order."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    def error(self, spot: Spot, message: str, value: object = "", **facts: Any) -> None:
        """Something that must be mended."""
        self.all.append(Finding("error", spot, message, _shown(value), facts))

    def warn(self, spot: Spot, message: str, value: object = "", **facts: Any) -> None:
        """Something to look at; it keeps nothing from being applied."""
        self.all.append(Finding("warning", spot, message, _shown(value), facts))

    def note(self, spot: Spot, message: str, value: object = "", **facts: Any) -> None:
        """How something was understood, or that it was left aside."""
        self.all.append(Finding("note", spot, message, _shown(value), facts))


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 300 else f"{text[:299]}…"


def cell_name(column: int, row: int) -> str:
    """The name of a cell as spreadsheets give it: column 1 of row 7 is "A7"."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
