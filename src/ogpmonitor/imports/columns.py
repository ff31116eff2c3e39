"""The columns of our own spreadsheet, and how a cell becomes what the workbench keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.register.field_labels import FIELD_LABELS

Shape = Literal["code", "parent", "text", "list", "date", "choice", "choices", "plain", "bodies"]


@dataclass(frozen=True)
class Column:
    """One field of a row. A text has one column for each language; `longest` counts characters."""

    name: str
    shape: Shape
    longest: int = 8_000

    @property
    def label(self) -> str:
        """What it is called, as a msgid."""
        return LABELS.get(self.name) or FIELD_LABELS[self.name]

    @cached_property
    def keys(self) -> Sequence[str]:
        """The machine's names of its columns: `title_es`, `title_en`, `due_on`."""
        return [f"{self.name}_{lang}" for lang in LANGUAGES] if self.shape in {"text", "list"} else [self.name]


LABELS: Mapping[str, str] = {
    "code": msgid("Code"),
    "commitment": msgid("Code of the commitment"),
}
COMMITMENTS: Sequence[Column] = (
    Column("code", "code", 40),
    Column("title", "text", 300),
    Column("summary", "text", 2_000),
    Column("axis", "text", 300),
    Column("problem", "text"),
    Column("status_quo", "text"),
    Column("action", "text"),
    Column("contribution", "text"),
    Column("long_term_goal", "text"),
    Column("policy_area", "choice"),
    Column("sector", "choice"),
    Column("values", "choices"),
    Column("value_relevance", "text"),
    Column("resources", "text"),
    Column("additional", "text"),
    Column("starts_on", "date"),
    Column("ends_on", "date"),
)
MILESTONES: Sequence[Column] = (
    Column("commitment", "parent", 40),
    Column("code", "code", 40),
    Column("title", "text", 300),
    Column("indicator", "text", 2_000),
    Column("expected_output", "text"),
    Column("starts_on", "date"),
    Column("due_on", "date"),
    Column("responsible_unit", "text", 200),
    Column("supporting", "list", 2_000),
)
SHEETS: Mapping[str, Sequence[Column]] = {"commitments": COMMITMENTS, "milestones": MILESTONES}
NAMES: Mapping[str, str] = {"commitments": msgid("Commitments"), "milestones": msgid("Milestones")}
KINDS: Mapping[str, Literal["commitment", "milestone"]] = {"commitments": "commitment", "milestones": "milestone"}
