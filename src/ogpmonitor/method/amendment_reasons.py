"""The reasons for which a submitted plan may be changed, as data."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark


class Reason(Data):
    """One reason; what it was exactly is said in words beside it."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Localized
    help: Localized


class Reasons(Data):
    source_language: str
    code: str
    version: int
    mark: Mark
    source_note: Localized
    items: tuple[Reason, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("a code is used twice")
        return self

    def reason(self, code: str) -> Reason | None:
        """The reason with this code, if the list has one."""
        return next((item for item in self.items if item.code == code), None)

    def label(self, code: str, lang: str) -> str:
        """The words for `code`; a code the list has no more is said as it is."""
        found = self.reason(code)
        return found.label.in_(lang) if found else code


@cache
def load_amendment_reasons() -> Reasons:
    """The list this release carries.

    Raises:
        DataRefused: the file in the package does not fit its schema.
    """
    return read_toml(Path(__file__).with_name("amendment_reasons.toml"), Reasons)
