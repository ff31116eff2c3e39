"""What is typed beside the answers of a draft: recommendations, what became of earlier ones, notes, who signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.assessments.following import Followed, Row, merge_followed, merge_rows, read_followed, read_rows
from ogpmonitor.assessments.merging import prevailing, text_mark
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Submission
from ogpmonitor.assessments.service import More
from ogpmonitor.register.recommendations import ToldRecommendation

EVALUATOR, LANGUAGE, NOTE = "evaluator", "language", "note:"


@dataclass(frozen=True)
class Beside:
    """What was typed, merged with what colleagues kept meanwhile.

    `texts` are short ones by the name of their field; `theirs` what a colleague made of those that both changed.
    """

    rows: Sequence[Row]
    followed: Sequence[Followed]
    texts: Mapping[str, str]
    theirs: Mapping[str, str]
    marks: Mapping[str, str]  # of what the page goes on showing, by name

    @property
    def contested(self) -> list[str]:
        """What both changed: rows by id, texts by name."""
        rows = [one.id for one in self.rows if one.theirs] + [one.id for one in self.followed if one.theirs]
        return [*rows, *self.theirs]

    @property
    def is_wrong(self) -> bool:
        """Whether something in it cannot be kept."""
        return any(one.errors for one in self.rows) or any(one.errors for one in self.followed)

    def more(self, sheet: Sheet) -> More:
        """The same as the service keeps it; what is kept already about a recommendation that was not shown stays."""
        shown = {one.id for one in self.followed}
        others = [one for one in sheet.assessment.follow_ups if one["recommendation"] not in shown]
        notes = {name.removeprefix(NOTE): text for name, text in self.texts.items() if name.startswith(NOTE)}
        return More(
            [row.kept() for row in self.rows if not row.is_empty],
            [*others, *(one.kept() for one in self.followed if one.state)],
            notes,
            self.texts.get(LANGUAGE, ""),
        )


def texts_of(sheet: Sheet) -> dict[str, str]:
    """The short texts that are kept, by the name of their field."""
    notes = {NOTE + key: row.words for key, row in sheet.dossier.notes.items()}
    return {EVALUATOR: sheet.assessment.evaluator, LANGUAGE: sheet.assessment.language, **notes}


def read_beside(
    sheet: Sheet, sent: Mapping[str, Sequence[Any]], earlier: Sequence[ToldRecommendation], submission: Submission
) -> Beside:
    """What was sent beside the answers. A field that was not sent, or that cannot be empty and is, stays as it is."""
    lines, said = read_rows(sent, sheet.commitments), read_followed(sent, earlier)
    signs = {EVALUATOR: submission.evaluator, LANGUAGE: submission.language}
    typed = {name: text for name, text in signs.items() if text}
    typed |= {NOTE + key: words for key, words in submission.notes.items()}
    rows, followed = merge_rows(sheet, lines, submission), merge_followed(sheet, said, submission)
    texts, theirs = _merge_texts(sheet, typed, submission)
    marks = {one.name: one.mark for one in lines if one in rows} | {
        one.name: one.mark for one in said if one in followed
    }
    marks |= {name: text_mark(text) for name, text in typed.items() if texts[name] == text}
    return Beside(rows, followed, texts, theirs, marks)


def _merge_texts(
    sheet: Sheet, typed: Mapping[str, str], submission: Submission
) -> tuple[dict[str, str], dict[str, str]]:
    kept, texts, contested = texts_of(sheet), dict(typed), {}
    for name, mine in typed.items():
        theirs = kept.get(name, "")
        match prevailing(name, text_mark(mine), text_mark(theirs), sheet, submission):
            case "theirs":
                texts[name] = theirs
            case "both":
                contested[name] = theirs
    return texts, contested
