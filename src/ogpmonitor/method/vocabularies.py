"""The vocabularies a commitment is tagged with: policy areas, sectors and open government values, as data."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized

TermKind = Literal["area", "means", "sector", "mark", "legacy", "value", "additional"]


class Term(Data):
    """One entry of a vocabulary. `group` is the code of the entry it stands under."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: TermKind
    group: str | None = None
    plans_since: int | None = None
    label: Localized
    help: Localized | None = None


class Vocabulary(Data):
    source_language: str
    code: str
    version: int
    mark: Literal["confirmed", "derived", "unconfirmed"]
    source_note: Localized
    items: tuple[Term, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        seen: set[str] = set()
        for item in self.items:
            if item.code in seen:
                raise ValueError(f"the code {item.code!r} is used twice")
            if item.group is not None and item.group not in seen:
                raise ValueError(f"{item.code!r} stands under {item.group!r}, which does not come before it")
            seen.add(item.code)
        return self

    def term(self, code: str) -> Term | None:
        return next((item for item in self.items if item.code == code), None)


@cache
def load_policy_areas() -> Vocabulary:
    return read_toml(Path(__file__).with_name("policy_areas.toml"), Vocabulary)


@cache
def load_values() -> Vocabulary:
    return read_toml(Path(__file__).with_name("values.toml"), Vocabulary)


def _policy_area(code: str) -> str:
    if load_policy_areas().term(code) is None:
        raise ValueError(f"{code!r} is not a policy area")
    return code


def _sector(code: str) -> str:
    term = load_policy_areas().term(code)
    if term is None or term.kind != "sector":
        raise ValueError(f"{code!r} is not a sector")
    return code


def _value(code: str) -> str:
    if load_values().term(code) is None:
        raise ValueError(f"{code!r} is not a value of open government")
    return code


PolicyAreaCode = Annotated[str, AfterValidator(_policy_area)]
SectorCode = Annotated[str, AfterValidator(_sector)]
ValueCode = Annotated[str, AfterValidator(_value)]
