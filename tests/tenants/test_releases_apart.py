"""What one release keeps of a jurisdiction, another one reads: while both run, and after going back."""

import json

from sqlalchemy import text
from tests.factories.site import Site

from ogpmonitor.kit.db import owner_session
from ogpmonitor.settings import Settings
from ogpmonitor.tenants.files import read_tenants
from ogpmonitor.tenants.schemas import TenantFile
from ogpmonitor.tenants.service import identity_of


def test_what_no_file_says_is_not_kept(settings: Settings) -> None:
    """A release that does not know a setting yet refuses it: where nobody uses it, it must not meet it."""
    kept = [(folder, identity_of(folder)["tenant"]) for folder in read_tenants(settings.tenants_folder)]

    assert kept
    for folder, tenant in kept:
        assert not {"mail", "sign_in", "uploads"} & set(tenant)
        assert TenantFile.model_validate(tenant) == folder.tenant


async def test_what_a_newer_release_keeps_is_left_aside(site: Site, settings: Settings) -> None:
    newer = {"since": "next year", "nested": {"more": True}}
    async with owner_session(settings.database_url) as session:
        await session.execute(
            text("""UPDATE platform.tenants SET identity = jsonb_set(identity,
                    '{tenant,not_known_yet}', CAST(:newer AS jsonb)) WHERE slug = 'penalolen'"""),
            {"newer": json.dumps(newer)},
        )

    await site.state.directory.refresh()

    assert (await site.client.get("/es/penalolen/")).status_code == 200
