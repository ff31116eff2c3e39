"""One form that writes a plan, as its page shows it: each field with what stands in it, its original, and its marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, zip_longest
from typing import Any

from ogpmonitor.kit.i18n import LANGUAGES, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.asking import Asked, Choice, label_of, options_of
from ogpmonitor.plans.drafting import Row, shown, texts_of, value_now, written_parts
from ogpmonitor.plans.models import Plan
from ogpmonitor.plans.schemas_writing import LONGEST

EMPTY_ROWS = 3


@dataclass(frozen=True)
class Cell:
    """One control of a row. `original` is what stands there in the language it was written in, when that is another."""

    key: str
    id: str
    label: str
    value: str
    options: Sequence[Choice]
    original: str = ""


@dataclass(frozen=True)
class FieldView:
    """One field as the page shows it, in the language of the page; `value` is in the language that is being written."""

    name: str
    kind: str
    label: str
    help: str
    required: bool
    public: bool
    group: str
    error: str
    value: Any
    options: Sequence[Choice]
    rows: Sequence[Sequence[Cell]]
    longest: int
    original: str  # the text it translates, "" where there is none
    original_language: str
    is_outdated: bool  # older than the text it translates
    is_unofficial: bool
    outdated_in: Sequence[str]  # where it is the original: the languages whose translation is older


@dataclass(frozen=True)
class Desk:
    """Which `row` is written, by which questions, in which language; `lang` is the language of the page."""

    row: Row
    plan: Plan
    asked: Sequence[Asked]
    text: str
    lang: str

    @property
    def is_original(self) -> bool:
        """Whether the texts are written in the plan's own language."""
        return self.text == self.plan.source_language


def desk_at(row: Row, plan: Plan, asked: Sequence[Asked], text: str, lang: str) -> Desk:
    """The form for `row` of `plan` in the language `text`: a translation asks for texts only."""
    is_original = text == plan.source_language
    return Desk(row, plan, tuple(one for one in asked if is_original or one.is_localised), text, lang)


def views_of(desk: Desk, typed: Mapping[str, Any] | None, errors: Mapping[str, Sequence[str]]) -> list[FieldView]:
    """Every field with what was `typed`, or what stands there; `errors` are msgids by field or key."""
    said = shown(desk.row, desk.asked, desk.text)
    if typed is not None:
        said = {key: typed.get(key, [] if isinstance(value, list) else "") for key, value in said.items()}
    return [_view(desk, one, said, errors) for one in desk.asked]


def _view(desk: Desk, asked: Asked, said: Mapping[str, Any], errors: Mapping[str, Sequence[str]]) -> FieldView:
    texts = texts_of(asked, value_now(desk.row, asked.name))
    others = [text for text in texts if text.source != desk.text]
    message = next((found[0] for key in (asked.name, *asked.keys) if (found := errors.get(key))), "")
    single = asked.kind not in {"rows", "list", "lines"}
    return FieldView(
        name=asked.name,
        kind=asked.kind,
        label=label_of(asked.name, desk.lang),
        help=translate(desk.lang, asked.help) if asked.help else "",
        required=asked.required and desk.is_original,
        public=asked.public,
        group=translate(desk.lang, asked.group) if asked.group else "",
        error=translate(desk.lang, message) if message else "",
        value=_one(said[asked.name], asked) if single else "",
        options=options_of(asked.name, desk.lang),
        rows=() if single else _rows(desk, asked, said),
        longest=LONGEST.get(asked.kind, 100),
        original=others[0].in_(others[0].source) if single and others else "",
        original_language=others[0].source if others else "",
        is_outdated=any(text.is_outdated(desk.text) for text in texts),
        is_unofficial=any(text.is_unofficial(desk.text) for text in texts),
        outdated_in=[LANGUAGES.get(code, code) for code in dict.fromkeys(c for t in texts for c in t.outdated)]
        if desk.is_original
        else [],
    )


def _one(value: Any, asked: Asked) -> Any:
    """What stands in a control; somebody may send a key twice."""
    if asked.kind == "choices":
        return value if isinstance(value, list) else [value]
    return str(value[0]) if isinstance(value, list) and value else str(value or "")


def _rows(desk: Desk, asked: Asked, said: Mapping[str, Any]) -> list[list[Cell]]:
    columns = [said[key] if isinstance(said[key], list) else [said[key]] for key in asked.keys]
    own = [part in written_parts(asked) for part in asked.parts] or [True]
    filled = list(zip_longest(*columns, fillvalue=""))
    while filled and desk.is_original and not any(compress(filled[-1], own)):
        filled.pop()
    empty = [tuple("" for _ in columns)] * (EMPTY_ROWS if desk.is_original else 0)
    known = value_now(desk.row, asked.name) or []
    return [_row(desk, asked, place, cells, known) for place, cells in enumerate([*filled, *empty])]


def _row(desk: Desk, asked: Asked, place: int, cells: Sequence[str], known: Sequence[Any]) -> list[Cell]:
    row: list[Cell] = []
    for key, part, value in zip(asked.keys, asked.parts or ("",), cells, strict=True):
        options = options_of(part, desk.lang)
        if options and not desk.is_original:
            continue
        old = (known[place].get(part) if part else known[place]) if place < len(known) else None
        label = f"{label_of(part or asked.name, desk.lang)} ({place + 1})"
        ident = asked.name if place == 0 and not row else f"{key}-{place + 1}"
        chosen = value or (options[-1].code if options else "")
        row.append(Cell(key, ident, label, chosen, options, _original(old, desk.text)))
    return row


def _original(value: Any, lang: str) -> str:
    if not isinstance(value, dict):
        return ""
    text = Localized.model_validate(value)
    return "" if text.source == lang else text.in_(text.source)
