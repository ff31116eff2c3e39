"""Who can do what, asked of the table of permissions itself, with an example of everyone who comes here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ogpmonitor.accounts.actors import STRANGER, Actor
from ogpmonitor.accounts.models import PlatformRole, Role
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.kit.i18n import msgid

OWN, OTHER = "Own unit", "Another unit"
YES, ONLY_OWN, NO = "yes", "own", "no"
# What each permission lets somebody do, in words for people.
WORDS: Mapping[Permission, str] = {
    Permission.ACCOUNT_ERASE: msgid("Erase the data of a person who asks for it"),
    Permission.ACCOUNT_READ: msgid("See, take along and erase one's own data"),
    Permission.ASSESSMENT_PUBLISH: msgid("Publish an assessment"),
    Permission.ASSESSMENT_READ: msgid("Read drafts of assessments"),
    Permission.ASSESSMENT_REPLY: msgid("Reply to an assessment and answer the monitor's questions"),
    Permission.ASSESSMENT_WRITE: msgid("Write assessments"),
    Permission.BOARD_READ: msgid("See who has reported and what is due"),
    Permission.BODY_MANAGE: msgid("Remove a colleague from the own monitoring body"),
    Permission.DESK_READ: msgid("Compare all jurisdictions and see who is late"),
    Permission.EVIDENCE_KEEP: msgid("Keep the library of evidence"),
    Permission.EVIDENCE_READ: msgid("See the own side's evidence before it is published"),
    Permission.EVIDENCE_SUBMIT: msgid("Submit evidence"),
    Permission.EVIDENCE_WITHDRAW: msgid("Withdraw evidence of the government"),
    Permission.HISTORY_READ: msgid("Read the history of every change"),
    Permission.IMPORT_RUN: msgid("Bring in spreadsheets"),
    Permission.JOB_RETRY: msgid("Have a failed background job tried again"),
    Permission.MAIL_READ: msgid("See which messages did not arrive, without what they say"),
    Permission.MANDATE_CONFIRM: msgid("Confirm or end the mandate of a monitoring body"),
    Permission.MANDATE_PROPOSE: msgid("Propose a monitoring body"),
    Permission.MANDATE_READ: msgid("See who monitors and under which mandate"),
    Permission.MILESTONE_READ: msgid("See milestones before they are published"),
    Permission.MILESTONE_REPORT: msgid("Report on milestones"),
    Permission.NOTICE_CHOOSE: msgid("Choose what one hears of, and how often"),
    Permission.PEOPLE_LEAVE: msgid("Leave the jurisdiction"),
    Permission.PEOPLE_MANAGE: msgid("Invite, change and remove people of the government"),
    Permission.PEOPLE_READ: msgid("See who works on the plan"),
    Permission.PERIOD_MANAGE: msgid("Open and close reporting periods"),
    Permission.PLAN_AMEND: msgid("Change a submitted plan, with a reason"),
    Permission.PLAN_PUBLISH: msgid("Publish what was reported"),
    Permission.PLAN_READ: msgid("Read the plan before it is published"),
    Permission.PLAN_SUBMIT: msgid("Submit a plan"),
    Permission.PLAN_WRITE: msgid("Write the plan"),
    Permission.PUBLIC: msgid("Read and verify everything that was published"),
    Permission.REPLY_READ: msgid("Read what the monitor sent for comment"),
    Permission.REPORT_REVIEW: msgid("Accept or return reports of units"),
    Permission.REQUEST_ANSWER: msgid("Answer a request for reports by its link"),
    Permission.REQUEST_MANAGE: msgid("Ask contacts for reports by a link"),
    Permission.SESSION_END: msgid("Sign out"),
    Permission.SESSION_LIST: msgid("See and end one's own sessions"),
    Permission.STAFF_LEAVE: msgid("Leave the platform's people"),
    Permission.STAFF_MANAGE: msgid("Invite, change and remove people of the platform, and a first coordinator"),
    Permission.STAFF_READ: msgid("See who works for the platform"),
    Permission.SUPPORT_ASK: msgid("Read along in a workbench to help, for some hours, announced"),
    Permission.SUPPORT_END: msgid("End such help at once"),
    Permission.SUPPORT_READ: msgid("See who read along, when and why"),
    Permission.TENANT_SUSPEND: msgid("Suspend, archive and reopen a jurisdiction"),
    Permission.WORKBENCH_ENTER: msgid("Enter the workbench"),
}


@dataclass(frozen=True)
class Who:
    """One column: somebody as an example, and what such a person is called."""

    words: str
    actor: Actor


@dataclass(frozen=True)
class Ability:
    """One row: what can be done, and for each column "yes", "no", or "own" for what is one's own only."""

    words: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Owed:
    """A thing that a unit answers for, as an example."""

    id: UUID
    responsible_unit: dict[str, str] | None


MINE = Owed(UUID(int=1), {"source": "en", "en": OWN})
THEIRS = Owed(UUID(int=2), {"source": "en", "en": OTHER})
SOMEBODY = UUID(int=9)
EVERYONE = (
    Who(msgid("Citizens"), STRANGER),
    Who(
        msgid("Contact by a link"),
        Actor(None, "", Role.CONTACT, unit=OWN, request_id=UUID(int=3), asked=frozenset({MINE.id})),
    ),
    Who(msgid("Contact of a unit"), Actor(SOMEBODY, "", Role.CONTACT, unit=OWN)),
    Who(msgid("Reader"), Actor(SOMEBODY, "", Role.VIEWER)),
    Who(msgid("Coordination"), Actor(SOMEBODY, "", Role.COORDINATOR)),
    Who(msgid("Monitor"), Actor(SOMEBODY, "", Role.MONITOR)),
    Who(msgid("OGP staff"), Actor(SOMEBODY, "", platform_role=PlatformRole.OGP_STAFF)),
    Who(msgid("Operator"), Actor(SOMEBODY, "", platform_role=PlatformRole.OPERATOR)),
    Who(msgid("Operator who helps"), Actor(SOMEBODY, "", Role.SUPPORT, PlatformRole.OPERATOR)),
)


def abilities() -> list[Ability]:
    """Every permission in the order of the table, for everyone. Words are msgids."""
    return [Ability(WORDS[one], [answer(who.actor, one) for who in EVERYONE]) for one in Permission]


def answer(actor: Actor, permission: Permission) -> str:
    """Whether `actor` may: "yes", "no", or "own" where it may do so to what its unit owes and not to another's."""
    if not permits(actor, permission):
        return NO
    if permits(actor, permission, MINE) and not permits(actor, permission, THEIRS):
        return ONLY_OWN
    return YES
