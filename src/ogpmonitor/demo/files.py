"""What a demo file may say: invented milestones, reports, evidence and assessments, apart from what sources give."""

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ogpmonitor.kit.datafiles import Data, DataRefused, Problem, WebAddress, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.plans.loading import Loadable
from ogpmonitor.plans.measurefile import MeasureFile
from ogpmonitor.plans.planfile import Code, CommitmentFile, MilestoneFile, PlanFile, PlanSlug, only_once

Progress = Literal["not_started", "ongoing", "completed", "withdrawn"]
FILE_KINDS = frozenset({".txt", ".csv", ".pdf", ".png"})
FileName = Annotated[str, StringConstraints(pattern=r"^demo-[a-z0-9-]+\.[a-z]{3}$")]


class DemoMilestone(MilestoneFile):
    """An invented milestone of `commitment`; unlike a real one it leaves nothing out."""

    commitment: Code
    indicator: Localized
    expected_output: Localized
    due_on: PartialDate
    responsible_unit: Localized


class DemoMeasure(MeasureFile):
    """An invented measure of `commitment`."""

    commitment: Code


class DemoEvidence(Data):
    """An invented link, or a small file named `demo-...` whose bytes are made from `content` (see `demo_media`)."""

    code: Code
    title: Localized
    dated_on: date
    url: WebAddress | None = None
    file_name: FileName | None = None
    content: str | None = None

    @property
    def is_file(self) -> bool:
        return self.file_name is not None

    @model_validator(mode="after")
    def _link_or_file(self) -> Self:
        if (self.url is None) == (self.file_name is None) or (self.file_name is None) != (self.content is None):
            raise ValueError(f"{self.code}: evidence is a link, or a file with its content")
        if self.url and not self.url.startswith("https://example.org/"):
            raise ValueError(f"{self.code}: an invented link points to https://example.org/")
        if self.file_name and PurePosixPath(self.file_name).suffix not in FILE_KINDS:
            raise ValueError(f"{self.code}: a demo file is one of {', '.join(sorted(FILE_KINDS))}")
        return self


class DemoReport(Data):
    """An invented progress report on one milestone, real or invented."""

    commitment: Code
    milestone: Code
    reported_on: date
    progress: Progress
    text: Localized
    started_on: date | None = None
    completed_on: date | None = None
    reason_late: Localized | None = None
    evidence: tuple[DemoEvidence, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.progress == "completed") != (self.completed_on is not None):
            raise ValueError("completed_on is given when the milestone is completed, and only then")
        days = [day for day in (self.started_on, self.completed_on, self.reported_on) if day]
        if days != sorted(days):
            raise ValueError("a report comes after what it reports, and a start before its end")
        return self


class DemoAnswer(Data):
    """An invented answer; `cites` names evidence of the same commitment's reports by code."""

    value: str
    explanation: Localized | None = None
    references: str = ""
    cites: tuple[Code, ...] = ()


class DemoAssessment(Data):
    """An invented assessment of one commitment, on a form named by code and version. The form's room checks answers."""

    commitment: Code
    form: str
    form_version: int = 1
    published_on: date
    answers: dict[str, DemoAnswer] = Field(min_length=1)


class DemoFile(Data):
    """Invented content for one plan. `note` says so in the words shown with it."""

    source_language: str
    plan: PlanSlug
    note: Localized
    commitments: tuple[CommitmentFile, ...] = ()
    milestones: tuple[DemoMilestone, ...] = ()
    measures: tuple[DemoMeasure, ...] = ()
    reports: tuple[DemoReport, ...] = ()
    assessments: tuple[DemoAssessment, ...] = ()

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        only_once("milestone", [f"{milestone.commitment}/{milestone.code}" for milestone in self.milestones])
        only_once("measure of commitment", [measure.commitment for measure in self.measures])
        only_once("evidence code", [evidence.code for report in self.reports for evidence in report.evidence])
        return self


def read_demo(path: Path, plan: PlanFile, *, below: Path | None = None) -> DemoFile:
    """The demo content for `plan` that `path` describes.

    Raises:
        DataRefused: the file does not fit, or names commitments, milestones or evidence that `plan` and it do not have.
    """
    demo = read_toml(path, DemoFile, below=below)
    file = str(path.relative_to(below)) if below else path.name
    problems = [Problem(file, key, reason) for key, reason in _mismatches(demo, plan)]
    if problems:
        raise DataRefused(problems)
    return demo


def read_demos(found: Loadable, *, below: Path | None = None) -> dict[str, DemoFile]:
    """The demo content of one tenant, by the slug of the plan it belongs to.

    Raises:
        DataRefused: with every problem of every file; also when a file belongs to no plan of the tenant.
    """
    plans = {plan.slug: plan for plan in found.plans}
    demos: dict[str, DemoFile] = {}
    problems: list[Problem] = []
    for path in found.folder.demo_files:
        try:
            if path.stem in plans:
                demos[path.stem] = read_demo(path, plans[path.stem], below=below)
            else:
                file = str(path.relative_to(below)) if below else path.name
                problems.append(Problem(file, "", "belongs to no plan of this tenant"))
        except DataRefused as refused:
            problems.extend(refused.problems)
    if problems:
        raise DataRefused(problems)
    return demos


def _mismatches(demo: DemoFile, plan: PlanFile) -> Iterator[tuple[str, str]]:
    if demo.plan != plan.slug:
        yield "plan", f"is {demo.plan!r}, not {plan.slug!r}"
    commitments = {commitment.code: commitment for commitment in (*plan.commitments, *demo.commitments)}
    if len(commitments) != len(plan.commitments) + len(demo.commitments):
        yield "commitments", "repeat a code of the plan"
    milestones = {
        (commitment.code, step.code): step for commitment in commitments.values() for step in commitment.milestones
    }
    for number, milestone in enumerate(demo.milestones):
        key = f"milestones[{number}]"
        if milestone.commitment not in commitments:
            yield f"{key}.commitment", f"there is no commitment {milestone.commitment!r}"
        if (milestone.commitment, milestone.code) in milestones:
            yield f"{key}.code", f"{milestone.code!r} is already a milestone of the plan"
        if plan.ends_on and milestone.due_on.last_day > plan.ends_on.last_day:
            yield f"{key}.due_on", f"{milestone.due_on} is after the end of the plan ({plan.ends_on})"
        milestones[milestone.commitment, milestone.code] = milestone
    yield from _measure_mismatches(demo, commitments.keys())
    yield from _report_mismatches(demo, milestones)
    yield from _citation_mismatches(demo)


def _measure_mismatches(demo: DemoFile, commitments: Collection[str]) -> Iterator[tuple[str, str]]:
    for number, measure in enumerate(demo.measures):
        if measure.commitment not in commitments:
            yield f"measures[{number}].commitment", f"there is no commitment {measure.commitment!r}"


def _report_mismatches(demo: DemoFile, milestones: dict[tuple[str, str], MilestoneFile]) -> Iterator[tuple[str, str]]:
    for number, report in enumerate(demo.reports):
        milestone = milestones.get((report.commitment, report.milestone))
        if milestone is None:
            yield f"reports[{number}].milestone", f"there is no milestone {report.commitment}/{report.milestone}"
            continue
        done = report.completed_on or report.reported_on
        late = milestone.due_on is not None and done > milestone.due_on.last_day and report.progress != "withdrawn"
        if late and report.reason_late is None:
            yield f"reports[{number}].reason_late", "is missing: the milestone was reported late"


def _citation_mismatches(demo: DemoFile) -> Iterator[tuple[str, str]]:
    evidence = {(report.commitment, item.code) for report in demo.reports for item in report.evidence}
    for number, assessment in enumerate(demo.assessments):
        for key, answer in assessment.answers.items():
            for code in answer.cites:
                if (assessment.commitment, code) not in evidence:
                    yield f"assessments[{number}].answers.{key}.cites", f"{code!r} is not evidence of this commitment"
