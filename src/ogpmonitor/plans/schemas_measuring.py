"""What the form of a government's own measure sends."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from ogpmonitor.kit.forms import FormModel, PartialDay
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.plans.measurefile import MOST_MONEY, MOST_PEOPLE

LONGEST: Mapping[str, int] = {
    "action": 4_000, "beneficiaries_note": 500, "spot_name": 300, "project_code": 40, "management_goal": 300,
    "verifier": 2_000,
}  # fmt: skip
BAD_AMOUNT = msgid("Write a whole amount of pesos above zero, such as 1.200.000.")
BAD_COUNT = msgid("Write a whole number of people above zero, such as 1.200.")
BAD_LATITUDE = msgid("Write degrees between -90 and 90, such as -33.4569.")
BAD_LONGITUDE = msgid("Write degrees between -180 and 180, such as -70.6483.")
BAD_ADDRESS = msgid("This is not an address. It should begin with https://")
_WHOLE = re.compile(r"[0-9]{1,3}(?:[., \u00a0][0-9]{3})+|[0-9]+")
_DEGREES = re.compile(r"[-+\u2212]?[0-9]{1,3}(?:[.,][0-9]{1,12})?")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+\.[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class CodeShape:
    """What the code of a public investment project looks like in a country."""

    pattern: re.Pattern[str]
    message: str


# Chile: the code of the Banco Integrado de Proyectos, eight digits and one that checks them.
CODE_SHAPES: Mapping[str, CodeShape] = {
    "CL": CodeShape(
        re.compile(r"[0-9]{8}-[0-9]"), msgid("BIP codes have eight digits, a hyphen and one more: 30123456-0.")
    )
}


def _whole(message: str, most: int) -> Callable[[Any], int]:
    """Reads a whole number with or without points between thousands."""

    def read(value: Any) -> int:
        text = str(value).strip().removeprefix("$").strip()
        number = int(re.sub(r"[^0-9]", "", text)) if _WHOLE.fullmatch(text) else 0
        if not 1 <= number <= most:
            raise ValueError(message)
        return number

    return read


def _degrees(message: str, most: int) -> Callable[[Any], float]:
    """Reads degrees with a point or a comma."""

    def read(value: Any) -> float:
        text = str(value).strip()
        number = float(text.replace(",", ".").replace("\u2212", "-")) if _DEGREES.fullmatch(text) else float("inf")
        if abs(number) > most:
            raise ValueError(message)
        return number

    return read


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError(BAD_ADDRESS)
    return value


Action = Annotated[str, StringConstraints(max_length=LONGEST["action"])]
Note = Annotated[str, StringConstraints(max_length=LONGEST["beneficiaries_note"])]
Name = Annotated[str, StringConstraints(max_length=LONGEST["spot_name"])]
Code = Annotated[str, StringConstraints(max_length=LONGEST["project_code"])]
Goal = Annotated[str, StringConstraints(max_length=LONGEST["management_goal"])]
Verifier = Annotated[str, StringConstraints(max_length=LONGEST["verifier"]), AfterValidator(_address)]


class MeasureForm(FormModel):
    """How the government counts one commitment. `version` is the fingerprint of the measure its writer saw."""

    version: str = ""
    basis: Literal["none", "investment", "action", "both"]
    investment: Annotated[int | None, BeforeValidator(_whole(BAD_AMOUNT, MOST_MONEY))] = None
    investment_approved_on: PartialDay = None
    action: Action | None = None
    action_done_on: PartialDay = None
    beneficiaries: Annotated[int | None, BeforeValidator(_whole(BAD_COUNT, MOST_PEOPLE))] = None
    beneficiaries_note: Note | None = None
    latitude: Annotated[float | None, BeforeValidator(_degrees(BAD_LATITUDE, 90))] = None
    longitude: Annotated[float | None, BeforeValidator(_degrees(BAD_LONGITUDE, 180))] = None
    spot_name: Name | None = None
    project_code: Code | None = None
    management_goal: Goal | None = None
    verifier: Verifier | None = None


FIELDS = tuple(name for name in MeasureForm.model_fields if name != "version")
