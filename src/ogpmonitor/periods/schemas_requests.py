"""What a coordinator sends about requests for reports."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from ogpmonitor.kit.forms import FormModel
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.periods.schemas import NeededDay

LONGEST_NAME, LONGEST_EMAIL = 200, 254
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


def _email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise ValueError(msgid("This is not an e-mail address. It looks like name@example.org"))
    return value


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class RequestForm(FormModel):
    """Whom to ask to report on what, and until which day. `id` was given out with the form."""

    id: UUID
    unit: Annotated[str, StringConstraints(max_length=500)]
    period: UUID | None = None
    milestones: Annotated[tuple[UUID, ...], BeforeValidator(_several)] = ()
    name: Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
    email: Annotated[str, StringConstraints(max_length=LONGEST_EMAIL), AfterValidator(_email)]
    language: Literal["es", "en"]
    until: NeededDay


class RenewForm(FormModel):
    """Until which day the new link stands."""

    until: NeededDay
