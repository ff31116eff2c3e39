"""The record in words: who did what to what, the old beside the new, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ogpmonitor.audit.models import AuditRecord
from ogpmonitor.history.queries import Names
from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.amendment_reasons import load_amendment_reasons
from ogpmonitor.periods.models import ReportRequest
from ogpmonitor.register.field_labels import field_label
from ogpmonitor.register.wording import is_localised, scalar_words

# What an actor did, after the actor's name.
ACTIONS: Mapping[str, str] = {
    "assessment.corrected": msgid("began the correction of an assessment"),
    "assessment.discarded": msgid("discarded the draft of an assessment"),
    "assessment.moved": msgid("took the newer edition for an assessment"),
    "assessment.published": msgid("published an assessment"),
    "assessment.replied": msgid("replied to an assessment"),
    "assessment.revised": msgid("took an assessment up again after the reply"),
    "assessment.saved": msgid("saved answers of an assessment"),
    "assessment.sent": msgid("sent an assessment for comment"),
    "assessment.started": msgid("began an assessment"),
    "clarification.answered": msgid("answered a question of the monitor"),
    "clarification.asked": msgid("asked the government about an assessment"),
    "colleague.asked": msgid("asked for one more person of the monitoring body"),
    "colleague.confirmed": msgid("confirmed one more person of the monitoring body"),
    "colleague.refused": msgid("refused one more person of the monitoring body"),
    "commitment.added": msgid("added the commitment"),
    "commitment.amended": msgid("changed the commitment after submission"),
    "commitment.measured": msgid("recorded the measure of the government"),
    "commitment.moved": msgid("changed the order of the commitments"),
    "commitment.removed": msgid("removed the commitment"),
    "commitment.written": msgid("edited the commitment"),
    "conflict.declared": msgid("declared conflicts of interest"),
    "evidence.changed": msgid("changed what is said of the evidence"),
    "evidence.replaced": msgid("replaced the evidence"),
    "evidence.submitted": msgid("submitted evidence"),
    "evidence.supported": msgid("said what the evidence supports"),
    "evidence.withdrawn": msgid("withdrew evidence"),
    "import.applied": msgid("applied a spreadsheet"),
    "import.brought": msgid("brought a spreadsheet"),
    "import.undone": msgid("undid a spreadsheet"),
    "invitation.accepted": msgid("accepted the invitation"),
    "invitation.sent_again": msgid("sent the invitation again"),
    "invitation.withdrawn": msgid("withdrew the invitation"),
    "mandate.confirmed": msgid("confirmed the monitoring body"),
    "mandate.ended": msgid("ended the mandate of the monitoring body"),
    "mandate.proposed": msgid("proposed a monitoring body"),
    "mandate.refused": msgid("turned down the monitoring body"),
    "milestone.added": msgid("added the milestone"),
    "milestone.amended": msgid("changed the milestone after submission"),
    "milestone.backed": msgid("backed the milestone with evidence"),
    "milestone.moved": msgid("changed the order of the milestones"),
    "milestone.nothing_new": msgid("reported that nothing is new"),
    "milestone.progress_reported": msgid("recorded the progress of the milestone"),
    "milestone.removed": msgid("removed the milestone"),
    "milestone.reported": msgid("sent a report, which waits"),
    "milestone.written": msgid("edited the milestone"),
    "monitor.recused": msgid("took no part in a commitment"),
    "period.closed": msgid("closed the period"),
    "period.prepared": msgid("prepared the period"),
    "period.reopened": msgid("reopened the period"),
    "period.rescheduled": msgid("moved the days of the period"),
    "person.changed": msgid("changed what a person may do here"),
    "person.invited": msgid("invited a person"),
    "person.left": msgid("left"),
    "person.removed": msgid("removed a person"),
    "plan.added": msgid("added to the plan"),
    "plan.amended": msgid("changed the plan after submission"),
    "plan.begun": msgid("began the plan"),
    "plan.loaded": msgid("loaded the plan from its file"),
    "plan.moved": msgid("changed the order of the plan"),
    "plan.published": msgid("published the plan"),
    "plan.removed": msgid("removed the plan"),
    "plan.submitted": msgid("submitted the plan"),
    "plan.written": msgid("edited the plan"),
    "recommendation.answered": msgid("answered a recommendation"),
    "reply.handed_in": msgid("handed in the reply to an assessment"),
    "report.accepted": msgid("accepted the report"),
    "report.returned": msgid("returned the report for correction"),
    "request.created": msgid("asked for a report"),
    "request.opened": msgid("opened the link"),
    "request.renewed": msgid("made a new link"),
    "request.revoked": msgid("withdrew the link"),
    "second_review.begun": msgid("began a second review"),
    "second_review.handed_in": msgid("handed in a second review"),
    "support.begun": msgid("began to read along as support"),
    "support.ended": msgid("ended support access"),
    "tenant.archived": msgid("archived the jurisdiction"),
    "tenant.reopened": msgid("made the jurisdiction active again"),
    "tenant.suspended": msgid("suspended the jurisdiction"),
}
SUBJECTS: Mapping[str, str] = {
    "plans": msgid("Plan"),
    "commitments": msgid("Commitment"),
    "milestones": msgid("Milestone"),
    "evidence": msgid("Evidence"),
    "periods": msgid("Period"),
    "report_requests": msgid("Request for a report"),
    "imports": msgid("Spreadsheet"),
    "assessments": msgid("Assessment"),
    "clarifications": msgid("Question of the monitor"),
    "mandates": msgid("Mandate"),
    "recommendation_answers": msgid("Recommendation"),
    "people": msgid("Person"),
    "invitations": msgid("Invitation"),
    "support_accesses": msgid("Support access"),
    "tenants": msgid("Jurisdiction"),
}
# Labels of what the record keeps and a published document does not.
LABELS: Mapping[str, str] = {
    "edition": msgid("Edition"),
    "expires_at": msgid("Until"),
    "file": msgid("File"),
    "nothing_new": msgid("Nothing new in this period"),
    "opens_on": msgid("Opens on"),
    "closes_on": msgid("Closes on"),
    "order": msgid("Order"),
    "progress_text": msgid("What was done"),
    "text": msgid("What was done"),
    "late_reason": msgid("Reason for the delay or change"),
    "withdraw_reason": msgid("Why it is withdrawn"),
    "unit": msgid("Unit"),
    "role": msgid("Role"),
    "until": msgid("Last day of the role"),
}
ROLES: Mapping[Any, str] = {
    "coordinator": msgid("Coordination"),
    "contact": msgid("Contact of a unit"),
    "viewer": msgid("Reader"),
    "monitor": msgid("Monitor"),
}
# Ids and fingerprints say nothing to people.
NOT_TOLD = frozenset({"sha256", "report", "evidence", "withdraw", "milestones", "versions"})
BY_LINK = msgid("contact by link (%(name)s, %(unit)s)")
GONE = msgid("contact by link")
SYSTEM = msgid("the system")
NOBODY = msgid("a person who is no longer known")
LONGEST = 600  # letters of one side that a page shows


@dataclass(frozen=True)
class Told:
    """One field, old beside new; an empty side said nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One record in words."""

    at: datetime
    who: str
    what: str
    place: str  # "C1 · M2"
    title: str
    subject: str
    about: UUID | None
    changes: Sequence[Told]
    why: str


def line_of(record: AuditRecord, names: Names, lang: str) -> Line:
    """`record` in the words of `lang`; instants in it are shown by the clocks that are being read in."""
    place, title = _subject(record, names, lang)
    return Line(
        at=record.at,
        who=_who(record, names, lang),
        what=translate(lang, ACTIONS[record.action]) if record.action in ACTIONS else record.action,
        place=place,
        title=title,
        subject=record.subject,
        about=record.subject_id if record.subject in {"plans", "commitments", "milestones"} else None,
        changes=changes_of(record.before or {}, record.after or {}, lang),
        why=_why(record.reason, lang),
    )


def _who(record: AuditRecord, names: Names, lang: str) -> str:
    if record.request_id is not None:
        return _contact(names.requests.get(record.request_id), lang)
    if record.actor_id is None:
        return translate(lang, SYSTEM)
    return names.people.get(record.actor_id) or translate(lang, NOBODY)


def _contact(request: ReportRequest | None, lang: str) -> str:
    if request is None or not request.name:
        return translate(lang, GONE)
    return translate(lang, BY_LINK, name=request.name, unit=request.unit)


def _subject(record: AuditRecord, names: Names, lang: str) -> tuple[str, str]:
    if record.subject_id is None:
        return "", ""
    if record.subject_id in names.requests:
        request = names.requests[record.subject_id]
        return "", f"{request.name}, {request.unit}"
    if record.subject == "people":
        return "", names.people.get(record.subject_id) or translate(lang, NOBODY)
    place, title = names.subjects.get(record.subject_id, ("", ""))
    return place, Localized.model_validate(title).in_(lang) if title else ""


def _why(reason: str | None, lang: str) -> str:
    """An amendment's reason leads with its code in the list."""
    if not reason:
        return ""
    code, colon, words = reason.partition(": ")
    known = load_amendment_reasons()
    return f"{known.label(code, lang)}: {words}" if colon and known.reason(code) else reason


def changes_of(before: Mapping[str, Any], after: Mapping[str, Any], lang: str) -> list[Told]:
    """Every field that reads differently before and after, in the order of the record."""
    told = []
    for name in dict.fromkeys([*before, *after]):
        old, new = words_of(before.get(name), name, lang), words_of(after.get(name), name, lang)
        if name not in NOT_TOLD and old != new:
            told.append(Told(_label(name, lang), old, new))
    return told


def _label(name: str, lang: str) -> str:
    return translate(lang, LABELS[name]) if name in LABELS else field_label(lang, name)


def words_of(value: Any, name: str, lang: str) -> str:
    """Any value of the record as words; nothing is an empty text."""
    if value is None or value in ([], {}, ""):
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (words_of(one, name, lang) for one in value)))
    if isinstance(value, dict):
        if is_localised(value):
            return Localized.model_validate(value).in_(lang)
        parts = ((_label(key, lang), words_of(one, key, lang)) for key, one in value.items())
        return "; ".join(f"{label}: {words}" for label, words in parts if words)
    return _scalar(value, name, lang)


def _scalar(value: Any, name: str, lang: str) -> str:
    if name == "role" and value in ROLES:
        return translate(lang, ROLES[value])
    try:
        return scalar_words(value, name, lang)
    except (KeyError, ValueError):  # a field that only looks like a date or a code
        return str(value)
