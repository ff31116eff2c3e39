"""Whatever can say who somebody is, is told to that person and goes when it is erased, or has its reason here."""

import re
from collections.abc import Mapping
from typing import Any

import psycopg

from ogpmonitor.kit.db import Base
from ogpmonitor.kit.migrate import conninfo, import_models

# By its name a column can name a person, lead to one, or hold what somebody wrote of one.
TELLING = re.compile(
    r"person|people|actor_id|reviewer|^asked$|_by$|^who$|email|address|^name$|_name$|contact|subject$|subject_id"
    r"|issuer|reply_to|context|browser|network|^before$|^after$|reason$"
)
# The columns by which a person's rows are found, or which say who it is: `platform.own_data` tells them.
TOLD = {
    "platform.deeds": {"actor_id", "subject_id", "reason"},
    "platform.email_links": {"person_id"},
    "platform.entries": {"issuer", "subject"},
    "platform.identities": {"person_id", "issuer", "subject"},
    "platform.invitations": {"email", "name"},
    "platform.mails": {"address", "reply_to", "sender_name"},
    "platform.mandates": {"people", "asked"},
    "platform.memberships": {"person_id"},
    "platform.notice_choices": {"person_id"},
    "platform.past_roles": {"person_id"},
    "platform.people": {"name", "email"},
    "platform.sign_ins": {"person_id", "browser"},
    "platform.support_accesses": {"person_id", "reason"},
    "workbench.audit_records": {"actor_id", "subject", "subject_id", "before", "after", "reason"},
    "workbench.declarations": {"person_id"},
    "workbench.milestones": {"contact"},
    "workbench.notices": {"person_id", "subject"},
    "workbench.recusals": {"person_id", "reason"},
    "workbench.refusals": {"actor_id"},
    "workbench.report_requests": {"name", "email"},
}
# Of these, what stays when the person is erased: an id, and what was done, said or published under it.
STAYS = {
    "platform.deeds",
    "platform.past_roles",  # 24 months
    "platform.support_accesses",
    "workbench.audit_records",
    "workbench.declarations",
    "workbench.recusals",
    "workbench.refusals",
}
DONE = "an id of whoever did it; the record, which is told, says the same"
HASH = "a keyed hash that the database cannot match with anybody; gone within two days"
WORDS = "what somebody wrote about its work, in the name of its office; the forms ask to name nobody"
NO_PERSON = "names a thing"
REASONS: Mapping[str, str] = {
    "platform.allowances.name": NO_PERSON,
    "platform.allowances.who": HASH,
    "platform.email_links.address_hash": HASH,
    "platform.email_links.network_hash": HASH,
    "platform.email_links.browser_sha256": HASH,
    "platform.entries.browser_sha256": HASH,
    "platform.erased_addresses.address_hash": "of erased people alone, who cannot ask any more; docs/privacy.md",
    "platform.erased_addresses.person_id": "the same",
    "platform.invitations.accepted_by": "the same row is found by the address",
    "platform.invitations.invited_by": DONE,
    "platform.mails.context": "may hold a link that opens a door, so it is not shown; gone when the letter is sent",
    "platform.mandates.confirmed_by": DONE,
    "platform.mandates.contact": "of a body, public: an office's, never a person's",
    "platform.mandates.proposed_by": DONE,
    "platform.mandates.reason": WORDS,
    "platform.people.persona": "of invented people alone",
    "platform.rules.name": NO_PERSON,
    "platform.support_accesses.ended_by": DONE,
    "platform.tenant_states.reason": "public",
    "platform.tenant_states.set_by": DONE,
    "workbench.amendments.made_by": DONE,
    "workbench.amendments.reason": WORDS,
    "workbench.assessment_answers.written_by": DONE,
    "workbench.clarifications.answered_by": DONE,
    "workbench.clarifications.asked": WORDS,
    "workbench.clarifications.asked_by": DONE,
    "workbench.evidence.file_name": WORDS,
    "workbench.evidence.submitted_by": DONE,
    "workbench.imports.before": WORDS,
    "workbench.imports.created_by": DONE,
    "workbench.imports.file_name": WORDS,
    "workbench.imports.reason": WORDS,
    "workbench.milestone_reports.decided_by": DONE,
    "workbench.milestone_reports.reported_by": DONE,
    "workbench.milestones.late_reason": WORDS,
    "workbench.replies.replied_by": DONE,
    "workbench.reply_windows.handed_in_by": DONE,
    "workbench.report_requests.created_by": DONE,
    "workbench.second_reviews.reviewer_id": DONE,
}


def telling() -> set[str]:
    """Every such column of every table that is not of what was published."""
    import_models()
    return {
        f"{table.fullname}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.schema in ("platform", "workbench")
        for column in table.columns
        if TELLING.search(column.name)
        or any(key.column.table.fullname == "platform.people" for key in column.foreign_keys)
    }


def test_every_column_that_can_tell_of_a_person_is_told_or_has_a_reason() -> None:
    told = {f"{table}.{column}" for table, columns in TOLD.items() for column in columns}

    assert told & set(REASONS) == set()
    assert telling() == told | set(REASONS)


def source(database_url: str, *names: str) -> str:
    """What functions of the platform do, as they are in the database."""
    statement = (
        "SELECT string_agg(prosrc, ' ') FROM pg_proc"
        " WHERE pronamespace = 'platform'::regnamespace AND proname = ANY(%s)"
    )
    with psycopg.connect(conninfo(database_url)) as connection:
        found: Any = connection.execute(statement, [list(names)]).fetchone()
    return str(found[0])


def test_the_export_and_the_erasure_know_every_one_of_those_tables(database_url: str) -> None:
    told = source(database_url, "own_data", "own_data_at")
    erased = source(database_url, "erase_person")

    assert [table for table in TOLD if table not in told] == []
    assert [table for table in set(TOLD) - STAYS if table not in erased] == []
    assert set(TOLD) >= STAYS
