"""The due dates of a plan as a calendar (iCalendar, RFC 5545), made from one edition and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.partial_date import PartialDate, Precision
from ogpmonitor.register.balance import aside_of
from ogpmonitor.register.documents import CommitmentDocument, PlanDocument, PublishedMilestone
from ogpmonitor.register.field_labels import PROGRESS_LABELS
from ogpmonitor.register.units import unit_slug

PRODUCT = "-//OGP Monitor//Calendar of an action plan//EN"
AS_FOUND: Mapping[Precision, str] = {
    "month": msgid("The plan gives only the month: this is its last day."),
    "year": msgid("The plan gives only the year: this is its last day."),
}
ENDS = msgid("The commitments of the plan end")
CYCLE_ENDS = msgid("The cycle of the plan ends")


@dataclass(frozen=True, slots=True)
class Feed:
    """What one calendar is made of: an edition, the language of its words, and where its plan is read."""

    plan: PlanDocument
    commitments: tuple[CommitmentDocument, ...]
    number: int
    published_at: datetime
    lang: str
    address: str  # of the plan's page, with its closing slash
    unit: str = ""  # only what this unit answers for; "" is everything

    @property
    def name(self) -> str:
        """What the calendar is called."""
        jurisdiction = self.plan.jurisdiction.name.in_(self.lang)
        return f"{jurisdiction}: {self.plan.title.in_(self.lang)}"

    def uid(self, *parts: str) -> str:
        """The same for the same thing in every edition and every language."""
        return ".".join((self.plan.jurisdiction.slug, self.plan.slug, *parts)) + "@ogpmonitor"


def units_in(feed: Feed) -> frozenset[str]:
    """The units that answer for something, as addresses name them."""
    return frozenset(unit_slug(step.responsible_unit) for one in feed.commitments for step in one.milestones)


def calendar_of(feed: Feed) -> bytes:
    """The file: a whole day for each milestone that has a due date, and for the end of the plan.

    A date known to the month or year stands on its last day, and says so. What was set aside is marked cancelled, so
    that calendars which subscribed take it away. The same edition gives the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", feed.name)
    calendar.add("x-wr-calname", feed.name)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("source", feed.address, parameters={"VALUE": "URI"})
    for event in _events(feed):
        calendar.add_component(event)
    body: bytes = calendar.to_ical(sorted=False)
    return body


def _events(feed: Feed) -> Iterator[Event]:
    for commitment in feed.commitments:
        for step in commitment.milestones:
            if step.due_on and (not feed.unit or unit_slug(step.responsible_unit) == feed.unit):
                yield _milestone(feed, commitment, step, step.due_on)
    if feed.unit:
        return
    for name, words, day in (
        ("ends", ENDS, feed.plan.ends_on),
        ("cycle-ends", CYCLE_ENDS, feed.plan.cycle_ends_on),
    ):
        if day:
            said = [feed.plan.title.in_(feed.lang), _precision(feed, day)]
            yield _event(feed, feed.uid(name), translate(feed.lang, words), day, said=said, page=feed.address)


def _milestone(feed: Feed, commitment: CommitmentDocument, step: PublishedMilestone, due: PartialDate) -> Event:
    lang = feed.lang
    aside = aside_of(step) is not None
    unit = step.responsible_unit.in_(lang) if step.responsible_unit else ""
    invented = step.demo or commitment.demo or feed.plan.demo
    said = [
        f"{commitment.code}: {commitment.title.in_(lang)}",
        _labelled(lang, msgid("Responsible unit"), unit),
        _labelled(lang, msgid("Reported state"), translate(lang, PROGRESS_LABELS[step.progress])),
        translate(lang, msgid("Set aside: it is no longer worked on.")) if aside else "",
        _precision(feed, due),
        translate(lang, msgid("Demonstration content: invented, no public source gives it")) if invented else "",
    ]
    summary = f"{commitment.code} {step.code} · {step.title.in_(lang)}"
    page = f"{feed.address}commitments/{commitment.code}/#{step.code}"
    event = _event(feed, feed.uid(commitment.code, step.code), summary, due, said=said, page=page)
    event["status"] = "CANCELLED" if aside else "CONFIRMED"
    return event


def _labelled(lang: str, label: str, value: str) -> str:
    return f"{translate(lang, label)}: {value}" if value else ""


def _precision(feed: Feed, day: PartialDate) -> str:
    return translate(feed.lang, AS_FOUND[day.precision]) if day.precision in AS_FOUND else ""


def _event(feed: Feed, uid: str, summary: str, day: PartialDate, *, said: list[str], page: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", feed.published_at)
    event.add("sequence", feed.number)
    event.add("summary", summary)
    event.add("dtstart", day.last_day)
    event.add("dtend", day.last_day + timedelta(days=1))
    event.add("description", "\n".join(line for line in said if line))
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    return event
