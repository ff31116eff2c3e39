"""What tests of backups ask for."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest


@pytest.fixture
def in_thread() -> Callable[..., Awaitable[object]]:
    """A command that opens an event loop of its own, run beside the test's."""
    return asyncio.to_thread
