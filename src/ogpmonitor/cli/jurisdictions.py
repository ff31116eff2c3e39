"""Commands on the folders of jurisdictions."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ogpmonitor.cli.ending import fail, settings_or_fail

if TYPE_CHECKING:
    from ogpmonitor.tenants.scaffold import Question

DEFAULT_TENANTS = Path(__file__).resolve().parents[3] / "tenants"


@click.group()
def tenants() -> None:
    """The jurisdictions, as their folders describe them."""


@tenants.command("check")
@click.option("--folder", default=DEFAULT_TENANTS, type=click.Path(path_type=Path), help="The folder of tenants.")
def check_tenants(folder: Path) -> None:
    """Read every file of every tenant and name each problem; needs no database."""
    from ogpmonitor.demo.files import read_demos  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.plans.loading import read_folders  # noqa: PLC0415 (as above)
    from ogpmonitor.tenants.sign_in import PLATFORM, read_platform, secrets_wanted  # noqa: PLC0415 (as above)

    try:
        found = read_folders(folder)
        for each in found:
            read_demos(each, below=folder)
        wanted = [*secrets_wanted(PLATFORM, read_platform(folder).providers)]
    except DataRefused as refused:
        fail(str(refused))
    plans = sum(len(each.plans) for each in found)
    counted = f"{_counted(len(found), 'tenant')} and {_counted(plans, 'plan')}"
    for each in found:
        wanted += secrets_wanted(each.folder.tenant.slug, each.folder.tenant.sign_in.providers)
    for name in wanted:
        if not os.environ.get(name):
            click.echo(f"{name} is not set here: nobody can sign in at that provider until it is.", err=True)
    click.echo(f"{counted}, no problem: {', '.join(each.folder.tenant.slug for each in found)}.")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the package's docstring)
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
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.plans.loading import read_folders, sync  # noqa: PLC0415 (see the package's docstring)

    settings = settings_or_fail(as_owner=True)
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
    from ogpmonitor.kit.datafiles import DataRefused  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.tenants.files import read_tenants  # noqa: PLC0415 (see the package's docstring)

    try:
        found = read_tenants(folder)
    except DataRefused as refused:
        fail(str(refused))
    width = max(len(each.tenant.slug) for each in found)
    for each in found:
        click.echo(f"{each.tenant.slug:<{width}}  {each.tenant.name.in_('es')}")
