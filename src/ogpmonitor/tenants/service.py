"""Bringing the table of tenants to what their folders say."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ogpmonitor.method.independence import load_independence
from ogpmonitor.tenants.directory import TENANTS_SYNCED
from ogpmonitor.tenants.files import TenantFolder
from ogpmonitor.tenants.models import Tenant


@dataclass(frozen=True)
class Synced:
    """One tenant after a sync, and whether its row was written."""

    tenant: Tenant
    changed: bool


async def sync(session: AsyncSession, folders: Sequence[TenantFolder]) -> list[Synced]:
    """Every folder has its row and says the same; rows without a folder stay as they are. Runs as the owner.

    The rules of independence that the database keeps itself are those of this release.

    A second call with the same folders writes nothing.
    """
    known = {tenant.slug: tenant for tenant in await session.scalars(select(Tenant))}
    synced = []
    for folder in folders:
        identity, digest = identity_of(folder), digest_of(folder)
        tenant = known.get(folder.tenant.slug)
        changed = tenant is None or tenant.digest != digest
        if tenant is None:
            tenant = Tenant(slug=folder.tenant.slug)
            session.add(tenant)
        if changed:
            tenant.hosts, tenant.identity, tenant.digest = list(folder.tenant.hosts), identity, digest
        synced.append(Synced(tenant, changed))
    await session.flush()
    await session.execute(
        text(
            "INSERT INTO platform.rules VALUES (:name, :months)"
            " ON CONFLICT (name) DO UPDATE SET months = excluded.months WHERE rules.months <> excluded.months"
        ),
        [{"name": name, "months": months} for name, months in load_independence().counted_in_months.items()],
    )
    if any(one.changed for one in synced):
        await session.execute(text(f"NOTIFY {TENANTS_SYNCED}"))
    return synced


def digest_of(folder: TenantFolder) -> str:
    """Another word whenever the table would keep something else of `folder`."""
    return hashlib.sha256(json.dumps(identity_of(folder), sort_keys=True).encode()).hexdigest()


def identity_of(folder: TenantFolder) -> dict[str, Any]:
    """What the table keeps of a folder: all of it public."""
    return {
        "tenant": folder.tenant.model_dump(mode="json", exclude_defaults=True),
        "logo_svg": folder.logo_svg,
        "pages": {f"{name}.{language}": page.markdown for (name, language), page in folder.pages.items()},
    }
