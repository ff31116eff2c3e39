"""What a report would change, in words: each field as the milestone says it and as the report says it."""

from collections.abc import Iterator
from typing import Any

from ogpmonitor.kit.differences import TextDifference
from ogpmonitor.kit.localized import Localized
from ogpmonitor.periods.models import MilestoneReport
from ogpmonitor.periods.reporting import as_json, standing_report
from ogpmonitor.plans.models import Milestone
from ogpmonitor.plans.reporting import DAYS, TEXTS
from ogpmonitor.register.field_labels import field_label
from ogpmonitor.register.wording import compare, scalar_words

NAMES = ("progress", "text", *DAYS, "percent", "late_reason")


def review_of(report: MilestoneReport, milestone: Milestone, lang: str) -> list[tuple[str, TextDifference]]:
    """The fields that `report` changes, by their label, in the order of the form."""
    return [] if report.nothing_new else list(_changes(report, milestone, lang))


def _changes(report: MilestoneReport, milestone: Milestone, lang: str) -> Iterator[tuple[str, TextDifference]]:
    now = as_json(standing_report(milestone))
    for name in NAMES:
        old, new = now.get(name), report.said.get(name)
        if old != new:
            column = TEXTS.get(name, name)
            yield field_label(lang, column), compare(_words(column, old, lang), _words(column, new, lang))


def _words(name: str, value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return Localized.model_validate(value).in_(lang)
    return scalar_words(value, name, lang)
