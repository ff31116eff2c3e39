"""What a plan file may say about how a government counts a commitment as fulfilled itself."""

from typing import Literal

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, WebAddress
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate

MOST_MONEY, MOST_PEOPLE = 10**15, 10**9


class MoneyFile(Data):
    """An amount in whole units of a currency (ISO 4217)."""

    amount: int = Field(ge=1, le=MOST_MONEY)
    currency: str = Field(default="CLP", pattern=r"^[A-Z]{3}$")


class SpotFile(Data):
    """A place on the map (WGS 84, degrees)."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Localized | None = None


class MeasureFile(Data):
    """By approved investment, by action done, or by both; only what a source says of this very commitment."""

    basis: Literal["investment", "action", "both"]
    investment: MoneyFile | None = None
    investment_approved_on: PartialDate | None = None
    action: Localized | None = None
    action_done_on: PartialDate | None = None
    beneficiaries: int | None = Field(default=None, ge=1, le=MOST_PEOPLE)
    beneficiaries_note: Localized | None = None
    spot: SpotFile | None = None
    project_code: str | None = Field(default=None, max_length=40)
    management_goal: str | None = Field(default=None, max_length=300)
    verifier: WebAddress | None = None
