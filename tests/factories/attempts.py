"""What somebody might try by SQL against the monitor's work: each attempt returns how many rows it saw or changed."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, text
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


def values_of(scene: Scene) -> Mapping[str, object]:
    """What a statement below may name: the fields of the scene, and what follows from them."""
    better = canonical(_better(scene))
    return {
        **vars(scene),
        "jurisdiction": PENALOLEN,
        "plan": PLAN,
        "monitor": scene.cast.monitor.id,
        "second_monitor": scene.cast.second_monitor.id,
        "edition": scene.published.edition.sha256,
        "assessment_sha256": next(one.document_sha256 for one in scene.published.entries if one.kind == "assessment"),
        "better": better,
        "better_sha256": name_of(better),
    }


READS = {
    "read_draft": "SELECT 1 FROM workbench.assessments WHERE status = 'draft'",
    "count_drafts_by_their_answers": "SELECT 1 FROM workbench.assessment_answers WHERE assessment_id = :draft",
    "read_own_file": "SELECT 1 FROM workbench.evidence WHERE voice = 'monitor'",
    "read_trace_of_draft": "SELECT 1 FROM workbench.audit_records WHERE subject_id IN (:draft, :own_file)",
    "find_draft_in_register": (
        "SELECT 1 FROM register.evidence_receipts WHERE sha256 = :own_file_sha256 UNION ALL"
        " SELECT 1 FROM register.log_entries WHERE subject_sha256 = :own_file_sha256 UNION ALL"
        " SELECT 1 FROM register.documents WHERE position(convert_to(:own_file_sha256, 'UTF8') IN body) > 0"
    ),
    "find_draft_in_jobs": (
        "SELECT 1 FROM jobs.procrastinate_jobs WHERE args::text LIKE '%' || CAST(:draft AS text) || '%'"
    ),
    "read_private_note": "SELECT 1 FROM workbench.assessment_notes",
    "read_declarations": "SELECT 1 FROM workbench.declarations UNION ALL SELECT 1 FROM workbench.recusals",
    "read_second_review": "SELECT 1 FROM workbench.second_reviews",
    "read_second_answers": "SELECT 1 FROM workbench.second_answers",
    "read_the_refusals": "SELECT 1 FROM workbench.refusals",
}

WRITES = {
    # A draft
    "insert_draft": (
        "INSERT INTO workbench.assessments (id, version, form, form_version, plan, commitment,"
        " edition_sha256, status, evaluator, created_at, updated_at, demo) VALUES (gen_random_uuid(), 1,"
        " 'end-of-commitment', 1, :plan, 'C1', :edition, 'draft', 'x', now(), now(), true)"
    ),
    "insert_rating": (
        "INSERT INTO workbench.assessment_answers (id, version, assessment_id, question, value,"
        ' explanation, "references", citations)'
        " VALUES (gen_random_uuid(), 1, :draft, 'EOC9.9', 'complete', '', '', '[]')"
    ),
    "update_draft": "UPDATE workbench.assessments SET evaluator = 'x' WHERE status = 'draft'",
    "update_rating": "UPDATE workbench.assessment_answers SET value = 'complete' WHERE id = :answer",
    "publish_or_close_draft": "UPDATE workbench.assessments SET status = 'published' WHERE id = :draft",
    "delete_draft": "DELETE FROM workbench.assessments WHERE id = :draft",
    "delete_rating": "DELETE FROM workbench.assessment_answers WHERE id = :answer",
    "write_private_note": (
        "INSERT INTO workbench.assessment_notes"
        " (id, version, assessment_id, question, words, written_at)"
        " VALUES (gen_random_uuid(), 1, :draft, 'EOC9.9', 'x', now())"
    ),
    "ask_in_the_monitors_name": (
        "INSERT INTO workbench.clarifications (id, version, assessment_id, form, plan,"
        " question, asked, asked_at, due_on, demo) VALUES (gen_random_uuid(), 1, :draft, 'end-of-commitment', :plan,"
        " 'EOC1.1', 'x', now(), current_date, true)"
    ),
    # What the monitor submitted, and the trace of it
    "alter_own_file": "UPDATE workbench.evidence SET withdrawn_at = now() WHERE id = :own_file",
    "submit_as_monitor": (
        "INSERT INTO workbench.evidence"
        " (id, version, voice, kind, category, title, url, sha256, restricted, waiting, submitted_at, demo)"
        " VALUES (gen_random_uuid(), 1, 'monitor', 'link', 'other', '{\"source\": \"es\", \"es\": \"x\"}',"
        " 'https://x.example', 'x', false, false, now(), true)"
    ),
    # A foreign key would tell whether the file exists.
    "hang_own_file_on_a_milestone": (
        "INSERT INTO workbench.evidence_supports (id, evidence_id, milestone_id)"
        " SELECT gen_random_uuid(), :own_file, id FROM workbench.milestones LIMIT 1"
    ),
    "write_trace_as_monitor": (
        "INSERT INTO workbench.audit_records (id, at, actor_id, actor_role, action, subject)"
        " VALUES (gen_random_uuid(), now(), :monitor, 'monitor', 'assessment.saved', 'assessments')"
    ),
    "forget_the_refusals": "DELETE FROM workbench.refusals",
    # Who declared and who is recused. Whoever is recused writes no more: a way to stop an assessment.
    "declare_and_so_write": (
        "INSERT INTO workbench.declarations"
        " (id, assessment_id, person_id, has_conflict, statement, declared_at)"
        " VALUES (gen_random_uuid(), :sent, coalesce(platform.current_actor(), gen_random_uuid()), false, '', now())"
    ),
    "recuse_the_monitor": (
        "INSERT INTO workbench.recusals (id, plan, commitment, person_id, reason, recused_at)"
        " VALUES (gen_random_uuid(), :plan, 'CLPLN0002', :second_monitor, 'x', now())"
    ),
    # A second review. While one is under way nothing is published: handing it in, or never, is for its reviewer alone.
    "hand_in_the_second_review": (
        "UPDATE workbench.second_reviews SET handed_in_at = now() WHERE assessment_id = :draft"
    ),
    "begin_a_second_review": (
        "INSERT INTO workbench.second_reviews (id, version, assessment_id, reviewer_id, begun_at)"
        " VALUES (gen_random_uuid(), 1, :sent, coalesce(platform.current_actor(), gen_random_uuid()), now())"
    ),
    # What is sent for comment, and how long it waits
    "send_the_draft_for_comment": "UPDATE workbench.assessments SET status = 'comment' WHERE id = :draft",
    "open_a_window_on_the_draft": (
        "INSERT INTO workbench.reply_windows"
        " (id, version, assessment_id, sent_at, ends_at, days)"
        " VALUES (gen_random_uuid(), 1, :draft, now(), now() + interval '1 year', 365)"
    ),
    "stretch_the_window": (
        "UPDATE workbench.reply_windows SET ends_at = ends_at + interval '1 year', days = 379"
        " WHERE assessment_id = :sent"
    ),
    "drop_the_window": "DELETE FROM workbench.reply_windows WHERE assessment_id = :sent",
    "alter_what_was_sent": "UPDATE workbench.assessment_answers SET value = 'complete' WHERE assessment_id = :sent",
    "publish_what_was_sent": "UPDATE workbench.assessments SET status = 'published' WHERE id = :sent",
    "take_back_what_was_sent": "UPDATE workbench.assessments SET status = 'draft' WHERE id = :sent",
    "delete_what_was_sent": "DELETE FROM workbench.assessments WHERE id = :sent",
    # What was published
    "alter_published": "UPDATE workbench.assessments SET evaluator = 'x' WHERE id = :finished",
    "reopen_published": "UPDATE workbench.assessments SET status = 'draft' WHERE id = :finished",
    "alter_published_rating": (
        "UPDATE workbench.assessment_answers SET value = 'complete' WHERE assessment_id = :finished"
    ),
    "delete_published": "DELETE FROM workbench.assessments WHERE id = :finished",
    # The register, and the facts taken from it
    "insert_assessment_document": (
        "INSERT INTO register.documents (sha256, kind, body) VALUES (:better_sha256, 'assessment', :better)"
    ),
    "insert_assessment_as_a_commitment": (
        "INSERT INTO register.documents (sha256, kind, body) VALUES (:better_sha256, 'commitment', :better)"
    ),
    "slip_an_entry_into_an_edition": (
        "INSERT INTO register.edition_entries"
        " (edition_sha256, kind, code, position, document_sha256)"
        " VALUES (:edition, 'assessment', 'end-of-commitment:C1', 99, :assessment_sha256)"
    ),
    "let_anyone_fetch_the_own_file": (
        "INSERT INTO register.evidence_receipts"
        " (edition_sha256, evidence_id, sha256, kind, file_name, media_type, size_bytes, restricted)"
        " VALUES (:edition, :own_file, :own_file_sha256, 'file', 'x.txt', 'text/plain', 1, false)"
    ),
    "change_the_rating_in_the_facts": (
        "UPDATE facts.commitments SET completion = 'complete' WHERE jurisdiction = :jurisdiction AND code = 'C3'"
    ),
    "alter_the_register": "UPDATE register.documents SET kind = 'plan' WHERE kind = 'assessment'",
    "delete_from_the_register": "DELETE FROM register.edition_entries WHERE kind = 'assessment'",
    # Who may monitor
    "rewrite_the_mandate": "UPDATE platform.mandates SET ends_on = '2021-01-02'",
    "drop_the_monitors_membership": "DELETE FROM platform.memberships WHERE person_id = :monitor",
    "become_a_monitor": "UPDATE platform.memberships SET role = 'monitor' WHERE person_id = platform.current_actor()",
    "shorten_the_cooling_off": "UPDATE platform.rules SET months = 0",
}

Attempt = Callable[[TenantSession, Scene], Awaitable[int]]


def by_statement(sql: str) -> Attempt:
    """The attempt that is this one statement, given the values of the scene that it names."""
    statement = text(sql)
    names = statement.compile().params

    async def run(session: TenantSession, scene: Scene) -> int:
        values = values_of(scene)
        return await _rows(session, statement, {name: values[name] for name in names})

    return run


async def _rows(session: TenantSession, statement: TextClause, values: Mapping[str, object]) -> int:
    """How many it showed or changed."""
    connection = await session.connection()
    result = await connection.execute(statement, values)
    return len(result.all()) if result.returns_rows else result.rowcount


ATTEMPTS = {name: by_statement(sql) for name, sql in {**READS, **WRITES}.items()}


def attempt(function: Attempt) -> Attempt:
    """Enter one that takes more than a statement into the table."""
    ATTEMPTS[function.__name__] = function
    return function


@attempt
async def publish_in_the_monitors_voice(session: TenantSession, scene: Scene) -> int:
    await append_edition(session, Address(PENALOLEN, PLAN), [_better(scene)], voice="monitor", key=scene.key)
    return 1


@attempt
async def publish_a_better_rating_as_government(session: TenantSession, scene: Scene) -> int:
    await append_edition(session, Address(PENALOLEN, PLAN), [_better(scene)], voice="government", key=scene.key)
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
async def change_the_finding_of_a_reply(session: TenantSession, scene: Scene) -> int:
    """The database writes that part itself, whoever replies."""
    change = by_statement(
        'UPDATE workbench.replies SET finding = \'{"value": "complete"}\' WHERE assessment_id = :sent'
    )
    look = by_statement(
        "SELECT 1 FROM workbench.replies WHERE assessment_id = :sent AND finding ->> 'value' = 'complete'"
    )
    changed = await change(session, scene)
    return changed if await look(session, scene) else 0


@attempt
async def end_the_mandate(session: TenantSession, _scene: Scene) -> int:
    """OGP's staff and operators may, with notice: what counts is whether the monitor's time to publish ends."""
    known = "SELECT id FROM platform.mandates WHERE tenant_id = platform.current_tenant()"
    mandates = (await session.scalars(text(known))).all()
    for one in mandates:
        await session.execute(text("SELECT platform.end_mandate(:id, 'x')"), {"id": one})
    statement = text("SELECT platform.stands(:id)")
    return sum([not await session.scalar(statement, {"id": one}) for one in mandates])


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


async def insert_edition(
    session: TenantSession, scene: Scene, entries: Sequence[ManifestEntry], *, voice: str = "government"
) -> int:
    """An edition by hand: what the application would never write."""
    last = scene.published.edition
    facts = json.loads(last.body) | {"number": last.number + 1, "previous": last.sha256, "voice": voice}
    body = canonical(Manifest.model_validate(facts | {"documents": [entry.model_dump() for entry in entries]}))
    name = name_of(body)
    edition = text(
        "INSERT INTO register.editions (sha256, jurisdiction, plan, number, voice, is_baseline, published_at, body)"
        " VALUES (:sha256, :jurisdiction, :plan, :number, :voice, false, now(), :body)"
    )
    values = {"sha256": name, "jurisdiction": PENALOLEN, "plan": PLAN, "number": last.number + 1}
    inserted = await _rows(session, edition, {**values, "voice": voice, "body": body})
    listed = text(
        "INSERT INTO register.edition_entries (edition_sha256, kind, code, position, document_sha256)"
        " VALUES (:edition, :kind, :code, :position, :sha256)"
    )
    for position, entry in enumerate(entries):
        await _rows(session, listed, {"edition": name, "position": position, **entry.model_dump()})
    return inserted
