"""What can be done, and the one table of who may do it.

A route declares a permission; the route, the service, the button in a template and the page of roles all ask `permits`.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.models import PlatformRole, Role


class Permission(StrEnum):
    """What can be done, never who may do it. `<thing>:<verb>`, alphabetical."""

    ASSESSMENT_PUBLISH = "assessment:publish"
    ASSESSMENT_READ = "assessment:read"
    ASSESSMENT_WRITE = "assessment:write"
    DESK_READ = "desk:read"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_SUBMIT = "evidence:submit"
    EVIDENCE_WITHDRAW = "evidence:withdraw"
    MILESTONE_READ = "milestone:read"
    MILESTONE_REPORT = "milestone:report"
    PLAN_PUBLISH = "plan:publish"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    PUBLIC = "public"
    SESSION_END = "session:end"
    WORKBENCH_ENTER = "workbench:enter"


class OwedByUnit(Protocol):
    """Anything a unit answers for: a milestone, in practice."""

    responsible_unit: dict[str, Any] | None


Rule = Callable[[Actor, Any], bool]


def anyone(_actor: Actor, _thing: Any) -> bool:
    """Also somebody who is not signed in."""
    return True


def signed_in(actor: Actor, _thing: Any) -> bool:
    return not actor.is_stranger


def coordinator(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.COORDINATOR


def viewer(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.VIEWER


def monitor(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.MONITOR


def contact(actor: Actor, _thing: Any) -> bool:
    return actor.role == Role.CONTACT


def responsible_unit(actor: Actor, thing: OwedByUnit | None) -> bool:
    """A contact, for what its own unit owes; for nothing in particular, any contact."""
    if actor.role != Role.CONTACT:
        return False
    if thing is None:
        return True
    unit = thing.responsible_unit or {}
    return actor.unit is not None and actor.unit in (unit.get(lang) for lang in unit if lang != "source")


def ogp_staff(actor: Actor, _thing: Any) -> bool:
    return actor.platform_role == PlatformRole.OGP_STAFF


def operator(actor: Actor, _thing: Any) -> bool:
    return actor.platform_role == PlatformRole.OPERATOR


GOVERNMENT: Sequence[Rule] = (coordinator, contact, viewer)

ALLOWED: Mapping[Permission, Sequence[Rule]] = {  # any one rule suffices
    Permission.ASSESSMENT_PUBLISH: (monitor,),
    Permission.ASSESSMENT_READ: (monitor,),
    Permission.ASSESSMENT_WRITE: (monitor,),
    Permission.DESK_READ: (ogp_staff, operator),
    Permission.EVIDENCE_READ: (*GOVERNMENT, monitor),  # row policies show each voice its own
    Permission.EVIDENCE_SUBMIT: (coordinator, responsible_unit, monitor),
    Permission.EVIDENCE_WITHDRAW: (coordinator, responsible_unit),
    Permission.MILESTONE_READ: GOVERNMENT,
    Permission.MILESTONE_REPORT: (coordinator, responsible_unit),
    Permission.PLAN_PUBLISH: (coordinator,),
    Permission.PLAN_READ: GOVERNMENT,
    Permission.PLAN_WRITE: (coordinator,),
    Permission.PUBLIC: (anyone,),
    Permission.SESSION_END: (signed_in,),
    Permission.WORKBENCH_ENTER: (*GOVERNMENT, monitor),
}


def permits(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Whether `actor` may do this to `thing`; without a thing, whether there could be one it may do it to."""
    return any(rule(actor, thing) for rule in ALLOWED[permission])
