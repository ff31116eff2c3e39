"""One deployment for all tests of faults, since each leaves it whole; how long they try is told by a variable."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.deployed import Deployed, deployed

WRITES_VARIABLE = "OGPMONITOR_TEST_FAULT_WRITES"  # `make faults` asks for a thousand


@pytest.fixture(scope="session")
def writes() -> int:
    """How many writes a deployment is to take while faults are done to it."""
    return int(os.environ.get(WRITES_VARIABLE, "60"))


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A deployment with nothing running but its database."""
    folder: Path = tmp_path_factory.mktemp("faults")
    with deployed(folder) as house:
        yield house


@pytest.fixture
def house(standing: Deployed) -> Iterator[Deployed]:
    """The same for one test, which starts what it needs."""
    yield standing
    standing.stop()
