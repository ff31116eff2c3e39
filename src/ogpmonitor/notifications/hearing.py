"""News: what happened, told at once to whom it concerns, each with their own eyes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Membership, Role
from ogpmonitor.assessments.models import Assessment, AssessmentStatus, Clarification, ReplyWindow
from ogpmonitor.kit.db import Database
from ogpmonitor.kit.formats import format_day, format_instant, reading_in
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.mail import outbox
from ogpmonitor.mandates.models import Mandate
from ogpmonitor.notifications.digests import Desk, footing, sender_of
from ogpmonitor.notifications.duties import Reader
from ogpmonitor.notifications.government import form_words, short, workbench
from ogpmonitor.notifications.queries import Hearer, hearer, members, people_under, staff
from ogpmonitor.notifications.rules import Rhythm, label_of
from ogpmonitor.register.models import Edition
from ogpmonitor.register.queries import get_published
from ogpmonitor.support.models import SupportAccess
from ogpmonitor.tenants.directory import KnownTenant

SUPPORTED = msgid(
    "Until %(when)s somebody who operates the platform reads the government's workbench and changes nothing."
    " You can end it at any time."
)
WATCH = msgid("You coordinate the action plan. This is always told, whatever else you chose.")
COORDINATE = msgid("You coordinate the action plan.")
MONITOR = msgid("You monitor here.")
DECIDE = msgid("Monitoring bodies are confirmed by OGP or by the operator of the platform.")
NAMED = msgid("The mandate names you among the people of the body.")


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news for one reader, in its language. `path` is below the language."""

    what: str
    words: str
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a room below said: a fact, and the id of what it is true of."""

    fact: str
    about: str


Look = Callable[[AsyncSession, Reader, str], Awaitable[News | None]]
Find = Callable[[AsyncSession, str], Awaitable[Sequence[UUID]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """How a fact is told: which kind of news it is, to whom, and what each of them sees of it.

    What `is_always` told is no matter of choice.
    """

    kind: str
    find: Find
    look: Look
    is_always: bool = False


async def tell_everyone(database: Database, desk: Desk, tenant: KnownTenant, told: Told) -> int:
    """How many people were written to. Telling the same fact again writes to nobody.

    A fact that somebody does not see, because the row policies hide it or it was taken back meanwhile, is not told.
    """
    known = FACTS[told.fact]
    async with database.tenant_session(tenant.id) as session:
        people = await known.find(session, told.about)
    written = 0
    for person_id in people:
        async with database.tenant_session(tenant.id, person_id) as session:
            person = await hearer(session, person_id, tenant)
            written += await _tell(session, person, told, desk)
    return written


async def _tell(session: AsyncSession, person: Hearer | None, told: Told, desk: Desk) -> bool:
    known = FACTS[told.fact]
    if person is None or not person.address:
        return False
    if not known.is_always and person.choices.rhythm_of(known.kind) == Rhythm.NEVER:
        return False
    reader = person.reader
    news = await known.look(session, reader, told.about)
    if news is None:
        return False
    return await outbox.send(
        session,
        to=person.address,
        template="mail/news",
        lang=reader.lang,
        context={
            **footing(person, desk),
            "kind": label_of(known.kind).in_(reader.lang),
            "what": news.what,
            "words": news.words,
            "why": news.why,
            "url": desk.url(reader.lang, news.path),
        },
        key=f"{told.fact}:{told.about}:{person.actor.id}",
        sender=sender_of(reader.tenant, reader.lang),
        unsubscribe_url=desk.stop_url(person),
    )


async def _coordinators(session: AsyncSession, _about: str) -> Sequence[UUID]:
    return await members(session, Role.COORDINATOR)


async def _monitors(session: AsyncSession, _about: str) -> Sequence[UUID]:
    return await members(session, Role.MONITOR)


async def _staff(session: AsyncSession, _about: str) -> Sequence[UUID]:
    return await staff(session)


async def _named(session: AsyncSession, about: str) -> Sequence[UUID]:
    return await people_under(session, UUID(about))


async def _sent(session: AsyncSession, reader: Reader, about: str) -> News | None:
    statement = (
        select(Assessment, ReplyWindow)
        .join(ReplyWindow, ReplyWindow.assessment_id == Assessment.id)
        .where(Assessment.id == UUID(about), Assessment.status == AssessmentStatus.COMMENT)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        return None
    assessment, window = found
    day = format_day(window.last_day(reader.tenant.zone), reader.lang)
    words = translate(
        reader.lang, "You can reply until %(day)s. After that it is published, with or without one.", day=day
    )
    path = workbench(reader, f"replies/{assessment.id}/")
    return News(form_words(assessment, reader.lang), words, path, translate(reader.lang, COORDINATE))


async def _asked(session: AsyncSession, reader: Reader, about: str) -> News | None:
    row = await session.get(Clarification, UUID(about))
    if row is None or row.answered_at is not None:
        return None
    words = translate(reader.lang, "Please answer by %(day)s.", day=format_day(row.due_on, reader.lang))
    path = workbench(reader, f"replies/clarifications/{row.id}/")
    return News(short(row.asked), words, path, translate(reader.lang, COORDINATE))


async def _answered(session: AsyncSession, reader: Reader, about: str) -> News | None:
    row = await session.get(Clarification, UUID(about))
    if row is None or not row.answer:
        return None
    words = translate(reader.lang, "The question was: %(text)s", text=short(row.asked))
    path = workbench(reader, f"assessments/{row.assessment_id}/clarifications/")
    return News(short(row.answer), words, path, translate(reader.lang, MONITOR))


async def _proposed(session: AsyncSession, reader: Reader, about: str) -> News | None:
    mandate = await session.get(Mandate, UUID(about))
    if mandate is None or mandate.confirmed_at or mandate.refused_at:
        return None
    place = reader.tenant.name.in_(reader.lang)
    words = translate(
        reader.lang, "It would monitor %(place)s. Confirm it, or turn it down with a reason.", place=place
    )
    return News(mandate.body, words, "desk/mandates/", translate(reader.lang, DECIDE))


async def _confirmed(session: AsyncSession, reader: Reader, about: str) -> News | None:
    """Read from the person's own membership: the mandate itself is closed to it until the first day."""
    statement = select(Membership.starts_on).where(
        Membership.mandate_id == UUID(about), Membership.person_id == reader.actor.id
    )
    starts_on = await session.scalar(statement)
    if starts_on is None:
        return None
    place, day = reader.tenant.name.in_(reader.lang), format_day(starts_on, reader.lang)
    words = translate(reader.lang, "From %(day)s on you can assess the plans of %(place)s.", place=place, day=day)
    what = reader.tenant.file.official_name.in_(reader.lang)
    return News(what, words, workbench(reader, "assessments/"), translate(reader.lang, NAMED))


async def _published(session: AsyncSession, reader: Reader, about: str) -> News | None:
    edition = await session.get(Edition, about)
    if edition is None:
        return None
    plan = (await get_published(session, edition)).plan
    words = translate(reader.lang, "Edition %(number)s says what changed since the one before.", number=edition.number)
    path = f"{edition.jurisdiction}/plans/{edition.plan}/editions/{edition.number}/"
    return News(plan.title.in_(reader.lang), words, path, translate(reader.lang, MONITOR))


async def _supported(session: AsyncSession, reader: Reader, about: str) -> News | None:
    access = await session.get(SupportAccess, UUID(about))
    if access is None:
        return None
    with reading_in(reader.tenant.zone):
        until = format_instant(access.ends_at, reader.lang)
    words = translate(reader.lang, SUPPORTED, when=until)
    return News(access.reason, words, workbench(reader, "support/"), translate(reader.lang, WATCH))


FACTS: Mapping[str, Fact] = {
    "assessment.sent": Fact("sent", _coordinators, _sent),
    "clarification.asked": Fact("asked", _coordinators, _asked),
    "clarification.answered": Fact("answered", _monitors, _answered),
    "mandate.confirmed": Fact("confirmed", _named, _confirmed),
    "mandate.proposed": Fact("proposed", _staff, _proposed),
    "plan.published": Fact("published", _monitors, _published),
    "support.begun": Fact("support", _coordinators, _supported, is_always=True),
}
