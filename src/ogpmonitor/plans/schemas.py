"""What people send about plans: the form that reports one milestone, and the choice of what to publish."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from ogpmonitor.evidence.service import LONGEST_LINK
from ogpmonitor.kit.forms import Day, FormModel
from ogpmonitor.plans.models import Progress

LONGEST_TEXT, LONGEST_REASON, LONGEST_TITLE, LONGEST_WITHDRAWAL = 4_000, 2_000, 200, 500
LONGEST: Mapping[str, int] = {
    "text": LONGEST_TEXT,
    "reason": LONGEST_REASON,
    "title": LONGEST_TITLE,
    "url": LONGEST_LINK,
    "withdrawal": LONGEST_WITHDRAWAL,
}
FILES = 3  # places for a file in the form; a deployment may take fewer
# What two people may have written differently, and which of the two texts is to stand.
CONTESTED = ("progress", "text", "started_on", "completed_on", "expected_on", "percent", "late_reason")
Side = Literal["mine", "theirs"]


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


LongText = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
Reason = Annotated[str, StringConstraints(max_length=LONGEST_REASON)]
Title = Annotated[str, StringConstraints(max_length=LONGEST_TITLE)]
Address = Annotated[str, StringConstraints(max_length=LONGEST_LINK)]
Withdrawal = Annotated[str, StringConstraints(max_length=LONGEST_WITHDRAWAL)]


class ReportForm(FormModel):
    """One report on one milestone, with the evidence sent along. `version` is the one its writer saw."""

    version: int
    report_version: int = 0  # of what waits or was returned; 0 where nothing does
    progress: Progress
    text: LongText | None = None
    started_on: Day = None
    completed_on: Day = None
    expected_on: Day = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    late_reason: Reason | None = None
    nothing_new: bool = False
    link_url: Address | None = None
    link_title: Title | None = None
    file_title_1: Title | None = None
    file_title_2: Title | None = None
    file_title_3: Title | None = None
    restricted: bool = False
    withdraw: Annotated[tuple[UUID, ...], BeforeValidator(_several)] = ()
    withdraw_reason: Withdrawal | None = None
    take_progress: Side = "mine"
    take_text: Side = "mine"
    take_started_on: Side = "mine"
    take_completed_on: Side = "mine"
    take_expected_on: Side = "mine"
    take_percent: Side = "mine"
    take_late_reason: Side = "mine"

    def file_title(self, place: int) -> str | None:
        """What the file at `place` (from 1) is called."""
        title: str | None = getattr(self, f"file_title_{place}")
        return title

    def side(self, name: str) -> Side:
        """Whose text of field `name` is to stand, where somebody else wrote in between."""
        side: Side = getattr(self, f"take_{name}")
        return side


class PublishForm(FormModel):
    """What is to be published: `state` names the preview that was seen, `chosen` its ticked documents (kind:code)."""

    plan: str
    state: str
    chosen: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], BeforeValidator(_several)] = ()

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """The chosen documents by kind and code."""
        parts = (one.partition(":") for one in self.chosen)
        return frozenset((kind, code) for kind, _, code in parts)
