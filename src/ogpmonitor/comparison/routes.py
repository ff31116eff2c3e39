"""`/{lang}/compare` and `/{lang}/desk`: every jurisdiction in one table, for everyone and for OGP's staff."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.comparison import charts
from ogpmonitor.comparison.duties import STATES, Owed, Tally, owed_by
from ogpmonitor.comparison.queries import current_plans
from ogpmonitor.comparison.spreadsheet import duties_csv, to_csv
from ogpmonitor.comparison.table import SORTS, Jurisdiction, Order, Row, row_of, sorted_rows, total_of
from ogpmonitor.kit.db import RegisterSession, utc_now
from ogpmonitor.kit.respond import PRIVATE, AnyRequest, page, place_of, public_page, shared
from ogpmonitor.limits.table import COMPARE
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.forms import load_method
from ogpmonitor.register.queries import newest_published
from ogpmonitor.tenants.directory import TenantDirectory

STATUSES = ("member", "other")
MOST_CHARTS = 12  # more panels than fit a page are no longer compared by eye; the table stays


@dataclass(frozen=True, slots=True)
class Wish:
    """How the reader wants the table; anything unknown counts as not said."""

    sort: str = "name"
    order: Order = "ascending"
    status: str = ""

    @classmethod
    def of(cls, sort: str | None, order: str | None, status: str | None) -> "Wish":
        known = sort if sort in SORTS else "name"
        way: Order = "descending" if order == "descending" else "ascending"
        return cls(str(known), way, status if status in STATUSES else "")

    def query(self, **change: str) -> str:
        """The address's query that says this wish, or this wish changed; empty for the plain one."""
        said = {"sort": self.sort, "order": self.order, "status": self.status} | change
        plain = {"sort": "name", "order": "ascending", "status": ""}
        kept = {name: value for name, value in said.items() if value != plain[name]}
        return f"?{urlencode(kept)}" if kept else ""

    def by(self, sort: str) -> str:
        """The query that sorts by `sort`: a second time the other way round."""
        again = sort == self.sort and self.order == "ascending"
        return self.query(sort=sort, order="descending" if again else "ascending")

    def sorted_by(self, sort: str) -> str:
        """For `aria-sort`: how the table is sorted by this column now, or not at all."""
        return self.order if sort == self.sort else ""


class ComparisonController(Controller):
    """The same question asked of every jurisdiction, with its base and what is missing."""

    path = "/{lang:str}/compare"

    @get("/", permission=Permission.PUBLIC, limit=COMPARE)
    async def show(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        sort: FromQuery[str | None] = None,
        order: FromQuery[str | None] = None,
        status: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        wish = Wish.of(sort, order, status)
        rows = await _rows(request, register, wish)
        return public_page(request, "comparison/compare.html", wish=wish, **_context(request, rows))

    @get("/compare.csv", permission=Permission.PUBLIC, limit=COMPARE)
    async def download(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        sort: FromQuery[str | None] = None,
        order: FromQuery[str | None] = None,
        status: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        """What the page with the same query shows, row by row."""
        rows = await _rows(request, register, Wish.of(sort, order, status))
        body = to_csv(rows, total_of(rows), load_method().scale("completion"), place_of(request).lang)
        return shared(request, body, "text/csv", **{"Content-Disposition": 'attachment; filename="compare.csv"'})


class DeskController(Controller):
    """Where OGP's staff and the operator arrive: what is public, and who is late."""

    path = "/{lang:str}/desk"

    @get("/", permission=Permission.DESK_READ)
    async def show(self, request: AnyRequest, register: NamedDependency[RegisterSession]) -> Response[bytes]:
        rows = await _rows(request, register, Wish("late", "descending"))
        return page(request, "comparison/desk.html", rows=rows, total=total_of(rows))

    @get("/assessments", permission=Permission.DESK_READ)
    async def assessments(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], status: FromQuery[str | None] = None
    ) -> Response[bytes]:
        """What every monitoring body owes and gave; only in one state (`status`), if it is asked for."""
        rows, tally = await _owed(request, register)
        chosen = status if status in STATES else ""
        shown = [row for row in rows if not chosen or row.state == chosen]
        return page(request, "comparison/assessments.html", rows=shown, tally=tally, chosen=chosen, states=STATES)

    @get("/assessments/assessments.csv", permission=Permission.DESK_READ)
    async def download_assessments(
        self, request: AnyRequest, register: NamedDependency[RegisterSession], status: FromQuery[str | None] = None
    ) -> Response[bytes]:
        """What the page with the same query shows, row by row."""
        rows, _ = await _owed(request, register)
        chosen = [row for row in rows if status not in STATES or row.state == status]
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="assessments.csv"'}
        body = duties_csv(chosen, place_of(request).lang)
        return Response(body, media_type="text/csv", headers=headers)


async def _owed(request: AnyRequest, register: RegisterSession) -> tuple[list[Owed], Tally]:
    return owed_by(_compared(request), await newest_published(register), place_of(request).lang)


def _compared(request: AnyRequest, status: str = "") -> list[Jurisdiction]:
    """Every current jurisdiction, or only the members, or only the others; and what day it is there."""
    directory: TenantDirectory = request.app.state.directory
    now = utc_now()
    return [
        Jurisdiction(t.slug, t.name, t.badge.is_member, t.badge.label, t.zone, t.day_at(now))
        for t in directory.current
        if not status or t.badge.is_member == (status == "member")
    ]


async def _rows(request: AnyRequest, register: RegisterSession, wish: Wish) -> list[Row]:
    compared = _compared(request, wish.status)
    plans = await current_plans(register, {who.slug: who.today for who in compared})
    expected = load_deadlines().publication
    rows = [row_of(who, plans.get(who.slug), expected) for who in compared]
    return sorted_rows(rows, wish.sort, wish.order, place_of(request).lang)


def _context(request: AnyRequest, rows: list[Row]) -> dict[str, Any]:
    lang = place_of(request).lang
    scale = load_method().scale("completion")
    drawn = rows if len(rows) <= MOST_CHARTS else []
    return {
        "rows": rows,
        "total": total_of(rows),
        "scale": scale,
        "completed_bars": charts.completed(drawn, lang),
        "rating_panels": charts.ratings(drawn, scale, lang),
        "expected": load_deadlines().publication,
    }
