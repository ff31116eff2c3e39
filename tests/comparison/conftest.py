"""Plans of these tests' own, published beside the demo's."""

import pytest
from tests.factories.cast import Cast
from tests.factories.published import Publisher

from ogpmonitor.register.log import SigningKey


@pytest.fixture
def publisher(cast: Cast, key: SigningKey) -> Publisher:
    """Publishes into the register of this test's deployment."""
    return Publisher(cast, key)
