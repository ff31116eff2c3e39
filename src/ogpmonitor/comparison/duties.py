"""Every jurisdiction's assessments on one board: rows, their order, what is chosen, and what is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ogpmonitor.comparison.table import Jurisdiction
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.register.documents import PlanDocument
from ogpmonitor.register.duties import Duty, duties
from ogpmonitor.register.facts import plain
from ogpmonitor.register.queries import Published

STATES: Mapping[str, str] = {
    "late": msgid("Owed and late"),
    "not_due": msgid("Owed, not due yet"),
    "no_date": msgid("No date to count from"),
    "elsewhere": msgid("Published elsewhere"),
    "published": msgid("Published assessments"),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One assessment that one jurisdiction's monitoring body owes, or gave."""

    who: Jurisdiction
    published: Published
    duty: Duty

    @property
    def plan(self) -> PlanDocument:
        return self.published.plan

    @property
    def state(self) -> str:
        """One of `STATES`: what was published is together, whether in time or not."""
        return self.duty.state if self.duty.published_on is None else "published"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many assessments are in each state, and who owes none. `came_late` are among those published."""

    jurisdictions: int
    plans: int
    states: Mapping[str, int]
    came_late: int
    co_created: int  # plans of which nothing is owed yet
    silent: Sequence[Jurisdiction]  # nothing published

    @property
    def total(self) -> int:
        return sum(self.states.values())


def owed_by(who: Iterable[Jurisdiction], published: Iterable[Published], lang: str) -> tuple[list[Owed], Tally]:
    """Every assessment, the one that is latest first, and what they come to.

    Of `published`, the plans of jurisdictions that are not in `who` are left out.
    """
    known = {one.slug: one for one in who}
    plans = [one for one in published if one.edition.jurisdiction in known]
    rows = [
        Owed(known[one.edition.jurisdiction], one, duty)
        for one in plans
        for duty in duties(one, known[one.edition.jurisdiction].today, known[one.edition.jurisdiction].zone)
    ]
    counted = Counter(row.state for row in rows)
    speaking = {one.edition.jurisdiction for one in plans}
    tally = Tally(
        jurisdictions=len(known),
        plans=len(plans),
        states={state: counted[state] for state in STATES},
        came_late=sum(row.duty.state == "came_late" for row in rows),
        co_created=sum(not one.plan.is_submitted for one in plans),
        silent=[one for slug, one in known.items() if slug not in speaking],
    )
    return sorted(rows, key=lambda row: _order(row, lang)), tally


def _order(row: Owed, lang: str) -> tuple[int, int, str, str, str]:
    """Those owed longest first, then what is due next, what cannot be dated, and what was published, newest first."""
    due_on, published_on = row.duty.due_on, row.duty.published_on
    within = {
        "late": -row.duty.late_days,
        "not_due": due_on.toordinal() if due_on else 0,
        "no_date": 0,
        "elsewhere": 0,
        "published": -published_on.toordinal() if published_on else 0,
    }[row.state]
    commitment = row.duty.commitment.code if row.duty.commitment else ""
    return list(STATES).index(row.state), within, plain(row.who.name.in_(lang)), row.plan.slug, commitment
