"""Several monitors at one draft: what each changed is kept, and only where both changed the same do they choose."""

from collections.abc import Mapping
from typing import Literal

from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, Submission

NOTHING = Given()


def prevailing(
    name: str, mine: str, theirs: str, sheet: Sheet, submission: Submission
) -> Literal["mine", "theirs", "both"]:
    """Which version of what goes by `name` stays, by the marks of both: the one that was changed, or "both" were.

    The page said with a mark which version it showed; without one, its own version says whether anything was changed
    meanwhile.
    """
    is_newest = submission.version == sheet.assessment.version
    shown = submission.seen.get(name, theirs if is_newest else "")
    if theirs in {mine, shown}:
        return "mine"
    return "theirs" if mine == shown else "both"


def text_mark(text: str) -> str:
    """Told apart from every other text by this, as `Given.mark` tells answers."""
    return Given(text).mark


def merge(sheet: Sheet, typed: Mapping[str, Given], submission: Submission) -> tuple[dict[str, Given], list[str]]:
    """The answers as they would be kept, and the questions that were changed meanwhile as well.

    For a question in conflict the merged answer is the one typed.
    """
    kept, merged, contested = sheet.answers, dict(typed), []
    for key in {*typed, *kept}:
        theirs = kept.get(key, NOTHING)
        match prevailing(key, typed.get(key, NOTHING).mark, theirs.mark, sheet, submission):
            case "theirs":
                merged[key] = theirs
            case "both":
                contested.append(key)
    return merged, sorted(contested)


def marks_of(sheet: Sheet, typed: Mapping[str, Given], merged: Mapping[str, Given]) -> dict[str, str]:
    """The marks of what is kept now, for the page that goes on showing what was `typed` in it.

    A question where a colleague's answer was kept has none: the page still shows the former one.
    """
    kept = sheet.answers
    return {key: kept.get(key, NOTHING).mark for key in typed if merged.get(key, NOTHING) == typed[key]}
