"""What a plan file may say: an action plan exactly as its sources give it, and what they do not give."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ogpmonitor.kit.datafiles import Data, DataRefused, Problem, Source, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.method.questionnaire import AnswerKind, load_questionnaire
from ogpmonitor.method.vocabularies import PolicyAreaCode, SectorCode, ValueCode
from ogpmonitor.plans.measurefile import MeasureFile

PlanSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", max_length=40)]
PlanStatus = Literal["co_creation", "submitted", "ended"]
PlanAnswer = Localized | tuple[Localized, ...] | int

# Fields of OGP's commitment template (the domain's CM03 to CM16): each is filled in or named in `missing`.
TEMPLATE_FIELDS = (
    "ogp_id", "problem", "status_quo", "action", "contribution", "long_term_goal", "policy_area", "sector", "values",
    "value_relevance", "resources", "starts_on", "ends_on", "institutions", "milestones",
)  # fmt: skip


class Endorsement(Data):
    """Who endorsed the plan: position and organisation. The person's name is withheld."""

    position: Localized
    organisation: Localized


class ProgrammeBalance(Data):
    """A government programme counted as its source counts it: excluded commitments leave the base."""

    committed: int = Field(ge=0)
    set_aside: int = Field(ge=0)
    base: int = Field(ge=1)
    fulfilled: int = Field(ge=0)
    as_found: str
    note: Localized | None = None
    source: Source

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.committed - self.set_aside != self.base:
            raise ValueError(f"{self.committed} committed less {self.set_aside} set aside is not a base of {self.base}")
        if self.fulfilled > self.base:
            raise ValueError(f"{self.fulfilled} fulfilled is more than the base of {self.base}")
        return self


class Institution(Data):
    name: Localized
    role: Literal["lead", "support", "involved"] = "involved"


class DeclaredStatus(Data):
    """What the government itself declares about a commitment, with its own word for it."""

    status: Literal["fulfilled", "pending"]
    as_found: str


class InceptionSummary(Data):
    """The summary of the inception report as OGP publishes it with the commitment."""

    verifiable: Literal["yes", "no", "unclear"]
    relevant: Literal["yes", "no", "unclear"]
    novelty: Localized
    change: Localized
    source: Source


class MilestoneFile(Data):
    """One verifiable step of a commitment."""

    code: Code
    title: Localized
    indicator: Localized | None = None
    expected_output: Localized | None = None
    starts_on: PartialDate | None = None
    due_on: PartialDate | None = None
    responsible_unit: Localized | None = None
    supporting: tuple[Localized, ...] = ()
    source_note: Localized | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        runs_forward(self.starts_on, self.due_on)
        return self


class CommitmentFile(Data):
    """One commitment. `code` is its address; `ogp_id` is only what OGP assigned; `missing` is what no source gives."""

    code: Code
    ogp_id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[A-Z]{3}[0-9]{4}$")] | None = None
    number: str
    title: Localized
    title_note: Localized | None = None
    summary: Localized | None = None
    axis: Localized | None = None
    problem: Localized | None = None
    status_quo: Localized | None = None
    action: Localized | None = None
    contribution: Localized | None = None
    long_term_goal: Localized | None = None
    policy_area: PolicyAreaCode | None = None
    sector: SectorCode | None = None
    values: tuple[ValueCode, ...] = ()
    value_relevance: Localized | None = None
    resources: Localized | None = None
    additional: Localized | None = None
    starts_on: PartialDate | None = None
    ends_on: PartialDate | None = None
    institutions: tuple[Institution, ...] = ()
    pillars: tuple[Localized, ...] = ()
    declared_status: DeclaredStatus | None = None
    inception: InceptionSummary | None = None
    sources: tuple[Source, ...] = ()
    missing: tuple[str, ...] = ()
    measure: MeasureFile | None = None  # only what a source says of this very commitment
    milestones: tuple[MilestoneFile, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        runs_forward(self.starts_on, self.ends_on)
        only_once("milestone code", [milestone.code for milestone in self.milestones])
        return self

    @model_validator(mode="after")
    def _says_what_is_missing(self) -> Self:
        for name in self.missing:
            if name not in type(self).model_fields:
                raise ValueError(f"missing: {name!r} is not a field of a commitment")
            if getattr(self, name):
                raise ValueError(f"missing: {name!r} is filled in")
        for name in TEMPLATE_FIELDS:
            if not getattr(self, name) and name not in self.missing:
                raise ValueError(f"{name!r} is neither filled in nor named in 'missing'")
        return self


class PlanFile(Data):
    """An action plan as its sources give it. `slug` is its address and the name of its file.

    Two ends: `ends_on` is when the commitments end, `cycle_ends_on` what OGP's page calls "Duration".
    """

    source_language: str
    slug: PlanSlug
    title: Localized
    status: PlanStatus
    starts_on: PartialDate | None = None
    submitted_on: PartialDate | None = None
    ends_on: PartialDate | None = None
    cycle_ends_on: PartialDate | None = None
    foreword: Localized | None = None
    answers: dict[str, PlanAnswer] = Field(default_factory=dict)
    endorsements: tuple[Endorsement, ...] = ()
    endorsements_note: Localized | None = None
    attachments: tuple[str, ...] = ()
    programme_balance: ProgrammeBalance | None = None
    notes: tuple[Localized, ...] = ()
    missing: tuple[str, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    commitments: tuple[CommitmentFile, ...] = ()

    @model_validator(mode="after")
    def _answers_fit_the_questionnaire(self) -> Self:
        questions = load_questionnaire().questions
        for key, answer in self.answers.items():
            if key not in questions:
                raise ValueError(f"answers: {key!r} is not a question of the plan template")
            if kind_of(answer) != questions[key].kind:
                raise ValueError(f"answers: {key} asks for a {questions[key].kind}, not a {kind_of(answer)}")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        runs_forward(self.starts_on, self.ends_on)
        only_once("commitment code", [commitment.code.casefold() for commitment in self.commitments])
        known = {*type(self).model_fields, *load_questionnaire().questions}
        for name in self.missing:
            if name not in known:
                raise ValueError(f"missing: {name!r} is neither a field of a plan nor a question")
            if getattr(self, name, None) or name in self.answers:
                raise ValueError(f"missing: {name!r} is filled in")
        if self.status != "co_creation" and self.submitted_on is None and "submitted_on" not in self.missing:
            raise ValueError(
                "submitted_on is missing: a plan that was submitted has a date, or says that none is known"
            )
        return self


def kind_of(answer: Any) -> AnswerKind:
    """Which kind of question `answer` answers."""
    if isinstance(answer, int):
        return "number"
    return "text" if isinstance(answer, Localized) else "list"


def runs_forward(start: PartialDate | None, end: PartialDate | None) -> None:
    """Nothing, if `end` can be on or after `start`.

    Raises:
        ValueError: the end lies before the start.
    """
    if start and end and end.last_day < start.first_day:
        raise ValueError(f"ends ({end}) before it starts ({start})")


def only_once(what: str, values: list[str]) -> None:
    """Nothing, if no value repeats.

    Raises:
        ValueError: names the values that do.
    """
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"the same {what} is used twice: {', '.join(repeated)}")


def read_plan(path: Path, *, below: Path | None = None) -> PlanFile:
    """The plan that `path` describes.

    Raises:
        DataRefused: with every problem of the file; also when it is not named after its slug.
    """
    plan = read_toml(path, PlanFile, below=below)
    if path.stem != plan.slug:
        file = str(path.relative_to(below)) if below else path.name
        raise DataRefused([Problem(file, "slug", f"is {plan.slug!r} in a file named {path.name!r}")])
    return plan
