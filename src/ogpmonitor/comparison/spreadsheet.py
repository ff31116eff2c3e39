"""The table as a file for spreadsheets: what is shown and nothing else, in numbers."""

from collections.abc import Mapping, Sequence

from ogpmonitor.comparison.duties import STATES, Owed
from ogpmonitor.comparison.table import Row, Total
from ogpmonitor.kit.cells import csv_of
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.method.forms import Scale

COLUMNS: Mapping[str, str] = {
    "jurisdiction": msgid("Jurisdiction"),
    "slug": msgid("Code of the jurisdiction"),
    "member": msgid("Member of OGP Local (1 or 0)"),
    "plan": msgid("Plan (code)"),
    "status": msgid("State of the plan (code)"),
    "starts_on": msgid("Plan starts"),
    "ends_on": msgid("Plan ends"),
    "commitments": msgid("Number of commitments"),
    "milestones": msgid("Number of milestones"),
    "withdrawn": msgid("Milestones withdrawn (reported)"),
    "base": msgid("Milestones that count (base)"),
    "completed": msgid("Milestones completed (reported)"),
    "late": msgid("Milestones late today (reported)"),
    "undated": msgid("Open milestones without a date"),
    "reported_on": msgid("Last report of progress"),
    "months_since": msgid("Months since that report"),
    "stale": msgid("Longer than four months without a report (1 or 0)"),
    "demo": msgid("Holds demonstration content (1 or 0)"),
    "edition": msgid("Number of the edition"),
    "sha256": msgid("Fingerprint of the edition (SHA-256)"),
}
RATED = msgid("Rated: %(level)s")
NOT_ASSESSED = msgid("Rated: not assessed")
TOTAL = msgid("Sum of the rows above")

OWED: Mapping[str, str] = {
    "jurisdiction": msgid("Jurisdiction"),
    "slug": msgid("Code of the jurisdiction"),
    "plan": msgid("Plan (code)"),
    "form": msgid("Form (code)"),
    "title": msgid("Form"),
    "commitment": msgid("Commitment (code)"),
    "state": msgid("State of the assessment (code)"),
    "words": msgid("State of the assessment"),
    "due_on": msgid("Due"),
    "published_on": msgid("Published on"),
    "late_days": msgid("Days late"),
    "demo": msgid("Assessment is demonstration content (1 or 0)"),
    "edition": msgid("Number of the edition"),
    "sha256": msgid("Fingerprint of the edition (SHA-256)"),
}


def duties_csv(rows: Sequence[Owed], lang: str) -> bytes:
    """`rows` in their order. Days late are empty where there is no date to count from."""
    heads = [translate(lang, words) for words in OWED.values()]
    return csv_of([heads, *([_owed(row, lang)[name] for name in OWED] for row in rows)])


def _owed(row: Owed, lang: str) -> dict[str, object]:
    duty, edition = row.duty, row.published.edition
    return {
        "jurisdiction": row.who.name.in_(lang),
        "slug": row.who.slug,
        "plan": edition.plan,
        "form": duty.form.code,
        "title": duty.form.title.in_(lang),
        "commitment": duty.commitment.code if duty.commitment else None,
        "state": duty.state,
        "words": translate(lang, STATES[row.state]),
        "due_on": duty.due_on,
        "published_on": duty.published_on,
        "late_days": None if duty.due_on is None else duty.late_days,
        "demo": duty.assessment.demo if duty.assessment else None,
        "edition": edition.number,
        "sha256": edition.sha256,
    }


def to_csv(rows: Sequence[Row], total: Total, scale: Scale, lang: str) -> bytes:
    """`rows` in their order, then their sum."""
    rated = [translate(lang, RATED, level=option.label.in_(lang)) for option in scale.options]
    heads = [translate(lang, words) for words in COLUMNS.values()]
    told = ([*_values(row, lang).values(), *_ratings(row, scale)] for row in rows)
    return csv_of([[*heads, *rated, translate(lang, NOT_ASSESSED)], *told, _sum(total, scale, lang)])


def _values(row: Row, lang: str) -> dict[str, object]:
    who, plan = row.who, row.plan
    told: dict[str, object] = dict.fromkeys(COLUMNS)
    told |= {"jurisdiction": who.name.in_(lang), "slug": who.slug, "member": who.is_member}
    if plan is None:
        return told
    told |= {name: getattr(plan, name) for name in COLUMNS if hasattr(plan, name) and name != "jurisdiction"}
    return told | {
        "base": row.base,
        "reported_on": row.reported_on,
        "months_since": row.months_since,
        "stale": row.is_stale,
        "edition": plan.edition_number,
        "sha256": plan.edition_sha256,
    }


def _ratings(row: Row, scale: Scale) -> list[int | None]:
    if row.plan is None:
        return [None] * (len(scale.options) + 1)
    return [*(row.plan.ratings.get(option.code, 0) for option in scale.options), row.not_assessed]


def _sum(total: Total, scale: Scale, lang: str) -> list[object]:
    told: dict[str, object] = dict.fromkeys(COLUMNS)
    told |= {name: getattr(total, name) for name in COLUMNS if hasattr(total, name)}
    told["jurisdiction"] = translate(lang, TOTAL)
    ratings = [total.ratings.get(option.code, 0) for option in scale.options]
    return [*told.values(), *ratings, total.commitments - total.assessed]
