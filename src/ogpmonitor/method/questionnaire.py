"""The strategic-vision questionnaire of an action plan, as data: its keys, questions and kinds of answer."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from ogpmonitor.kit.datafiles import Data, read_toml
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.marks import Mark

AnswerKind = Literal["text", "list", "number"]


class Question(Data):
    """One question of the plan template. `kind` says what answers it: Markdown, a list of texts, or a whole number."""

    key: str = Field(pattern=r"^(SV|EC)[0-9]{2}$")
    kind: AnswerKind
    text: Localized


class Section(Data):
    key: str
    title: Localized
    help: Localized | None = None
    questions: tuple[Question, ...]


class Questionnaire(Data):
    """The template as it is published, in its order."""

    source_language: str
    code: str
    version: int
    mark: Mark
    source_note: Localized
    sections: tuple[Section, ...]

    @property
    def questions(self) -> dict[str, Question]:
        """Every question by its key, in the published order."""
        return {question.key: question for section in self.sections for question in section.questions}


@cache
def load_questionnaire() -> Questionnaire:
    """The questionnaire this release carries.

    Raises:
        DataRefused: the file in the package does not fit its schema.
    """
    return read_toml(Path(__file__).with_name("questionnaire.toml"), Questionnaire)
