"""Houses with providers: one that says what a test wants, named by the platform and by a jurisdiction."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.entering import give_provider, write_platform
from tests.factories.hostile import CLIENT_ID, SECRET, Hostile, hostile_provider
from tests.factories.site import Site, running_site

from ogpmonitor.settings import Settings

PLATFORM, OWN = "platform/hers", "penalolen/work"


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    """The provider, honest until the test makes it otherwise."""
    with hostile_provider() as provider:
        yield provider


@pytest.fixture
def secrets_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment holds the secrets of both providers."""
    for name in ("PLATFORM__HERS", "PENALOLEN__WORK", "PLATFORM__OTHER"):
        monkeypatch.setenv(f"OGPMONITOR_CLIENT_SECRET__{name}", SECRET)


def told_of(hostile: Hostile) -> dict[str, Any]:
    """What a file says of the provider, whosever it is."""
    return {
        "kind": "oidc", "issuer": hostile.issuer, "client_id": CLIENT_ID, "trust_email": True,
        "email_domains": ["penalolen.example"],
    }  # fmt: skip


def own_provider(hostile: Hostile) -> dict[str, Any]:
    """The provider as Peñalolén's own."""
    return {**told_of(hostile), "key": "work", "label": "Cuenta municipal"}


@pytest.fixture
async def real(
    settings: Settings,
    hostile: Hostile,
    tmp_path: Path,
    secrets_are_set: None,  # noqa: ARG001  asked for its effect
) -> Settings:
    """A deployment outside the demo. The platform and Peñalolén each name the provider, each for its own."""
    write_platform(tmp_path, {**told_of(hostile), "key": "hers", "label": "la plataforma"})
    await give_provider(settings, "penalolen", own_provider(hostile))
    return settings.model_copy(update={"demo": False, "tenants_folder": tmp_path})


@pytest.fixture
async def house(real: Settings) -> AsyncIterator[Site]:
    """That deployment, answering."""
    async with running_site(real) as site:
        yield site
