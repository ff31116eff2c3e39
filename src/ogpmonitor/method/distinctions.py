"""Distinctions: marks that follow from other ratings, as data. The star of the old reviews is one."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, DataRefused, Problem, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.forms import Method, Scale, load_method
from ogpmonitor.method.marks import Mark

FILE = Path(__file__).with_name("distinctions.toml")


class Distinction(Data):
    """`gives` is the option that follows where each of `requires` is met by one of its options."""

    gives: str
    title: Localized
    help: Localized
    plans_until: int | None = None
    mark: Mark
    source_note: Localized | None = None
    requires: tuple[tuple[str, ...], ...] = Field(min_length=1)

    def holds(self, given: Collection[str], method: Method) -> bool | None:
        """Whether the options `given` meet it; None where a rating is missing that could still decide."""
        met = [_is_met(options, given, method) for options in self.requires]
        return False if False in met else None if None in met else True

    def undecided(self, given: Collection[str], method: Method) -> list[Scale]:
        """The scales whose rating is missing."""
        return [method.options[options[0]] for options in self.requires if _is_met(options, given, method) is None]


class Distinctions(Data):
    source_language: str
    code: str
    version: int
    items: tuple[Distinction, ...]

    def giving(self, option: str) -> Distinction | None:
        """The distinction that gives `option`."""
        return next((one for one in self.items if one.gives == option), None)


def _is_met(options: Collection[str], given: Collection[str], method: Method) -> bool | None:
    """Whether one of `options` was given; None while nothing was given on any of their scales."""
    if set(options) & set(given):
        return True
    asked = {one.code for option in options for one in method.options[option].options}
    return False if asked & set(given) else None


@cache
def load_distinctions(path: Path = FILE) -> Distinctions:
    """The distinctions of this release, every option of which stands on a scale.

    Raises:
        DataRefused: the file does not fit, with every problem.
    """
    distinctions = read_toml(path, Distinctions)
    method = load_method()
    named = {code for one in distinctions.items for codes in ((one.gives,), *one.requires) for code in codes}
    unknown = sorted(code for code in named if code not in method.options)
    if unknown:
        raise DataRefused(Problem(path.name, "requires", f"{code!r} is not an option of any scale") for code in unknown)
    return distinctions
