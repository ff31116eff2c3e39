"""What keeps a monitor independent, and how long each side has to answer, as data."""

from functools import cache
from pathlib import Path

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark


class Months(Data):
    months: int = Field(ge=0)
    label: Localized
    mark: Mark
    source_note: Localized


class Days(Data):
    days: int = Field(ge=1)
    label: Localized
    mark: Mark
    source_note: Localized


class Independence(Data):
    """The rules between the two voices. Those counted in months are also the database's own (`platform.rules`)."""

    source_language: str
    code: str
    version: int
    government_before_monitor: Months
    notice_of_end: Months
    reply: Days
    clarification: Days

    @property
    def counted_in_months(self) -> dict[str, int]:
        """The rules that the database keeps itself, by name."""
        return {
            "government_before_monitor": self.government_before_monitor.months,
            "notice_of_end": self.notice_of_end.months,
        }


@cache
def load_independence() -> Independence:
    return read_toml(Path(__file__).with_name("independence.toml"), Independence)
