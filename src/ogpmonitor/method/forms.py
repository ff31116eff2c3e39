"""The method as data: assessment forms and rating scales, versioned, in every language, checked when they are read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, Field, model_validator

from ogpmonitor.kit.datafiles import Data, DataRefused, Problem, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark

HERE = Path(__file__).parent
LANGUAGES = ("es", "en")
Asked = Literal["none", "optional", "required"]
V = TypeVar("V", bound="Versioned")


class Option(Data):
    """One step of a scale. `filled` steps are drawn; -1 is a step backwards. `apart`: not a level between others."""

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    order: int = Field(ge=0)
    apart: bool = False
    filled: int = Field(ge=-1)
    label: Localized
    short: Localized | None = None
    help: Localized | None = None
    mark: Mark
    source_note: Localized | None = None
    dataset: dict[str, int] = Field(default_factory=dict)
    plans_from: int | None = None


class Versioned(Data):
    """What every file of the method says about itself. `ref` is how other files and answers name it."""

    source_language: str
    code: str = Field(pattern=r"^[a-z][a-z_-]*$")
    version: int = Field(ge=1)
    title: Localized
    mark: Mark
    source_note: Localized | None = None

    @property
    def ref(self) -> str:
        return f"{self.code}.v{self.version}"


class Scale(Versioned):
    """An ordered list of options. `high` are the codes that count as a strong result.

    Years are those of national plans, by the year they were submitted. `historic`: no new plan is rated on it.
    """

    help: Localized | None = None
    plans_from: int | None = None
    plans_until: int | None = None
    historic: bool = False
    high: tuple[str, ...] = ()
    options: tuple[Option, ...] = Field(min_length=2)

    @property
    def steps(self) -> int:
        """How many steps a drawing of this scale has."""
        return max(option.filled for option in self.options)

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)

    def is_of(self, year: int) -> bool:
        """Whether national plans submitted in `year` were rated on it."""
        return (self.plans_from or year) <= year <= (self.plans_until or year)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _once("option", [option.code for option in self.options])
        if [option.order for option in self.options] != list(range(len(self.options))):
            raise ValueError("the options are not numbered 0, 1, 2 ... in the order they stand in")
        for code in self.high:
            if self.option(code) is None:
                raise ValueError(f"high: {code!r} is not an option")
        return self


class Condition(Data):
    """Shown only when `question`, itself shown, was answered with one of these options."""

    question: str
    answers: tuple[str, ...] = Field(min_length=1)


class Question(Data):
    """One question. `measures` and `value` say which published rating its answer is, for comparison and reports.

    Selecting `na_option` hides and clears explanation, references and evidence. Where `evidence_required_above` names
    an option, every option that stands higher in the scale must cite evidence.
    """

    key: str = Field(pattern=r"^[A-Z]+[0-9]+(\.[0-9]+)*[A-Z]?$")
    kind: Literal["choice", "multi", "text"]
    text: Localized
    help: Localized | None = None
    scale: str | None = None
    required: bool = True
    explanation: Asked = "none"
    evidence: Asked = "none"
    evidence_required_above: str | None = None
    shown_if: Condition | None = None
    na_option: str | None = None
    measures: str | None = None
    value: str | None = None
    mark: Mark
    source_note: Localized | None = None

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        if (self.kind == "text") != (self.scale is None):
            raise ValueError(f"{self.key}: a scale is named for a choice, and only for one")
        if self.kind != "choice" and (self.na_option or self.evidence_required_above):
            raise ValueError(f"{self.key}: na_option and evidence_required_above belong to a choice")
        return self


class Section(Data):
    key: str
    title: Localized
    help: Localized | None = None
    repeats: Literal["once", "commitment"] = "once"
    mark: Mark
    source_note: Localized | None = None
    questions: tuple[Question, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it is asked: `key` also names the commitment where its section repeats ("IN3.1/C2")."""

    key: str
    question: Question
    section: Section
    commitment: str | None = None


class FormFile(Versioned):
    """A form as its file gives it. `own_template`: ours, not OGP's, and the page says so."""

    valid_from: date
    purpose: Localized
    deadline: str | None = None
    about: Literal["plan", "commitment"]
    own_template: bool = False
    sections: tuple[Section, ...] = Field(min_length=1)

    @property
    def questions(self) -> dict[str, Question]:
        return {question.key: question for section in self.sections for question in section.questions}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _once("question", [question.key for section in self.sections for question in section.questions])
        _once("section", [section.key for section in self.sections])
        seen: dict[str, str] = {}
        for section in self.sections:
            for question in section.questions:
                _check_condition(question, section, seen)
                seen[question.key] = section.repeats
        return self


class Form(FormFile):
    """A form with the scales its questions name."""

    scales: Mapping[str, Scale]

    def scale_of(self, question: Question) -> Scale | None:
        return self.scales[question.scale] if question.scale else None

    def askings(self, commitments: Sequence[str] = ()) -> Iterator[Asking]:
        """Every question in order, shown or not; sections that repeat come once per commitment code."""
        for section in self.sections:
            for commitment in commitments if section.repeats == "commitment" else (None,):
                for question in section.questions:
                    key = f"{question.key}/{commitment}" if commitment else question.key
                    yield Asking(key, question, section, commitment)


@dataclass(frozen=True)
class Method:
    """Every form and scale of this release, by code and version."""

    forms: Mapping[tuple[str, int], Form]
    scales: Mapping[tuple[str, int], Scale]

    def form(self, code: str, version: int | None = None) -> Form:
        """The form of that version, or the latest.

        Raises:
            KeyError: there is none.
        """
        return _lookup(self.forms, code, version)

    def scale(self, code: str, version: int | None = None) -> Scale:
        """The scale of that version, or the latest.

        Raises:
            KeyError: there is none.
        """
        return _lookup(self.scales, code, version)

    @cached_property
    def options(self) -> Mapping[str, Scale]:
        """Every option's code with the latest scale it stands on: two scales never share one."""
        ordered = sorted(self.scales.values(), key=lambda scale: scale.version)
        return {option.code: scale for scale in ordered for option in scale.options}

    def asking(self, scale: Scale) -> Sequence[tuple[Form, Question]]:
        """Every question of the latest forms that is answered on `scale`."""
        latest = [self.form(code) for code in dict.fromkeys(code for code, _ in self.forms)]
        return [(form, one) for form in latest for one in form.questions.values() if one.scale == scale.ref]


@cache
def load_method(folder: Path = HERE) -> Method:
    """The forms and scales under `folder`, read once.

    Raises:
        DataRefused: one or more files do not fit, with every problem; nothing was loaded.
    """
    problems: list[Problem] = []
    scales = _read_all(folder, "scale_files", Scale, problems)
    problems.extend(_shared_codes(scales))
    files = _read_all(folder, "form_files", FormFile, problems)
    by_ref = {scale.ref: scale for scale in scales.values()}
    problems.extend(problem for form in files.values() for problem in _scale_problems(form, by_ref))
    if problems:
        raise DataRefused(problems)
    forms = {key: Form(**dict(form), scales=_scales_of(form, by_ref)) for key, form in files.items()}
    return Method(forms, scales)


def _read_all(folder: Path, kind: str, model: type[V], problems: list[Problem]) -> dict[tuple[str, int], V]:
    read: dict[tuple[str, int], V] = {}
    for path in sorted((folder / kind).glob("*.toml")):
        file = f"{kind}/{path.name}"
        try:
            item = read_toml(path, model, below=folder)
        except DataRefused as refused:
            problems.extend(refused.problems)
            continue
        if path.name != f"{item.ref}.toml":
            problems.append(Problem(file, "code", f"the file of {item.ref} is named {item.ref}.toml"))
        problems.extend(Problem(file, key, f"has no text in {lang!r}") for key, lang in silences(item))
        read[item.code, item.version] = item
    return read


def silences(item: object, key: str = "") -> Iterator[tuple[str, str]]:
    """The key and language of every text that lacks one of our languages."""
    if isinstance(item, Localized):
        yield from ((key, lang) for lang in LANGUAGES if not item.has(lang))
    elif isinstance(item, BaseModel):
        for name in type(item).model_fields:
            yield from silences(getattr(item, name), f"{key}.{name}" if key else name)
    elif isinstance(item, tuple):
        for number, part in enumerate(item):
            yield from silences(part, f"{key}[{number}]")


def _shared_codes(scales: Mapping[tuple[str, int], Scale]) -> Iterator[Problem]:
    """Two scales never share an option: a code alone says which scale an answer was given on."""
    owners: dict[str, str] = {}
    for scale in scales.values():
        for option in scale.options:
            owner = owners.setdefault(option.code, scale.code)
            if owner != scale.code:
                file = f"scale_files/{scale.ref}.toml"
                yield Problem(file, f"options.{option.code}", f"is already an option of {owner!r}")


def _scale_problems(form: FormFile, scales: Mapping[str, Scale]) -> Iterator[Problem]:
    file = f"form_files/{form.ref}.toml"
    for key, question in form.questions.items():
        if question.scale is not None and question.scale not in scales:
            yield Problem(file, f"{key}.scale", f"there is no scale {question.scale!r}")
            continue
        for name, code, asked in _option_uses(form, question):
            scale = scales.get(asked.scale or "")
            if scale is None or scale.option(code) is None:
                yield Problem(file, f"{key}.{name}", f"{code!r} is not an option of {asked.key}")


def _option_uses(form: FormFile, question: Question) -> Iterator[tuple[str, str, Question]]:
    """Every option code that `question` names: where, which, and the question whose scale it must be on."""
    for name, code in (
        ("na_option", question.na_option),
        ("evidence_required_above", question.evidence_required_above),
    ):
        if code:
            yield name, code, question
    if question.shown_if:
        for code in question.shown_if.answers:
            yield "shown_if.answers", code, form.questions[question.shown_if.question]


def _scales_of(form: FormFile, scales: Mapping[str, Scale]) -> dict[str, Scale]:
    return {question.scale: scales[question.scale] for question in form.questions.values() if question.scale}


def _check_condition(question: Question, section: Section, seen: Mapping[str, str]) -> None:
    if question.shown_if is None:
        return
    asked = question.shown_if.question
    if asked not in seen:
        raise ValueError(f"{question.key}: shown_if names {asked!r}, which is not a question before it")
    if seen[asked] == "commitment" and section.repeats != "commitment":
        raise ValueError(f"{question.key}: shown_if names {asked!r}, which is asked once per commitment")


def _once(what: str, values: list[str]) -> None:
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise ValueError(f"the same {what} stands twice: {', '.join(repeated)}")


def _lookup(items: Mapping[tuple[str, int], V], code: str, version: int | None) -> V:
    if version is None:
        version = max((number for name, number in items if name == code), default=0)
    return items[code, version]
