"""Reading about the tenant a session is sealed to."""

from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.tenants.models import Tenant

TIME_ZONE = select(Tenant.identity["tenant"]["time_zone"].as_string()).where(
    Tenant.id == func.platform.current_tenant()
)


async def own_zone(session: AsyncSession) -> ZoneInfo:
    """Where the days of the session's tenant begin and end; UTC outside any tenant."""
    return ZoneInfo(await session.scalar(TIME_ZONE) or "UTC")
