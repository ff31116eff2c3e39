"""A deployment to measure: an embedded server that writes to disk as a real one does, with the demo in it."""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ogpmonitor.demo.loading import load_demo
from ogpmonitor.kit import migrate
from ogpmonitor.kit.embedded import Embedded
from ogpmonitor.register.log import new_signing_key_pem, read_signing_key
from ogpmonitor.settings import Settings

SECRET = "not a secret: only for a database that is deleted at the end"  # noqa: S105  it opens nothing else


@dataclass(frozen=True)
class Deployment:
    """Its settings, and the same as environment variables for a server in another process."""

    settings: Settings
    environment: Mapping[str, str]


@contextmanager
def deployment() -> Iterator[Deployment]:
    """The demo stands in a database of its own until the block ends."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with Embedded(folder / "postgres") as server:
            key = folder / "signing-key.pem"
            key.write_bytes(new_signing_key_pem())
            environment = {
                "OGPMONITOR_DATABASE_URL": server.create_database("bench"),
                "OGPMONITOR_SECRET_KEY": SECRET,
                "OGPMONITOR_SIGNING_KEY_FILE": str(key),
                "OGPMONITOR_FILES_URL": f"file://{folder}/files",
                "OGPMONITOR_DEMO": "true",
                "OGPMONITOR_COOKIE_SECURE": "false",
                "OGPMONITOR_LOG_LEVEL": "WARNING",
            }
            settings = _settings(environment)
            migrate.upgrade(settings.database_url, secret=SECRET)
            asyncio.run(load_demo(settings, read_signing_key(key)))
            yield Deployment(settings, environment)


def _settings(environment: Mapping[str, str]) -> Settings:
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        return Settings()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
