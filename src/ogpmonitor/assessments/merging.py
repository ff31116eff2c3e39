"""Several monitors at one draft: what each changed is kept, and only where both changed the same do they choose."""

from collections.abc import Mapping
from uuid import UUID

from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given

NOTHING = Given()


def merge(
    sheet: Sheet, typed: Mapping[str, Given], seen: Mapping[str, str], *, by: UUID | None
) -> tuple[dict[str, Given], list[str]]:
    """The answers as they would be kept, and the questions that somebody else changed as well.

    `seen` are the marks of the answers that the page showed. An answer is somebody else's where it is not what the page
    showed and `by` did not write it. For a question in conflict the merged answer is the one typed.
    """
    kept, writers = sheet.answers, {row.question: row.written_by for row in sheet.assessment.answers}
    merged, contested = dict(typed), []
    for key in {*typed, *kept}:
        mine, theirs = typed.get(key, NOTHING), kept.get(key, NOTHING)
        if mine == theirs or theirs.mark == seen.get(key) or (key in writers and writers[key] == by):
            continue
        if mine.mark == seen.get(key):
            merged[key] = theirs
        else:
            contested.append(key)
    return merged, sorted(contested)
