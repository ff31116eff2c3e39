"""Commands that run things: the demo, the web server, the worker; what they need, and who operates them."""

import asyncio
import os
import sys
from pathlib import Path

import click

from ogpmonitor.cli.ending import fail, settings_or_fail, signing_key_or_fail


@click.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Where to answer.")
@click.option("--data", default=".demo", type=click.Path(path_type=Path), help="Folder that keeps everything.")
@click.option("--reload", is_flag=True, help="Start anew when code or templates change; logs on the terminal.")
def demo(port: int, data: Path, reload: bool) -> None:
    """Start everything on this machine with demo data, until Ctrl-C.

    Uses a PostgreSQL of its own unless OGPMONITOR_DATABASE_URL names another.
    """
    from ogpmonitor.launch import CannotStart, Demo  # noqa: PLC0415 (see the package's docstring)

    try:
        Demo(data.absolute(), port, reload, say=click.echo).run()
    except CannotStart as error:
        fail(str(error))


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, type=click.IntRange(1), help="Processes that answer.")
@click.option("--grace", default=25, type=click.IntRange(1, 1800), help="Seconds a request may still take at the end.")
@click.option("--reload", is_flag=True, hidden=True)
def serve(host: str, port: int, workers: int, grace: int, reload: bool) -> None:
    """Serve the site, configured by the environment."""
    from ogpmonitor.health.figures import CannotListen  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.launch import RELOADED  # noqa: PLC0415 (as above)
    from ogpmonitor.serving import serve as serve_until_stopped  # noqa: PLC0415 (as above)

    settings = settings_or_fail()
    signing_key_or_fail(settings)
    watched = [path for path in RELOADED if path.exists()] if reload else []
    try:
        serve_until_stopped(settings, host=host, port=port, workers=workers, grace_seconds=grace, reloaded=watched)
    except CannotListen as error:
        fail(str(error))


@click.command()
@click.option("--grace", default=25, type=click.IntRange(0, 1800), help="Seconds a job may still take at the end.")
@click.option("--health", is_flag=True, help="Only say whether the worker is well: exit code 0 or 1, for a probe.")
def worker(grace: int, health: bool) -> None:
    """Do the jobs people need not wait for: mails, reports."""
    settings = settings_or_fail()
    if health:
        from ogpmonitor.health.heartbeat import look  # noqa: PLC0415 (see the package's docstring)

        silence = look(settings)
        if silence is not None:
            fail(silence)
        click.echo("The worker is well.")
        return
    from ogpmonitor.health.figures import CannotListen  # noqa: PLC0415 (see the package's docstring)
    from ogpmonitor.worker import work  # noqa: PLC0415 (as above)

    try:
        asyncio.run(work(settings, grace_seconds=grace))
    except CannotListen as error:
        fail(str(error))


@click.command()
@click.option("--only", help="Only the checks whose name begins like this.")
def doctor(only: str | None) -> None:
    """Look at everything this installation needs and say what to do where something is amiss.

    One line for each thing; exit code 1 when something fails. Doubts alone do not fail.
    """
    from ogpmonitor.health.doctor import examine  # noqa: PLC0415 (see the package's docstring)

    findings = asyncio.run(examine(settings_or_fail(), only=only or "", environment=os.environ))
    for finding in findings:
        click.echo(finding.line)
    if any(finding.fails for finding in findings):
        sys.exit(1)


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema; nothing happens when it is there."""
    from ogpmonitor.kit.migrate import DatabaseNewerThanCode, current_revision, upgrade  # noqa: PLC0415 (as above)

    settings = settings_or_fail(as_owner=True)
    try:
        upgrade(settings.database_url, secret=settings.secret_key.get_secret_value())
    except DatabaseNewerThanCode as error:
        fail(str(error))
    click.echo(f"The database is at revision {current_revision(settings.database_url)}.")


@click.group()
def operators() -> None:
    """Whoever runs the platform."""


@operators.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="What the person is called.")
@click.option("--language", default="es", type=click.Choice(["es", "en"]), help="Of the page behind the link.")
def invite_operator(email: str, name: str, language: str) -> None:
    """Invite an operator: the first, or one more. Pass the link on yourself; it works once and for 14 days."""
    from ogpmonitor.accounts.first_operator import invite_operator  # noqa: PLC0415 (see the package's docstring)

    settings = settings_or_fail(as_owner=True)
    invited = invite_operator(
        settings.database_url, email=email, name=name, language=language, base_url=settings.base_url
    )
    link, until = asyncio.run(invited)
    click.echo(f"{link}\nIt works once, until {until:%Y-%m-%d %H:%M} UTC. Whoever opens it becomes an operator.")
