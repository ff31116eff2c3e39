"""`ogpmonitor ...`: everything an operator does from a terminal.

Rooms are imported inside the commands: whoever asks for help should not wait for the whole house.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import click

if TYPE_CHECKING:
    from ogpmonitor.settings import Settings
    from ogpmonitor.tenants.scaffold import Question

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
    from ogpmonitor.demo.files import read_demos  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.plans.loading import read_folders  # noqa: PLC0415 (as above)

    try:
        found = read_folders(folder)
        for each in found:
            read_demos(each, below=folder)
    except DataRefused as refused:
        fail(str(refused))
    plans = sum(len(each.plans) for each in found)
    click.echo(
        f"{len(found)} tenants and {plans} plans, no problem: {', '.join(each.folder.tenant.slug for each in found)}."
    )


@tenants.command("new")
@click.argument("slug")
@click.option("--folder", default=DEFAULT_TENANTS, type=click.Path(path_type=Path), help="The folder of tenants.")
@click.option("--ask/--no-ask", default=None, help="Ask for what no option says. [default: on a terminal]")
@click.option("--say", "said", multiple=True, metavar="KEY=ANSWER", help="An answer given beforehand; may be repeated.")
def new_tenant(slug: str, folder: Path, ask: bool | None, said: tuple[str, ...]) -> None:
    """Make the folder of a new jurisdiction; nothing is ever overwritten.

    Answers are asked for one by one, or given by --say, as in --say name-es="Lo Espejo" --say comuna=13116. What is
    left open is marked in the files and named line by line. KEY is one of those that --ask asks for.
    """
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.tenants import scaffold  # noqa: PLC0415 (as above)
    from ogpmonitor.tenants.files import read_tenants  # noqa: PLC0415 (as above)

    given = dict(one.partition("=")[::2] for one in said)
    unknown = set(given) - {question.key for question in scaffold.QUESTIONS}
    if unknown:
        known = ", ".join(question.key for question in scaffold.QUESTIONS)
        fail(f"Nobody asks for {', '.join(sorted(unknown))}. The keys are: {known}.")
    asks = sys.stdin.isatty() if ask is None else ask
    try:
        scaffold.check_free(folder, scaffold.check_slug(slug))  # before anybody answers two dozen questions
        answers = scaffold.complete(given, _ask if asks else None)
        made = scaffold.write_folder(folder, slug, answers)
    except ValueError as error:
        fail(str(error))
    except scaffold.FolderExists as error:
        fail(f"There is something at {error} already. Nothing was written.")
    click.echo(f"Made {made}.")
    try:
        read_tenants(folder)
    except DataRefused as refused:
        own = [str(one) for one in refused.problems if one.file.startswith(f"{slug}/")]
        click.echo("\n".join(["Still to be done, then run “ogpmonitor tenants check”:", *(own or [str(refused)])]))
    else:
        click.echo("Nothing is left open. Look at it, then load it with “ogpmonitor tenants sync”.")


def _ask(question: "Question", usual: str) -> str:
    """What somebody at the terminal answers; asked again where it cannot be."""
    while True:
        answer = str(click.prompt(question.words, default=usual, show_default=bool(usual)))
        try:
            return question.check(answer.strip()) if answer.strip() else ""
        except ValueError as error:
            click.echo(str(error), err=True)


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
    from ogpmonitor.verifying import Asked, verify_file, verify_house  # noqa: PLC0415 (see the module's docstring)

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
    from ogpmonitor.launch import CannotStart, Demo  # noqa: PLC0415 (see the module's docstring)

    try:
        with Demo(data.absolute(), 8000, False, say=click.echo).visited() as environment:
            os.environ.update(environment)
            yield
    except CannotStart as error:
        fail(str(error))


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
