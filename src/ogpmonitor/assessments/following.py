"""Recommendations: what a monitor recommends and to whom, and what became of earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid4

from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, Submission, tidy
from ogpmonitor.kit.forms import TOO_LONG
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.register.assessment_documents import FollowUp
from ogpmonitor.register.queries import Published
from ogpmonitor.register.recommendations import ToldRecommendation, recommendations_in

SEEN = "recommendation:"  # before the id of a row, among the marks that a page sends
MOST, LONGEST_TEXT, LONGEST_ADDRESSEE, BLANKS = 30, 2000, 200, 2
STATES = ("followed", "partly", "not_followed", "too_early")
TO_WHOM = msgid("Say to whom it is addressed.")
WHAT = msgid("Say what you recommend.")
TOO_MANY = msgid("At most thirty recommendations.")
ONE_OF = msgid("Please choose one of the options.")


@dataclass(frozen=True)
class Row:
    """One recommendation as it stands in the form: also an empty line to fill in. `errors` by field.

    `theirs` is what a colleague made of it meanwhile.
    """

    id: str
    text: str = ""
    addressee: str = ""
    commitment: str = ""
    errors: Mapping[str, str] | None = None
    theirs: "Row | None" = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.addressee)

    @property
    def mark(self) -> str:
        """Told apart from every other wording by this, as `Given.mark` tells answers."""
        return Given(self.text, self.addressee, self.commitment).mark

    def kept(self) -> dict[str, Any]:
        """As the workbench keeps it."""
        return {"id": self.id, "text": self.text, "addressee": self.addressee, "commitment": self.commitment or None}


def kept_rows(sheet: Sheet) -> list[Row]:
    """What is kept, in order."""
    return [Row(**{**one, "commitment": one.get("commitment") or ""}) for one in sheet.assessment.recommendations]


def rows_of(sheet: Sheet) -> list[Row]:
    """What is kept, and empty lines to add more."""
    return [*kept_rows(sheet), *(Row(str(uuid4())) for _ in range(BLANKS))]


def merge_rows(sheet: Sheet, typed: Sequence[Row], submission: Submission) -> list[Row]:
    """What was typed beside what colleagues kept meanwhile, as `merging.merge` does with answers.

    What was changed by both holds the other's in `theirs`; what somebody else added comes last.
    """
    is_newest = submission.version == sheet.assessment.version
    kept, merged = {row.id: row for row in kept_rows(sheet)}, []
    for mine in typed:
        theirs = kept.pop(mine.id, Row(mine.id))
        shown = submission.seen.get(f"{SEEN}{mine.id}", theirs.mark if is_newest else "")
        if theirs.mark in {mine.mark, shown}:
            merged.append(mine)
        elif mine.mark == shown:
            merged.append(theirs)
        else:
            merged.append(replace(mine, theirs=theirs))
    return [*merged, *kept.values()]


def read_rows(sent: Mapping[str, Sequence[Any]], codes: Sequence[str]) -> list[Row]:
    """What was sent, line by line, each with what is wrong with it; a line without an id of ours gets one."""
    columns = [sent.get(f"recommendation_{name}", ()) for name in ("id", "text", "addressee", "commitment")]
    rows: list[Row] = []
    for values in zip_longest(*columns, fillvalue=""):
        name, text, addressee, commitment = (tidy(value) for value in values)
        errors = {}
        if text and not addressee:
            errors["addressee"] = TO_WHOM
        if addressee and not text:
            errors["text"] = WHAT
        if len(text) > LONGEST_TEXT:
            errors["text"] = TOO_LONG
        if len(addressee) > LONGEST_ADDRESSEE:
            errors["addressee"] = TOO_LONG
        if commitment and commitment not in codes:
            errors["commitment"] = ONE_OF
        if len(rows) >= MOST:
            errors["text"] = TOO_MANY
        rows.append(Row(_id(name), text, addressee, commitment, errors))
    return rows


def _id(name: str) -> str:
    try:
        return str(UUID(name))
    except ValueError:
        return str(uuid4())


def earlier_recommendations(sheet: Sheet, published: Sequence[Published]) -> list[ToldRecommendation]:
    """Every recommendation published in this jurisdiction that concerns what is assessed, but not by this assessment.

    Of the same plan those about the same commitment or about none; of other plans all of them, so that the next plan
    answers for the one before.
    """
    own = sheet.assessment
    return [
        one
        for told in published
        for one in recommendations_in(told)
        if (told.edition.plan, one.made_in.form, one.made_in.commitment) != (own.plan, own.form, own.commitment)
        and (told.edition.plan != own.plan or one.recommendation.commitment in {None, own.commitment})
    ]


def read_follow_ups(sent: Mapping[str, Sequence[Any]], earlier: Sequence[ToldRecommendation]) -> list[dict[str, Any]]:
    """What was said about earlier recommendations; a state that is none of ours is left aside."""
    said = []
    for one in earlier:
        state = next((tidy(value) for value in sent.get(f"follow_state:{one.recommendation.id}", ())), "")
        words = next((tidy(value) for value in sent.get(f"follow_words:{one.recommendation.id}", ())), "")
        if state in STATES:
            said.append(
                FollowUp.model_validate(
                    {
                        "recommendation": one.recommendation.id,
                        "text": one.recommendation.text,
                        "state": state,
                        "words": words[:LONGEST_TEXT],
                    }
                ).model_dump(mode="json")
            )
    return said
