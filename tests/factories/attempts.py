"""What somebody might try by SQL against the monitor's work: each attempt returns how many rows it saw or changed."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from tests.factories.assessments import PENALOLEN, PLAN
from tests.factories.cast import Cast

from ogpmonitor.accounts.actors import Actor
from ogpmonitor.kit.db import TenantSession
from ogpmonitor.register.assessment_documents import AssessmentDocument
from ogpmonitor.register.documents import Manifest, ManifestEntry, canonical, name_of
from ogpmonitor.register.log import SigningKey
from ogpmonitor.register.queries import Published
from ogpmonitor.register.service import Address, append_edition


@dataclass(frozen=True)
class Scene:
    """A draft with all that belongs to it, one that was sent for comment, a published one, and people who meddle.

    The draft has a file of its own, a private note, and a second review that is under way. The sent one has a reply.
    """

    cast: Cast
    key: SigningKey
    people: Mapping[str, Actor]
    draft: UUID
    answer: UUID
    own_file: UUID
    own_file_sha256: str
    finished: UUID
    sent: UUID
    published: Published
    document: AssessmentDocument


Attempt = Callable[[TenantSession, Scene], Awaitable[int]]
ATTEMPTS: dict[str, Attempt] = {}


def attempt(function: Attempt) -> Attempt:
    """Enter it into the table. It returns how many rows it saw or changed, or the database refuses."""
    ATTEMPTS[function.__name__] = function
    return function


async def _count(session: TenantSession, sql: str, **values: object) -> int:
    return len((await session.execute(text(sql), values)).all())


async def _change(session: TenantSession, sql: str, **values: object) -> int:
    result = await session.execute(text(sql), values)
    return result.rowcount


@attempt
async def read_draft(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.assessments WHERE status = 'draft'")


@attempt
async def count_drafts_by_their_answers(session: TenantSession, scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.assessment_answers WHERE assessment_id = :id", id=scene.draft)


@attempt
async def read_own_file(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.evidence WHERE voice = 'monitor'")


@attempt
async def read_trace_of_draft(session: TenantSession, scene: Scene) -> int:
    return await _count(
        session,
        "SELECT 1 FROM workbench.audit_records WHERE subject_id IN (:draft, :file)",
        draft=scene.draft,
        file=scene.own_file,
    )


@attempt
async def find_draft_in_register(session: TenantSession, scene: Scene) -> int:
    return await _count(
        session,
        "SELECT 1 FROM register.evidence_receipts WHERE sha256 = :sha UNION ALL"
        " SELECT 1 FROM register.log_entries WHERE subject_sha256 = :sha UNION ALL"
        " SELECT 1 FROM register.documents WHERE position(convert_to(:sha, 'UTF8') IN body) > 0",
        sha=scene.own_file_sha256,
    )


@attempt
async def find_draft_in_jobs(session: TenantSession, scene: Scene) -> int:
    return await _count(
        session, "SELECT 1 FROM jobs.procrastinate_jobs WHERE args::text LIKE '%' || :id || '%'", id=str(scene.draft)
    )


@attempt
async def insert_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.assessments (id, version, form, form_version, plan, commitment, edition_sha256, status,"
        " evaluator, created_at, updated_at, demo) VALUES (gen_random_uuid(), 1, 'end-of-commitment', 1, :plan, 'C1',"
        " :sha, 'draft', 'x', now(), now(), true)",
        plan=PLAN,
        sha=scene.published.edition.sha256,
    )


@attempt
async def insert_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.assessment_answers (id, version, assessment_id, question, value, explanation,"
        " \"references\", citations) VALUES (gen_random_uuid(), 1, :id, 'EOC9.9', 'complete', '', '', '[]')",
        id=scene.draft,
    )


@attempt
async def update_draft(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET evaluator = 'x' WHERE status = 'draft'")


@attempt
async def update_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.assessment_answers SET value = 'complete' WHERE id = :id", id=scene.answer
    )


@attempt
async def publish_or_close_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.assessments SET status = 'published' WHERE id = :id", id=scene.draft
    )


@attempt
async def delete_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessments WHERE id = :id", id=scene.draft)


@attempt
async def delete_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessment_answers WHERE id = :id", id=scene.answer)


@attempt
async def alter_published(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET evaluator = 'x' WHERE id = :id", id=scene.finished)


@attempt
async def reopen_published(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET status = 'draft' WHERE id = :id", id=scene.finished)


@attempt
async def alter_published_rating(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "UPDATE workbench.assessment_answers SET value = 'complete' WHERE assessment_id = :id",
        id=scene.finished,
    )


@attempt
async def delete_published(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessments WHERE id = :id", id=scene.finished)


@attempt
async def alter_own_file(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.evidence SET withdrawn_at = now() WHERE id = :id", id=scene.own_file
    )


@attempt
async def submit_as_monitor(session: TenantSession, _scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.evidence"
        " (id, version, voice, kind, category, title, url, sha256, restricted, waiting, submitted_at, demo)"
        " VALUES (gen_random_uuid(), 1, 'monitor', 'link', 'other', '{\"source\": \"es\", \"es\": \"x\"}',"
        " 'https://x.example', 'x', false, false, now(), true)",
    )


@attempt
async def hang_own_file_on_a_milestone(session: TenantSession, scene: Scene) -> int:
    """A foreign key would tell whether the file exists."""
    return await _change(
        session,
        "INSERT INTO workbench.evidence_supports (id, evidence_id, milestone_id) SELECT gen_random_uuid(), :file, id"
        " FROM workbench.milestones LIMIT 1",
        file=scene.own_file,
    )


@attempt
async def write_trace_as_monitor(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.audit_records (id, at, actor_id, actor_role, action, subject)"
        " VALUES (gen_random_uuid(), now(), :who, 'monitor', 'assessment.saved', 'assessments')",
        who=scene.cast.monitor.id,
    )


@attempt
async def insert_assessment_document(session: TenantSession, scene: Scene) -> int:
    return await insert_document(session, "assessment", canonical(_better(scene)))


@attempt
async def insert_assessment_as_a_commitment(session: TenantSession, scene: Scene) -> int:
    return await insert_document(session, "commitment", canonical(_better(scene)))


@attempt
async def publish_in_the_monitors_voice(session: TenantSession, scene: Scene) -> int:
    address = Address(PENALOLEN, PLAN)
    await append_edition(session, address, [_better(scene)], voice="monitor", key=scene.key)
    return 1


@attempt
async def publish_a_better_rating_as_government(session: TenantSession, scene: Scene) -> int:
    address = Address(PENALOLEN, PLAN)
    await append_edition(session, address, [_better(scene)], voice="government", key=scene.key)
    return 1


@attempt
async def drop_the_assessment(session: TenantSession, scene: Scene) -> int:
    kept = [one for one in scene.published.entries if one.kind != "assessment"]
    return await insert_edition(
        session, scene, [ManifestEntry(kind=e.kind, code=e.code, sha256=e.document_sha256) for e in kept]
    )


@attempt
async def put_another_assessment_in_its_place(session: TenantSession, scene: Scene) -> int:
    entries = [
        ManifestEntry(
            kind=entry.kind,
            code=entry.code,
            sha256=scene.published.entries[0].document_sha256 if entry.kind == "assessment" else entry.document_sha256,
        )
        for entry in scene.published.entries
    ]
    return await insert_edition(session, scene, entries)


@attempt
async def slip_an_entry_into_an_edition(session: TenantSession, scene: Scene) -> int:
    entry = next(entry for entry in scene.published.entries if entry.kind == "assessment")
    return await _change(
        session,
        "INSERT INTO register.edition_entries (edition_sha256, kind, code, position, document_sha256)"
        " VALUES (:edition, 'assessment', 'end-of-commitment:C1', 99, :sha)",
        edition=scene.published.edition.sha256,
        sha=entry.document_sha256,
    )


@attempt
async def let_anyone_fetch_the_own_file(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO register.evidence_receipts (edition_sha256, evidence_id, sha256, kind, file_name, media_type,"
        " size_bytes, restricted) VALUES (:edition, :id, :sha, 'file', 'x.txt', 'text/plain', 1, false)",
        edition=scene.published.edition.sha256,
        id=scene.own_file,
        sha=scene.own_file_sha256,
    )


@attempt
async def change_the_rating_in_the_facts(session: TenantSession, _scene: Scene) -> int:
    return await _change(
        session,
        "UPDATE facts.commitments SET completion = 'complete' WHERE jurisdiction = :slug AND code = 'C3'",
        slug=PENALOLEN,
    )


@attempt
async def alter_the_register(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "UPDATE register.documents SET kind = 'plan' WHERE kind = 'assessment'")


@attempt
async def delete_from_the_register(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "DELETE FROM register.edition_entries WHERE kind = 'assessment'")


@attempt
async def read_private_note(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.assessment_notes")


@attempt
async def write_private_note(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.assessment_notes (id, version, assessment_id, question, words, written_at)"
        " VALUES (gen_random_uuid(), 1, :id, 'EOC9.9', 'x', now())",
        id=scene.draft,
    )


@attempt
async def read_declarations(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.declarations UNION ALL SELECT 1 FROM workbench.recusals")


@attempt
async def declare_and_so_write(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.declarations (id, assessment_id, person_id, has_conflict, statement, declared_at)"
        " VALUES (gen_random_uuid(), :id, coalesce(platform.current_actor(), gen_random_uuid()), false, '', now())",
        id=scene.sent,
    )


@attempt
async def recuse_the_monitor(session: TenantSession, scene: Scene) -> int:
    """Whoever is recused writes no more: a way to stop an assessment."""
    return await _change(
        session,
        "INSERT INTO workbench.recusals (id, plan, commitment, person_id, reason, recused_at)"
        " VALUES (gen_random_uuid(), :plan, 'CLPLN0002', :who, 'x', now())",
        plan=PLAN,
        who=scene.cast.second_monitor.id,
    )


@attempt
async def read_second_review(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.second_reviews")


@attempt
async def read_second_answers(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.second_answers")


@attempt
async def hand_in_the_second_review(session: TenantSession, scene: Scene) -> int:
    """While one is under way nothing is published: handing it in, or never, is not for others to decide."""
    return await _change(
        session, "UPDATE workbench.second_reviews SET handed_in_at = now() WHERE assessment_id = :id", id=scene.draft
    )


@attempt
async def begin_a_second_review(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.second_reviews (id, version, assessment_id, reviewer_id, begun_at)"
        " VALUES (gen_random_uuid(), 1, :id, coalesce(platform.current_actor(), gen_random_uuid()), now())",
        id=scene.sent,
    )


@attempt
async def ask_in_the_monitors_name(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.clarifications (id, version, assessment_id, form, plan, question, asked, asked_at,"
        " due_on, demo) VALUES (gen_random_uuid(), 1, :id, 'end-of-commitment', :plan, 'EOC1.1', 'x', now(),"
        " current_date, true)",
        id=scene.draft,
        plan=PLAN,
    )


@attempt
async def send_the_draft_for_comment(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET status = 'comment' WHERE id = :id", id=scene.draft)


@attempt
async def open_a_window_on_the_draft(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "INSERT INTO workbench.reply_windows (id, version, assessment_id, sent_at, ends_at, days)"
        " VALUES (gen_random_uuid(), 1, :id, now(), now() + interval '1 year', 365)",
        id=scene.draft,
    )


@attempt
async def stretch_the_window(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session,
        "UPDATE workbench.reply_windows SET ends_at = ends_at + interval '1 year', days = 379"
        " WHERE assessment_id = :id",
        id=scene.sent,
    )


@attempt
async def drop_the_window(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.reply_windows WHERE assessment_id = :id", id=scene.sent)


@attempt
async def alter_what_was_sent(session: TenantSession, scene: Scene) -> int:
    return await _change(
        session, "UPDATE workbench.assessment_answers SET value = 'complete' WHERE assessment_id = :id", id=scene.sent
    )


@attempt
async def publish_what_was_sent(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET status = 'published' WHERE id = :id", id=scene.sent)


@attempt
async def take_back_what_was_sent(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "UPDATE workbench.assessments SET status = 'draft' WHERE id = :id", id=scene.sent)


@attempt
async def delete_what_was_sent(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.assessments WHERE id = :id", id=scene.sent)


@attempt
async def change_the_finding_of_a_reply(session: TenantSession, scene: Scene) -> int:
    """The database writes that part itself, whoever replies."""
    changed = await _change(
        session,
        'UPDATE workbench.replies SET finding = \'{"value": "complete"}\' WHERE assessment_id = :id',
        id=scene.sent,
    )
    kept = await _count(
        session,
        "SELECT 1 FROM workbench.replies WHERE assessment_id = :id AND finding ->> 'value' = 'complete'",
        id=scene.sent,
    )
    return changed if kept else 0


@attempt
async def end_the_mandate(session: TenantSession, _scene: Scene) -> int:
    """OGP's staff and operators may, with notice: what counts is whether the monitor's time to publish ends."""
    known = "SELECT id FROM platform.mandates WHERE tenant_id = platform.current_tenant()"
    mandates = (await session.scalars(text(known))).all()
    for one in mandates:
        await session.execute(text("SELECT platform.end_mandate(:id, 'x')"), {"id": one})
    statement = text("SELECT platform.stands(:id)")
    return sum([not await session.scalar(statement, {"id": one}) for one in mandates])


@attempt
async def rewrite_the_mandate(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "UPDATE platform.mandates SET ends_on = '2021-01-02'")


@attempt
async def drop_the_monitors_membership(session: TenantSession, scene: Scene) -> int:
    return await _change(session, "DELETE FROM platform.memberships WHERE person_id = :who", who=scene.cast.monitor.id)


@attempt
async def become_a_monitor(session: TenantSession, _scene: Scene) -> int:
    return await _change(
        session, "UPDATE platform.memberships SET role = 'monitor' WHERE person_id = platform.current_actor()"
    )


@attempt
async def shorten_the_cooling_off(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "UPDATE platform.rules SET months = 0")


@attempt
async def forget_the_refusals(session: TenantSession, _scene: Scene) -> int:
    return await _change(session, "DELETE FROM workbench.refusals")


@attempt
async def read_the_refusals(session: TenantSession, _scene: Scene) -> int:
    return await _count(session, "SELECT 1 FROM workbench.refusals")


def _better(scene: Scene) -> AssessmentDocument:
    answers = [
        answer.model_copy(update={"value": "complete"}) if answer.question == "EOC1.1" else answer
        for answer in scene.document.answers
    ]
    ratings = [
        rating.model_copy(update={"code": "complete"}) if rating.measures == "completion" else rating
        for rating in scene.document.ratings
    ]
    return scene.document.model_copy(update={"answers": tuple(answers), "ratings": tuple(ratings)})


async def insert_document(session: TenantSession, kind: str, body: bytes) -> int:
    return await _change(
        session,
        "INSERT INTO register.documents (sha256, kind, body) VALUES (:sha, :kind, :body)",
        sha=name_of(body),
        kind=kind,
        body=body,
    )


async def insert_edition(
    session: TenantSession, scene: Scene, entries: Sequence[ManifestEntry], *, voice: str = "government"
) -> int:
    """An edition by hand: what the application would never write."""
    last = scene.published.edition
    facts = json.loads(last.body) | {"number": last.number + 1, "previous": last.sha256, "voice": voice}
    body = canonical(Manifest.model_validate(facts | {"documents": [entry.model_dump() for entry in entries]}))
    changed = await _change(
        session,
        "INSERT INTO register.editions (sha256, jurisdiction, plan, number, voice, is_baseline, published_at, body)"
        " VALUES (:sha, :slug, :plan, :number, :voice, false, now(), :body)",
        sha=name_of(body),
        slug=PENALOLEN,
        plan=PLAN,
        number=last.number + 1,
        voice=voice,
        body=body,
    )
    for position, entry in enumerate(entries):
        await _change(
            session,
            "INSERT INTO register.edition_entries (edition_sha256, kind, code, position, document_sha256)"
            " VALUES (:edition, :kind, :code, :position, :sha256)",
            edition=name_of(body),
            position=position,
            **entry.model_dump(),
        )
    return changed
