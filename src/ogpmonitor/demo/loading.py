"""Loading the demo through the same services and the same row policies as people use."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from ogpmonitor.accounts.models import Role
from ogpmonitor.demo.assessing import assess
from ogpmonitor.demo.files import DemoEvidence, DemoFile, DemoReport, read_demos
from ogpmonitor.demo.measuring import measure
from ogpmonitor.demo.media import evidence_bytes
from ogpmonitor.demo.people import load_people, personas
from ogpmonitor.demo.requests import ask_contacts
from ogpmonitor.demo.stage import Stage
from ogpmonitor.evidence import service as evidence
from ogpmonitor.evidence.models import Evidence
from ogpmonitor.kit.db import TenantSession, owner_session
from ogpmonitor.kit.storage import Storage
from ogpmonitor.plans import queries as plans
from ogpmonitor.plans import service as planning
from ogpmonitor.plans.loading import Loadable, read_folders, sync
from ogpmonitor.plans.models import Milestone, Progress
from ogpmonitor.plans.publishing import publish
from ogpmonitor.register import queries as register
from ogpmonitor.register.documents import Jurisdiction
from ogpmonitor.register.log import SigningKey
from ogpmonitor.settings import Settings


async def load_demo(settings: Settings, key: SigningKey) -> None:
    """The four tenants, their plans, the demo's people and its invented content stand and are published.

    A plan that has an edition already is left alone, so a second call changes nothing.

    Raises:
        DataRefused: a file is wrong; what was loaded before it stays.
    """
    found = read_folders(settings.tenants_folder)
    loaded = await sync(settings.database_url, found)
    ids = {one.slug: one.id for one in loaded}
    cast = personas([one.slug for one in loaded])
    async with owner_session(settings.database_url) as session:
        await load_people(session, cast, ids)
    database = settings.database(pool_size=2)
    storage = Storage.at(settings.files_url)
    try:
        for one in found:
            tenant = one.folder.tenant
            own = {persona.role: persona for persona in reversed(cast) if persona.tenant == tenant.slug}  # the first
            jurisdiction = Jurisdiction(slug=tenant.slug, name=tenant.name, country=tenant.country)
            await _load_tenant(
                Stage(
                    database,
                    storage,
                    key,
                    ids[tenant.slug],
                    jurisdiction,
                    own[Role.COORDINATOR],
                    own[Role.MONITOR],
                    settings.max_upload_bytes,
                ),
                one,
            )
    finally:
        await database.close()


async def _load_tenant(stage: Stage, found: Loadable) -> None:
    demos = read_demos(found)
    for file in found.plans:
        async with stage.at(stage.coordinator) as session:
            if await register.latest_edition(session, stage.jurisdiction.slug, file.slug):
                continue
            await _publish(stage, session, file.slug)  # as the sources give it
        if file.slug in demos:
            await _invent(stage, file.slug, demos[file.slug])
    await ask_contacts(stage, ZoneInfo(found.folder.tenant.time_zone))


async def _invent(stage: Stage, slug: str, demo: DemoFile) -> None:
    """Invented milestones, reports with evidence, and assessments: an edition each."""
    async with stage.at(stage.coordinator) as session:
        if await _add_milestones(stage, session, slug, demo):
            await _publish(stage, session, slug)
    if demo.reports:
        async with stage.at(stage.coordinator) as session:
            await _report(stage, session, slug, demo)
            await measure(stage, session, slug, demo)
            await _publish(stage, session, slug)
    for assessment in demo.assessments:
        await assess(stage, slug, assessment)


async def _publish(stage: Stage, session: TenantSession, slug: str) -> None:
    plan = await plans.get_plan(session, slug)
    await publish(session, plan, stage.jurisdiction, key=stage.key, by=stage.coordinator.actor)


async def _add_milestones(stage: Stage, session: TenantSession, slug: str, demo: DemoFile) -> bool:
    """Whether anything was added to the plan."""
    by = stage.coordinator.actor
    plan = await plans.get_plan(session, slug)
    for invented in demo.commitments:
        await planning.add_commitment(session, plan, invented, by=by, demo=True)
    commitments = {commitment.code: commitment for commitment in plan.commitments}
    for milestone in demo.milestones:
        await planning.add_milestone(session, commitments[milestone.commitment], milestone, by=by, demo=True)
    session.expire_all()
    return bool(demo.commitments or demo.milestones)


async def _report(stage: Stage, session: TenantSession, slug: str, demo: DemoFile) -> None:
    plan = await plans.get_plan(session, slug)
    milestones = {(one.code, step.code): step for one in plan.commitments for step in one.milestones}
    for report in demo.reports:
        milestone = milestones[report.commitment, report.milestone]
        await _report_one(stage, session, milestone, report)
        for item in report.evidence:
            stage.evidence[item.code] = await _submit(stage, session, milestone, item)
    session.expire_all()


async def _report_one(stage: Stage, session: TenantSession, milestone: Milestone, report: DemoReport) -> None:
    said = planning.Report(
        progress=Progress(report.progress),
        text=report.text,
        started_on=report.started_on,
        completed_on=report.completed_on,
        late_reason=report.reason_late,
        demo=True,
    )
    at = datetime.combine(report.reported_on, time(12), UTC)
    await planning.report_progress(session, milestone, said, on=report.reported_on, at=at, by=stage.coordinator.actor)


async def _submit(stage: Stage, session: TenantSession, milestone: Milestone, item: DemoEvidence) -> Evidence:
    by = stage.coordinator.actor
    about = evidence.About(item.title, dated_on=item.dated_on.isoformat(), demo=True)
    if item.file_name:
        upload = evidence.Upload(item.file_name, evidence_bytes(item))
        submitted = await evidence.submit_file(session, stage.storage, upload, about, max_bytes=stage.max_bytes, by=by)
    else:
        submitted = await evidence.submit_link(session, item.url or "", about, by=by)
    await evidence.support(session, submitted, milestone.id)
    return submitted
