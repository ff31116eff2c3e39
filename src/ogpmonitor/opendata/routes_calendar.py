"""`/data/{tenant}/{plan}/calendar-{lang}.ics`: the published due dates, for calendars that subscribe."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from ogpmonitor.accounts.permissions import Permission
from ogpmonitor.kit.db import RegisterSession
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.i18n import LANGUAGES
from ogpmonitor.kit.respond import AnyRequest, place_of, shared
from ogpmonitor.opendata.calendar import Feed, calendar_of, units_in
from ogpmonitor.register.documents import CommitmentDocument, PlanDocument
from ogpmonitor.register.queries import published_plan

CALENDAR = "text/calendar"  # the framework says which letters
ROOT = "/data/{tenant:str}/{plan:str}"


class CalendarController(Controller):
    """One file for each language; `?unit=` leaves only what one unit answers for."""

    @get([f"{ROOT}/calendar-{lang}.ics" for lang in LANGUAGES], permission=Permission.PUBLIC)
    async def calendar(
        self,
        request: AnyRequest,
        register: NamedDependency[RegisterSession],
        plan: FromPath[str],
        unit: FromQuery[str] = "",
    ) -> Response[bytes]:
        """The due dates of the newest edition.

        Raises:
            NotFound: nothing was published there, or no milestone names such a unit.
        """
        place = place_of(request)
        lang = request.url.path.removesuffix(".ics").rpartition("-")[2]
        published = await published_plan(register, place.tenant.slug, plan)
        documents = list(published.documents.values())
        feed = Feed(
            plan=next(one for one in documents if isinstance(one, PlanDocument)),
            commitments=tuple(one for one in documents if isinstance(one, CommitmentDocument)),
            number=published.edition.number,
            published_at=published.edition.published_at,
            lang=lang,
            address=f"{place.base_url.rstrip('/')}/{lang}/{place.tenant.slug}/plans/{plan}/",
            unit=unit,
        )
        if unit and unit not in units_in(feed):
            raise NotFound("unit.not_found")
        name = f"{place.tenant.slug}-{plan}-{lang}.ics"
        disposition = f'inline; filename="{name}"'
        return shared(request, calendar_of(feed), CALENDAR, **{"Content-Disposition": disposition})
