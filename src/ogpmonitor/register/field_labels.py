"""What each field of a published document is called, for pages that show what changed."""

from collections.abc import Mapping, Sequence

from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.method.questionnaire import load_questionnaire

FIELD_LABELS: Mapping[str, str] = {
    "action": msgid("Action"),
    "action_done_on": msgid("Action done on"),
    "added": msgid("Added after submission"),
    "additional": msgid("Additional information"),
    "addressee": msgid("Addressee"),
    "amendments": msgid("Changes with their reasons"),
    "amount": msgid("Amount"),
    "answer": msgid("Answer of the government"),
    "answered_on": msgid("Answered on"),
    "answers": msgid("Strategic vision and co-creation"),
    "as_found": msgid("In the words of the source"),
    "asked": msgid("Question of the monitor"),
    "asked_on": msgid("Asked on"),
    "assessed_edition": msgid("Edition assessed"),
    "attachments": msgid("Attached documents"),
    "axis": msgid("Axis of the plan"),
    "base": msgid("Base of the count"),
    "basis": msgid("How fulfilment is counted"),
    "beneficiaries": msgid("Beneficiaries"),
    "beneficiaries_note": msgid("Note on the beneficiaries"),
    "body": msgid("Monitoring body"),
    "category": msgid("Kind of evidence"),
    "change": msgid("Potential for change"),
    "changes": msgid("Changes"),
    "citations": msgid("Evidence cited"),
    "clarifications": msgid("Questions of the monitor to the government"),
    "code": msgid("Code"),
    "commitment": msgid("Commitment"),
    "commitments": msgid("Commitments"),
    "committed": msgid("Measures committed"),
    "compared": msgid("Questions compared"),
    "completed_on": msgid("Completed on"),
    "confirmed_by": msgid("Confirmed by"),
    "confirmed_on": msgid("Confirmed on"),
    "contact": msgid("Contact of the body"),
    "contact_name": msgid("Contact"),
    "contribution": msgid("How it contributes to solving the problem"),
    "corrects": msgid("Version it corrects"),
    "country": msgid("Country"),
    "covers_from": msgid("Covers from"),
    "covers_to": msgid("Covers until"),
    "currency": msgid("Currency"),
    "cycle_ends_on": msgid("The cycle ends on"),
    "dated_on": msgid("Date of the evidence"),
    "days": msgid("Days to reply"),
    "declarations": msgid("Declarations on conflicts of interest"),
    "declared_on": msgid("Declared on"),
    "declared_status": msgid("State declared by the government"),
    "demo": msgid("Demonstration content"),
    "differed": msgid("Questions answered differently"),
    "due_on": msgid("Due on"),
    "endorsements": msgid("Endorsements"),
    "endorsements_note": msgid("Note on the endorsements"),
    "ends_on": msgid("Ends on"),
    "evaluator": msgid("Evaluator"),
    "evidence": msgid("Evidence"),
    "expected_on": msgid("Now expected on"),
    "expected_output": msgid("Expected output"),
    "explanation": msgid("Explanation"),
    "file_name": msgid("File name"),
    "finding": msgid("Finding as it was replied to"),
    "first": msgid("First answer"),
    "follow_ups": msgid("What became of earlier recommendations"),
    "foreword": msgid("Foreword"),
    "form": msgid("Form"),
    "form_version": msgid("Version of the form"),
    "fulfilled": msgid("Measures fulfilled"),
    "handed_in_on": msgid("Handed in on"),
    "has_conflict": msgid("Conflict of interest"),
    "id": msgid("Identifier"),
    "inception": msgid("Inception report"),
    "indicator": msgid("Indicator"),
    "institutions": msgid("Institutions involved"),
    "investment": msgid("Approved investment"),
    "investment_approved_on": msgid("Investment approved on"),
    "jurisdiction": msgid("Jurisdiction"),
    "kind": msgid("Kind"),
    "language": msgid("Language"),
    "late_reason": msgid("Reason for the delay or change"),
    "latitude": msgid("Latitude"),
    "long_term_goal": msgid("Long-term goal"),
    "longitude": msgid("Longitude"),
    "made_at": msgid("Changed on"),
    "management_goal": msgid("Management improvement goal"),
    "mandate": msgid("Mandate"),
    "mandates": msgid("Mandates of the monitoring body"),
    "measure": msgid("The government's own measure"),
    "media_type": msgid("File type"),
    "milestone": msgid("Milestone"),
    "milestones": msgid("Milestones"),
    "minute": msgid("Minute of the forum"),
    "missing": msgid("What no source gives"),
    "monitor": msgid("Monitor (number)"),
    "name": msgid("Name"),
    "newer_edition": msgid("Newer edition of the plan"),
    "note": msgid("Note"),
    "notes": msgid("Notes"),
    "novelty": msgid("Novelty"),
    "number": msgid("Number"),
    "ogp_id": msgid("OGP identifier"),
    "organisation": msgid("Organisation"),
    "percent": msgid("Percentage done"),
    "pillars": msgid("Pillars"),
    "policy_area": msgid("Policy area"),
    "position": msgid("Position"),
    "problem": msgid("Public problem"),
    "programme_balance": msgid("Balance of the programme"),
    "progress": msgid("Reported state"),
    "progress_text": msgid("What was done"),
    "project_code": msgid("Public investment project code"),
    "published_at": msgid("Published"),
    "question": msgid("Question"),
    "ratings": msgid("Ratings"),
    "reason": msgid("Reason"),
    "recommendation": msgid("Recommendation"),
    "recommendation_answers": msgid("The government's answers to recommendations"),
    "recommendations": msgid("Recommendations"),
    "recusals": msgid("Monitors who took no part"),
    "references": msgid("References"),
    "relevant": msgid("Relevance"),
    "replaces": msgid("Replaces"),
    "replied_on": msgid("Replied on"),
    "replies": msgid("Replies"),
    "report_demo": msgid("Report is demonstration content"),
    "reported_at": msgid("Reported on"),
    "resources": msgid("Resources"),
    "responsible_unit": msgid("Responsible unit"),
    "restricted": msgid("Restricted"),
    "right_of_reply": msgid("Reply of the government"),
    "role": msgid("Role"),
    "second": msgid("Second answer"),
    "second_review": msgid("Second review"),
    "sector": msgid("Sector"),
    "sent_on": msgid("Sent on"),
    "set_aside": msgid("Set aside"),
    "settled": msgid("Differences settled"),
    "sha256": msgid("Fingerprint (SHA-256)"),
    "size_bytes": msgid("Size"),
    "slug": msgid("Address of the plan"),
    "source": msgid("Source"),
    "source_language": msgid("Language of the source"),
    "source_note": msgid("Note on the source"),
    "sources": msgid("Sources"),
    "spot": msgid("Place"),
    "started_on": msgid("Started on"),
    "starts_on": msgid("Starts on"),
    "statement": msgid("Statement"),
    "status": msgid("State"),
    "status_quo": msgid("Present situation"),
    "submitted_on": msgid("Submitted on"),
    "summary": msgid("Summary"),
    "supporting": msgid("Supporting actors"),
    "text": msgid("Text"),
    "title": msgid("Title"),
    "title_note": msgid("Note on the title"),
    "until": msgid("Replies taken until"),
    "url": msgid("Address"),
    "value": msgid("Answer"),
    "value_relevance": msgid("Relevance to open government values"),
    "values": msgid("Open government values"),
    "verifiable": msgid("Verifiability"),
    "verifier": msgid("Verifier"),
    "version": msgid("Version"),
    "words": msgid("Reason in words"),
}
# Lists whose members carry a name of their own (see changes.IDENTITIES), in the singular.
MEMBER_LABELS: Mapping[str, str] = {
    "milestones": msgid("Milestone %(code)s"),
    "evidence": msgid("Evidence"),
}
PROGRESS_LABELS: Mapping[str, str] = {
    "not_started": msgid("Not started"),
    "ongoing": msgid("Ongoing"),
    "completed": msgid("Completed"),
    "withdrawn": msgid("Withdrawn"),
}
SET_ASIDE_LABELS: Mapping[str, str] = {
    "deprioritised": msgid("Set aside: no longer a priority"),
    "withdrawn": msgid("Set aside: withdrawn"),
}
STATUS_LABELS: Mapping[str, str] = {
    "co_creation": msgid("being co-created"),
    "submitted": msgid("being carried out"),
    "ended": msgid("ended"),
}
DECLARED_LABELS: Mapping[str, str] = {"fulfilled": msgid("fulfilled"), "pending": msgid("pending")}
ANSWER_LABELS: Mapping[str, str] = {
    "accepted": msgid("Accepted"),
    "partly": msgid("Accepted in part"),
    "rejected": msgid("Not accepted"),
}
FOLLOW_UP_LABELS: Mapping[str, str] = {
    "followed": msgid("Followed"),
    "partly": msgid("Followed in part"),
    "not_followed": msgid("Not followed"),
    "too_early": msgid("Too early to tell"),
}
CONFIRMER_LABELS: Mapping[str, str] = {"ogp_staff": msgid("OGP staff"), "operator": msgid("Operator of the platform")}
YES_NO_LABELS: Mapping[str, str] = {"yes": msgid("Yes"), "no": msgid("No"), "unclear": msgid("Unclear")}
ROLE_LABELS: Mapping[str, str] = {
    "lead": msgid("leads"),
    "support": msgid("supports"),
    "involved": msgid("takes part"),
}
# The long texts of a commitment, in the order of the plan template.
PROSE_FIELDS = (
    "problem", "status_quo", "action", "contribution", "long_term_goal", "value_relevance", "resources", "additional",
)  # fmt: skip


def field_label(lang: str, name: str) -> str:
    """What the field `name` is called in `lang`; a field without a label is called by its name."""
    return translate(lang, FIELD_LABELS[name]) if name in FIELD_LABELS else name.replace("_", " ")


def path_label(lang: str, path: Sequence[str]) -> str:
    """What a change's path is called in `lang`, from the outside in: "Milestone 1.2 · State"."""
    return " · ".join(_parts(lang, path))


def _parts(lang: str, path: Sequence[str]) -> list[str]:
    said: list[str] = []
    outer = ""
    for part in path:
        if outer in MEMBER_LABELS:
            said[-1] = translate(lang, MEMBER_LABELS[outer], code=part)
            outer = ""
            continue
        if outer == "answers":
            question = load_questionnaire().questions.get(part)
            said[-1] = question.text.in_(lang) if question else part
            outer = ""
            continue
        said.append(field_label(lang, part))
        outer = part
    return said
