"""What the portal's controllers share: whose page it is, the day it is there, the edition that is asked for."""

from datetime import date, datetime

from ogpmonitor.kit.db import utc_now
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.respond import AnyRequest, place_of
from ogpmonitor.portal.queries import Published
from ogpmonitor.tenants.directory import KnownTenant

LONGEST_NUMBER = 9  # digits: an edition's number is a 32-bit integer


def tenant_of(request: AnyRequest) -> KnownTenant:
    """The jurisdiction whose page is asked for."""
    tenant: KnownTenant = place_of(request).tenant
    return tenant


def today_at(tenant: KnownTenant, moment: datetime | None = None) -> date:
    """The day it is, or was at `moment`, where the jurisdiction is."""
    return tenant.day_at(moment or utc_now())


def about_of(request: AnyRequest) -> str:
    """Where the platform's own pages about itself are, as this request reached them: `about/` or `about-platform/`."""
    return f"{place_of(request).path.partition('/')[0]}/"


def number_of(text: str) -> int:
    """An edition's number as it stands in an address.

    Raises:
        NotFound: it is not a number that an edition could have.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise NotFound("edition.not_found")
    return int(text)


def edition_asked(request: AnyRequest) -> int | None:
    """The edition of `?edition=n`, or None: the newest.

    Raises:
        NotFound: it is not a number.
    """
    text = request.query_params.get("edition")
    return None if text is None else number_of(str(text))


def standing_day(tenant: KnownTenant, published: Published, asked: int | None) -> date:
    """The day on which lateness is counted: today, or for a past edition the day it was published."""
    return today_at(tenant) if asked is None else today_at(tenant, published.edition.published_at)
