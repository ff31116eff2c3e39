"""Several monitors at one draft: what each changed is kept, and only where both changed the same do they choose."""

from collections.abc import Mapping

from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, Submission

NOTHING = Given()


def merge(sheet: Sheet, typed: Mapping[str, Given], submission: Submission) -> tuple[dict[str, Given], list[str]]:
    """The answers as they would be kept, and the questions that were changed meanwhile as well.

    The page said with a mark which answer it showed to each question; without one, its version says whether anything
    was changed meanwhile. For a question in conflict the merged answer is the one typed.
    """
    is_newest = submission.version == sheet.assessment.version
    kept, seen = sheet.answers, submission.seen
    merged, contested = dict(typed), []
    for key in {*typed, *kept}:
        mine, theirs = typed.get(key, NOTHING), kept.get(key, NOTHING)
        shown = seen.get(key, theirs.mark if is_newest else "")
        if mine == theirs or theirs.mark == shown:
            continue
        if mine.mark == shown:
            merged[key] = theirs
        else:
            contested.append(key)
    return merged, sorted(contested)


def marks_of(sheet: Sheet, typed: Mapping[str, Given], merged: Mapping[str, Given]) -> dict[str, str]:
    """The marks of what is kept now, for the page that goes on showing what was `typed` in it.

    A question where a colleague's answer was kept has none: the page still shows the former one.
    """
    kept = sheet.answers
    return {key: kept.get(key, NOTHING).mark for key in typed if merged.get(key, NOTHING) == typed[key]}
