"""From folders of tenants to the database: identities always, plans once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.kit.datafiles import DataRefused, Problem
from ogpmonitor.kit.db import owner_session, seal
from ogpmonitor.plans.planfile import PlanFile, read_plan
from ogpmonitor.plans.service import load_plan
from ogpmonitor.tenants import service as tenants
from ogpmonitor.tenants.files import TenantFolder, read_tenants

SYSTEM = Actor(None, "ogpmonitor")


@dataclass(frozen=True)
class Loadable:
    """A tenant's folder with its plans, all of it valid."""

    folder: TenantFolder
    plans: Sequence[PlanFile]


@dataclass(frozen=True)
class Loaded:
    """What a sync did for one tenant: whether its row was written, and which plans are new."""

    slug: str
    id: UUID
    changed: bool
    new_plans: Sequence[str]


def read_folders(folder: Path) -> list[Loadable]:
    """Every tenant under `folder` and every plan of theirs, by slug.

    Raises:
        DataRefused: with every problem of every file.
    """
    found: list[Loadable] = []
    problems: list[Problem] = []
    for tenant in read_tenants(folder):
        plans = []
        for path in tenant.plan_files:
            try:
                plans.append(read_plan(path, below=folder))
            except DataRefused as refused:
                problems.extend(refused.problems)
        found.append(Loadable(tenant, plans))
    if problems:
        raise DataRefused(problems)
    return found


async def sync(owner_url: str, found: Sequence[Loadable]) -> list[Loaded]:
    """Every tenant has its row and every plan stands in the workbench, in one transaction: all of it or nothing.

    A plan that stands there already is left as it is: people have been editing it.
    """
    loaded = []
    async with owner_session(owner_url) as session:
        rows = {one.tenant.slug: one for one in await tenants.sync(session, [one.folder for one in found])}
        for one in found:
            row = rows[one.folder.tenant.slug]
            await seal(session, row.tenant.id, None)
            new = [file.slug for file in one.plans if await load_plan(session, file, by=SYSTEM)]
            loaded.append(Loaded(row.tenant.slug, row.tenant.id, row.changed, new))
    return loaded
