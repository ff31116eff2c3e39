"""Run as a program beside a test: what the service says where its method has one more file. Prints JSON."""

import asyncio
import json
import sys
from typing import Any

from tests.factories.assessments import PENALOLEN, a_draft
from tests.factories.cast import the_cast
from tests.factories.site import running_site

from ogpmonitor.assessments import queries
from ogpmonitor.kit.db import Database
from ogpmonitor.settings import Settings


async def look(addresses: list[str], drafts: list[str]) -> dict[str, Any]:
    """The pages at `addresses`; the version and a question of a draft that is begun now, and of those begun before."""
    settings = Settings()
    database = Database(settings.app_url, settings.public_url, pool_size=2)
    cast = await the_cast(database)
    async with cast.at(PENALOLEN, cast.monitor) as session:
        fresh = await a_draft(session, cast.monitor, commitment="C3")
        sheets = [await queries.get_sheet(session, PENALOLEN, name) for name in (fresh.id, *drafts)]
        told = [(one.form.version, one.form.questions["EOC1.1"].text.in_("es"), len(one.answers)) for one in sheets]
    await database.close()
    async with running_site(settings) as site:
        pages = [(await site.client.get(address)).text for address in addresses]
    return {"pages": pages, "drafts": told}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(look(*json.load(sys.stdin)))))
