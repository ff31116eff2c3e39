"""Somebody who writes a plan of these tests' own."""

import httpx
import pytest
from tests.factories.site import Site
from tests.factories.writing import COORDINATOR, begin_with_milestone


@pytest.fixture
async def writer(site: Site) -> httpx.AsyncClient:
    """Peñalolén's coordinator, with a plan of one commitment and one milestone."""
    client = await site.sign_in(COORDINATOR)
    await begin_with_milestone(client)
    return client
