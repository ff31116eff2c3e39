"""What people send in a form: either a valid value, or what they typed with a message beside each field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.enums import RequestEncodingType
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator

from ogpmonitor.kit.errors import Invalid, TooLarge
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.kit.written_dates import read_partial

Model = TypeVar("Model", bound="FormModel")
DATE_SHAPES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
NEEDED = msgid("Please fill this in.")
TOO_LONG = msgid("This is too long.")
# Pydantic's reasons in words for people; our own validators raise ValueError with a msgid.
MESSAGES: Mapping[str, str] = {
    "missing": NEEDED,
    "string_too_short": NEEDED,
    "string_too_long": TOO_LONG,
    "literal_error": msgid("Please choose one of the options."),
    "enum": msgid("Please choose one of the options."),
    "greater_than_equal": msgid("This number is too small."),
    "less_than_equal": msgid("This number is too large."),
    "int_parsing": msgid("Please write a whole number."),
    "uuid_parsing": msgid("This does not exist any more. Load the page again."),
    "url_parsing": msgid("This is not an address. It should begin with https://"),
}
UNCLEAR = msgid("This cannot be understood. Please check it.")
BAD_DATE = msgid("This is not a date. Write it like 30-09-2024.")
UNREADABLE = msgid("The form could not be read.")
UNKEPT = msgid("This contains characters that cannot be kept. Please write it again.")
TOO_MUCH = msgid("This form has more in it than a form of this site can have. Nothing was saved.")
TOO_MANY_FILES = msgid("These are more files than one form may bring. Send the others afterwards.")
LARGEST_TEXT = 2 * 1024 * 1024  # bytes of a form without files; all of it is in memory at once
MOST_FIELDS = 5_000  # of a form without files; with files it is Litestar's thousand parts
MOST_FILES = (
    50  # each is a file on our disk while it is read; a form that asks for three says so itself, beside the field
)
SENT = "sent"  # where a form that was read stands in the request's state
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class FormModel(BaseModel):
    """Base of every form: text is trimmed, an empty field is absent, what the form does not know is left aside.

    Line ends become those of everywhere else. Characters that no keyboard writes and no database keeps are refused.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        return readable(value)


def readable(value: Any) -> Any:
    """`value` with line ends as everywhere else, and so is every text in a list; anything else is left as it is.

    Raises:
        ValueError: it holds characters that no keyboard writes and no database keeps.
    """
    if isinstance(value, list):
        return [readable(one) for one in value]
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(text):
        raise ValueError(UNKEPT)
    return text


async def read_form(request: Request[Any, Any, Any]) -> FormMultiDict:
    """What was sent; a second call reads nothing more. A refusal finds it in the request's state, to give it back.

    Raises:
        Invalid: its bytes are not the text they say they are.
        TooLarge: more text, fields or files than any form of ours sends.
    """
    if SENT in request.state:
        already: FormMultiDict = request.state[SENT]
        return already
    if request.content_type[0] == RequestEncodingType.URL_ENCODED:
        await _check_text(request)
    try:
        sent = await request.form()
    except (UnicodeDecodeError, LookupError) as error:  # a letter that UTF-8 has not, an encoding nobody knows
        raise Invalid("form.unreadable", UNREADABLE) from error
    files = [value for value in sent.values() if isinstance(value, UploadFile)]
    if len(files) > MOST_FILES:
        for file in files:
            await file.close()
        raise TooLarge("form.too_many_files", TOO_MANY_FILES)
    request.state[SENT] = sent
    return sent


async def _check_text(request: Request[Any, Any, Any]) -> None:
    """Before it is taken apart: a million fields are a few megabytes, and take a minute."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > LARGEST_TEXT:
        raise TooLarge("form.too_large", TOO_MUCH)
    body = await request.body()
    if len(body) > LARGEST_TEXT or body.count(b"&") >= MOST_FIELDS:
        raise TooLarge("form.too_large", TOO_MUCH)


class FieldProblem(ValueError):  # noqa: N818  it reads as what it is
    """A rule over several fields does not hold: `field` is where to say so."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.field = name


def read_day(value: Any) -> date | None:
    """A day as people write it: 2024-09-30, 30-09-2024, 30/09/2024 or 30.09.2024; an empty text is no day.

    Raises:
        ValueError: anything else.
    """
    if value is None or isinstance(value, date):
        return value
    text = str(value).strip()
    if not text:
        return None
    for shape in DATE_SHAPES:
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise ValueError(BAD_DATE)


def _needed(value: date | None) -> date:
    if value is None:
        raise ValueError(NEEDED)
    return value


Day = Annotated[date | None, BeforeValidator(read_day)]
NeededDay = Annotated[Day, AfterValidator(_needed)]
PartialDay = Annotated[PartialDate | None, BeforeValidator(read_partial)]


def short_text(value: Any, longest: int, *, field: str) -> str:
    """`value` as text, without space around it.

    Raises:
        Invalid: it is longer than `longest` characters.
    """
    text = str(value or "").strip()
    if len(text) > longest:
        raise Invalid("text.too_long", TOO_LONG, field=field)
    return text


@dataclass
class Form(Generic[Model]):
    """One submission: `data` as typed, `errors` the messages (msgids) by field, `value` the valid whole or None.

    Messages that belong to no field stand under "".
    """

    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    value: Model | None = None

    @classmethod
    def of(cls, model: type[Model], sent: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> "Form[Model]":
        """Read `sent` as a `model`. A key sent several times becomes a list; an empty text counts as not sent."""
        data = gather(sent)
        try:
            return cls(data, {}, model.model_validate({key: v for key, v in data.items() if v not in ("", [])}))
        except ValidationError as invalid:
            return cls(data, _messages(invalid), None)

    def add(self, name: str, message: str) -> None:
        """Say `message` beside field `name`; the form has no value any more."""
        self.errors.setdefault(name, []).append(message)
        self.value = None

    def __getitem__(self, name: str) -> Any:
        """What was typed in field `name`, "" where nothing was."""
        return self.data.get(name, "")


def gather(sent: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """`sent` as a dictionary; a key sent several times becomes a list."""
    if hasattr(sent, "multi_items"):
        sent = sent.multi_items()
    pairs = sent.items() if isinstance(sent, Mapping) else sent
    data: dict[str, Any] = {}
    for key, value in pairs:
        if key in data:
            before = data[key]
            data[key] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            data[key] = value
    return data


def _messages(invalid: ValidationError) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for error in invalid.errors(include_url=False):
        cause = error.get("ctx", {}).get("error")
        name = cause.field if isinstance(cause, FieldProblem) else str(error["loc"][0]) if error["loc"] else ""
        message = str(cause) if isinstance(cause, ValueError) else MESSAGES.get(error["type"], UNCLEAR)
        messages.setdefault(name, []).append(message)
    return messages
