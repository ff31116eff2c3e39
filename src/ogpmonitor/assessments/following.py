"""Recommendations: what a monitor recommends and to whom, and what became of earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid4

from ogpmonitor.assessments.merging import prevailing
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, Submission, tidy
from ogpmonitor.kit.forms import TOO_LONG
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.register.assessment_documents import FollowUp
from ogpmonitor.register.queries import Published
from ogpmonitor.register.recommendations import ToldRecommendation, recommendations_in

MOST, LONGEST_TEXT, LONGEST_ADDRESSEE, BLANKS = 30, 2000, 200, 2
SAID = ("state", "words")
STATES = ("followed", "partly", "not_followed", "too_early")
TO_WHOM = msgid("Say to whom it is addressed.")
WHAT = msgid("Say what you recommend.")
TOO_MANY = msgid("At most thirty recommendations.")
ONE_OF = msgid("Please choose one of the options.")
WHAT_BECAME = msgid("Choose what became of it.")


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
    def name(self) -> str:
        """What its mark goes by."""
        return f"recommendation:{self.id}"

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
    kept, merged = {row.id: row for row in kept_rows(sheet)}, []
    for mine in typed:
        theirs = kept.pop(mine.id, Row(mine.id))
        stays = prevailing(mine.name, mine.mark, theirs.mark, sheet, submission)
        merged.append(theirs if stays == "theirs" else replace(mine, theirs=theirs) if stays == "both" else mine)
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


@dataclass(frozen=True)
class Followed:
    """What a draft says became of an earlier recommendation; nothing where no state is chosen. `errors` by field."""

    told: ToldRecommendation
    state: str = ""
    words: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    theirs: "Followed | None" = None

    @property
    def id(self) -> str:
        return self.told.recommendation.id

    @property
    def name(self) -> str:
        """What its mark goes by."""
        return f"follow:{self.id}"

    @property
    def mark(self) -> str:
        """Told apart from everything else that can be said by this."""
        return Given(self.state, self.words).mark

    def kept(self) -> dict[str, Any]:
        """As the workbench keeps it."""
        said = {"recommendation": self.id, "text": self.told.recommendation.text}
        return FollowUp.model_validate({**said, "state": self.state, "words": self.words}).model_dump(mode="json")


def kept_followed(sheet: Sheet, earlier: Sequence[ToldRecommendation]) -> list[Followed]:
    """What is kept about each of `earlier`, in their order."""
    said = {one["recommendation"]: one for one in sheet.assessment.follow_ups}
    nothing = {"state": "", "words": ""}
    found = [(one, said.get(one.recommendation.id, nothing)) for one in earlier]
    return [Followed(one, kept["state"], kept["words"]) for one, kept in found]


def read_followed(sent: Mapping[str, Sequence[Any]], earlier: Sequence[ToldRecommendation]) -> list[Followed]:
    """What was sent about those of `earlier` that the form showed, each with what is wrong with it."""
    return [_read_followed(sent, one) for one in earlier if f"follow_state:{one.recommendation.id}" in sent]


def _read_followed(sent: Mapping[str, Sequence[Any]], told: ToldRecommendation) -> Followed:
    state, words = (tidy(next(iter(sent.get(f"follow_{name}:{told.recommendation.id}", ())), "")) for name in SAID)
    errors = {}
    if state not in {"", *STATES}:
        errors["state"] = ONE_OF
    elif words and not state:
        errors["state"] = WHAT_BECAME
    if len(words) > LONGEST_TEXT:
        errors["words"] = TOO_LONG
    return Followed(told, state, words, errors)


def merge_followed(sheet: Sheet, typed: Sequence[Followed], submission: Submission) -> list[Followed]:
    """What was typed beside what colleagues kept meanwhile, as `merge_rows` does; what was not sent stays."""
    kept = {one.id: one for one in kept_followed(sheet, [one.told for one in typed])}
    merged = []
    for mine in typed:
        theirs = kept[mine.id]
        stays = prevailing(mine.name, mine.mark, theirs.mark, sheet, submission)
        merged.append(theirs if stays == "theirs" else replace(mine, theirs=theirs) if stays == "both" else mine)
    return merged
