"""What people send when they write a plan: a form is made from what it asks for."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints, create_model

from ogpmonitor.kit.forms import MESSAGES, TOO_LONG, FormModel, PartialDay
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.kit.localized import LANGUAGE_CODE
from ogpmonitor.plans.asking import Asked, Kind, options_of

LONGEST: Mapping[Kind, int] = {
    "line": 300, "text": 20_000, "list": 500, "lines": 300, "rows": 300, "code": 40, "contact": 200, "email": 254
}  # fmt: skip
MOST_ROWS, MOST = 100, 1_000_000
RESERVED = {"new"}  # the address of the form for a new commitment
_OGP_ID, _EMAIL = re.compile(r"[A-Z]{2}[A-Z]{3}[0-9]{4}"), re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_CODE = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")
BAD_CODE = msgid("Use letters, figures and hyphens only, such as C1.")
BAD_OGP_ID = msgid("OGP's identifiers look like CLPLN0002.")
BAD_EMAIL = msgid("This is not an e-mail address.")
BAD_SLUG = msgid("Use small letters without accents, figures and hyphens only, such as 2026-2028.")
TOO_MANY_ROWS = msgid("These are more rows than a plan can hold.")
TOO_MUCH = msgid("Please write a number between 0 and 1,000,000.")


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _count(value: int) -> int:
    if not 0 <= value <= MOST:
        raise ValueError(TOO_MUCH)
    return value


def _matching(shape: re.Pattern[str], message: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not shape.fullmatch(value) or value.casefold() in RESERVED:
            raise ValueError(message)
        return value

    return check


def _option(name: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and all(option.code != value for option in options_of(name, "en")):
            raise ValueError(MESSAGES["enum"])
        return value

    return check


def _rows(longest: int) -> Callable[[list[str]], list[str]]:
    def check(rows: list[str]) -> list[str]:
        if len(rows) > MOST_ROWS:
            raise ValueError(TOO_MANY_ROWS)
        if any(len(row) > longest for row in rows):
            raise ValueError(TOO_LONG)
        return [" ".join(row.split()) for row in rows]  # also what was pasted with line breaks is one row

    return check


def _text(kind: Kind) -> Any:
    return Annotated[str, StringConstraints(max_length=LONGEST[kind])]


def _code(name: str) -> Any:
    if name == "ogp_id":
        return Annotated[str, AfterValidator(_matching(_OGP_ID, BAD_OGP_ID))]
    shape = re.compile(r".+") if name == "number" else _CODE
    return Annotated[_text("code"), AfterValidator(_matching(shape, BAD_CODE))]


def _each(check: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    return lambda values: [check(value) for value in values]


_SEVERAL = BeforeValidator(_several)


def _types(asked: Asked) -> Mapping[str, tuple[Any, Any]]:
    """The type and the default of each key that one field sends."""
    name, kind = asked.name, asked.kind
    if kind == "rows":
        return {
            f"{name}_{part}": (
                Annotated[
                    list[str],
                    _SEVERAL,
                    AfterValidator(_each(_option(part)) if options_of(part, "en") else _rows(LONGEST[kind])),
                ],
                [],
            )
            for part in asked.parts
        }
    made: Mapping[Kind, Callable[[], tuple[Any, Any]]] = {
        "list": lambda: (Annotated[list[str], _SEVERAL, AfterValidator(_rows(LONGEST["list"]))], []),
        "lines": lambda: (Annotated[list[str], _SEVERAL, AfterValidator(_rows(LONGEST["lines"]))], []),
        "choices": lambda: (Annotated[list[str], _SEVERAL, AfterValidator(_each(_option(name)))], []),
        "choice": lambda: (Annotated[str, AfterValidator(_option(name))] | None, None),
        "number": lambda: (Annotated[int, AfterValidator(_count)] | None, None),
        "date": lambda: (PartialDay, None),
        "code": lambda: (_code(name) | None, None),
        "email": lambda: (Annotated[_text("email"), AfterValidator(_matching(_EMAIL, BAD_EMAIL))] | None, None),
        "consent": lambda: (bool, False),
    }
    return {name: made[kind]() if kind in made else (_text(kind) | None, None)}


@cache
def form_for(asked: tuple[Asked, ...], *, required: frozenset[str] = frozenset()) -> type[FormModel]:
    """The form that asks for `asked`; what is `required` must be filled in. It carries the `version` its writer saw.

    `still` are the fields whose translation stands although its original has changed.
    """
    fields: dict[str, Any] = {"version": (str, ""), "still": (Annotated[list[str], _SEVERAL], [])}
    for one in asked:
        for key, (kind, default) in _types(one).items():
            fields[key] = (_demanded(one), ...) if one.name in required else (kind, default)
    model: type[FormModel] = create_model("WritingForm", __base__=FormModel, **fields)
    return model


def _demanded(asked: Asked) -> Any:
    return _code(asked.name) if asked.kind == "code" else _text(asked.kind)


def _language(value: str) -> str:
    if value not in LANGUAGES or not LANGUAGE_CODE.fullmatch(value):
        raise ValueError(MESSAGES["enum"])
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError(BAD_SLUG)
    return value


class NewPlanForm(FormModel):
    """A plan to begin. `slug` is its address; without one it is made from its years, or else from its title."""

    title: Annotated[str, StringConstraints(max_length=LONGEST["line"])]
    language: Annotated[str, AfterValidator(_language)]
    starts_on: PartialDay = None
    ends_on: PartialDay = None
    slug: Annotated[str, StringConstraints(max_length=60), AfterValidator(_slug)] | None = None


class MoveForm(FormModel):
    """Which way something goes in its list."""

    to: Literal["up", "down"]


def keys_of(asked: Sequence[Asked]) -> list[str]:
    """Everything the form sends for `asked`."""
    return [key for one in asked for key in one.keys]
