"""The method laid out to be read: forms, scales and who asks them, and reference cases, moments side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.method.cases import MOMENTS, Case, CaseCell, CaseGap, CaseRating, CaseRow, load_cases
from ogpmonitor.method.deadlines import load_deadlines
from ogpmonitor.method.distinctions import load_distinctions
from ogpmonitor.method.evidence_kinds import load_evidence_kinds
from ogpmonitor.method.forms import Form, Method, Question, Scale, load_method
from ogpmonitor.method.independence import load_independence
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.method.vocabularies import load_policy_areas, load_values
from ogpmonitor.portal.verdicts import Verdict, verdict_for

OPENING = frozenset({"diog", "diog_overall"})  # drawn as whether it opened government


@dataclass(frozen=True, slots=True)
class ShownScale:
    """A scale with the questions that are answered on it, by form."""

    scale: Scale
    asked: Sequence[tuple[Form, Sequence[Question]]]

    @property
    def is_defined(self) -> bool:
        """Whether an option says more than its label."""
        return any(option.help or option.plans_from for option in self.scale.options)

    @property
    def is_in_dataset(self) -> bool:
        """Whether OGP's dataset knows an option by a code."""
        return any(option.dataset for option in self.scale.options)


@dataclass(frozen=True, slots=True)
class ShownCell:
    """What one moment says: a rating, or why there is none. Neither: nothing is said."""

    verdict: Verdict | None = None
    as_found: Localized | None = None
    note: Localized | None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One rating with what each moment says of it; `of` is the value it is about, if about one."""

    scale: Scale
    of: Localized | None
    cells: Sequence[ShownCell]


def method_page() -> dict[str, Any]:
    """What `portal/method.html` shows: scales that a form asks, and apart those kept to read what others rated."""
    method = load_method()
    scales = [ShownScale(scale, _asked(scale, method)) for scale in method.scales.values()]
    deadlines, independence = load_deadlines(), load_independence()
    return {
        "due": {name: getattr(deadlines, name) for form in method.forms.values() if (name := form.deadline)},
        "forms": sorted(method.forms.values(), key=_standing),
        "opening": OPENING,
        "asked": [one for one in scales if one.asked],
        "others": [one for one in scales if not one.asked],
        "limits": [deadlines.inception, deadlines.end_of_commitment, deadlines.publication, deadlines.plan],
        "most": deadlines.commitments,
        "between": [
            independence.government_before_monitor,
            independence.notice_of_end,
            independence.reply,
            independence.clarification,
        ],
        "distinctions": [
            (one, [_options(options, method) for options in one.requires]) for one in load_distinctions().items
        ],
        "values": load_values(),
        "plan": load_questionnaire(),
        "areas": load_policy_areas(),
        "kinds": load_evidence_kinds(),
        "reasons": load_amendment_reasons(),
        "cases": list(load_cases().values()),
    }


def _asked(scale: Scale, method: Method) -> list[tuple[Form, list[Question]]]:
    """Every form that asks `scale`, with its questions."""
    found = method.asking(scale)
    forms = {form.ref: form for form, _ in found}
    return [(form, [one for other, one in found if other.ref == ref]) for ref, form in forms.items()]


def _standing(form: Form) -> tuple[bool, bool, str, int]:
    """OGP's own in the order they are due, ours after them; of several versions the newest first."""
    return form.own_template, form.code != "inception", form.code, -form.version


def _options(codes: Iterable[str], method: Method) -> list[tuple[Scale, Localized]]:
    """The scale and the word of each option."""
    told = [(method.options[code], method.options[code].option(code)) for code in codes]
    return [(scale, option.label) for scale, option in told if option]


def case_page(case: Case) -> dict[str, Any]:
    """What `portal/method_case.html` shows."""
    method = load_method()
    change = case.completion_change(method)
    moved = method.scale("completion_change")
    star = load_distinctions().giving("starred")
    return {
        "case": case,
        "whole": [_row(row) for row in case.rows("page", method=method)],
        "rows": [_row(row) for row in case.rows(*MOMENTS, method=method)],
        "moments": [moment for code in MOMENTS if (moment := case.moment(code))],
        "change": verdict_for("completion_change", change.code, moved, change) if change else None,
        "star": star,
        "is_starred": star.holds(case.options, method) if star else None,
        "undecided": star.undecided(case.options, method) if star else [],
        "values": [term for code in case.values if (term := load_values().term(code))],
        "areas": load_policy_areas(),
        "sources": {source.code: source for source in case.sources},
    }


def _row(row: CaseRow) -> ShownRow:
    term = load_values().term(row.value) if row.value else None
    return ShownRow(row.scale, term.label if term else None, [_cell(row, cell) for cell in row.cells])


def _cell(row: CaseRow, cell: CaseCell | None) -> ShownCell:
    if isinstance(cell, CaseRating):
        measures = "diog" if row.scale.code in OPENING else row.scale.code
        verdict = verdict_for(measures, cell.option, row.scale, row.option(cell))
        return ShownCell(verdict, cell.as_found, cell.note)
    return ShownCell(note=cell.why) if isinstance(cell, CaseGap) else ShownCell()
