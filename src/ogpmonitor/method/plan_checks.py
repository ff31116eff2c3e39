"""What is looked at before a plan is submitted, as data: how grave it is, what is said, and where the rule stands."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark

Severity = Literal["error", "warning"]


class Check(Data):
    """One check. `field` is where it is mended, "" where each finding says so; `message` may have %(name)s places."""

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    severity: Severity
    field: str
    message: Localized
    source: str
    mark: Mark


class PlanChecks(Data):
    source_language: str
    code: str
    version: int
    deadline_words: Mapping[str, tuple[str, ...]]
    checks: tuple[Check, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        codes = [check.code for check in self.checks]
        if len(set(codes)) != len(codes):
            raise ValueError("a code is used twice")
        return self

    def check(self, code: str) -> Check:
        """The check with this code.

        Raises:
            KeyError: the list has none.
        """
        found = next((check for check in self.checks if check.code == code), None)
        if found is None:
            raise KeyError(code)
        return found


@cache
def load_plan_checks() -> PlanChecks:
    """The list this release carries.

    Raises:
        DataRefused: the file in the package does not fit its schema.
    """
    return read_toml(Path(__file__).with_name("plan_checks.toml"), PlanChecks)
