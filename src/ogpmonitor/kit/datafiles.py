"""Reading what people write in TOML: either a whole valid model, or every problem with its file, key and reason."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ogpmonitor.kit.localized import Localized

WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"']+$", max_length=2000)]
REASONS = {"missing": "is missing", "extra_forbidden": "is not a key this file knows"}


class Data(BaseModel):
    """Base of everything read from a data file: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Data):
    """Where a statement comes from."""

    title: str
    url: WebAddress | None = None
    note: Localized | None = None


D = TypeVar("D", bound=Data)


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One reason why a file cannot be taken: `key` is the path inside it, "" for the file as a whole."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.reason) if part)


class DataRefused(Exception):  # noqa: N818 - named after what happened, as every refusal in this house
    """Nothing was loaded; `problems` says why, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read_toml(path: Path, model: type[D], *, below: Path | None = None) -> D:
    """The model that `path` describes. Problems name the file relative to `below`.

    Raises:
        DataRefused: the file cannot be read, is not TOML, or does not fit the model; with all its problems.
    """
    file = str(path.relative_to(below)) if below else path.name
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataRefused([Problem(file, "", f"cannot be read: {error.strerror}")]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataRefused([Problem(file, "", f"is not TOML: {error}")]) from error
    try:
        return model.model_validate(data, context={"source_language": data.get("source_language")})
    except ValidationError as error:
        raise DataRefused(_problem(file, detail) for detail in error.errors(include_url=False)) from error


def _problem(file: str, detail: Any) -> Problem:
    reason = REASONS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return Problem(file, key_path(detail["loc"]), reason)


def key_path(parts: Iterable[int | str]) -> str:
    """`("commitments", 2, "starts_on")` as people write it: `commitments[2].starts_on`."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path
