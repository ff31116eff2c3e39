"""`ogpmonitor ...`: everything an operator does from a terminal.

Rooms are imported inside the commands: whoever asks for help should not wait for the whole house.
"""

from typing import Any

import click

from ogpmonitor.cli import jurisdictions, keeping, running
from ogpmonitor.cli.ending import fail


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


for _each in (
    running.demo, running.serve, running.worker, running.doctor, running.migrate, running.operators,
    jurisdictions.tenants, keeping.verify, keeping.keys, keeping.backup, keeping.restore,
):  # fmt: skip
    main.add_command(_each)
