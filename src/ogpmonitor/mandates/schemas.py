"""What people send about mandates."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator

from ogpmonitor.kit.forms import TOO_LONG, Day, FieldProblem, FormModel, NeededDay
from ogpmonitor.kit.i18n import msgid

LONGEST_BODY, LONGEST_CONTACT, LONGEST_WORDS, LONGEST_REASON, LONGEST_EMAIL = 200, 300, 2000, 1000, 254
MOST_PEOPLE = 20
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
BAD_LINE = msgid("Write one person a line: name, then the e-mail address. Like: Ana Soto ana@example.org")
TOO_MANY = msgid("At most 20 people.")
TWICE = msgid("The same e-mail address stands there twice.")
ENDS_FIRST = msgid("It cannot end before it begins.")


def read_people(text: Any) -> list[dict[str, str]]:
    """The people of a body, one a line: a name and an e-mail address, in either order.

    Raises:
        ValueError: a line has no name, one that is too long, or no address, there are too many, or one address
            stands there twice.
    """
    people = []
    for line in str(text or "").splitlines():
        words = line.replace("<", " ").replace(">", " ").replace(",", " ").split()
        emails = [word for word in words if EMAIL.fullmatch(word)]
        name = " ".join(word for word in words if word not in emails)
        if not words:
            continue
        if len(emails) != 1 or not name:
            raise ValueError(BAD_LINE)
        if len(name) > LONGEST_BODY:
            raise ValueError(TOO_LONG)
        people.append({"name": name, "email": emails[0].lower()})
    if len(people) > MOST_PEOPLE:
        raise ValueError(TOO_MANY)
    if len({one["email"] for one in people}) != len(people):
        raise ValueError(TWICE)
    return people


def _some(people: list[dict[str, str]]) -> list[dict[str, str]]:
    if not people:
        raise ValueError(BAD_LINE)
    return people


def _address(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise ValueError(msgid("This is not an e-mail address. It looks like name@example.org"))
    return value.lower()


People = Annotated[list[dict[str, str]], BeforeValidator(read_people), AfterValidator(_some)]


class ProposalForm(FormModel):
    """A body that shall assess this jurisdiction, what its mandate is, for how long, and who works for it."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_BODY)]
    contact: Annotated[str, StringConstraints(max_length=LONGEST_CONTACT)] | None = None
    mandate: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WORDS)]
    starts_on: NeededDay
    ends_on: Day = None
    people: People

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise FieldProblem("ends_on", ENDS_FIRST)
        return self


class ColleagueForm(FormModel):
    """One more person whom a body wants beside its others."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_BODY)]
    email: Annotated[str, StringConstraints(max_length=LONGEST_EMAIL), AfterValidator(_address)]


class DecisionForm(FormModel):
    """What is decided on a person that a body asked for."""

    email: Annotated[str, StringConstraints(max_length=LONGEST_EMAIL)]
    decision: Literal["confirm", "refuse"]


class ReasonForm(FormModel):
    """Why a proposal is turned down or a mandate ends."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]
