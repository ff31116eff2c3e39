"""What was sent to a form that writes a plan: what it would change, what is wrong, and what is contested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ogpmonitor.kit.contested import CHOICE, Contested
from ogpmonitor.kit.forms import Form
from ogpmonitor.plans.drafting import draft_of, problems_of, shown, state_of, words_of, written_meanwhile
from ogpmonitor.plans.schemas_writing import form_for
from ogpmonitor.plans.writing_form import Desk


@dataclass
class Sent:
    """One submission at a desk. `draft` is what would change, None where something is wrong or contested."""

    typed: Mapping[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)
    differences: Sequence[Contested] = ()
    is_contested: bool = False
    draft: Mapping[str, Any] | None = None
    version: str = ""

    @property
    def status(self) -> int:
        return 409 if self.is_contested else 422 if self.errors else 200

    def add(self, name: str, message: str) -> None:
        """Say `message` beside field `name`; nothing is to be written any more."""
        self.errors.setdefault(name, []).append(message)
        self.draft = None


def read_at(desk: Desk, data: Mapping[str, Any]) -> Sent:
    """What `data`, sent to the form at `desk`, would change; nothing is written here.

    A field that somebody else wrote since the form was opened is contested, until its `take_<field>` says whose text
    is to stand; then the form carries the newest version.
    """
    required = frozenset(one.name for one in desk.asked if one.required and desk.is_original)
    form = Form.of(form_for(tuple(desk.asked), required=required), data)
    sent = Sent(form.data, dict(form.errors), version=str(form.data.get("version", "")))
    chosen = [one for one in desk.asked if f"{CHOICE}{one.name}" in form.data]
    meanwhile = written_meanwhile(desk.row, desk.asked, desk.text, sent.version) if desk.row.version else []
    sent.differences = _differences(desk, form.data, {*meanwhile, *chosen})
    if any(one.name == found.name for one in meanwhile for found in sent.differences):
        sent.is_contested, sent.version = True, state_of(desk.row, desk.asked, desk.text)
        return sent
    if form.value is None:
        return sent
    theirs = [one.name for one in desk.asked if form.data.get(f"{CHOICE}{one.name}") == "theirs"]
    draft = draft_of(desk.row, desk.asked, form.value, desk.text, is_original=desk.is_original, leave=theirs)
    for problem in problems_of(desk.row, draft, desk.asked):
        sent.add(str(problem.facts["field"]), problem.message)
    if not sent.errors:
        sent.draft = draft
    return sent


def _differences(desk: Desk, typed: Mapping[str, Any], among: set[Any]) -> list[Contested]:
    now = shown(desk.row, desk.asked, desk.text)
    fields = [one for one in desk.asked if one in among]
    both = (
        (one.name, words_of(one, now, desk.lang).strip(), words_of(one, typed, desk.lang).strip()) for one in fields
    )
    return [Contested(name, theirs, mine) for name, theirs, mine in both if theirs != mine]
