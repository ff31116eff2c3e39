"""What a form shows of a plan in one language, and what it would change: asked before anything is written."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.forms import FormModel
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.kit.localized import Localized
from ogpmonitor.kit.partial_date import PartialDate
from ogpmonitor.kit.written_dates import written
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans.amending import EMPTY, plain
from ogpmonitor.plans.asking import CONTACT, Asked, options_of
from ogpmonitor.plans.models import Commitment, Milestone, Plan

Row = Plan | Commitment | Milestone
UNSEEN = ""  # the state of a field that a form does not know


def value_now(row: Row, name: str) -> Any:
    """What `row` says now in the field `name`, as it is kept; None where it says nothing."""
    if name in CONTACT:
        return (row.contact or {}).get(name.removeprefix("contact_")) if isinstance(row, Milestone) else None
    if name in row.__mapper__.columns:
        return getattr(row, name)
    content = row.content or {}
    if isinstance(row, Plan) and name in load_questionnaire().questions:
        return content.get("answers", {}).get(name)
    return content.get(name)


def texts_of(asked: Asked, value: Any) -> list[Localized]:
    """Every text in `value` that is said per language, in order."""
    if not asked.is_localised or value in EMPTY:
        return []
    if asked.kind == "rows":
        return [Localized.model_validate(row[part]) for row in value for part in written_parts(asked) if row.get(part)]
    return [Localized.model_validate(one) for one in (value if asked.kind == "list" else [value])]


def written_parts(asked: Asked) -> list[str]:
    """Which parts of its rows people write; the others are chosen."""
    return [part for part in asked.parts if not options_of(part, "en")]


def shown(row: Row, asked: Sequence[Asked], lang: str) -> dict[str, Any]:
    """What the form says in `lang` before anything was typed: a text for each key, or one for each row."""
    said: dict[str, Any] = {}
    for one in asked:
        value = value_now(row, one.name)
        if one.kind == "rows":
            for part, key in zip(one.parts, one.keys, strict=True):
                said[key] = [_in(member.get(part), lang) for member in value or []]
        elif one.kind in {"list", "lines", "choices"}:
            said[one.name] = [_in(member, lang) for member in value or []]
        elif one.kind == "date":
            said[one.name] = written(value)
        else:
            said[one.name] = _in(value, lang)
    return said


def _in(value: Any, lang: str) -> str:
    if isinstance(value, dict):
        return str(value.get(lang, ""))
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def words_of(asked: Asked, said: Mapping[str, Any], lang: str) -> str:
    """What one field of a form says, in one text that can stand beside another; a code by its label."""
    columns = [_listed(said.get(key, "")) for key in asked.keys]
    parts = asked.parts or (asked.name,)
    labels = [{option.code: _label(option.label, lang) for option in options_of(part, lang)} for part in parts]
    writing = [not known for known in labels] if asked.parts else [True]
    told = []
    for cells in zip_longest(*columns, fillvalue=""):
        if any(cell.strip() for cell, own in zip(cells, writing, strict=True) if own):
            words = (known.get(cell.strip(), cell.strip()) for known, cell in zip(labels, cells, strict=True))
            told.append(" · ".join(word for word in words if word))
    return "\n".join(told)


def _label(label: Localized | str, lang: str) -> str:
    return label.in_(lang) if isinstance(label, Localized) else label


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value or "")]


def state_of(row: Row, asked: Sequence[Asked], lang: str) -> str:
    """What a form carries as its version: the row's, and the state of each of its fields.

    A plan is one row with many sections, and several people write it: who wrote another section is in nobody's way.
    """
    said = shown(row, asked, lang)
    return ".".join([str(row.version or 0), *(_mark(words_of(one, said, lang)) for one in asked)])


def written_meanwhile(row: Row, asked: Sequence[Asked], lang: str, seen: str) -> list[Asked]:
    """The fields in which `row` says something else than when a form with the version `seen` was opened."""
    version, *marks = seen.split(".")
    if version == str(row.version):
        return []
    now = shown(row, asked, lang)
    known = marks if len(marks) == len(asked) else [UNSEEN] * len(asked)
    return [one for one, mark in zip(asked, known, strict=True) if _mark(words_of(one, now, lang)) != mark]


def _mark(words: str) -> str:
    return hashlib.sha256(words.strip().encode()).hexdigest()[:8]


def draft_of(
    row: Row,
    asked: Sequence[Asked],
    form: FormModel,
    lang: str,
    *,
    is_original: bool,
    leave: Collection[str] = (),
) -> dict[str, Any]:
    """What `row` would say otherwise once `form` was accepted: new values as they are kept, by field; None takes away.

    Texts change in `lang` only, which may be the plan's own language (`is_original`). Fields in `leave` stay as they
    are. The parts of a contact are one field, `contact`.
    """
    still = getattr(form, "still", [])
    draft: dict[str, Any] = {}
    for one in asked:
        if one.name in leave:
            continue
        before = value_now(row, one.name)
        new = _new(before, one, form, lang, is_original=is_original)
        if one.name in still and one.is_localised:
            new = _confirmed(one, new, lang)
        if new != (None if before in EMPTY else before):
            draft[one.name] = new
    return _with_contact(row, draft)


def _new(before: Any, asked: Asked, form: FormModel, lang: str, *, is_original: bool) -> Any:
    if asked.kind == "rows":
        return _new_rows(before or [], asked, form, lang, is_original=is_original)
    typed = getattr(form, asked.name)
    if asked.kind == "list":
        listed = [{"": one} for one in before or []]
        rows = _matched(listed, [(text,) for text in typed], [""], lang, is_original=is_original)
        return [row[""] for row in rows] or None
    if asked.kind in {"line", "text"}:
        return _new_text(before, typed, lang)
    if asked.kind in {"lines", "choices"}:
        return [one for one in typed if one] or None
    return None if typed is False else plain(typed)


def _new_text(before: Any, words: str | None, lang: str) -> Any:
    if not before:
        return {"source": lang, lang: words} if words else None
    return plain(Localized.model_validate(before).with_text(lang, words))


def _new_rows(
    before: list[dict[str, Any]], asked: Asked, form: FormModel, lang: str, *, is_original: bool
) -> list[dict[str, Any]] | None:
    parts = written_parts(asked)
    typed = list(zip_longest(*(getattr(form, f"{asked.name}_{part}") for part in parts), fillvalue=""))
    chosen = {part: getattr(form, f"{asked.name}_{part}", []) for part in asked.parts if part not in parts}
    if is_original:
        chosen = {part: [*codes, *[options_of(part, lang)[-1].code] * len(typed)] for part, codes in chosen.items()}
    return _matched(before, typed, parts, lang, is_original=is_original, chosen=chosen) or None


def _matched(
    before: Sequence[Mapping[str, Any]],
    typed: Sequence[tuple[str, ...]],
    parts: Sequence[str],
    lang: str,
    *,
    is_original: bool,
    chosen: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """The rows once they say `typed`: a row that was moved keeps its translations, one that was emptied is gone."""
    now = [tuple(_in(row.get(part), lang) for part in parts) for row in before]
    rows = []
    for place, cells in enumerate(typed):
        if is_original and not any(cells):
            continue
        about = _about(place, cells, now, typed)
        old = before[about] if about is not None else {}
        new = {part: _new_text(old.get(part), words, lang) for part, words in zip(parts, cells, strict=True)}
        new |= {part: codes[place] for part, codes in (chosen or {}).items()} if is_original else {
            part: value for part, value in old.items() if part not in parts
        }  # fmt: skip
        if any(new[part] for part in parts):
            rows.append({part: value for part, value in new.items() if value is not None})
    return rows


def _about(
    place: int, cells: tuple[str, ...], now: Sequence[tuple[str, ...]], typed: Sequence[tuple[str, ...]]
) -> int | None:
    """Which of the rows there were is now at `place`: the one that said the same, or else the one that stood there."""
    if place < len(now) and now[place] == cells:
        return place
    if any(cells) and now.count(cells) == 1:
        return now.index(cells)
    return place if place < len(now) and (not any(now[place]) or now[place] not in typed) else None


def _confirmed(asked: Asked, value: Any, lang: str) -> Any:
    """`value` with its texts in `lang` no longer older than their originals."""
    if value is None:
        return None
    if asked.kind == "rows":
        parts = written_parts(asked)
        return [{part: _current(one, lang) if part in parts else one for part, one in row.items()} for row in value]
    return [_current(one, lang) for one in value] if asked.kind == "list" else _current(value, lang)


def _current(text: dict[str, Any], lang: str) -> dict[str, Any]:
    outdated = [code for code in text.get("outdated", []) if code != lang]
    return {key: value for key, value in {**text, "outdated": outdated}.items() if key != "outdated" or outdated}


def _with_contact(row: Row, draft: dict[str, Any]) -> dict[str, Any]:
    given = {name: draft.pop(name) for name in CONTACT if name in draft}
    if not given or not isinstance(row, Milestone):
        return draft
    contact = {name.removeprefix("contact_"): value_now(row, name) for name in CONTACT}
    contact |= {name.removeprefix("contact_"): value for name, value in given.items()}
    told = {name: value for name, value in contact.items() if value}
    return {**draft, "contact": {**told, "public": bool(told.get("public"))} if told else None}


def problems_of(row: Row, draft: Mapping[str, Any], asked: Sequence[Asked]) -> Iterator[Invalid]:
    """Everything that would not hold together once `row` said `draft`, each with the `field` to say it at."""
    yield from _problems_of_dates(row, draft)
    contact = draft.get("contact") or {}
    if contact and not contact.get("name"):
        yield Invalid(
            "milestone.contact", msgid("Write the name of the contact, or clear the rest."), field="contact_name"
        )
    for one in asked:
        members = (draft.get(one.name) or []) if one.kind == "rows" else []
        if any(part not in member for member in members for part in written_parts(one)):
            yield Invalid("plan.half_row", msgid("Fill in the whole row, or clear it."), field=one.name)


def _problems_of_dates(row: Row, draft: Mapping[str, Any]) -> Iterator[Invalid]:
    for first, last in (("starts_on", "ends_on"), ("starts_on", "due_on"), ("ends_on", "cycle_ends_on")):
        if not {first, last} <= set(row.__mapper__.columns.keys()):
            continue
        start, end = (draft[name] if name in draft else value_now(row, name) for name in (first, last))
        if start and end and PartialDate.parse(end).last_day < PartialDate.parse(start).first_day:
            message = (
                msgid("This is before the plan's commitments end.")
                if first == "ends_on"
                else msgid("It cannot end before it starts.")
            )
            yield Invalid("plan.dates", message, field=last)
