"""Reference cases: real commitments as their sources rate them, on the scales of their time, with what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, DataRefused, Problem, WebAddress, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.forms import HERE, Method, Option, Scale, load_method, silences
from ogpmonitor.method.vocabularies import PolicyAreaCode, ValueCode

Moment = Literal["page", "mid_term", "end_of_term"]
Rated = tuple[str, str | None]  # a scale, and a value


class CaseSource(Data):
    """Where the case comes from; moments name it by `code`."""

    code: str
    title: str
    url: WebAddress | None = None
    note: Localized | None = None


class CaseArea(Data):
    """A policy area by the name the source gives it, and ours for it."""

    as_found: str
    code: PolicyAreaCode
    note: Localized | None = None


class CaseText(Data):
    """A text of the source under a heading."""

    label: Localized
    text: Localized


class CaseFigure(Data):
    """A number as the source writes it."""

    label: Localized
    as_found: Localized


class CaseCell(Data):
    """What is said of one rating: `scale` is a scale's `ref`, `value` what it was rated for, if for one."""

    scale: str
    value: ValueCode | None = None

    @property
    def rated(self) -> Rated:
        return self.scale, self.value


class CaseRating(CaseCell):
    """One rating: our option for it, and the source's own word."""

    option: str
    as_found: Localized
    note: Localized | None = None


class CaseGap(CaseCell):
    """A rating that no source gives, and why."""

    why: Localized


class CaseMoment(Data):
    """What was rated at one moment, or is said on the page for the whole."""

    code: Moment
    title: Localized
    sources: tuple[str, ...] = Field(min_length=1)
    ratings: tuple[CaseRating, ...] = ()
    gaps: tuple[CaseGap, ...] = ()

    @property
    def cells(self) -> tuple[CaseCell, ...]:
        """What was rated, then what is missing."""
        return (*self.ratings, *self.gaps)

    def told(self, scale: str, value: str | None = None) -> CaseCell | None:
        """What is said of one rating; None where nothing is, not even that it is missing."""
        return next((cell for cell in self.cells if cell.rated == (scale, value)), None)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One rating side by side: what each moment says of it, in their order."""

    scale: Scale
    value: str | None
    cells: Sequence[CaseCell | None]

    def option(self, cell: CaseRating) -> Option | None:
        """The option that was given in `cell`."""
        return self.scale.option(cell.option)


class Case(Data):
    source_language: str
    code: str = Field(pattern=r"^[A-Z]{2}[0-9]{4}$")
    version: int = Field(ge=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    title: Localized
    plan: Localized
    plan_year: int  # of submission: it decides which scales there were
    status: Localized
    starts_on: PartialDate | None = None
    ends_on: PartialDate | None = None
    lead: Localized
    values: tuple[ValueCode, ...] = ()
    policy_areas: tuple[CaseArea, ...] = ()
    texts: tuple[CaseText, ...] = ()
    figures: tuple[CaseFigure, ...] = ()
    missing: tuple[Localized, ...] = ()
    notes: tuple[Localized, ...] = ()
    sources: tuple[CaseSource, ...] = Field(min_length=1)
    moments: tuple[CaseMoment, ...] = Field(min_length=1)

    def moment(self, code: Moment) -> CaseMoment | None:
        return next((one for one in self.moments if one.code == code), None)

    @property
    def options(self) -> frozenset[str]:
        """Every option given, at the end of term where it was rated twice."""
        found = {one.rated: one.option for moment in self.moments for one in moment.ratings}
        return frozenset(found.values())

    def rows(self, *codes: Moment, method: Method) -> list[CaseRow]:
        """What was rated at the moments `codes`, beside one another; what is on one scale stands together."""
        moments = [moment for code in codes if (moment := self.moment(code))]
        asked: dict[Rated, None] = {}
        for moment in reversed(moments):
            asked |= dict.fromkeys(cell.rated for cell in moment.cells)
        scales = list(dict.fromkeys(scale for scale, _ in asked))
        by_ref = {scale.ref: scale for scale in method.scales.values()}
        return [
            CaseRow(by_ref[scale], value, [moment.told(scale, value) for moment in moments])
            for scale, value in sorted(asked, key=lambda rated: scales.index(rated[0]))
        ]

    def completion_change(self, method: Method) -> Option | None:
        """How completion moved from mid-term to the end, as the dataset counts it; None where one is missing."""
        told = [moment.told("completion.v1") for code in MOMENTS if (moment := self.moment(code))]
        options = [method.scale("completion").option(one.option) for one in told if isinstance(one, CaseRating)]
        orders = [option.order for option in options if option and not option.apart]
        if len(orders) != len(MOMENTS):
            return None
        change = orders[1] - orders[0]
        code = "change_increase" if change > 0 else "change_decrease" if change < 0 else "change_none"
        return method.scale("completion_change").option(code)


MOMENTS: tuple[Moment, Moment] = ("mid_term", "end_of_term")


@cache
def load_cases(folder: Path = HERE / "case_files") -> Mapping[str, Case]:
    """Every reference case by its code, each rating on a scale that plans of its year were rated on.

    Raises:
        DataRefused: one or more files do not fit, with every problem.
    """
    problems: list[Problem] = []
    cases: dict[str, Case] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            case = read_toml(path, Case)
        except DataRefused as refused:
            problems.extend(refused.problems)
            continue
        if path.stem != case.code:
            problems.append(Problem(path.name, "code", f"the file of {case.code} is named {case.code}.toml"))
        problems.extend(Problem(path.name, key, f"has no text in {lang!r}") for key, lang in silences(case))
        problems.extend(Problem(path.name, key, reason) for key, reason in _unfit(case, load_method()))
        cases[case.code] = case
    if problems:
        raise DataRefused(problems)
    return cases


def _unfit(case: Case, method: Method) -> Iterator[tuple[str, str]]:
    """What names a source, a scale or an option that there is not, or was not for plans of that year."""
    by_ref = {scale.ref: scale for scale in method.scales.values()}
    sources = {source.code for source in case.sources}
    for moment in case.moments:
        yield from ((moment.code, f"there is no source {code!r}") for code in moment.sources if code not in sources)
        seen: set[Rated] = set()
        for one in moment.cells:
            key, scale = f"{moment.code}.{one.scale}", by_ref.get(one.scale)
            if one.rated in seen:
                yield key, "stands twice"
            seen.add(one.rated)
            if scale is None:
                yield key, f"there is no scale {one.scale!r}"
            elif not scale.is_of(case.plan_year):
                yield key, f"was no scale for plans of {case.plan_year}"
            elif isinstance(one, CaseRating):
                yield from ((key, reason) for reason in _unfit_option(scale.option(one.option), one, case.plan_year))


def _unfit_option(option: Option | None, rating: CaseRating, year: int) -> Iterator[str]:
    if option is None:
        yield f"{rating.option!r} is not an option"
    elif option.plans_from and year < option.plans_from:
        yield f"{rating.option!r} was no option for plans of {year}"
