"""What a monitoring body answers to one question."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """The answer to one question of a form.

    `value` is the code of the chosen option, codes joined by spaces where several may be chosen, or the text itself.
    `citations` names the evidence it rests on; what the names are is the caller's business.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str | None = None
    explanation: str = ""
    references: str = ""
    citations: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The codes of the options chosen."""
        return tuple((self.value or "").split())

    @property
    def is_empty(self) -> bool:
        return not (self.value or self.explanation or self.references or self.citations)

    def tidied(self) -> Self:
        """The same answer without blanks around its texts; a blank value is none."""
        value = (self.value or "").strip() or None
        return self.model_copy(
            update={"value": value, "explanation": self.explanation.strip(), "references": self.references.strip()}
        )
