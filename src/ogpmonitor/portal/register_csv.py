"""The history of a plan as a file for spreadsheets, made from the register: no person is named in it."""

from collections.abc import Iterator, Sequence

from ogpmonitor.kit.cells import csv_of
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.portal.history import words_of
from ogpmonitor.register.changes import Change, DocumentChange, changes_between
from ogpmonitor.register.documents import CommitmentDocument, Document, PlanDocument, PublishedAmendment
from ogpmonitor.register.field_labels import path_label
from ogpmonitor.register.queries import Published

HEADS = (
    msgid("Edition"),
    msgid("Published"),
    msgid("Voice"),
    msgid("Kind of document"),
    msgid("Document"),
    msgid("Field"),
    msgid("Before"),
    msgid("After"),
    msgid("Reason for the change"),
)
VOICES = {"government": msgid("government"), "monitor": msgid("independent monitor")}
KINDS = {"plan": msgid("Plan"), "commitment": msgid("Commitment"), "assessment": msgid("Assessment")}


def history_csv(editions: Sequence[Published], lang: str) -> bytes:
    """A line for each field that an edition changed, the oldest first; `editions` in the order of their numbers.

    What an edition added or dropped whole has one line without a field. The first edition adds everything.
    """
    heads = [translate(lang, head) for head in HEADS]
    return csv_of([heads, *(row for new, old in _pairs(editions) for row in _rows(new, old, lang))])


def _pairs(editions: Sequence[Published]) -> Iterator[tuple[Published, Published | None]]:
    yield from zip(editions, [None, *editions], strict=False)


def _rows(new: Published, old: Published | None, lang: str) -> Iterator[list[object]]:
    edition = new.edition
    start = [edition.number, edition.published_at.isoformat(), translate(lang, VOICES[edition.voice])]
    for document in changes_between(old.documents if old else {}, new.documents):
        name = [*start, translate(lang, KINDS[document.kind]), document.code]
        if document.old is None or document.new is None:
            whole = (document.code, "") if document.new is None else ("", document.code)
            yield [*name, "", *whole, ""]
            continue
        for change in document.changes:
            if change.path[0] != "amendments":
                sides = (words_of(side, change.field, lang) for side in (change.old, change.new))
                yield [*name, path_label(lang, change.path), *sides, _reasons(document, change, lang)]


def _reasons(document: DocumentChange, change: Change, lang: str) -> str:
    """Why, as the amendments say that came with this edition; several are told one after the other."""
    known = {one.id for one in _amendments(document.old)}
    fresh = [one for one in _amendments(document.new) if one.id not in known]
    label = load_amendment_reasons().label
    told = [f"{label(one.reason, lang)}: {one.words.in_(lang)}" for one in fresh if _explains(one, change)]
    return "; ".join(told)


def _amendments(document: Document | None) -> Sequence[PublishedAmendment]:
    return document.amendments if isinstance(document, (PlanDocument, CommitmentDocument)) else ()


def _explains(amendment: PublishedAmendment, change: Change) -> bool:
    milestone = change.path[1] if change.path[0] == "milestones" and len(change.path) > 1 else None
    return amendment.milestone == milestone and any(one.field in change.path for one in amendment.changes)
