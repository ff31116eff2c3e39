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
@click.option("--grace", default=25, type=click.IntRange(1, 1800), help="Seconds a request may still take at the end.")
@click.option("--reload", is_flag=True, hidden=True)
def serve(host: str, port: int, workers: int, grace: int, reload: bool) -> None:
    """Serve the site, configured by the environment."""
    from ogpmonitor.health.figures import CannotListen  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.launch import RELOADED  # noqa: PLC0415 (as above)
    from ogpmonitor.serving import serve as serve_until_stopped  # noqa: PLC0415 (as above)

    settings = settings_or_fail()
    signing_key_or_fail(settings)
    watched = [path for path in RELOADED if path.exists()] if reload else []
    try:
        serve_until_stopped(settings, host=host, port=port, workers=workers, grace_seconds=grace, reloaded=watched)
    except CannotListen as error:
        fail(str(error))


@main.command()
@click.option("--grace", default=25, type=click.IntRange(0, 1800), help="Seconds a job may still take at the end.")
@click.option("--health", is_flag=True, help="Only say whether the worker is well: exit code 0 or 1, for a probe.")
def worker(grace: int, health: bool) -> None:
    """Do the jobs people need not wait for: mails, reports."""
    settings = settings_or_fail()
    if health:
        from ogpmonitor.health.heartbeat import look  # noqa: PLC0415 (see the module's docstring)

        silence = look(settings)
        if silence is not None:
            fail(silence)
        click.echo("The worker is well.")
        return
    from ogpmonitor.health.figures import CannotListen  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.worker import work  # noqa: PLC0415 (as above)

    try:
        asyncio.run(work(settings, grace_seconds=grace))
    except CannotListen as error:
        fail(str(error))


@main.command()
@click.option("--only", help="Only the checks whose name begins like this.")
def doctor(only: str | None) -> None:
    """Look at everything this installation needs and say what to do where something is amiss.

    One line for each thing; exit code 1 when something fails. Doubts alone do not fail.
    """
    from ogpmonitor.health.doctor import examine  # noqa: PLC0415 (see the module's docstring)

    findings = asyncio.run(examine(settings_or_fail(), only=only or "", environment=os.environ))
    for finding in findings:
        click.echo(finding.line)
    if any(finding.fails for finding in findings):
        sys.exit(1)


@main.command()
def migrate() -> None:
    """Bring the database to this version's schema; nothing happens when it is there."""
    from ogpmonitor.kit.migrate import DatabaseNewerThanCode, current_revision, upgrade  # noqa: PLC0415 (as above)

    settings = settings_or_fail(as_owner=True)
    try:
        upgrade(settings.database_url, secret=settings.secret_key.get_secret_value())
    except DatabaseNewerThanCode as error:
        fail(str(error))
    click.echo(f"The database is at revision {current_revision(settings.database_url)}.")


@main.group()
def operators() -> None:
    """Whoever runs the platform."""


@operators.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--language", default="es", type=click.Choice(["es", "en"]), help="Of the page behind the link.")
def invite_operator(email: str, name: str, language: str) -> None:
    """Invite an operator: the first, or one more. Pass the link on yourself; it works once and for 14 days."""
    from ogpmonitor.accounts.first_operator import invite_operator  # noqa: PLC0415 (see the module's docstring)

    settings = settings_or_fail(as_owner=True)
    invited = invite_operator(
        settings.database_url, email=email, name=name, language=language, base_url=settings.base_url
    )
    link, until = asyncio.run(invited)
    click.echo(f"{link}\nIt works once, until {until:%Y-%m-%d %H:%M} UTC. Whoever opens it becomes an operator.")


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
    from ogpmonitor.tenants.sign_in import PLATFORM, read_platform, secrets_wanted  # noqa: PLC0415 (as above)

    try:
        found = read_folders(folder)
        for each in found:
            read_demos(each, below=folder)
        wanted = [*secrets_wanted(PLATFORM, read_platform(folder).providers)]
    except DataRefused as refused:
        fail(str(refused))
    plans = sum(len(each.plans) for each in found)
    for each in found:
        wanted += secrets_wanted(each.folder.tenant.slug, each.folder.tenant.sign_in.providers)
    for name in wanted:
        if not os.environ.get(name):
            click.echo(f"{name} is not set here: nobody can sign in at that provider until it is.", err=True)
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


@main.group()
def keys() -> None:
    """The keys that sign the log."""


@keys.command("list")
def list_keys() -> None:
    """Name every key that has signed the log, and which entries."""
    from ogpmonitor import rotating  # noqa: PLC0415 (see the module's docstring)

    for line in asyncio.run(rotating.list_keys(settings_or_fail())):
        click.echo(line)


@keys.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new_key(file: Path) -> None:
    """Make a private key in FILE, which must not exist, and print its public key."""
    from ogpmonitor import rotating  # noqa: PLC0415 (see the module's docstring)

    try:
        click.echo(rotating.new_key(file))
    except OSError as error:
        fail(f"{file} cannot be written ({error.strerror}).")


@keys.command("rotate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lost", is_flag=True, help="The present key is lost or in wrong hands: go on without its signature.")
def rotate_keys(file: Path, lost: bool) -> None:
    """Have the private key in FILE sign from now on; the present one vouches for it, and it for the present one."""
    from ogpmonitor import rotating  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.kit.errors import Conflict  # noqa: PLC0415 (as above)

    try:
        lines = asyncio.run(rotating.rotate(settings_or_fail(as_owner=True), file, is_lost=lost))
    except Conflict as refused:
        fail(refused.message)
    for line in lines:
        click.echo(line)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the signing key and the secret key in it; guard it accordingly.")
def backup(folder: Path, with_keys: bool) -> None:
    """Keep the database and every file in FOLDER, which is new or empty; the service goes on meanwhile."""
    from ogpmonitor.backup.manifest import BackupRefused  # noqa: PLC0415 (see the module's docstring)
    from ogpmonitor.backup.taking import back_up, told  # noqa: PLC0415 (as above)

    try:
        manifest = back_up(settings_or_fail(as_owner=True), folder, with_keys=with_keys)
    except BackupRefused as refused:
        fail(str(refused))
    for line in told(manifest, folder):
        click.echo(line)
    if manifest.damaged:
        sys.exit(1)


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--key", "keys", multiple=True, help="A public key (base64) that may have signed the backup, besides ours."
)
def restore(folder: Path, keys: tuple[str, ...]) -> None:
    """Bring the backup in FOLDER back into an empty database, and compare the result with it."""
    from ogpmonitor.backup import restoring  # noqa: PLC0415 (see the module's docstring)
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
    from ogpmonitor.launch import CannotStart, Demo  # noqa: PLC0415 (see the module's docstring)

    try:
        with Demo(data.absolute(), 8000, False, say=click.echo).visited() as environment:
            os.environ.update(environment)
            yield
    except CannotStart as error:
        fail(str(error))


def settings_or_fail(*, as_owner: bool = False) -> "Settings":
    """The settings of the environment, or the end of the program with one line for each that is wrong.

    `as_owner` asks for the database's owner too, without whom a web server and a worker can do.
    """
    from pydantic import ValidationError  # noqa: PLC0415 (see the module's docstring)

    from ogpmonitor.settings import Settings  # noqa: PLC0415 (see the module's docstring)

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
    from ogpmonitor.register.log import read_signing_key  # noqa: PLC0415 (see the module's docstring)

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


if __name__ == "__main__":
    main()
