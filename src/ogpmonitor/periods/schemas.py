"""What people send about periods."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, StringConstraints

from ogpmonitor.kit.forms import FormModel, read_day

NeededDay = Annotated[date, BeforeValidator(read_day)]


class DaysForm(FormModel):
    """Between which days a period takes reports. `version` is the one its writer saw."""

    version: int
    opens_on: NeededDay
    closes_on: NeededDay


class ReopenForm(FormModel):
    """Why a closed period takes reports again."""

    version: int
    reason: Annotated[str, StringConstraints(max_length=500)] = ""


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


class AcceptForm(FormModel):
    """Reports to accept at once, each as "id:version" as it was seen."""

    report: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()

    @property
    def seen(self) -> dict[UUID, str]:
        """The version of each report as it was seen; what is not an id is left aside."""
        found = {}
        for one in self.report:
            name, _, version = one.partition(":")
            try:
                found[UUID(name)] = version
            except ValueError:
                continue
        return found
