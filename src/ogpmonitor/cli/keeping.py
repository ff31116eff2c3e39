"""Commands that verify what was published, and keep it: signing keys, backups."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ogpmonitor.cli.ending import fail, settings_or_fail


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "keys", multiple=True, help="A public key (base64) you know from elsewhere; may be repeated.")
@click.option("--known", help="A signed head you know from elsewhere, as SEQUENCE:HASH.")
@click.option("--files", is_flag=True, help="Recompute the hash of every file of evidence too.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="The folder of a demo, instead of the environment's database."
)
def verify(file: Path | None, keys: tuple[str, ...], known: str | None, files: bool, data: Path | None) -> None:
    """Recompute everything that was published and name what does not hold.

    With FILE, a report as PDF or an exported edition as JSON is recomputed by itself, without any database.
    """
    from ogpmonitor.verifying import Asked, verify_file, verify_house  # noqa: PLC0415 (see the package's docstring)

    asked = Asked(frozenset(keys) or None, _head(known), files)
    if file is not None:
        outcome = asyncio.run(verify_file(file.read_bytes(), asked))
    else:
        with _environment_of(data):
            outcome = asyncio.run(verify_house(settings_or_fail(), asked))
    for line in outcome.lines:
        click.echo(line)
    if not outcome.holds:
        sys.exit(1)


@click.group()
def keys() -> None:
    """The keys that sign the log."""


@keys.command("list")
def list_keys() -> None:
    """Name every key that has signed the log, and which entries."""
    from ogpmonitor import rotating  # noqa: PLC0415 (see the package's docstring)

    for line in asyncio.run(rotating.list_keys(settings_or_fail())):
        click.echo(line)


@keys.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new_key(file: Path) -> None:
    """Make a private key in FILE, which must not exist, and print its public key."""
    from ogpmonitor import rotating  # noqa: PLC0415 (see the package's docstring)

    try:
        click.echo(rotating.new_key(file))
    except OSError as error:
        fail(f"{file} cannot be written ({error.strerror}).")


@keys.command("rotate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lost", is_flag=True, help="The present key is lost or in wrong hands: go on without its signature.")
def rotate_keys(file: Path, lost: bool) -> None:
    """Have the private key in FILE sign from now on; the present one vouches for it, and it for the present one."""
    from ogpmonitor import rotating  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.kit.errors import Conflict  # noqa: PLC0415 (as above)

    try:
        lines = asyncio.run(rotating.rotate(settings_or_fail(as_owner=True), file, is_lost=lost))
    except Conflict as refused:
        fail(refused.message)
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the signing key and the secret key in it; guard it accordingly.")
def backup(folder: Path, with_keys: bool) -> None:
    """Keep the database and every file in FOLDER, which is new or empty; the service goes on meanwhile."""
    from ogpmonitor.backup.manifest import BackupRefused  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.backup.taking import back_up, told  # noqa: PLC0415 (as above)

    try:
        manifest = back_up(settings_or_fail(as_owner=True), folder, with_keys=with_keys)
    except BackupRefused as refused:
        fail(str(refused))
    for line in told(manifest, folder):
        click.echo(line)
    if manifest.damaged:
        sys.exit(1)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--key", "keys", multiple=True, help="A public key (base64) that may have signed the backup, besides ours."
)
def restore(folder: Path, keys: tuple[str, ...]) -> None:
    """Bring the backup in FOLDER back into an empty database, and compare the result with it."""
    from ogpmonitor.backup import restoring  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.backup.manifest import BackupRefused  # noqa: PLC0415 (as above)

    try:
        restored = restoring.restore(settings_or_fail(as_owner=True), folder, keys=keys)
    except BackupRefused as refused:
        fail(str(refused))
    for line in restored.lines:
        click.echo(line)
    if not restored.holds:
        sys.exit(1)


def _head(known: str | None) -> tuple[int, str] | None:
    if known is None:
        return None
    sequence, _, head = known.partition(":")
    if not sequence.isdigit() or len(head) != 64:
        fail("--known is written as SEQUENCE:HASH, as in 12:3f9a…")
    return int(sequence), head.lower()


@contextlib.contextmanager
def _environment_of(data: Path | None) -> Iterator[None]:
    """The process's environment, or that of the demo in `data`."""
    if data is None:
        yield
        return
    from ogpmonitor.launch import CannotStart, Demo  # noqa: PLC0415 (see the package's docstring)

    try:
        with Demo(data.absolute(), 8000, False, say=click.echo).visited() as environment:
            os.environ.update(environment)
            yield
    except CannotStart as error:
        fail(str(error))
