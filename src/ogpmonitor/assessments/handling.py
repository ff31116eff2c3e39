"""What every route of the monitor's desk needs: the draft asked for, what was sent, where things are."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile

from ogpmonitor.accounts.models import Role
from ogpmonitor.accounts.service import own_memberships
from ogpmonitor.assessments import queries, service
from ogpmonitor.assessments.models import AssessmentStatus
from ogpmonitor.assessments.publishing import Rules
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import tidy
from ogpmonitor.evidence.service import Upload
from ogpmonitor.kit.db import Database, TenantSession, utc_now
from ogpmonitor.kit.errors import Conflict
from ogpmonitor.kit.forms import read_form
from ogpmonitor.kit.respond import AnyRequest, place_of
from ogpmonitor.tenants.directory import KnownTenant

LONGEST_FILE_NAME = 200
Sent = Mapping[str, Sequence[Any]]


async def draft_of(request: AnyRequest, session: TenantSession, assessment_id: UUID) -> Sheet:
    """The draft, which nobody else writes meanwhile.

    Raises:
        Conflict: it was published.
    """
    return _only_draft(await queries.get_sheet(session, slug_of(request), assessment_id, alone=True))


async def open_of(request: AnyRequest, session: TenantSession, assessment_id: UUID) -> Sheet:
    """The assessment, as long as it is not published; where something is sent, nobody else writes it meanwhile.

    Raises:
        Conflict: it was published.
    """
    alone = request.method == "POST"
    sheet = await queries.get_sheet(session, slug_of(request), assessment_id, alone=alone)
    if sheet.assessment.status == AssessmentStatus.PUBLISHED:
        raise Conflict("assessment.published", service.PUBLISHED_ALREADY)
    return sheet


def _only_draft(sheet: Sheet) -> Sheet:
    if sheet.assessment.status == AssessmentStatus.COMMENT:
        raise Conflict("assessment.sent", service.SENT_FOR_COMMENT)
    if sheet.assessment.status != AssessmentStatus.DRAFT:
        raise Conflict("assessment.published", service.PUBLISHED_ALREADY)
    return sheet


async def sent_by(request: AnyRequest, *, max_bytes: int = 0) -> Sent:
    """Everything that was sent, by name; files are read as far as they could be taken."""
    form = await read_form(request)
    sent: dict[str, list[Any]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            file_name = tidy(value.filename)[-LONGEST_FILE_NAME:] or "documento"
            value = Upload(file_name, await value.read(max_bytes + 1))  # noqa: PLW2901  a file is read, a text stays
        sent.setdefault(name, []).append(value)
    return sent


def one_of(sent: Sent, name: str) -> str:
    return next((tidy(value) for value in sent.get(name, ()) if isinstance(value, str)), "")


def slug_of(request: AnyRequest) -> str:
    slug: str = place_of(request).tenant.slug
    return slug


def path_to(request: AnyRequest, assessment_id: UUID) -> str:
    return f"{slug_of(request)}/workbench/assessments/{assessment_id}/"


def today_at(request: AnyRequest) -> date:
    today: date = place_of(request).tenant.day_at(utc_now())
    return today


async def elsewhere_of(request: AnyRequest) -> Sequence[KnownTenant]:
    """The other jurisdictions where whoever asks monitors today, by name."""
    database: Database = request.app.state.database
    user = request.user
    async with database.tenant_session(None, user.id, sign_in=user.sign_in_id, read_only=True) as session:
        roles = await own_memberships(session, user.id, read_only=True)
    own = [one for one in roles if one.role == Role.MONITOR]
    others = [one for one in request.app.state.directory.all if one.id != place_of(request).tenant.id]
    return [tenant for tenant in others if any(tenant.is_home_of(membership) for membership in own)]


def rules_at(request: AnyRequest) -> Rules:
    """What this jurisdiction asks for before publication."""
    switches = place_of(request).tenant.file.switches
    return Rules(second_review=switches.second_review, right_of_reply=switches.right_of_reply)
