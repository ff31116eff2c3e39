"""What can be done, and the one table of who may do it.

A route declares a permission; the route, the service, the button in a template and the page of roles all ask `permits`.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import PlatformRole, Role


class Permission(StrEnum):
    """What can be done, never who may do it. `<thing>:<verb>`, alphabetical."""

    ACCOUNT_ERASE = "account:erase"
    ACCOUNT_READ = "account:read"
    ASSESSMENT_PUBLISH = "assessment:publish"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_REPLY = "assessment:reply"
    ASSESSMENT_WRITE = "assessment:write"
    BOARD_READ = "board:read"
    BODY_MANAGE = "body:manage"
    DESK_READ = "desk:read"
    EVIDENCE_KEEP = "evidence:keep"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_SUBMIT = "evidence:submit"
    EVIDENCE_WITHDRAW = "evidence:withdraw"
    HISTORY_READ = "history:read"
    IMPORT_RUN = "import:run"
    JOB_RETRY = "job:retry"
    MAIL_READ = "mail:read"
    MANDATE_CONFIRM = "mandate:confirm"
    MANDATE_PROPOSE = "mandate:propose"
    MANDATE_READ = "mandate:read"
    MILESTONE_READ = "milestone:read"
    MILESTONE_REPORT = "milestone:report"
    NOTICE_CHOOSE = "notice:choose"
    PEOPLE_LEAVE = "people:leave"
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_READ = "people:read"
    PERIOD_MANAGE = "period:manage"
    PLAN_AMEND = "plan:amend"
    PLAN_PUBLISH = "plan:publish"
    PLAN_READ = "plan:read"
    PLAN_SUBMIT = "plan:submit"
    PLAN_WRITE = "plan:write"
    PUBLIC = "public"
    REPLY_READ = "reply:read"
    REPORT_REVIEW = "report:review"
    REQUEST_ANSWER = "request:answer"
    REQUEST_MANAGE = "request:manage"
    SESSION_END = "session:end"
    SESSION_LIST = "session:list"
    STAFF_LEAVE = "staff:leave"
    STAFF_MANAGE = "staff:manage"
    STAFF_READ = "staff:read"
    SUPPORT_ASK = "support:ask"
    SUPPORT_END = "support:end"
    SUPPORT_READ = "support:read"
    TENANT_SUSPEND = "tenant:suspend"
    WORKBENCH_ENTER = "workbench:enter"


class OwedByUnit(Protocol):
    """Anything a unit answers for: a milestone, in practice."""

    id: UUID
    responsible_unit: dict[str, Any] | None


Rule = Callable[[Actor, Any], bool]


def anyone(_actor: Actor, _thing: Any) -> bool:
    """Also somebody who is not signed in."""
    return True


def signed_in(actor: Actor, _thing: Any) -> bool:
    """Somebody with an account: who came by a request's link has none."""
    return actor.id is not None


def coordinator(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.COORDINATOR


def viewer(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.VIEWER


def coordinator_always(actor: Actor, _thing: Any) -> bool:
    """Whoever coordinates, also while the jurisdiction is suspended or archived."""
    return Role.COORDINATOR in (actor.role, actor.given_role)


def support(actor: Actor, _thing: Any) -> bool:
    """An operator, for the hours that it was given to read along."""
    return actor.role == Role.SUPPORT


def monitor(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.MONITOR


def contact(actor: Actor, _thing: Any) -> bool:
    """A contact with an account: a request's link opens no other door."""
    return actor.role == Role.CONTACT and actor.request_id is None


def responsible_unit(actor: Actor, thing: OwedByUnit | None) -> bool:
    """A contact, for what its own unit owes; for nothing in particular, any contact.

    Who came by a request's link answers for what the request asks, and for nothing else.
    """
    if actor.role != Role.CONTACT:
        return False
    if thing is None:
        return True
    if actor.request_id is not None and thing.id not in actor.asked:
        return False
    unit = thing.responsible_unit or {}
    return actor.unit is not None and actor.unit in (unit.get(lang) for lang in unit if lang != "source")


def ogp_staff(actor: Actor, _thing: Any) -> bool:
    return actor.platform_role == PlatformRole.OGP_STAFF


def operator(actor: Actor, _thing: Any) -> bool:
    return actor.platform_role == PlatformRole.OPERATOR


def asked(actor: Actor, _thing: Any) -> bool:
    """Whoever came by the link of a request for reports."""
    return actor.request_id is not None


GOVERNMENT: Sequence[Rule] = (coordinator, contact, viewer)
READERS: Sequence[Rule] = (*GOVERNMENT, support)  # of the government's own work

ALLOWED: Mapping[Permission, Sequence[Rule]] = {  # any one rule suffices
    Permission.ACCOUNT_ERASE: (operator,),
    Permission.ACCOUNT_READ: (signed_in,),
    Permission.ASSESSMENT_PUBLISH: (monitor,),
    Permission.ASSESSMENT_READ: (monitor,),
    Permission.ASSESSMENT_REPLY: (coordinator,),
    Permission.ASSESSMENT_WRITE: (monitor,),
    Permission.BOARD_READ: READERS,
    Permission.BODY_MANAGE: (monitor,),
    Permission.DESK_READ: (ogp_staff, operator),
    Permission.EVIDENCE_KEEP: (coordinator,),
    Permission.EVIDENCE_READ: (*READERS, monitor),  # row policies show each voice its own
    Permission.EVIDENCE_SUBMIT: (coordinator, responsible_unit, monitor),
    Permission.EVIDENCE_WITHDRAW: (coordinator, responsible_unit),
    Permission.HISTORY_READ: (coordinator_always,),
    Permission.IMPORT_RUN: (coordinator,),
    Permission.JOB_RETRY: (operator,),
    Permission.MAIL_READ: (operator,),
    Permission.MANDATE_CONFIRM: (ogp_staff, operator),
    Permission.MANDATE_PROPOSE: (coordinator,),
    Permission.MANDATE_READ: (*READERS, monitor),
    Permission.MILESTONE_READ: READERS,
    Permission.MILESTONE_REPORT: (coordinator, responsible_unit),
    Permission.NOTICE_CHOOSE: (*GOVERNMENT, monitor, ogp_staff),
    Permission.PEOPLE_LEAVE: (*GOVERNMENT, monitor),
    Permission.PEOPLE_MANAGE: (coordinator,),
    Permission.PEOPLE_READ: (*GOVERNMENT, monitor),
    Permission.PERIOD_MANAGE: (coordinator,),
    Permission.PLAN_AMEND: (coordinator,),
    Permission.PLAN_PUBLISH: (coordinator,),
    Permission.PLAN_READ: READERS,
    Permission.PLAN_SUBMIT: (coordinator,),
    Permission.PLAN_WRITE: (coordinator,),
    Permission.PUBLIC: (anyone,),
    Permission.REPLY_READ: (coordinator, viewer),
    Permission.REPORT_REVIEW: (coordinator,),
    Permission.REQUEST_ANSWER: (asked,),
    Permission.REQUEST_MANAGE: (coordinator,),
    Permission.SESSION_END: (signed_in,),
    Permission.SESSION_LIST: (signed_in,),
    Permission.STAFF_LEAVE: (ogp_staff, operator),
    Permission.STAFF_MANAGE: (operator,),
    Permission.STAFF_READ: (ogp_staff, operator),
    Permission.SUPPORT_ASK: (operator,),
    Permission.SUPPORT_END: (coordinator_always, operator),
    Permission.SUPPORT_READ: (*READERS, monitor),
    Permission.TENANT_SUSPEND: (operator,),
    Permission.WORKBENCH_ENTER: (*READERS, monitor),
}


# What needs somebody who showed a short time ago who it is: it becomes public, or gives others a role.
FRESH = frozenset({
    Permission.ACCOUNT_ERASE, Permission.ASSESSMENT_PUBLISH, Permission.MANDATE_CONFIRM, Permission.PEOPLE_MANAGE,
    Permission.PLAN_PUBLISH, Permission.PLAN_SUBMIT, Permission.STAFF_MANAGE, Permission.SUPPORT_ASK,
    Permission.TENANT_SUSPEND,
})  # fmt: skip


def permits(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Whether `actor` may do this to `thing`; without a thing, whether there could be one it may do it to."""
    return any(rule(actor, thing) for rule in ALLOWED[permission])
