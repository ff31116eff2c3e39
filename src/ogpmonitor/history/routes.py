"""`/workbench/history`: who did what, when, and why; the same as a file."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.history.queries import (
    BY_LINK,
    PAGE,
    Cursor,
    Wanted,
    list_records,
    names_in,
    people_in_record,
)
from ogpmonitor.history.wording import LONGEST, SUBJECTS, Line, line_of
from ogpmonitor.kit.cells import csv_of
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.formats import reading_in
from ogpmonitor.kit.forms import read_day
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page, place_of
from ogpmonitor.plans.queries import list_whole_plans

HEADS = (
    msgid("When"),
    msgid("Who"),
    msgid("What was done"),
    msgid("Where"),
    msgid("Title"),
    msgid("Field"),
    msgid("Before"),
    msgid("After"),
    msgid("Why"),
)


@dataclass(frozen=True)
class Asked:
    """The filter as it stands in the address; what cannot be read asks for nothing, and is said beside its field."""

    who: str
    kind: str
    about: str
    since: str
    until: str

    @property
    def query(self) -> str:
        """The same filter as a query, without what asks for nothing."""
        told = {"who": self.who, "kind": self.kind, "about": self.about, "from": self.since, "to": self.until}
        return urlencode({name: value for name, value in told.items() if value})


class HistoryController(Controller):
    """The audit record on screen. The monitor's part of it is not the government's to read."""

    path = "/{lang:str}/{tenant:str}/workbench/history"

    @get("/", permission=Permission.HISTORY_READ)
    async def show(
        self,
        request: AnyRequest,
        session: NamedDependency[TenantSession],
        after: FromQuery[str] = "",
    ) -> Response[bytes]:
        """A page of the record, the newest first; `after` is where the page before it ended."""
        asked = _asked(request)
        wanted, errors = _wanted(request, asked)
        found = await list_records(session, wanted, after=_cursor(after))
        shown = found[:PAGE]
        lines = await _lines(request, session, shown)
        more = f"{shown[-1].at.isoformat()}~{shown[-1].id}" if len(found) > PAGE else ""
        return page(
            request,
            "history/history.html",
            lines=lines,
            asked=asked,
            errors=errors,
            people=await people_in_record(session),
            things=await _things(request, session),
            subjects={code: translate(place_of(request).lang, words) for code, words in SUBJECTS.items()},
            by_link=BY_LINK,
            longest=LONGEST,
            is_first=not after,
            next_query=urlencode({"after": more}) if more else "",
        )

    @get("/history.csv", permission=Permission.HISTORY_READ)
    async def download(self, request: AnyRequest, session: NamedDependency[TenantSession]) -> Response[bytes]:
        """Everything that the filter finds, a line for each field that changed."""
        wanted, _ = _wanted(request, _asked(request))
        lines = await _lines(request, session, await list_records(session, wanted, most=None))
        lang = place_of(request).lang
        rows = [row for line in lines for row in _rows(line, request)]
        body = csv_of([[translate(lang, head) for head in HEADS], *rows])
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="history.csv"'}
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def _rows(line: Line, request: AnyRequest) -> list[list[object]]:
    when = line.at.astimezone(place_of(request).tenant.zone).isoformat(timespec="seconds")
    start: list[object] = [when, line.who, line.what, line.place, line.title]
    if not line.changes:
        return [[*start, "", "", "", line.why]]
    return [[*start, one.label, one.old, one.new, line.why] for one in line.changes]


async def _lines(request: AnyRequest, session: AsyncSession, records: Any) -> list[Line]:
    names = await names_in(session, records)
    place = place_of(request)
    with reading_in(place.tenant.zone):
        return [line_of(record, names, place.lang) for record in records]


def _asked(request: AnyRequest) -> Asked:
    query = request.query_params
    return Asked(*(str(query.get(name, "")).strip() for name in ("who", "kind", "about", "from", "to")))


def _wanted(request: AnyRequest, asked: Asked) -> tuple[Wanted, dict[str, str]]:
    zone, lang = place_of(request).tenant.zone, place_of(request).lang
    errors: dict[str, str] = {}

    def day(name: str, written: str) -> date | None:
        try:
            return read_day(written)
        except ValueError as wrong:
            errors[name] = translate(lang, str(wrong))
            return None

    since, until = day("from", asked.since), day("to", asked.until)
    return Wanted(
        who=asked.who if asked.who == BY_LINK or _uuid(asked.who) else "",
        subject=asked.kind if asked.kind in SUBJECTS else "",
        about=_uuid(asked.about),
        since=datetime.combine(since, time(), zone) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
    ), errors


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _cursor(written: str) -> Cursor | None:
    """Where to go on; an address that says it wrongly begins at the newest."""
    at, _, name = written.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return Cursor(instant, UUID(name)) if instant.tzinfo else None
    except ValueError:
        return None


async def _things(request: AnyRequest, session: AsyncSession) -> list[dict[str, str]]:
    """Every plan, commitment and milestone, to choose one of."""
    lang = place_of(request).lang
    told: list[dict[str, str]] = []
    for plan in await list_whole_plans(session):
        told.append({"code": str(plan.id), "label": f"{plan.slug}: {Localized.model_validate(plan.title).in_(lang)}"})
        for one in plan.commitments:
            title = Localized.model_validate(one.title).in_(lang)
            told.append({"code": str(one.id), "label": f"{plan.slug} · {one.code}: {title}"[:90]})
            for step in one.milestones:
                title = Localized.model_validate(step.title).in_(lang)
                told.append({"code": str(step.id), "label": f"{plan.slug} · {one.code} · {step.code}: {title}"[:90]})
    return told
