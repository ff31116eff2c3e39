"""A plan being written that lacks nothing: what a test spoils in it is all that is wrong with it."""

from typing import Any

from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.plans.models import Commitment, Milestone, Plan, Progress

ENDORSED = [{"position": {"source": "es", "es": "Presidenta", "en": "President"}, "organisation": {"source": "es", "es": "Junta de Vecinos", "en": "Neighbours' board"}}]  # fmt: skip  # noqa: E501  one row of data


def both(es: str = "Algo claro", en: str = "Something clear") -> dict[str, Any]:
    """A text in both languages, written in Spanish."""
    return {"source": "es", "es": es, "en": en}


def a_milestone(code: str = "M1", **given: Any) -> Milestone:
    """A step with a date, an owner and something to check. What is no column goes into its content."""
    columns: dict[str, Any] = {
        "code": code,
        "position": 0,
        "title": both("Instalar la mesa", "Set up the board"),
        "starts_on": "2026-01",
        "due_on": "2026-06-30",
        "responsible_unit": both("Secpla", "Planning"),
        "contact": None,
        "added": False,
        "set_aside": None,
        "demo": False,
        "progress": Progress.NOT_STARTED,
        "report_demo": False,
    }
    content = {"expected_output": both("Acta firmada", "Signed minute")}
    return Milestone(**_filled(columns, content, given))


def a_commitment(code: str = "C1", **given: Any) -> Commitment:
    """A promise with one milestone."""
    milestones = given.pop("milestones", None)
    columns: dict[str, Any] = {
        "code": code,
        "position": 0,
        "title": both("Mesa ambiental", "Environmental board"),
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "added": False,
        "set_aside": None,
        "demo": False,
    }
    content = {"number": "1", "problem": both(), "action": both()}
    made = Commitment(**_filled(columns, content, given))
    made.milestones = [a_milestone()] if milestones is None else milestones
    return made


def a_draft(**given: Any) -> Plan:
    """A plan in which nothing is missing, with one commitment."""
    commitments = given.pop("commitments", None)
    columns: dict[str, Any] = {
        "slug": "2026-2027",
        "title": both("Plan de Renca", "Plan of Renca"),
        "status": "co_creation",
        "source_language": "es",
        "starts_on": "2026-01-01",
        "ends_on": "2027-06-30",
        "cycle_ends_on": "2027-08-31",
        "submitted_on": None,
        "demo": False,
    }
    blank = {"text": both(), "list": [both()], "number": 4}
    answers = {key: blank[question.kind] for key, question in load_questionnaire().questions.items()}
    made = Plan(**_filled(columns, {"answers": answers, "endorsements": ENDORSED}, given))
    made.commitments = [a_commitment()] if commitments is None else commitments
    return made


def _filled(columns: dict[str, Any], content: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    more = {name: value for name, value in given.items() if name not in columns}
    known = {name: value for name, value in given.items() if name in columns}
    kept = {name: value for name, value in {**content, **more}.items() if value is not None}
    return {**columns, **known, "content": kept}
