"""A plan of these tests' own, published in Peñalolén beside the demo's."""

from collections.abc import Sequence

import pytest
from tests.factories.cast import Cast
from tests.factories.published import Publisher

from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition


@pytest.fixture
def publisher(cast: Cast, key: SigningKey) -> Publisher:
    """Publishes into the register of this test's deployment."""
    return Publisher(cast, key)


@pytest.fixture
async def story(publisher: Publisher) -> Sequence[Edition]:
    """Three editions of one plan: promised, reported, rated."""
    return await publisher.story()
