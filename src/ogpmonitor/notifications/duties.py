"""What one person owes and waits for: pure, with its order and its words about days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.kit.formats import format_day
from ogpmonitor.kit.i18n import translate, translate_plural
from ogpmonitor.notifications.rules import load_rules
from ogpmonitor.tenants.directory import KnownTenant


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom duties are gathered: who, where, in which language, on which day of the tenant's zone."""

    actor: Actor
    tenant: KnownTenant
    lang: str
    today: date


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that somebody owes (`is_mine`) or waits for. `path` is below the language, as in `Place.path`.

    `kind` is one of the reminders' kinds; `subject` is the same for the same thing on every day.
    """

    kind: str
    subject: str
    what: str
    about: str
    path: str
    due_on: date | None
    is_mine: bool = True

    def late_days(self, on: date) -> int:
        """Days since it was due; 0 up to that day, and for what has none."""
        return max((on - self.due_on).days, 0) if self.due_on else 0

    def when(self, lang: str, on: date) -> str:
        """How the day it is due stands to `on`, in words."""
        if self.due_on is None:
            return translate(lang, "No date")
        day, days = format_day(self.due_on, lang), (self.due_on - on).days
        if days == 0:
            return translate(lang, "Due today, %(day)s", day=day)
        if days > 0:
            return translate_plural(
                lang, "Due in %(num)s day, on %(day)s", "Due in %(num)s days, on %(day)s", days, day=day
            )
        return translate_plural(
            lang, "%(num)s day late, was due on %(day)s", "%(num)s days late, was due on %(day)s", -days, day=day
        )

    def why(self, lang: str) -> str:
        """Why this person hears of it."""
        rule = load_rules().reminders[self.kind]
        return (rule.mine if self.is_mine else rule.waiting).in_(lang)


@dataclass(frozen=True)
class Duties:
    """Everything of one person: what it owes, the longest late first, and what it waits for."""

    late: Sequence[Duty]
    coming: Sequence[Duty]
    waiting: Sequence[Duty]

    @property
    def count(self) -> int:
        return len(self.late) + len(self.coming) + len(self.waiting)


def sorted_duties(found: Iterable[Duty], *, on: date) -> Duties:
    """`found` in order: by the day they are due, what has none at the end."""
    rows = sorted(found, key=lambda one: (one.due_on is None, one.due_on or on, one.kind, one.what, one.subject))
    mine = [one for one in rows if one.is_mine]
    return Duties(
        late=[one for one in mine if one.late_days(on)],
        coming=[one for one in mine if not one.late_days(on)],
        waiting=[one for one in rows if not one.is_mine],
    )
