"""What people of a government owe and wait for, read with their own eyes: row policies show each their own."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.models import Role
from ogpmonitor.assessments.models import Assessment, AssessmentStatus, Clarification
from ogpmonitor.boards.board import Board, Item, board_of
from ogpmonitor.boards.queries import Reporting, reporting
from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.i18n import msgid, translate, translate_plural
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.forms import load_method
from ogpmonitor.notifications.duties import Duty, Reader
from ogpmonitor.notifications.rules import load_rules
from ogpmonitor.periods import requested, requests
from ogpmonitor.periods.models import MilestoneReport, ReportState
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans.models import PlanStatus
from ogpmonitor.plans.overview import overview_of
from ogpmonitor.plans.recommendations import list_answers
from ogpmonitor.register.queries import newest_published
from ogpmonitor.replies import queries as replies

HEARD = frozenset({"reported", "waiting", "returned"})
REVIEW = msgid("Review a report")
CORRECT = msgid("Correct a report that was returned")


async def government_duties(session: AsyncSession, reader: Reader) -> list[Duty]:
    """Of a coordinator everything that concerns the government; of a contact what its own unit owes; else nothing."""
    found: list[Duty] = []
    if reader.actor.role not in {Role.COORDINATOR, Role.CONTACT}:
        return found
    told_periods: set[str] = set()
    for listed in await plans.list_plans(session):
        if listed.status == PlanStatus.COCREATION:
            continue
        plan = await plans.get_plan(session, listed.slug)
        overview = overview_of(plan, on=reader.today, by=reader.actor)
        ids = [step.milestone.id for chapter in overview.chapters for step in chapter.steps]
        said = await reporting(session, ids, on=reader.today, zone=reader.tenant.zone)
        board = board_of(overview, said.heard, on=reader.today)
        found += _milestones(reader, board)
        found += _reports(reader, board, said)
        found += [one for one in _periods(reader, board, said) if one.subject not in told_periods]
        told_periods |= {one.subject for one in found if one.kind == "period"}
    if reader.actor.role == Role.COORDINATOR:
        found += await _asked_by_link(session, reader)
        found += await _for_the_monitor(session, reader)
    return found


def workbench(reader: Reader, path: str) -> str:
    """A page of the tenant's workbench, as duties name it."""
    return f"{reader.tenant.slug}/workbench/{path}"


def day_of(reader: Reader, instant: datetime) -> date:
    """The day it was in the tenant's zone."""
    return reader.tenant.day_at(instant)


def _milestones(reader: Reader, board: Board) -> Iterator[Duty]:
    """Open milestones with a day on which they are due, unless somebody has reported in the period at hand.

    A unit's own contact owes them. A coordinator owes those of nobody, and waits for the others.
    """
    for item in board.total.items:
        due_on = item.step.milestone.due_on
        if not item.is_open or due_on is None or item.state in HEARD or not item.step.may_report:
            continue
        is_mine = reader.actor.role == Role.CONTACT or item.step.unit is None
        if not is_mine and not item.is_late:
            continue  # the board has it; nobody chases what is not late
        yield Duty(
            "milestone",
            str(item.step.milestone.id),
            f"{item.step.commitment} {item.step.milestone.code} · {item.step.title.in_(reader.lang)}",
            item.step.unit.in_(reader.lang) if item.step.unit else "",
            workbench(reader, f"milestones/{item.step.milestone.id}/"),
            PartialDate.parse(due_on).last_day,
            is_mine,
        )


def _periods(reader: Reader, board: Board, said: Reporting) -> Iterator[Duty]:
    """The period open now, while something is missing in it; for a coordinator also those past their last day."""
    is_contact = reader.actor.role == Role.CONTACT
    own = [item for item in board.total.items if item.step.may_report]
    for period in said.periods:
        if period.closed_at is not None or period.opens_on > reader.today:
            continue
        is_over = period.closes_on < reader.today
        missing = sum(item.state == "missing" for item in own) if period is said.period else 0
        if not missing and (is_contact or not is_over):
            continue
        about = (
            translate_plural(
                reader.lang, "%(num)s milestone without a report", "%(num)s milestones without a report", missing
            )
            if missing
            else translate(reader.lang, "It still has to be closed.")
        )
        path = f"periods/{period.code}/grid/" if is_contact else f"periods/{period.code}/"
        yield Duty(
            "period",
            str(period.id),
            translate(reader.lang, "Reporting period %(code)s", code=period.code),
            about,
            workbench(reader, path),
            period.closes_on,
        )


def _reports(reader: Reader, board: Board, said: Reporting) -> Iterator[Duty]:
    """Reports to review, for a coordinator; reports that were returned, for whoever has to correct them."""
    items = {item.step.milestone.id: item for item in board.total.items}
    for report in said.pending:
        item = items[report.milestone_id]
        if reader.actor.role == Role.COORDINATOR and report.state == ReportState.SUBMITTED:
            yield _report(reader, item, report, REVIEW)
        elif reader.actor.role == Role.CONTACT and report.state == ReportState.RETURNED and item.step.may_report:
            yield _report(reader, item, report, CORRECT)


def _report(reader: Reader, item: Item, report: MilestoneReport, words: str) -> Duty:
    is_returned = report.state == ReportState.RETURNED
    path = f"milestones/{report.milestone_id}/" if is_returned else f"reports/{report.id}/"
    since = (report.decided_at if is_returned else None) or report.reported_at
    days = load_rules().reminders["report"].due_after or 0
    what = f"{item.step.commitment} {item.step.milestone.code} · {item.step.title.in_(reader.lang)}"
    return Duty(
        "report",
        f"{report.id}/{report.version}",
        f"{translate(reader.lang, words)}: {what}",
        report.note or "",
        workbench(reader, path),
        day_of(reader, since) + timedelta(days=days),
    )


async def _asked_by_link(session: AsyncSession, reader: Reader) -> list[Duty]:
    """Requests that stand and through which not everything came."""
    rows = [one for one in await requested.list_requests(session) if requests.is_standing(one)]
    came = await requested.reported_through(session, *rows)
    return [
        Duty(
            "request",
            str(one.id),
            translate(reader.lang, "Reports asked of %(name)s", name=one.name),
            one.unit,
            workbench(reader, f"requests/{one.id}/"),
            requests.last_day(one, reader.tenant.zone),
            is_mine=False,
        )
        for one in rows
        if came.get(one.id, 0) < len(one.milestone_ids)
    ]


async def _for_the_monitor(session: AsyncSession, reader: Reader) -> list[Duty]:
    """Replies while they are taken, questions without an answer, recommendations without one."""
    now, zone = utc_now(), reader.tenant.zone
    found = [
        Duty(
            "reply",
            str(one.id),
            translate(reader.lang, "Reply to the monitor: %(what)s", what=form_words(one, reader.lang)),
            "",
            workbench(reader, f"replies/{one.id}/"),
            window.last_day(zone),
        )
        for one, window in await replies.sent_for_comment(session)
        if window.is_open(now)
    ]
    asked = [one for one in await replies.list_clarifications(session) if one.answered_at is None]
    done = await _published_among(session, {one.assessment_id for one in asked})
    found += [
        clarification_duty(reader, one, f"replies/clarifications/{one.id}/", is_mine=True)
        for one in asked
        if one.assessment_id not in done
    ]
    days = load_rules().reminders["recommendation"].due_after or 0
    published = await newest_published(session, reader.tenant.slug)
    for one in replies.recommended(published, await list_answers(session)):
        if one.answer is None:
            what = translate(reader.lang, "Answer a recommendation: %(text)s", text=short(one.recommendation.text))
            path = workbench(reader, f"replies/recommendations/{one.recommendation.id}/")
            due_on = day_of(reader, one.document.published_at) + timedelta(days=days)
            found.append(Duty("recommendation", one.recommendation.id, what, one.plan, path, due_on))
    return found


async def _published_among(session: AsyncSession, assessments: set[UUID]) -> set[UUID]:
    """Which of these are published: what was asked in them can no longer be answered."""
    statement = select(Assessment.id).where(
        Assessment.id.in_(assessments), Assessment.status == AssessmentStatus.PUBLISHED
    )
    return set(await session.scalars(statement))


def clarification_duty(reader: Reader, row: Clarification, path: str, *, is_mine: bool) -> Duty:
    """One question without an answer."""
    what = translate(reader.lang, "Question of the monitor: %(text)s", text=short(row.asked))
    about = row.milestone or row.commitment or row.plan
    return Duty("clarification", str(row.id), what, about, workbench(reader, path), row.due_on, is_mine)


def form_words(assessment: Assessment, lang: str) -> str:
    """The form and what it is about."""
    title = load_method().form(assessment.form, assessment.form_version).title.in_(lang)
    return f"{title} · {assessment.commitment or assessment.plan}"


def short(text: str) -> str:
    """The beginning of a text, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= 100 else f"{words[:99].rstrip()}…"
