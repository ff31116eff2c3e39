"""The tenants as every request needs them: in memory, refreshed when something changed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from ogpmonitor.kit.db import Database, TenantOwned, owner_of
from ogpmonitor.kit.errors import NotFound
from ogpmonitor.kit.localized import Localized
from ogpmonitor.tenants.models import State, Tenant, TenantState
from ogpmonitor.tenants.schemas import TenantFile

NEWEST_STATES = (
    select(TenantState)
    .ext(distinct_on(TenantState.jurisdiction))
    .order_by(TenantState.jurisdiction, TenantState.id.desc())
)
REFRESH_SECONDS = 5.0  # an unknown name is looked up again at most this often
TENANTS_SYNCED = "ogp_tenants_synced"


@dataclass(frozen=True)
class Badge:
    """What the tenant's page says of its membership in OGP Local."""

    label: Localized
    is_member: bool


@dataclass(frozen=True)
class Standing:
    """The state of a tenant; since when, and why, where somebody changed it."""

    state: State = State.ACTIVE
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class KnownTenant:
    """One tenant, ready for pages."""

    id: UUID
    file: TenantFile
    logo_svg: str
    pages: Mapping[str, str]  # Markdown by "name.language"
    digest: str
    standing: Standing = Standing()

    @property
    def is_active(self) -> bool:
        """Whether its government works here: neither suspended nor archived."""
        return self.standing.state == State.ACTIVE

    @property
    def is_archived(self) -> bool:
        """Whether it is no longer among the current ones."""
        return self.standing.state == State.ARCHIVED

    @property
    def slug(self) -> str:
        return self.file.slug

    @property
    def name(self) -> Localized:
        return self.file.name

    @property
    def accent(self) -> str:
        return self.file.colours.accent

    @property
    def accent_dark(self) -> str:
        return self.file.colours.accent_dark

    @property
    def logo_url(self) -> str:
        """Names the content, so it may be kept for ever."""
        return f"/static/tenants/{self.slug}.svg?{self.digest[:12]}"

    @cached_property
    def badge(self) -> Badge:
        return Badge(self.file.ogp.sentence, self.file.ogp.member)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where its days begin and end."""
        return ZoneInfo(self.file.time_zone)

    def day_at(self, moment: datetime) -> date:
        """The day it is there at that instant."""
        return moment.astimezone(self.zone).date()

    def is_home_of(self, row: TenantOwned) -> bool:
        """Whether `row` belongs to this tenant."""
        return owner_of(row) == self.id


class TenantDirectory:
    """Every tenant by slug and by host."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_slug: Mapping[str, KnownTenant] = {}
        self._by_host: Mapping[str, KnownTenant] = {}
        self._read_at = float("-inf")

    async def refresh(self) -> None:
        """Read the tenants again."""
        async with self._database.tenant_session(None, read_only=True) as session:
            rows = (await session.scalars(select(Tenant).order_by(Tenant.slug))).all()
            changed = {one.jurisdiction: one for one in await session.scalars(NEWEST_STATES)}
        known = [_known(row, changed.get(row.slug)) for row in rows]
        self._by_slug = {tenant.slug: tenant for tenant in known}
        self._by_host = {host: tenant for tenant in known for host in tenant.file.hosts}
        self._read_at = time.monotonic()

    async def get(self, slug: str) -> KnownTenant:
        """The tenant called `slug`.

        Raises:
            NotFound: there is none.
        """
        if slug not in self._by_slug and time.monotonic() - self._read_at > REFRESH_SECONDS:
            self._read_at = time.monotonic()  # others who ask for it meanwhile need not look, too
            await self.refresh()
        try:
            return self._by_slug[slug]
        except KeyError:
            raise NotFound("tenant.not_found") from None

    def at_host(self, host: str) -> KnownTenant | None:
        """The tenant whose own host this is (without port), if it is one's."""
        return self._by_host.get(host)

    @property
    def all(self) -> Sequence[KnownTenant]:
        """Every tenant, by slug."""
        return list(self._by_slug.values())

    @property
    def current(self) -> Sequence[KnownTenant]:
        """Every tenant that is not archived, by slug."""
        return [tenant for tenant in self._by_slug.values() if not tenant.is_archived]


def _known(row: Tenant, changed: TenantState | None) -> KnownTenant:
    identity = row.identity
    # A newer release may have written sections that this one does not know.
    known = {name: value for name, value in identity["tenant"].items() if name in TenantFile.model_fields}
    return KnownTenant(
        row.id,
        TenantFile.model_validate(known),
        identity["logo_svg"],
        identity["pages"],
        row.digest,
        Standing(State(changed.state), changed.since, changed.reason) if changed else Standing(),
    )
