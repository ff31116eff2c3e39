"""Ending a command with one sentence for the person at the terminal."""

import sys
from typing import TYPE_CHECKING, Never

import click

if TYPE_CHECKING:
    from ogpmonitor.settings import Settings


def settings_or_fail(*, as_owner: bool = False) -> "Settings":
    """The settings of the environment, or the end of the program with one line for each that is wrong.

    `as_owner` asks for the database's owner too, without whom a web server and a worker can do.
    """
    from pydantic import ValidationError  # noqa: PLC0415 (see the package's docstring)

    from ogpmonitor.settings import Settings  # noqa: PLC0415 (see the package's docstring)

    try:
        settings = Settings()
    except ValidationError as error:
        lines = [
            "".join(f"OGPMONITOR_{str(name).upper()}: " for name in each["loc"][:1])
            + each["msg"].removeprefix("Value error, ")
            for each in error.errors(include_input=False)
        ]
        fail("\n".join([*lines, "docs/settings.md says what each setting means."]))
    if as_owner and not settings.database_url:
        fail("OGPMONITOR_DATABASE_URL: is needed here, as a user who may create roles.")
    return settings


def signing_key_or_fail(settings: "Settings") -> None:
    """The signing key can be read, or the program ends with one line."""
    from ogpmonitor.register.log import read_signing_key  # noqa: PLC0415 (see the package's docstring)

    try:
        read_signing_key(settings.signing_key_file)
    except OSError as error:
        fail(f"OGPMONITOR_SIGNING_KEY_FILE: {settings.signing_key_file} cannot be read ({error.strerror}).")
    except (TypeError, ValueError):
        fail(
            f"OGPMONITOR_SIGNING_KEY_FILE: {settings.signing_key_file} holds no unencrypted Ed25519 private key (PEM)."
        )


def fail(message: str) -> Never:
    """The program ends with `message` and exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)
