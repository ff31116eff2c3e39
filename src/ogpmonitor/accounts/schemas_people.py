"""What people send about people."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.kit.forms import Day, FieldProblem, Form, FormModel
from ogpmonitor.kit.i18n import msgid

LONGEST_NAME, LONGEST_EMAIL, LONGEST_UNIT, LONGEST_REASON = 200, 254, 500, 500
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
NO_UNIT = msgid("A contact reports for a unit. Write its name as it stands in the plan.")
OVER = msgid("This day is over. Choose one that is to come, or none.")


def _email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise ValueError(msgid("This is not an e-mail address. It looks like name@example.org"))
    return value.lower()


Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]
Email = Annotated[str, StringConstraints(max_length=LONGEST_EMAIL), AfterValidator(_email)]
Unit = Annotated[str, StringConstraints(max_length=LONGEST_UNIT)] | None
Reason = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]
GovernmentRole = Literal[Role.COORDINATOR, Role.CONTACT, Role.VIEWER]


class _RoleForm(FormModel):
    """A role in a government, the unit of a contact, and the last day of it."""

    role: GovernmentRole
    unit: Unit = None
    until: Day = None

    @model_validator(mode="after")
    def _contacts_have_a_unit(self) -> Self:
        if self.role == Role.CONTACT and not self.unit:
            raise FieldProblem("unit", NO_UNIT)
        return self


class InviteForm(_RoleForm):
    """Whom to invite as what, until which day, and in which language the letter is."""

    name: Name
    email: Email
    language: Literal["es", "en"] = "es"


class MemberForm(_RoleForm):
    """What a person is to be, and why. `version` is the one its writer saw."""

    version: int
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)] | None = None


class RemoveForm(FormModel):
    """Why somebody is removed. `version` is the one its writer saw."""

    version: int
    reason: Reason


class StaffInviteForm(FormModel):
    """Whom to invite to the platform as what."""

    name: Name
    email: Email
    role: PlatformRole
    language: Literal["es", "en"] = "es"


class CoordinatorForm(FormModel):
    """Whom to invite as the first coordinator of which jurisdiction, until which day."""

    name: Name
    email: Email
    slug: Annotated[str, StringConstraints(max_length=40)]
    until: Day = None
    language: Literal["es", "en"] = "es"


class StaffForm(FormModel):
    """What one of the platform's people is to be; "" for nothing any more. `version` is the one its writer saw."""

    version: int
    role: PlatformRole | Literal["none"]
    reason: Reason


class EraseOwnForm(FormModel):
    """That somebody wants to be forgotten, and means it."""

    sure: Literal["yes"]


class EraseForm(FormModel):
    """Whose data an operator erases, by the person's address, and who asked for it when."""

    email: Email
    reason: Reason


class AcceptForm(FormModel):
    """What a person who is new here is called."""

    name: Name


def check_until(form: Form[InviteForm] | Form[MemberForm], *, on: date) -> None:
    """`form` has a problem if its last day is before `on`, the day it is in the jurisdiction."""
    if form.value is not None and form.value.until is not None and form.value.until < on:
        form.add("until", OVER)
