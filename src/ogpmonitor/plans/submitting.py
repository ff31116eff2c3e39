"""Submitting a plan: what it says becomes the baseline, against which every later change is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.accounts.permissions import Permission, permits
from ogpmonitor.audit import service as audit
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.kit.errors import Conflict, Invalid, NotPermitted
from ogpmonitor.kit.i18n import msgid
from ogpmonitor.plans.amending import write
from ogpmonitor.plans.checking import findings_in
from ogpmonitor.plans.models import Plan, PlanStatus
from ogpmonitor.plans.publishing import CHANGED_SINCE_PREVIEW, preview, publish
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.models import Edition

EARLIEST_YEAR = 2000


@dataclass(frozen=True)
class Handover:
    """What is said when a plan is submitted. `seen` is the state of the preview that was looked at."""

    submitted_on: date | None
    is_approved: bool
    are_warnings_seen: bool
    seen: str


def require_submittable(plan: Plan, *, by: Actor) -> None:
    """Nothing, if `by` may submit `plan`, and nobody has done so.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it has been submitted.
    """
    if not permits(by, Permission.PLAN_SUBMIT, plan):
        raise NotPermitted(Permission.PLAN_SUBMIT)
    if plan.status != PlanStatus.COCREATION:
        raise Conflict("plan.submitted", msgid("This plan was submitted before. Change it by an amendment."))


def problems_in(plan: Plan, handover: Handover, languages: Sequence[str], *, on: date) -> list[Invalid]:
    """Everything that keeps `plan` (loaded whole) from being submitted, each with the `field` to say it at."""
    found, problems = findings_in(plan, languages), []
    if any(finding.is_error for finding in found):
        problems.append(Invalid("plan.errors", msgid("Mend the errors first."), field="errors"))
    elif found and not handover.are_warnings_seen:
        words = msgid("Tick that you have read the warnings, or mend them.")
        problems.append(Invalid("plan.warnings", words, field="warnings"))
    if not handover.is_approved:
        words = msgid("The forum has to approve the plan before it is submitted.")
        problems.append(Invalid("plan.approval", words, field="approved"))
    day = handover.submitted_on
    if day is None:
        problems.append(Invalid("plan.submitted_on", msgid("Say on which day it is submitted."), field="submitted_on"))
    elif day > on:
        problems.append(Invalid("plan.future", msgid("This day has not come yet."), field="submitted_on"))
    elif day.year < EARLIEST_YEAR:
        words = msgid("This day is too long ago. Please check the year.")
        problems.append(Invalid("plan.long_ago", words, field="submitted_on"))
    return problems


async def submit(
    session: TenantSession,
    plan: Plan,
    jurisdiction: Jurisdiction,
    handover: Handover,
    *,
    languages: Sequence[str],
    key: SigningKey,
    by: Actor,
    on: date,
) -> Edition:
    """`plan` (loaded whole) is submitted and published, and that edition is the baseline. `on` is today there.

    Raises:
        NotPermitted: `by` is not a coordinator.
        Conflict: it has been submitted, or differs from what was looked at.
        Invalid: it has errors, warnings nobody has read, no approval, or a day that cannot be.
    """
    require_submittable(plan, by=by)
    for problem in problems_in(plan, handover, languages, on=on):
        raise problem
    if (await preview(session, plan, jurisdiction)).state != handover.seen:
        raise Conflict(CHANGED_SINCE_PREVIEW, msgid("Something changed since you looked. Nothing was published."))
    before = {"status": plan.status, "submitted_on": plan.submitted_on}
    plan.status = PlanStatus.SUBMITTED
    write(plan, "submitted_on", str(handover.submitted_on))
    await session.flush()
    after = {"status": plan.status, "submitted_on": plan.submitted_on, "approved_by_forum": True}
    await audit.record(session, "plan.submitted", by=by, about=plan, before=before, after=after)
    return await publish(session, plan, jurisdiction, key=key, by=by)
