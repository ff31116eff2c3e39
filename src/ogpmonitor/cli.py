"""`ogpmonitor ...`: everything an operator does from a terminal.

Rooms are imported inside the commands: whoever asks for help should not wait for the whole house.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import click

if TYPE_CHECKING:
    from ogpmonitor.register.verify import Verdict
    from ogpmonitor.settings import Settings

DEFAULT_TENANTS = Path(__file__).resolve().parents[2] / "tenants"


class Commands(click.Group):
    """Commands that end with one sentence when the database cannot be reached."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if type(error).__name__ != "OperationalError":  # psycopg's or SQLAlchemy's; neither is loaded for `--help`
                raise
            fail(f"The database cannot be reached: {str(error).splitlines()[0]}")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="ogpmonitor")
def main() -> None:
    """Local open government action plans that anyone can follow, rate and verify."""


@main.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Where to answer.")
@click.option("--data", default=".demo", type=click.Path(path_type=Path), help="Folder that keeps everything.")
@click.option("--reload", is_flag=True, help="Start anew when code or templates change; logs on the terminal.")
def demo(port: int, data: Path, reload: bool) -> None:
    """Start everything on this machine with demo data, until Ctrl-C.

    Uses a PostgreSQL of its own unless OGPMONITOR_DATABASE_URL names another.
    """
    from ogpmonitor.launch import CannotStart, Demo  # noqa: PLC0415 (see the module's docstring)

    try:
        Demo(data.absolute(), port, reload, say=click.echo).run()
    except CannotStart as error:
        fail(str(error))


@main.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, type=click.IntRange(1), help="Processes that answer.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site, configured by the environment."""
    from ogpmonitor.launch import web_command  # noqa: PLC0415 (see the module's docstring)

    settings_or_fail()
    command = web_command(host, port, workers=workers)
    os.execv(command[0], command)  # noqa: S606 (this very Python)


@main.command()
def worker() -> None:
    """Do the jobs people need not wait for: mails, reports."""
    from ogpmonitor.worker import work  # noqa: PLC0415 (see the module's docstring)

    asyncio.run(work(settings_or_fail()))


@main.command()
def migrate() -> None:
    """Bring the database to this version's schema; nothing happens when it is there."""
    from ogpmonitor.kit.migrate import DatabaseNewerThanCode, current_revision, upgrade  # noqa: PLC0415 (as above)

    settings = settings_or_fail()
    try:
        upgrade(settings.database_url, secret=settings.secret_key.get_secret_value())
    except DatabaseNewerThanCode as error:
        fail(str(error))
    click.echo(f"The database is at revision {current_revision(settings.database_url)}.")


@main.group()
def tenants() -> None:
    """The jurisdictions, as their folders describe them."""


@tenants.command("check")
@click.option("--folder", default=DEFAULT_TENANTS, type=click.Path(path_type=Path), help="The folder of tenants.")
def check_tenants(folder: Path) -> None:
    """Read every file of every tenant and name each problem; needs no database."""
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.plans.loading import read_folders  # noqa: PLC0415 (see the module's docstring)

    try:
        found = read_folders(folder)
    except DataRefused as refused:
        fail(str(refused))
    plans = sum(len(each.plans) for each in found)
    click.echo(
        f"{len(found)} tenants and {plans} plans, no problem: {', '.join(each.folder.tenant.slug for each in found)}."
    )


@tenants.command("sync")
def sync_tenants() -> None:
    """Bring the database to what the folders say, all or nothing."""
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.plans.loading import read_folders, sync  # noqa: PLC0415 (see the module's docstring)

    settings = settings_or_fail()
    try:
        synced = asyncio.run(sync(settings.database_url, read_folders(settings.tenants_folder)))
    except DataRefused as refused:
        fail(str(refused))
    for one in synced:
        plans = f"; new plans: {', '.join(one.new_plans)}" if one.new_plans else ""
        click.echo(f"{one.slug}: {'written' if one.changed else 'unchanged'}{plans}")


@tenants.command("list")
@click.option("--folder", default=DEFAULT_TENANTS, type=click.Path(path_type=Path), help="The folder of tenants.")
def list_tenants(folder: Path) -> None:
    """Name every tenant that has a folder."""
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.tenants.files import read_tenants  # noqa: PLC0415 (see the module's docstring)

    try:
        found = read_tenants(folder)
    except DataRefused as refused:
        fail(str(refused))
    width = max(len(each.tenant.slug) for each in found)
    for each in found:
        click.echo(f"{each.tenant.slug:<{width}}  {each.tenant.name.in_('es')}")


@main.command()
@click.option("--key", "keys", multiple=True, help="A public key (base64) you know from elsewhere; may be repeated.")
def verify(keys: tuple[str, ...]) -> None:
    """Recompute everything that was published and name what does not hold."""
    verdict = asyncio.run(_verdict(settings_or_fail(), frozenset(keys) or None))
    for finding in verdict.findings:
        click.echo(str(finding))
    click.echo(
        f"{verdict.documents} documents, {verdict.editions} editions, {verdict.log_entries} log entries, "
        f"{verdict.checkpoints} checkpoints; head {verdict.head_hash}."
    )
    if not verdict.holds:
        fail(f"{len(verdict.findings)} do not hold.")
    click.echo("All of it holds.")


async def _verdict(settings: "Settings", keys: frozenset[str] | None) -> "Verdict":
    from ogpmonitor.kit.db import Database  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.register.verify import verify_register  # noqa: PLC0415 (see the module's docstring)

    database = Database(settings.app_url, settings.public_url)
    try:
        async with database.register_session() as session:
            return await verify_register(session, trusted_keys=keys)
    finally:
        await database.close()


def settings_or_fail() -> "Settings":
    """The settings of the environment, or the end of the program with one line for each that is wrong."""
    from pydantic import ValidationError  # noqa: PLC0415 (see the module's docstring)

    from ogpmonitor.settings import Settings  # noqa: PLC0415 (see the module's docstring)

    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"OGPMONITOR_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors(include_input=False)
        ]
        fail("\n".join([*lines, "docs/settings.md says what each setting means."]))


def fail(message: str) -> Never:
    """The program ends with `message` and exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
